#include "store/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

int sink_seek(struct sink *k, uint64_t from, struct fl_err *err)
{
	if (from != 0 && from != k->at)
		return fl_fail(err, FL_DATA, "the answer does not go on where it was cut");
	if (from == 0 && k->fd >= 0 && ftruncate(k->fd, 0) != 0)
		return fl_fail_errno(err, FL_IO, "cannot truncate the output");
	if (from == 0 && k->fd < 0)
		k->b->len = k->start;
	k->at = from;
	return FL_OK;
}

static int write_at(int fd, const char *p, size_t n, uint64_t at, struct fl_err *err)
{
	ssize_t k;

	while (n) {
		k = pwrite(fd, p, n, (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fl_fail_errno(err, FL_IO, "cannot write what came");
		p += k;
		n -= (size_t)k;
		at += (uint64_t)k;
	}
	return FL_OK;
}

int sink_add(struct sink *k, const void *p, size_t n, struct fl_err *err)
{
	int rc;

	if (n > k->max || k->at > k->max - n)
		return fl_fail(err, FL_DATA, "is longer than the limit of %" PRIu64 " bytes", k->max);
	TRY(k->fd >= 0 ? write_at(k->fd, p, n, k->at, err) : buf_add(k->b, p, n, err));
	k->at += n;
	if (k->progress && k->fd >= 0)
		k->progress("pull", (double)k->at, (double)k->total);
out:
	return rc;
}
