#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int buf_reserve(struct buf *b, size_t n, struct fl_err *err)
{
	size_t max = b->max ? b->max : BUF_MAX;

	if (n > max || b->len > max - n)
		return fl_fail(err, FL_DATA, "longer than the limit of %zu bytes", max);
	return fl_grow(&b->data, &b->cap, b->len + n + 1, 1, err);
}

int buf_add(struct buf *b, const void *p, size_t n, struct fl_err *err)
{
	int rc = buf_reserve(b, n, err);

	if (rc == FL_OK) {
		if (n)
			memcpy(b->data + b->len, p, n);
		b->len += n;
		b->data[b->len] = 0;
	}
	return rc;
}

int buf_adds(struct buf *b, const char *s, struct fl_err *err)
{
	return buf_add(b, s, strlen(s), err);
}

int buf_addf(struct buf *b, struct fl_err *err, const char *fmt, ...)
{
	va_list ap;
	int n, rc;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return fl_fail(err, FL_BUG, "cannot format '%s'", fmt);
	if ((rc = buf_reserve(b, (size_t)n, err)) != FL_OK)
		return rc;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return FL_OK;
}

void buf_clear(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}
