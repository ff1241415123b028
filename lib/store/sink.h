/* sink.h - where a download goes: a file that can be resumed, or a buffer; never more than a cap. */
#ifndef FL_STORE_SINK_H
#define FL_STORE_SINK_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define SINK_ETAG 160

struct sink {
	int fd;              /* -1: into b */
	struct buf *b;
	size_t start;        /* b->len before anything came */
	uint64_t at, max;    /* bytes there; at most max */
	char etag[SINK_ETAG]; /* of what is there, as the server wrote it; "" if it said none */
	int known;           /* what is there will be held against a digest that we know: resume without an ETag */
	void (*progress)(const char *what, double done, double total);
	uint64_t total;      /* 0: unknown */
};

/* The next byte that comes is byte `from` of the object: at, or 0 to start afresh. */
int sink_seek(struct sink *k, uint64_t from, struct fl_err *err);
int sink_add(struct sink *k, const void *p, size_t n, struct fl_err *err);

#endif
