#include "base/buf.h"

#include <string.h>

#include "check.h"

int main(void)
{
	struct buf b = { 0 }, small = { .max = 5 };
	struct fl_err err = { 0 };
	int i, rc = FL_OK;

	CHECK(buf_add(&b, "", 0, &err) == FL_OK && b.len == 0 && b.data && !*b.data, "nothing added is a C string");
	for (i = 0; i < 1000 && rc == FL_OK; i++)
		rc = buf_addf(&b, &err, "%d,", i);
	CHECK(rc == FL_OK && b.len == 10 * 2 + 90 * 3 + 900 * 4 && !b.data[b.len], "formatted text is appended");
	CHECK(!strncmp(b.data, "0,1,2,", 6) && !strcmp(b.data + b.len - 4, "999,"), "in order");
	CHECK(buf_adds(&b, "end", &err) == FL_OK && !strcmp(b.data + b.len - 7, "999,end"), "so is a string");
	CHECK(buf_add(&b, "a\0b", 3, &err) == FL_OK && b.data[b.len - 2] == 0 && b.data[b.len - 1] == 'b', "and bytes");
	buf_clear(&b);
	CHECK(!b.data && !b.len && !b.cap, "clear leaves it empty");
	buf_clear(&b);

	CHECK(buf_adds(&small, "12345", &err) == FL_OK, "a buffer takes what its cap allows");
	CHECK(buf_adds(&small, "6", &err) == FL_DATA && strstr(err.msg, "limit of 5 bytes"), "and no more");
	CHECK(buf_addf(&small, &err, "%s", "67") == FL_DATA, "formatted text neither");
	CHECK(buf_reserve(&small, (size_t)-1, &err) == FL_DATA, "a size that would overflow neither");
	CHECK(small.len == 5 && !strcmp(small.data, "12345"), "a failed add leaves it as it was");
	buf_clear(&small);
	CHECK(small.max == 5, "clear keeps the cap");

	fl_alloc_fail_at(1);
	CHECK(buf_adds(&b, "x", &err) == FL_IO && !b.data && !b.len, "no memory is an error");
	fl_alloc_fail_at(0);
	return check_done();
}
