#include "base/err.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void sentences(void)
{
	struct fl_err err = { 0 };
	char big[2000];

	CHECK(fl_fail(&err, FL_DATA, "row %d has %s", 7, "gaps") == FL_DATA, "fail returns the status");
	CHECK(err.status == FL_DATA && !strcmp(err.msg, "row 7 has gaps"), "fail fills the sentence");
	CHECK(fl_fail(NULL, FL_IO, "nobody listens") == FL_IO, "fail without an err");
	CHECK(fl_err_prefix(&err, "%s:%d", "a.csv", 3) == FL_DATA, "prefix keeps the status");
	CHECK(!strcmp(err.msg, "a.csv:3: row 7 has gaps"), "prefix goes in front");
	errno = ENOENT;
	CHECK(fl_fail_errno(&err, FL_NOINPUT, "x") == FL_NOINPUT, "fail_errno returns the status");
	CHECK(!strcmp(err.msg, "x: No such file or directory"), "fail_errno adds the system's words");
	memset(big, 'y', sizeof big - 1);
	big[sizeof big - 1] = 0;
	fl_fail(&err, FL_DATA, "%s", big);
	CHECK(strlen(err.msg) == sizeof err.msg - 1, "a long sentence is cut");
	fl_err_prefix(&err, "f");
	CHECK(strlen(err.msg) < sizeof err.msg && !strncmp(err.msg, "f: yyy", 6), "and still takes a prefix");
	CHECK(!strcmp(err.msg + strlen(err.msg) - 3, "..."), "and shows that it was cut");
	errno = EIO;
	fl_fail_errno(&err, FL_IO, "%s", big);
	CHECK(strlen(err.msg) == sizeof err.msg - 1, "fail_errno of a long sentence stays inside");
}

static void quoting(void)
{
	char out[16];

	CHECK(!strcmp(fl_err_quote(out, 8, "abc", 3), "abc"), "a short text is whole");
	CHECK(!strcmp(fl_err_quote(out, 8, "", 0), ""), "an empty text");
	CHECK(!strcmp(fl_err_quote(out, 8, "a\n\033\177b", 5), "a???b"), "control bytes are ?");
	CHECK(!strcmp(fl_err_quote(out, 8, "a\0b", 3), "a?b"), "also a NUL");
	CHECK(!strcmp(fl_err_quote(out, 4, "abcd", 4), "abcd"), "exactly as long as may be");
	CHECK(!strcmp(fl_err_quote(out, 4, "abcde", 5), "abcd..."), "a long text is cut");
	CHECK(!strcmp(fl_err_quote(out, 4, "abc\xc3\xa9z", 6), "abc..."), "not inside a character");
	CHECK(!strcmp(fl_err_quote(out, 5, "abc\xc3\xa9z", 6), "abc\xc3\xa9..."), "but after one");
}

static void memory(void)
{
	struct fl_err err = { 0 };
	unsigned char *p = NULL;
	int *v = NULL;
	char *s = NULL;
	size_t cap = 0, i, sum = 0;

	CHECK(fl_alloc(&p, 100, 3, &err) == FL_OK && p, "alloc");
	for (i = 0; i < 300; i++)
		sum += p[i];
	CHECK(sum == 0, "alloc gives zeros");
	free(p);
	CHECK(fl_alloc(&p, 0, 8, &err) == FL_OK && p, "alloc of nothing gives a pointer");
	free(p);
	CHECK(fl_alloc(&p, SIZE_MAX / 2, 3, &err) == FL_IO && !p, "alloc refuses a product that overflows");
	CHECK(strstr(err.msg, "out of memory") != NULL, "and says so");

	for (i = 0; i < 1000; i++) {
		if (fl_grow(&v, &cap, i + 1, sizeof *v, &err) != FL_OK)
			break;
		v[i] = (int)i;
	}
	CHECK(i == 1000 && cap >= 1000 && v[999] == 999 && v[0] == 0, "grow keeps what was there");
	for (i = 1000, sum = 0; i < cap; i++)
		sum += v[i] != 0;
	CHECK(sum == 0, "grow gives zeros");
	i = cap;
	CHECK(fl_grow(&v, &cap, SIZE_MAX / 2, sizeof *v, &err) == FL_IO && cap == i && v[999] == 999,
	      "grow refuses a product that overflows and leaves all as it was");
	free(v);

	CHECK(fl_strndup(&s, "abcdef", 3, &err) == FL_OK && !strcmp(s, "abc"), "strndup");
	free(s);
	CHECK(fl_strdup(&s, "", &err) == FL_OK && !*s, "strdup of nothing");
	free(s);
}

static void failing(void)
{
	struct fl_err err = { 0 };
	char *a = NULL, *b = NULL;
	size_t cap = 0;

	fl_alloc_fail_at(2);
	CHECK(fl_alloc(&a, 1, 1, &err) == FL_OK && fl_alloc(&b, 1, 1, &err) == FL_IO && !b, "the second call fails");
	CHECK(fl_alloc(&b, 1, 1, &err) == FL_OK, "and the third does not");
	free(b);
	b = NULL;
	fl_alloc_fail_at(1);
	CHECK(fl_grow(&b, &cap, 1, 1, &err) == FL_IO && !b && !cap, "grow can be made to fail");
	fl_alloc_fail_at(0);
	free(a);
}

int main(void)
{
	sentences();
	quoting();
	memory();
	failing();
	return check_done();
}
