/*
 * buf.h - a byte buffer that grows up to a cap.
 *
 * Empty is {0}; set .max to bound it (0: BUF_MAX). After any add, data[len] is 0, so text can be used as a C string.
 * Every add is FL_OK, FL_IO (no memory) or FL_DATA (over the cap); a failed add leaves the buffer as it was.
 */
#ifndef FL_BASE_BUF_H
#define FL_BASE_BUF_H

#include <stddef.h>

#include "base/err.h"

#define BUF_MAX ((size_t)1 << 30)

struct buf {
	char *data;
	size_t len, cap, max;
};

int buf_add(struct buf *b, const void *p, size_t n, struct fl_err *err);
int buf_adds(struct buf *b, const char *s, struct fl_err *err);
int buf_addf(struct buf *b, struct fl_err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Room for n more bytes at data + len. */
int buf_reserve(struct buf *b, size_t n, struct fl_err *err);

void buf_clear(struct buf *b);

#endif
