/* Files that others may not read: what is refused, and that nothing is created by halves. */
#include "secure/private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
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

static int read_it(const char *path)
{
	char b[16];
	size_t n;

	return private_read(b, sizeof b, &n, path, &err);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (unsigned)st.st_mode & 07777 : 0;
}

static void create(void)
{
	char b[16];
	size_t n;

	umask(0);
	CHECK(private_create("a", 0600, "0123456789", 10, &err) == FL_OK && mode_of("a") == 0600, "created for us alone");
	CHECK(private_read(b, sizeof b, &n, "a", &err) == FL_OK && n == 10 && !memcmp(b, "0123456789", 10), "and read back");
	CHECK(private_read(b, 10, &n, "a", &err) == FL_OK && n == 10, "a file as long as the limit");
	CHECK(private_read(b, 9, &n, "a", &err) == FL_DATA && strstr(err.msg, "a: longer"), "a longer one");
	CHECK(private_create("a", 0600, "x", 1, &err) == FL_CREATE && strstr(err.msg, "a: exists already"), "nothing is overwritten");
	CHECK(private_create("empty", 0600, "", 0, &err) == FL_OK && private_read(b, 1, &n, "empty", &err) == FL_OK && n == 0, "nothing");
	CHECK(private_create("none/a", 0600, "x", 1, &err) == FL_CREATE && strstr(err.msg, "none/a: No such file"), "no folder");
	CHECK(symlink("nowhere", "dangling") == 0 && private_create("dangling", 0600, "x", 1, &err) == FL_CREATE &&
	      access("nowhere", F_OK) != 0, "a symbolic link is not followed");
	umask(077);
	CHECK(private_create("public", 0644, "x", 1, &err) == FL_OK && mode_of("public") == 0600, "umask has its say");
	umask(022);
	CHECK(mkdir("dir", 0700) == 0 && private_create("dir/b", 0600, "x", 1, &err) == FL_OK && read_it("dir/b") == FL_OK, "in a folder");
}

/* A full disk, by a limit on the size of files. */
static void full(void)
{
	struct rlimit old, none = { 4, 0 };
	int before = entries(), rc;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	none.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	rc = private_create("big", 0600, "0123456789", 10, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(rc == FL_CREATE && entries() == before, "a full disk leaves nothing");
}

static void refused(void)
{
	static const unsigned open_modes[] = { 0640, 0620, 0610, 0604, 0602, 0601, 0777 };
	static const unsigned fine_modes[] = { 0600, 0400, 0700 };
	size_t i;

	for (i = 0; i < sizeof open_modes / sizeof *open_modes; i++)
		CHECK(chmod("a", open_modes[i]) == 0 && read_it("a") == FL_CONFIG && strstr(err.msg, "a: open to others"), "mode %03o",
		      open_modes[i]);
	for (i = 0; i < sizeof fine_modes / sizeof *fine_modes; i++)
		CHECK(chmod("a", fine_modes[i]) == 0 && read_it("a") == FL_OK, "mode %03o is fine", fine_modes[i]);
	CHECK(symlink("a", "link") == 0 && read_it("link") == FL_CONFIG && strstr(err.msg, "symbolic link"), "a symbolic link");
	CHECK(read_it("dir") == FL_CONFIG && strstr(err.msg, "not a regular file"), "a folder");
	CHECK(mkfifo("fifo", 0600) == 0 && read_it("fifo") == FL_CONFIG, "a pipe, which is not waited for");
	CHECK(read_it("/dev/zero") == FL_CONFIG, "a device");
	CHECK(read_it("none") == FL_NOINPUT && strstr(err.msg, "none: No such file"), "nothing there");
	if (geteuid() == 0) {
		CHECK(chown("a", 65534, (gid_t)-1) == 0 && read_it("a") == FL_CONFIG && strstr(err.msg, "belongs to another user"),
		      "another user's");
		CHECK(chown("a", 0, (gid_t)-1) == 0 && read_it("a") == FL_OK, "root's is fine");
	}
}

int main(void)
{
	char dir[] = "/tmp/secure-private.XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	create();
	full();
	refused();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
