#include "hub/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/name.h"

int object_size(int root, const char *name, uint64_t *size, struct fl_err *err)
{
	uint64_t n;
	int fd, rc = folder_open(root, name, &fd, &n, err);

	if (rc != FL_OK)
		return rc;
	close(fd);
	if (size)
		*size = n;
	return FL_OK;
}

int object_settle(int root, const char *name)
{
	char dir[NAME_MAX_LEN + 1];
	const char *slash = strrchr(name, '/');
	int fd, rc;

	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - name) : 1, slash ? name : ".");
	fd = openat(root, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int object_sum(int fd, char digest[DIGEST_TEXT], struct fl_err *err)
{
	char piece[16384];
	struct digest d;
	off_t at = 0;
	ssize_t k;

	digest_start(&d);
	while ((k = pread(fd, piece, sizeof piece, at)) > 0 || (k < 0 && errno == EINTR)) {
		if (k > 0) {
			digest_add(&d, piece, (size_t)k);
			at += k;
		}
	}
	digest_end(&d, digest);
	return k < 0 ? fl_fail_errno(err, FL_IO, "cannot read") : FL_OK;
}

int object_digest(int root, const char *name, char digest[DIGEST_TEXT], struct fl_err *err)
{
	uint64_t n;
	int fd, rc = folder_open(root, name, &fd, &n, err);

	if (rc != FL_OK)
		return rc;
	rc = object_sum(fd, digest, err);
	close(fd);
	return rc;
}

int object_slurp(int fd, uint64_t size, struct buf *b, struct fl_err *err)
{
	uint64_t at = 0;
	ssize_t k;
	int rc;

	if (size > b->max)
		return fl_fail(err, FL_DATA, "longer than the limit of %zu bytes", b->max);
	TRY(buf_reserve(b, (size_t)size, err));
	while (at < size) {
		k = pread(fd, b->data + b->len, (size_t)(size - at), (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fl_fail_errno(err, FL_IO, "cannot read");
		if (k == 0)
			break;
		at += (uint64_t)k;
		b->len += (size_t)k;
	}
out:
	return rc;
}

int object_read(int root, const char *name, const char *type, struct signed_msg *m, struct fl_err *err)
{
	struct buf b = { .max = msg_find(type)->max + OBJECT_SIGNATURES };
	uint64_t size;
	int fd = -1, rc;

	TRY(folder_open(root, name, &fd, &size, err));
	TRY(object_slurp(fd, size, &b, err));
	TRY(signed_read(m, type, b.data, b.len, err));
out:
	if (fd >= 0)
		close(fd);
	buf_clear(&b);
	return rc;
}

int object_message(int root, unsigned round, const char *file, const char *type, struct signed_msg *m, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];

	name_round(name, round, file);
	return object_read(root, name, type, m, err);
}
