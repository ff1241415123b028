#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static struct fl_err err;

static int entries(void)
{
	DIR *d = opendir(".");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static int holds(const char *path, const char *want)
{
	struct buf b = { 0 };
	int same = in_slurp(&b, path, &err) == FL_OK && b.len == strlen(want) && !memcmp(b.data, want, b.len);

	buf_clear(&b);
	return same;
}

static int put(const char *path, const char *text)
{
	struct out o = { 0 };
	int rc;

	TRY(out_open(&o, path, OUT_BINARY, &err));
	TRY(out_write(&o, text, strlen(text), &err));
	TRY(out_commit(&o, &err));
out:
	out_abort(&o);
	return rc;
}

static void outputs(void)
{
	struct out o = { 0 }, p = { 0 };
	struct stat st;

	CHECK(put("a", "one") == FL_OK && holds("a", "one") && entries() == 1, "an output appears whole");
	CHECK(stat("a", &st) == 0 && (st.st_mode & 0777) == 0640, "with the mode that umask leaves");
	CHECK(out_open(&o, "a", OUT_BINARY, &err) == FL_OK && out_write(&o, "two", 3, &err) == FL_OK, "a second one is begun");
	CHECK(holds("a", "one") && entries() == 2, "the first is there meanwhile");
	out_abort(&o);
	CHECK(holds("a", "one") && entries() == 1, "and stays if the second is dropped");
	out_abort(&o);
	CHECK(out_open(&o, "a", OUT_TEXT, &err) == FL_OK && out_open(&p, "b", OUT_TEXT, &err) == FL_OK && entries() == 3,
	      "two are begun");
	out_abort_all();
	CHECK(entries() == 1, "a signal drops them all");
	out_abort(&o);
	out_abort(&p);
	CHECK(put("none/a", "x") == FL_CREATE && strstr(err.msg, "none/a: No such file"), "no folder");
	CHECK(mkdir("dir", 0777) == 0 && put("dir", "x") == FL_CREATE && strstr(err.msg, "dir: is a directory"),
	      "a folder is no output");
	CHECK(put("dir/c", "x") == FL_OK && holds("dir/c", "x"), "an output inside a folder");
	CHECK(put("/dev/null", "x") == FL_OK, "a device is written as it is");
	CHECK(put("/dev/full", "x") == FL_IO && strstr(err.msg, "/dev/full: cannot write"), "a full one is noticed");
	CHECK(symlink("a", "link") == 0 && put("link", "three") == FL_OK && holds("link", "three"), "an output under a link's name");
}

static void inputs(void)
{
	struct buf b = { .max = 3 };
	int fd = -1, pipe_[2];
	char c[8];
	size_t got;

	CHECK(in_open(&fd, "none", &err) == FL_NOINPUT && strstr(err.msg, "none: No such file"), "no input");
	CHECK(in_open(&fd, "dir", &err) == FL_NOINPUT && fd == -1 && strstr(err.msg, "dir: is a directory"), "a folder is no input");
	CHECK(put("b", "1234") == FL_OK && in_slurp(&b, "b", &err) == FL_DATA && strstr(err.msg, "b: longer than the limit of 3"),
	      "an input over the cap");
	buf_clear(&b);
	CHECK(put("b", "123") == FL_OK && in_slurp(&b, "b", &err) == FL_OK && b.len == 3, "an input at the cap");
	buf_clear(&b);
	CHECK(put("b", "") == FL_OK && in_slurp(&b, "b", &err) == FL_OK && b.len == 0, "an empty input");
	buf_clear(&b);
	CHECK(pipe(pipe_) == 0 && write(pipe_[1], "ab", 2) == 2 && write(pipe_[1], "cd", 2) == 2 && close(pipe_[1]) == 0, "a pipe");
	CHECK(in_read(pipe_[0], c, 3, &got, &err) == FL_OK && got == 3 && !memcmp(c, "abc", 3), "is read in full");
	CHECK(in_read(pipe_[0], c, 3, &got, &err) == FL_OK && got == 1 && c[0] == 'd', "and to its end");
	in_close(pipe_[0]);
	CHECK(in_read(pipe_[0], c, 3, &got, &err) == FL_IO, "reading what is closed fails");
	CHECK(!strcmp(in_name("-"), "standard input") && !strcmp(in_name("x"), "x"), "names");
}

static void scratch(void)
{
	int fd = -1, before = entries();
	char c[3] = "";

	setenv("TMPDIR", ".", 1);
	CHECK(file_scratch(&fd, &err) == FL_OK && fd >= 0 && entries() == before, "a scratch file has no name");
	CHECK(write(fd, "hi", 2) == 2 && pread(fd, c, 2, 0) == 2 && !strcmp(c, "hi"), "and is read and written");
	close(fd);
	setenv("TMPDIR", "none", 1);
	CHECK(file_scratch(&fd, &err) == FL_CREATE && strstr(err.msg, "none/fl."), "no folder for it");
}

int main(void)
{
	char dir[] = "/tmp/base-file.XXXXXX", cmd[64];

	umask(027);
	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	outputs();
	inputs();
	scratch();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
