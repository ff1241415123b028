#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "store/name.h"

#define STALE_S 60 /* a claim this old that nobody holds was left by a crash */

static int is_full(int e)
{
	return e == ENOSPC || e == EDQUOT;
}

/* fl_fail_errno(), with p->full set. */
static int fail(struct folder_put *p, struct fl_err *err, enum fl_status s, const char *what)
{
	p->full = is_full(errno);
	return fl_fail_errno(err, s, "%s", what);
}

int folder_start(struct folder_put *p, int root, struct fl_err *err)
{
	int try;

	*p = (struct folder_put){ .root = root, .fd = -1 };
	for (try = 0; try < 100 && p->fd < 0; try++) {
		snprintf(p->tmp, sizeof p->tmp, ".tmp-%013" PRIx64 "%03x", rng_fresh_seed(), (unsigned)getpid() & 0xfff);
		p->fd = openat(root, p->tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (p->fd < 0 && errno != EEXIST)
			break;
	}
	if (p->fd < 0) {
		p->tmp[0] = 0;
		return fail(p, err, is_full(errno) ? FL_IO : FL_CREATE, "cannot create a file");
	}
	digest_start(&p->sum);
	return FL_OK;
}

int folder_add(struct folder_put *p, const void *b, size_t n, struct fl_err *err)
{
	const char *s = b;
	size_t left = n;
	ssize_t k;

	while (left) {
		k = write(p->fd, s, left);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fail(p, err, FL_IO, "cannot write");
		s += k;
		left -= (size_t)k;
	}
	digest_add(&p->sum, b, n);
	p->size += n;
	return FL_OK;
}

void folder_abort(struct folder_put *p)
{
	int full = p->full;

	if (p->tmp[0]) {
		unlinkat(p->root, p->tmp, 0);
		close(p->fd);
	}
	*p = (struct folder_put){ .fd = -1, .full = full };
}

/* The directory `seg` in dir; made, and dir synced, where it is missing and make is set. -1 and errno. */
static int enter(int dir, const char *seg, int make)
{
	int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, fd = openat(dir, seg, how);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(dir, seg, 0777) == 0 ? fsync(dir) != 0 : errno != EEXIST)
		return -1;
	return openat(dir, seg, how);
}

/* Open the folder that name, which is a good one, lies in; *last is its last segment. -1 and errno. */
static int enter_all(int root, const char *name, int make, const char **last)
{
	char seg[NAME_SEG];
	int dir = fcntl(root, F_DUPFD_CLOEXEC, 3), next, e;
	size_t n;

	for (*last = name; dir >= 0 && (n = strcspn(*last, "/"), (*last)[n]); *last += n + 1) {
		memcpy(seg, *last, n);
		seg[n] = 0;
		next = enter(dir, seg, make);
		e = errno;
		close(dir);
		errno = e;
		dir = next;
	}
	return dir;
}

/* Open a directory entry as an object: -1 and errno; ENOENT for a claim, ELOOP for what is no file. */
static int open_object(int dir, const char *last, struct stat *st)
{
	int fd = openat(dir, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode) || st->st_size == 0) {
		close(fd);
		errno = S_ISREG(st->st_mode) ? ENOENT : ELOOP;
		return -1;
	}
	return fd;
}

int folder_open(int root, const char *name, int *fd, uint64_t *size, struct fl_err *err)
{
	const char *last;
	struct stat st = { 0 };
	struct name n;
	int dir, rc;

	*fd = -1;
	if ((rc = name_parse(&n, name, err)) != FL_OK)
		return rc;
	dir = enter_all(root, name, 0, &last);
	if (dir >= 0)
		*fd = open_object(dir, last, &st);
	if (*fd < 0) {
		int absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
		rc = absent ? fl_fail(err, FL_NOINPUT, "is not there") : fl_fail_errno(err, FL_IO, "cannot open");
	}
	*size = (uint64_t)st.st_size;
	if (dir >= 0)
		close(dir);
	return rc;
}

static int has_no(int e)
{
	return e == EPERM || e == EOPNOTSUPP || e == ENOSYS || e == EINVAL || e == EMLINK;
}

/* 1: fd, a claim that was made here or is stale, is ours: locked, and still what has the name. Where there are no locks, a
 * claim is whose made it, or whoever finds it stale. */
static int hold(int fd, int made, int dir, const char *last)
{
	struct stat mine, named;

	if (fstat(fd, &mine) != 0 || !S_ISREG(mine.st_mode) || mine.st_size)
		return 0;
	if (!made && time(NULL) - mine.st_mtime <= STALE_S)
		return 0;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return 0;
	return fstatat(dir, last, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_ino == mine.st_ino && named.st_dev == mine.st_dev &&
		!named.st_size;
}

/* Move the temporary file over a claim that only one can hold. 0, or -1 and errno, EEXIST if the name is taken. */
static int place(const struct folder_put *p, int dir, const char *last)
{
	int how = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, made, rc, e;
	int fd = openat(dir, last, how | O_CREAT | O_EXCL, 0666);

	made = fd >= 0;
	if (!made && errno != EEXIST)
		return -1;
	if (!made)
		fd = openat(dir, last, how);
	if (fd < 0 || !hold(fd, made, dir, last)) {
		rc = -1;
		e = EEXIST;
	} else {
		rc = renameat(p->root, p->tmp, dir, last);
		e = errno;
	}
	if (fd >= 0)
		close(fd); /* and with it the lock */
	errno = e;
	return rc;
}

/* Give the temporary file its name, if nothing has it. 0, or -1 and errno. */
static int link_new(const struct folder_put *p, int dir, const char *last)
{
	if (linkat(p->root, p->tmp, dir, last, 0) == 0)
		return 0;
	if (!has_no(errno))
		return -1;
	if (renameat2(p->root, p->tmp, dir, last, RENAME_NOREPLACE) == 0)
		return 0;
	return has_no(errno) ? place(p, dir, last) : -1;
}

/* Whether what has the name is what was written. */
static int compare(const struct folder_put *p, int dir, const char *last, const char *digest, enum folder_outcome *outcome,
		   struct fl_err *err)
{
	struct digest d;
	struct stat st;
	char b[65536], there[DIGEST_TEXT] = "";
	int fd = open_object(dir, last, &st);
	ssize_t k = 0;

	if (fd < 0)
		return errno == ENOENT ? fl_fail(err, FL_LATER, "is being written by somebody else")
			: fl_fail_errno(err, FL_IO, "something that is no object has its name");
	*outcome = FOLDER_OTHER;
	if ((uint64_t)st.st_size == p->size) {
		digest_start(&d);
		while ((k = read(fd, b, sizeof b)) > 0)
			digest_add(&d, b, (size_t)k);
		digest_end(&d, there);
		if (!strcmp(there, digest))
			*outcome = FOLDER_SAME;
	}
	close(fd);
	return k < 0 ? fl_fail_errno(err, FL_IO, "cannot read") : FL_OK;
}

static int check_commit(const struct folder_put *p, const char *name, const char *digest, struct fl_err *err)
{
	struct name n;
	int rc = name_parse(&n, name, err);

	if (rc == FL_OK && !p->size)
		rc = fl_fail(err, FL_DATA, "there is nothing in it");
	if (rc == FL_OK && n.digest[0] && strcmp(n.digest, digest))
		rc = fl_fail(err, FL_DATA, "what came has the digest %s", digest);
	return rc;
}

/* Sync, link, sync. What was there already is synced too: whoever put it may not have come that far. */
static int settle(struct folder_put *p, const char *name, const char *digest, enum folder_outcome *outcome, struct fl_err *err)
{
	const char *last;
	int dir = -1, rc = FL_OK;

	*outcome = FOLDER_NEW;
	if (fsync(p->fd) != 0)
		return fail(p, err, FL_IO, "cannot sync");
	if ((dir = enter_all(p->root, name, 1, &last)) < 0) {
		rc = fail(p, err, is_full(errno) ? FL_IO : FL_CREATE, "cannot make its folder");
		goto out;
	}
	if (link_new(p, dir, last) != 0) {
		if (errno != EEXIST)
			rc = fail(p, err, is_full(errno) ? FL_IO : FL_CREATE, "cannot create");
		else
			rc = compare(p, dir, last, digest, outcome, err);
	}
	if (rc == FL_OK && fsync(dir) != 0)
		rc = fail(p, err, FL_IO, "cannot sync its folder");
out:
	if (dir >= 0)
		close(dir);
	return rc;
}

int folder_commit(struct folder_put *p, const char *name, char digest[DIGEST_TEXT], enum folder_outcome *outcome,
		  struct fl_err *err)
{
	char sum[DIGEST_TEXT];
	int rc;

	digest_end(&p->sum, sum);
	if (digest)
		memcpy(digest, sum, sizeof sum);
	rc = check_commit(p, name, sum, err);
	if (rc == FL_OK)
		rc = settle(p, name, sum, outcome, err);
	folder_abort(p);
	return rc;
}

int folder_sweep(int root, double age)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((e = readdir(d)))
		if (!strncmp(e->d_name, ".tmp-", 5) && fstatat(root, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    difftime(time(NULL), st.st_mtime) >= age && unlinkat(root, e->d_name, 0) == 0)
			n++;
	closedir(d);
	return n;
}
