/* Objects in a folder, also where there is no link(): this program has a linkat() and a renameat2() of its own. */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "store/name.h"

#define STALLED "channels/stable/000011.pb"

static int no_link, no_rename, no_sync, stall_root = -1;

int linkat(int from, const char *a, int to, const char *b, int flags)
{
	errno = EPERM;
	return no_link ? -1 : (int)syscall(SYS_linkat, from, a, to, b, flags);
}

int renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
	errno = EINVAL;
	return no_rename ? -1 : (int)syscall(SYS_renameat2, from, a, to, b, flags);
}

int fsync(int fd)
{
	errno = ENOSPC;
	return no_sync ? -1 : (int)syscall(SYS_fsync, fd);
}

static int put(int root, const char *name, const char *text, enum folder_outcome *o, struct fl_err *err)
{
	struct folder_put p = { 0 };
	char digest[DIGEST_TEXT], want[DIGEST_TEXT];
	int rc;

	TRY(folder_start(&p, root, err));
	TRY(folder_add(&p, text, strlen(text), err));
	TRY(folder_commit(&p, name, digest, o, err));
	digest_of(text, strlen(text), want);
	if (strcmp(digest, want))
		rc = FL_BUG;
out:
	return rc;
}

static int has(int root, const char *name, const char *text)
{
	char b[256] = "";
	uint64_t size;
	int fd, same;

	if (folder_open(root, name, &fd, &size, NULL) != FL_OK)
		return 0;
	same = read(fd, b, sizeof b - 1) == (ssize_t)size && !strcmp(b, text);
	close(fd);
	return same;
}

static void check_put(int root, const char *how)
{
	enum folder_outcome o;
	struct fl_err err;
	char name[NAME_MAX_LEN + 1];
	int i = no_link + no_rename;

	name_channel(name, "stable", 1 + (unsigned)i);
	CHECK(put(root, name, "one", &o, &err) == FL_OK && o == FOLDER_NEW, "%s: an object is put", how);
	CHECK(put(root, name, "one", &o, &err) == FL_OK && o == FOLDER_SAME, "%s: the same again is the same", how);
	CHECK(put(root, name, "two", &o, &err) == FL_OK && o == FOLDER_OTHER, "%s: other bytes do not count", how);
	CHECK(put(root, name, "three", &o, &err) == FL_OK && o == FOLDER_OTHER, "%s: nor does another length", how);
	CHECK(has(root, name, "one"), "%s: the first stays", how);
}

/* Make a claim as old as if a crash had left it. */
static void age(int root, const char *name)
{
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	utimensat(root, name, old, 0);
}

/* As the system's; where stall_root is set, another writer finds the claim stale and is done before it is locked. */
int flock(int fd, int how)
{
	int root = stall_root;
	enum folder_outcome o;

	stall_root = -1;
	if (root >= 0) {
		age(root, STALLED);
		CHECK(put(root, STALLED, "first", &o, NULL) == FL_OK && o == FOLDER_NEW, "a claim that is stale and not held is taken over");
	}
	return (int)syscall(SYS_flock, fd, how);
}

/* 20 processes put as many texts under one name: one of them made it, and it is there. */
static void check_race(int root, unsigned serial, const char *how)
{
	char name[NAME_MAX_LEN + 1], text[32];
	enum folder_outcome o;
	int i, status, made = 0, who = -1;
	pid_t pid[20];

	name_channel(name, "race", serial);
	for (i = 0; i < 20; i++) {
		if ((pid[i] = fork()) == 0) {
			snprintf(text, sizeof text, "text %d", i);
			status = put(root, name, text, &o, NULL);
			_exit(status == FL_LATER ? 2 : status != FL_OK ? 3 : o == FOLDER_NEW ? 0 : 1);
		}
	}
	for (i = 0; i < 20; i++) {
		waitpid(pid[i], &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			made++;
			who = i;
		} else if (!WIFEXITED(status) || WEXITSTATUS(status) == 3) {
			made = 100;
		}
	}
	snprintf(text, sizeof text, "text %d", who);
	CHECK(made == 1 && has(root, name, text), "%s: of 20 at once, one puts", how);
}

static void check_claim(int root)
{
	enum folder_outcome o;
	struct fl_err err;
	uint64_t size;
	int fd;

	fd = openat(root, "channels/stable/000009.pb", O_CREAT | O_WRONLY, 0666);
	close(fd);
	CHECK(folder_open(root, "channels/stable/000009.pb", &fd, &size, &err) == FL_NOINPUT, "a claim is no object");
	CHECK(put(root, "channels/stable/000009.pb", "x", &o, &err) == FL_LATER, "while it is fresh, somebody is at it");
	age(root, "channels/stable/000009.pb");
	CHECK(put(root, "channels/stable/000009.pb", "x", &o, &err) == FL_OK && o == FOLDER_NEW, "one that a crash left is taken over");
}

/* A writer that stalls must not replace what another has put meanwhile. */
static void check_stalled(int root)
{
	enum folder_outcome o;
	struct fl_err err;
	int fd;

	fd = openat(root, "channels/stable/000010.pb", O_CREAT | O_WRONLY, 0666);
	CHECK(fd >= 0 && flock(fd, LOCK_EX) == 0, "a writer stalls with its claim held");
	age(root, "channels/stable/000010.pb");
	CHECK(put(root, "channels/stable/000010.pb", "x", &o, &err) == FL_LATER, "however old, its claim is not taken over");
	close(fd);
	CHECK(put(root, "channels/stable/000010.pb", "x", &o, &err) == FL_OK && o == FOLDER_NEW, "until it is gone");

	stall_root = root;
	CHECK(put(root, STALLED, "late", &o, &err) == FL_OK && o == FOLDER_OTHER && stall_root < 0, "one that stalls before it holds its claim has lost it");
	CHECK(has(root, STALLED, "first"), "and what was put meanwhile stays");
}

static void check_refused(int root)
{
	enum folder_outcome o;
	struct fl_err err;
	struct stat st;
	uint64_t size;
	int fd;

	CHECK(put(root, "../x", "x", &o, &err) == FL_DATA && put(root, "x", "x", &o, &err) == FL_DATA, "what is no name is refused");
	CHECK(put(root, "federation.pb", "", &o, &err) == FL_DATA, "so is an empty object");
	CHECK(put(root, "blobs/b2-256-0000000000000000000000000000000000000000000000000000000000000000", "x", &o, &err) == FL_DATA &&
	      strstr(err.msg, "digest"), "and a blob of another name than its content");
	CHECK(symlinkat("/tmp", root, "rounds") == 0 && put(root, "rounds/000001/plan.pb", "x", &o, &err) == FL_CREATE,
	      "a folder that is a link is not entered");
	CHECK(folder_open(root, "rounds/000001/plan.pb", &fd, &size, &err) == FL_NOINPUT, "nor read from");
	unlinkat(root, "rounds", 0);
	CHECK(symlinkat("/etc/passwd", root, "federation.pb") == 0 && folder_open(root, "federation.pb", &fd, &size, &err) == FL_NOINPUT,
	      "a file that is a link is not read");
	CHECK(put(root, "federation.pb", "x", &o, &err) == FL_IO && lstat("/etc/passwd", &st) == 0, "nor written through");
	unlinkat(root, "federation.pb", 0);
	CHECK(mkfifoat(root, "federation.pb", 0600) == 0 && folder_open(root, "federation.pb", &fd, &size, &err) == FL_NOINPUT,
	      "a pipe is no object");
	unlinkat(root, "federation.pb", 0);
}

static void check_full(int root)
{
	struct folder_put p = { 0 };
	enum folder_outcome o;
	struct fl_err err;

	CHECK(folder_start(&p, root, &err) == FL_OK && folder_add(&p, "x", 1, &err) == FL_OK && !p.full, "a put begins");
	no_sync = 1;
	CHECK(folder_commit(&p, "federation.pb", NULL, &o, &err) == FL_IO && p.full, "a full disk is told apart");
	no_sync = 0;
	CHECK(!has(root, "federation.pb", "x") && !p.tmp[0], "and nothing is left of it");
}

static int note(void *ctx, const char *name, uint64_t size)
{
	char *s = ctx;

	snprintf(s + strlen(s), 4096 - strlen(s), "%s=%d ", name, (int)size);
	return FL_OK;
}

static int stop(void *ctx, const char *name, uint64_t size)
{
	(void)name;
	(void)size;
	return ++*(int *)ctx == 2 ? FL_NO : FL_OK;
}

static void check_list(int root)
{
	static const char *const names[] = { "federation/000002.pb", "federation.pb", "rounds/000002/plan.pb", "rounds/000001/seal.pb",
		"rounds/000001/updates/a-b/envelope.pb", "rounds/000001/updates/a/envelope.pb", "rounds/000001/plan.pb", "channels/x/000001.pb" };
	enum folder_outcome o;
	struct fl_err err;
	char s[4096] = "";
	size_t i;
	int fd, seen = 0;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		put(root, names[i], "abc", &o, &err);
	fd = openat(root, "rounds/000001/other", O_CREAT | O_WRONLY, 0666);
	close(fd);
	mkdirat(root, "rounds/elsewhere", 0777);
	CHECK(folder_list(root, "", NULL, note, s, &err) == FL_OK && !strcmp(s, "channels/x/000001.pb=3 federation.pb=3 federation/000002.pb=3 "
	      "rounds/000001/plan.pb=3 rounds/000001/seal.pb=3 rounds/000001/updates/a-b/envelope.pb=3 "
	      "rounds/000001/updates/a/envelope.pb=3 rounds/000002/plan.pb=3 "), "the list is sorted by bytes, and of names only");
	s[0] = 0;
	CHECK(folder_list(root, "rounds/", "rounds/000001/updates/a-b/envelope.pb", note, s, &err) == FL_OK &&
	      !strcmp(s, "rounds/000001/updates/a/envelope.pb=3 rounds/000002/plan.pb=3 "), "it goes on after a name");
	s[0] = 0;
	CHECK(folder_list(root, "rounds/000001/updates/a/", NULL, note, s, &err) == FL_OK &&
	      !strcmp(s, "rounds/000001/updates/a/envelope.pb=3 "), "it is of a prefix");
	s[0] = 0;
	CHECK(folder_list(root, "rounds/000009/", NULL, note, s, &err) == FL_OK && !*s, "an absent folder is an empty list");
	CHECK(folder_list(root, "../", NULL, note, s, &err) == FL_DATA, "what is no prefix is refused");
	CHECK(folder_list(root, "", NULL, stop, &seen, &err) == FL_NO && seen == 2, "and who is told may stop it");
}

int main(void)
{
	char dir[] = "/tmp/store-folder.XXXXXX", two[64], three[64];
	struct folder_put p = { 0 };
	struct fl_err err;
	int root, root2;

	if (!mkdtemp(dir) || (root = open(dir, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	snprintf(two, sizeof two, "%s/two", dir);
	mkdir(two, 0777);
	root2 = open(two, O_RDONLY | O_DIRECTORY);
	check_put(root, "link");
	check_race(root, 1, "link");
	no_link = 1;
	check_put(root, "renameat2");
	check_race(root, 2, "renameat2");
	no_rename = 1;
	check_put(root, "claim");
	check_race(root, 3, "claim");
	check_claim(root);
	check_stalled(root);
	no_link = no_rename = 0;
	check_refused(root);
	check_full(root);
	check_list(root2);
	CHECK(folder_start(&p, root, &err) == FL_OK && folder_sweep(root, 3600) == 0 && folder_sweep(root, 0) == 1, "old leftovers are swept");
	folder_abort(&p);
	folder_abort(&p);
	close(root);
	close(root2);
	snprintf(three, sizeof three, "rm -rf %s", dir);
	return system(three) != 0 || check_done();
}
