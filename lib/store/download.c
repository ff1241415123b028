#include "store/download.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of path, so that a rename in it lasts. */
static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];
	int fd, bad;

	if (slash && (size_t)(slash - path) + 2 > sizeof dir)
		return -1;
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	bad = fsync(fd);
	close(fd);
	return bad;
}

/* Open and lock the file named part. One that was renamed between the two is opened anew. */
static int open_part(int *fd, const char *part, struct fl_err *err)
{
	struct stat mine, named;

	for (;;) {
		*fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (*fd < 0)
			return fl_fail_errno(err, FL_CREATE, "%s", part);
		if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
			return fl_fail(err, FL_LATER, "%s: another process is at it", part);
		if (fstat(*fd, &mine) == 0 && stat(part, &named) == 0 && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
			return FL_OK;
		close(*fd);
	}
}

static int get(struct store *s, const char *name, const char *digest, int fd, const struct download_look *look, int *drop,
	       struct fl_err *err)
{
	struct store_info info = { 0 };
	int rc;

	TRY(store_get(s, name, digest, fd, &info, err));
	TRY(look->look(look->ctx, fd, &info, drop, err));
out:
	return rc;
}

int store_download(struct store *s, const char *name, const char *digest, const char *path, const struct download_look *look,
		   struct fl_err *err)
{
	struct buf part = { 0 };
	int fd = -1, drop = 0, rc;

	TRY(buf_addf(&part, err, "%s.part", path));
	TRY(open_part(&fd, part.data, err));
	rc = get(s, name, digest, fd, look, &drop, err);
	if (drop || (rc != FL_OK && rc != FL_NET && rc != FL_LATER && rc != FL_IO))
		unlink(part.data);
	else if (rc == FL_OK && (fsync(fd) != 0 || rename(part.data, path) != 0 || sync_folder(path) != 0))
		rc = fl_fail_errno(err, FL_IO, "%s", path);
out:
	if (fd >= 0)
		close(fd);
	buf_clear(&part);
	return rc;
}
