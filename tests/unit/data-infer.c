/* Inference: any allocation of it may fail, and the schema it gives is one that the reader accepts. */
#include "data/infer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "check.h"

static void count_note(void *arg, const char *sentence)
{
	(void)sentence;
	++*(int *)arg;
}

static void write_rows(const char *path)
{
	FILE *f = fopen(path, "w");
	int i;

	if (!f)
		exit(1);
	fputs("id,num,cat,code,mixed,none,y\n", f);
	for (i = 0; i < 60; i++)
		fprintf(f, "p%d,%g,%s,%02d,%s,,%s\n", i, i / 4.0, i % 3 ? "b" : "a", i % 5, i == 7 ? "?" : "1", i % 2 ? "yes" : "no");
	if (fclose(f) != 0)
		exit(1);
}

static const char *fl_text(const json_t *schema, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_object_get(json_array_get(json_object_get(schema, "fields"), i), "fl"), key));
}

static void test_torture(char *path)
{
	const char *categorical[] = { "cat" };
	int notes = 0, rc = FL_IO, clean = 1;
	struct infer_opts o = { .label = "y", .id = "id", .categorical = categorical, .n_categorical = 1, .max_levels = 30,
				.note = count_note, .arg = &notes };
	struct fl_err err = { 0 };
	json_t *j = NULL;
	long k;

	for (k = 1; k < 5000 && rc != FL_OK; k++) {
		notes = 0;
		fl_alloc_fail_at(k);
		rc = infer_schema(&j, &path, 1, &o, &err);
		clean &= rc == FL_OK || (rc == FL_IO && !j);
	}
	fl_alloc_fail_at(0);
	CHECK(rc == FL_OK && clean && k > 50, "each of %ld allocations may fail", k - 2);
	CHECK(notes == 2, "the column of nothing and the mixed one are noted");
	CHECK(!strcmp(fl_text(j, 0, "role"), "id") && !strcmp(fl_text(j, 5, "role"), "ignore"), "roles");
	CHECK(!strcmp(fl_text(j, 1, "encoding"), "standard") && !strcmp(fl_text(j, 2, "encoding"), "onehot"), "encodings");
	json_decref(j);
}

int main(void)
{
	char path[] = "/tmp/fl-infer.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	write_rows(path);
	test_torture(path);
	unlink(path);
	return check_done();
}
