#include "secure/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int check_private(int fd, const char *path, struct fl_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fl_fail_errno(err, FL_IO, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fl_fail(err, FL_CONFIG, "%s: not a regular file; a secret is read from nothing else", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fl_fail(err, FL_CONFIG, "%s: belongs to another user (uid %lu); a secret of ours belongs to us or root", path,
			       (unsigned long)st.st_uid);
	if (st.st_mode & 077)
		return fl_fail(err, FL_CONFIG, "%s: open to others (mode %03o); take their rights away with chmod 600", path,
			       (unsigned)st.st_mode & 0777);
	return FL_OK;
}

int private_read(void *p, size_t max, size_t *n, const char *path, struct fl_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK), rc;
	size_t more = 0;
	char c;

	*n = 0;
	if (fd < 0 && errno == ELOOP)
		return fl_fail(err, FL_CONFIG, "%s: is a symbolic link; name the file itself", path);
	if (fd < 0)
		return fl_fail_errno(err, errno == EACCES ? FL_CONFIG : FL_NOINPUT, "%s", path);
	TRY(check_private(fd, path, err));
	if ((rc = in_read(fd, p, max, n, err)) == FL_OK && *n == max)
		rc = in_read(fd, &c, 1, &more, err);
	if (rc == FL_OK && more)
		rc = fl_fail(err, FL_DATA, "longer than the limit of %zu bytes", max);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	close(fd);
	return rc;
}

/* path's folder into dir; "." where it has none. */
static int folder_of(char *dir, size_t size, const char *path, struct fl_err *err)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path + 1) : 1;

	if (snprintf(dir, size, "%.*s", n, slash ? path : ".") >= (int)size)
		return fl_fail(err, FL_CREATE, "%.60s...: name too long", path);
	return FL_OK;
}

static int write_all(int fd, const char *p, size_t n)
{
	ssize_t k;

	for (; n; p += k, n -= (size_t)k) {
		k = write(fd, p, n);
		if (k < 0 && errno != EINTR)
			return -1;
		if (k < 0)
			k = 0;
	}
	return fsync(fd);
}

/* A file without a name gets one when it is complete, so that a crash leaves nothing. -1 with errno; *cannot says that it was
 * the way, not the disk or the name: NFS, FUSE, no /proc. */
static int create_nameless(const char *dir, const char *path, unsigned mode, const void *p, size_t n, int *cannot)
{
	char self[64];
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode), bad, e;

	*cannot = fd < 0;
	if (fd < 0)
		return -1;
	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	bad = write_all(fd, p, n);
	if (!bad) {
		bad = linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
		*cannot = bad && errno != EEXIST;
	}
	e = errno;
	close(fd);
	errno = e;
	return bad;
}

static int create_named(const char *path, unsigned mode, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode), bad, e;

	if (fd < 0)
		return -1;
	bad = write_all(fd, p, n);
	e = errno;
	if (close(fd) != 0 && !bad) {
		e = errno;
		bad = -1;
	}
	if (bad)
		unlink(path);
	errno = e;
	return bad;
}

int private_create(const char *path, unsigned mode, const void *p, size_t n, struct fl_err *err)
{
	char dir[4096];
	int bad, cannot, rc = folder_of(dir, sizeof dir, path, err);

	if (rc != FL_OK)
		return rc;
	bad = create_nameless(dir, path, mode, p, n, &cannot);
	if (bad && cannot)
		bad = create_named(path, mode, p, n);
	if (bad && errno == EEXIST)
		return fl_fail(err, FL_CREATE, "%s: exists already; it is not overwritten", path);
	if (bad)
		return fl_fail_errno(err, FL_CREATE, "%s", path);
	return private_sync_folder(path, err);
}

int private_sync_folder(const char *path, struct fl_err *err)
{
	char dir[4096];
	int fd, bad, rc = folder_of(dir, sizeof dir, path, err);

	if (rc != FL_OK)
		return rc;
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return errno == EACCES ? FL_OK : fl_fail_errno(err, FL_IO, "%s", dir); /* a folder may be written yet not read */
	bad = fsync(fd) != 0 && errno != EINVAL; /* what some file systems say of folders */
	close(fd);
	return bad ? fl_fail_errno(err, FL_IO, "%s", dir) : FL_OK;
}
