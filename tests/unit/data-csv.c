/* CSV records: quoting, line ends, separators, and what is refused. */
#include "data/csv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "check.h"

/* The header and all records as "a|b/c|d/", or the error after "!". Separators inside values stay as they are. */
static const char *read_all(const void *p, size_t n, char sep)
{
	static struct buf out;
	struct fl_err err = { 0 };
	struct csv c = { 0 };
	size_t i;
	int more, rc;

	out.len = 0;
	rc = csv_open_mem(&c, "t.csv", p, n, sep, &err);
	for (i = 0; rc == FL_OK && i < c.n_names; i++)
		buf_addf(&out, NULL, "%s%s", c.names[i], i + 1 < c.n_names ? "|" : "/");
	while (rc == FL_OK && (rc = csv_next(&c, &more, &err)) == FL_OK && more)
		for (i = 0; i < c.n_names; i++)
			buf_addf(&out, NULL, "%.*s%s", (int)c.cells[i].n, c.cells[i].s, i + 1 < c.n_names ? "|" : "/");
	if (rc != FL_OK)
		buf_addf(&out, NULL, "!%s", err.msg);
	csv_close(&c);
	return out.data;
}

struct sample {
	const char *name, *in, *want;
};

static void test_samples(void)
{
	static const struct sample samples[] = {
		{ "plain", "a,b\n1,2\n", "a|b/1|2/" },
		{ "no line end at the end", "a,b\n1,2", "a|b/1|2/" },
		{ "CRLF", "a,b\r\n1,2\r\n", "a|b/1|2/" },
		{ "CR", "a,b\r1,2\r", "a|b/1|2/" },
		{ "blank lines are skipped", "\n\na,b\n\n1,2\r\n\r\n\n", "a|b/1|2/" },
		{ "a byte order mark is skipped", "\xef\xbb\xbf" "a,b\n1,2\n", "a|b/1|2/" },
		{ "quotes", "\"a\",b\n\"1\",\"2\"\n", "a|b/1|2/" },
		{ "a separator in quotes", "a,b\n\"1,5\",2\n", "a|b/1,5|2/" },
		{ "doubled quotes", "a,b\n\"say \"\"x\"\"\",\"\"\"\"\n", "a|b/say \"x\"|\"/" },
		{ "a line end in quotes", "a,b\n\"1\n2\r\n3\",4\n", "a|b/1\n2\r\n3|4/" },
		{ "empty values", "a,b,c\n,,\n\"\",x,\n", "a|b|c/||/|x|/" },
		{ "an empty value in one column", "a\n\"\"\nx\n", "a//x/" },
		{ "spaces are kept", "a, b\n 1 ,2\n", "a| b/ 1 |2/" },
		{ "a tab inside a value", "a,b\n1\t2,3\n", "a|b/1\t2|3/" },
		{ "bytes above 127", "a,b\n\xc3\xa9,\xff\n", "a|b/\xc3\xa9|\xff/" },
		{ "semicolons are found", "a;b\n1,5;2\n", "a|b/1,5|2/" },
		{ "tabs are found", "a\tb\n1\t2\n", "a|b/1|2/" },
		{ "bars are found", "a|b\n1|2\n", "a|b/1|2/" },
		{ "a separator inside a quoted name is none", "\"a;b;c\",d\n1,2\n", "a;b;c|d/1|2/" },
		{ "the header alone", "a,b\n", "a|b/" },
		{ "a quote at the end of the file", "a,b\n1,\"2\"", "a|b/1|2/" },
		{ "an empty last value at the end of the file", "a,b\n1,", "a|b/1|/" },
		{ "empty", "", "!t.csv: is empty; the first line must name the columns" },
		{ "blank lines only", "\n\r\n", "!t.csv: is empty; the first line must name the columns" },
		{ "too few values", "a,b\n1,2\n3\n", "a|b/1|2/!t.csv:3: has 1 value, want 2" },
		{ "too many values", "a,b\n1,2,3\n", "a|b/!t.csv:2: has 3 values, want 2" },
		{ "lines inside quotes count", "a,b\n\"1\n\r\n\r3\",4\n5\n", "a|b/1\n\r\n\r3|4/!t.csv:6: has 1 value, want 2" },
		{ "a quote that is never closed", "a,b\n1,\"2\n3,4\n", "a|b/!t.csv:2: quote is not closed" },
		{ "text behind a quote", "a,b\n\"1\"x,2\n", "a|b/!t.csv:2: text behind a closing quote" },
		{ "a quote inside a value", "a,b\n1\"x\",2\n", "a|b/!t.csv:2: quote inside a value that does not start with one" },
		{ "gzip", "\x1f\x8b\x08", "!t.csv:1: holds the byte 0x1f; a CSV file is text in UTF-8" },
		{ "a control byte in quotes", "a,b\n\"\x01\",2\n", "a|b/!t.csv:2: holds the byte 0x01; a CSV file is text in UTF-8" },
	};
	size_t i;

	for (i = 0; i < sizeof samples / sizeof *samples; i++) {
		const char *got = read_all(samples[i].in, strlen(samples[i].in), CSV_AUTO);

		if (!CHECK(!strcmp(got, samples[i].want), "%s", samples[i].name))
			printf("# got: %s\n", got);
	}
	CHECK(!strcmp(read_all("a,b\n1,\0\n", 8, CSV_AUTO), "a|b/!t.csv:2: holds the byte 0x00; a CSV file is text in UTF-8"),
	      "a NUL is refused");
	CHECK(!strcmp(read_all("a:b,c\n1:2,3\n", 12, ':'), "a|b,c/1|2,3/"), "a separator that is asked for");
}

static void test_header(void)
{
	static const char text[] = "a,b,a\n1,2,3\n";
	struct fl_err err = { 0 };
	struct csv c = { 0 };
	size_t i = 9;

	csv_open_mem(&c, "t.csv", text, sizeof text - 1, CSV_AUTO, &err);
	CHECK(csv_column(&c, "b", &i, &err) == FL_OK && i == 1, "a column is found by name");
	CHECK(csv_column(&c, "z", &i, &err) == FL_DATA && !strcmp(err.msg, "t.csv: column \"z\" is missing"),
	      "a column that is missing is named");
	CHECK(csv_column(&c, "a", &i, &err) == FL_DATA && !strcmp(err.msg, "t.csv: column \"a\" is there twice"),
	      "a name that is there twice is refused where it matters");
	csv_close(&c);
}

/* A ragged record can be passed over, a broken quote cannot. */
static void test_stuck(void)
{
	static const char text[] = "a,b\n1\n2,3\n\"4,5\n";
	struct fl_err err = { 0 };
	struct csv c = { 0 };
	int more;

	csv_open_mem(&c, "t.csv", text, sizeof text - 1, CSV_AUTO, &err);
	CHECK(csv_next(&c, &more, &err) == FL_DATA && !c.stuck, "a ragged record is an error");
	CHECK(csv_next(&c, &more, &err) == FL_OK && more && c.cells[0].s[0] == '2', "and the next record comes");
	CHECK(csv_next(&c, &more, &err) == FL_DATA && c.stuck, "an open quote ends it");
	csv_close(&c);
}

static void add_times(struct buf *b, const char *s, size_t n)
{
	while (n--)
		buf_adds(b, s, NULL);
}

static void test_limits(void)
{
	struct buf b = { 0 };

	add_times(&b, "a,", 999999);
	buf_adds(&b, "a\n", NULL);
	CHECK(!strcmp(read_all(b.data, b.len, CSV_AUTO), "!t.csv:1: more than 65536 columns"), "10^6 columns are refused");
	b.len = 0;
	buf_adds(&b, "a\n\"", NULL);
	add_times(&b, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", (CSV_RECORD_MAX >> 6) + 1);
	buf_adds(&b, "\"\n", NULL);
	CHECK(!strcmp(read_all(b.data, b.len, CSV_AUTO), "a/!t.csv:2: record is longer than 64 MiB; is a quote not closed?"),
	      "a record over 64 MiB is refused");
	buf_clear(&b);
}

/* Records that straddle the buffer, through a pipe that gives a few bytes at a time. */
static void test_pipe(void)
{
	char path[] = "/dev/fd/1234567890", row[64];
	struct fl_err err = { 0 };
	struct csv c = { 0 };
	int fd[2], more = 1, i, good = 0, n = 60000;
	FILE *f;

	if (pipe(fd) != 0)
		exit(1);
	if (fork() == 0) {
		close(fd[0]);
		f = fdopen(fd[1], "w");
		setvbuf(f, NULL, _IOFBF, 977);
		fputs("n,text,z\r\n", f);
		for (i = 0; i < n; i++)
			fprintf(f, "%d,\"x\"\"%0*d\",z\r\n", i, i % 23, i);
		fclose(f);
		_exit(0);
	}
	close(fd[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", fd[0]);
	CHECK(csv_open(&c, path, CSV_AUTO, &err) == FL_OK, "a pipe can be read");
	for (i = 0; csv_next(&c, &more, &err) == FL_OK && more; i++) {
		snprintf(row, sizeof row, "x\"%0*d", i % 23, i);
		good += atoi(c.cells[0].s) == i && c.cells[1].n == strlen(row) && !memcmp(c.cells[1].s, row, strlen(row)) &&
			c.cells[2].n == 1 && c.line == (unsigned long long)i + 2;
	}
	CHECK(i == n && good == n, "%d records come whole, with their lines", n);
	csv_close(&c);
	close(fd[0]);
}

int main(void)
{
	test_samples();
	test_header();
	test_stuck();
	test_limits();
	test_pipe();
	return check_done();
}
