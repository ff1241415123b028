#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "hub/access.h"

#define A "b2-256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "b2-256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char path[] = "/tmp/hub-access.XXXXXX";

static int open_text(struct access **a, const char *text, struct fl_err *err)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		return -1;
	return access_open(a, path, err);
}

static void test_file(void)
{
	static const char *const bad[] = {
		A " reader r\n", "b2-256:12 reader r fed\n", A " king r fed\n", A " anybody r fed\n", A " reader ../r fed\n",
		A " reader r *x\n", A " reader r fed 2027\n", A " reader r fed 2027-13-01T00:00:00Z\n",
		A " reader r fed 2027-01-01T00:00:00Z x\n", "cert:../x reader r fed\n",
	};
	struct access *a = NULL;
	struct fl_err err;
	size_t i;

	CHECK(open_text(&a, "# who\n\n" A " reader r fed # a comment\n\t" B "  participant h1 * 2099-01-01T00:00:00Z", &err) == FL_OK &&
	      access_count(a) == 2, "comments, blanks, and no line end at the end");
	access_close(a);
	CHECK(open_text(&a, "", &err) == FL_OK && access_count(a) == 0, "an empty file lets nobody in");
	access_close(a);
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(open_text(&a, bad[i], &err) == FL_CONFIG && strstr(err.msg, "line 1"), "malformed line %zu", i);
		CHECK(!strstr(err.msg, "aaaa"), "and it is not repeated");
	}
	unlink(path);
	CHECK(access_open(&a, path, &err) == FL_NOINPUT, "no file");
}

static void test_find(void)
{
	struct access *a = NULL;
	struct access_who w;
	struct fl_err err;

	CHECK(open_text(&a, A " coordinator north one\n" A " reader north two\n" B " participant h1 * 2020-01-01T00:00:00Z\n"
			    "cert:h2 participant h2 one\n", &err) == FL_OK, "a file");
	CHECK(access_find(a, A, "one", 0, &w, &err) == FL_OK && w.role == ACCESS_COORDINATOR, "one token, two federations: the first");
	CHECK(access_find(a, A, "two", 0, &w, &err) == FL_OK && w.role == ACCESS_READER, "and the second");
	CHECK(access_find(a, A, "three", 0, &w, &err) == FL_REFUSED, "not a third");
	CHECK(access_find(a, A, NULL, 0, &w, &err) == FL_OK, "any");
	CHECK(access_find(a, B, "three", 1577836799, &w, &err) == FL_OK && !strcmp(w.name, "h1"), "a second before it is over");
	CHECK(access_find(a, B, "three", 1577836800, &w, &err) == FL_NO, "over");
	CHECK(access_find(a, "cert:h2", "one", 0, &w, &err) == FL_OK && !strcmp(w.name, "h2"), "a certificate");
	CHECK(access_find(a, "cert:h3", "one", 0, &w, &err) == FL_NO, "another");
	access_close(a);
}

/* The matrix once more, as a reader of the manual would write it: P C R M. */
static void test_matrix(void)
{
	static const struct {
		const char *name, *read, *write;
	} t[] = {
		{ "federation.pb", "PCR", "C" }, { "federation/000002.pb", "PCR", "C" }, { "rounds/000001/plan.pb", "PC", "C" },
		{ "rounds/000001/seal.pb", "PC", "C" }, { "rounds/000001/result.pb", "PCR", "C" },
		{ "channels/stable/000001.pb", "PCR", "C" }, { "rounds/000001/updates/h1/envelope.pb", "PC", "P" },
		{ "rounds/000001/updates/h2/envelope.pb", "C", "" },
	};
	static const char letters[] = "PCRM";
	struct access_who w = { ACCESS_ANYBODY, "" };
	struct name n;
	size_t i, k;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		if (!CHECK(name_parse(&n, t[i].name, NULL) == FL_OK, "%s", t[i].name))
			continue;
		for (k = 0; k < 4; k++) {
			w = (struct access_who){ (enum access_role)k, "h1" };
			CHECK(access_may_read(&w, &n) == !!strchr(t[i].read, letters[k]), "%s reads %s", access_role_name(w.role), t[i].name);
			CHECK(access_may_write(&w, &n) == !!strchr(t[i].write, letters[k]), "%s writes %s", access_role_name(w.role), t[i].name);
		}
		w = (struct access_who){ ACCESS_ANYBODY, "" };
		CHECK(access_may_read(&w, &n) && access_may_write(&w, &n), "anybody, %s", t[i].name);
	}
	n.kind = NAME_NONE;
	CHECK(!access_may_read(&w, &n) && !access_may_write(&w, &n), "no name, no right");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd >= 0)
		close(fd);
	test_file();
	test_find();
	test_matrix();
	unlink(path);
	return check_done();
}
