/* A home: private, locked, whole files, notes that stay, evidence that is not replaced, nothing left of a crash. */
#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "round/home.h"

static void touch(const char *dir, const char *name)
{
	char path[HOME_PATH];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	close(open(path, O_CREAT | O_WRONLY, 0600));
}

static int there(const char *dir, const char *name)
{
	char path[HOME_PATH];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static void test_files(const char *dir)
{
	struct home h = { 0 }, other = { 0 };
	struct buf b = { 0 };
	struct stat st;
	struct fl_err err = { 0 };

	CHECK(home_open(&h, dir, 0, &err) == FL_OK && stat(dir, &st) == 0 && (st.st_mode & 077) == 0, "made with its parents, private");
	CHECK(home_open(&other, dir, 0, &err) == FL_LATER && strstr(err.msg, "another fl-round"), "one at a time");
	home_close(&other);
	CHECK(home_read(&h, "x", &b, &err) == FL_NOINPUT, "what is not there");
	CHECK(home_write(&h, "x", "abc", 3, 0, &err) == FL_OK && home_write(&h, "x", "defg", 4, 1, &err) == FL_OK &&
	      home_read(&h, "x", &b, &err) == FL_OK && !strcmp(b.data, "defg"), "a file is replaced whole");
	home_evidence(&h, "e", "first", 5);
	home_evidence(&h, "e", "second", 6);
	buf_clear(&b);
	CHECK(home_read(&h, "evidence/e", &b, &err) == FL_OK && !strcmp(b.data, "first"), "evidence stays as it was");
	home_forget(&h, "x");
	home_forget(&h, "x");
	CHECK(!there(dir, "x"), "forgotten, twice");
	json_object_set_new(h.notes, "round", json_integer(7));
	CHECK(home_note(&h, &err) == FL_OK, "notes are written");
	buf_clear(&b);
	home_close(&h);
	home_close(&h);
}

static void test_again(const char *dir)
{
	struct home h = { 0 };
	struct fl_err err = { 0 };

	touch(dir, ".notes.json.0123abcd");
	CHECK(home_open(&h, dir, 0, &err) == FL_OK && json_integer_value(json_object_get(h.notes, "round")) == 7, "notes are read");
	CHECK(!there(dir, ".notes.json.0123abcd") && there(dir, "notes.json") && there(dir, "cache"), "leftovers are gone, the rest is not");
	home_write(&h, "notes.json", "[1]", 3, 0, &err);
	home_close(&h);
	CHECK(home_open(&h, dir, 0, &err) == FL_DATA && strstr(err.msg, "notes.json"), "notes that are none: %s", err.msg);
	home_close(&h);
}

static void test_default(void)
{
	struct fl_err err = { 0 };
	char *a = NULL, *b = NULL;

	setenv("XDG_STATE_HOME", "/var/state", 1);
	CHECK(home_default(&a, "h12", "https://a/v1/x", &err) == FL_OK && !strncmp(a, "/var/state/flkit/h12-", 21), "by XDG_STATE_HOME");
	CHECK(home_default(&b, "h12", "https://b/v1/x", &err) == FL_OK && strcmp(a, b), "another store, another folder");
	free(a);
	free(b);
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	CHECK(home_default(&a, "h12", "x", &err) == FL_CONFIG, "no home, no default");
}

int main(void)
{
	char dir[] = "/tmp/fl-home.XXXXXX", deep[64];
	char line[128];

	if (!mkdtemp(dir))
		return 1;
	snprintf(deep, sizeof deep, "%s/a/b", dir);
	test_files(deep);
	test_again(deep);
	test_default();
	snprintf(line, sizeof line, "rm -rf %s", dir);
	if (system(line) != 0)
		return 1;
	return check_done();
}
