#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fl_fail(struct fl_err *err, enum fl_status s, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		err->status = s;
		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof err->msg, fmt, ap);
		va_end(ap);
	}
	return s;
}

int fl_fail_errno(struct fl_err *err, enum fl_status s, const char *fmt, ...)
{
	int e = errno;
	size_t n;
	va_list ap;

	if (err) {
		err->status = s;
		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof err->msg, fmt, ap);
		va_end(ap);
		n = strlen(err->msg);
		snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror(e));
	}
	return s;
}

int fl_err_prefix(struct fl_err *err, const char *fmt, ...)
{
	char where[256], msg[sizeof err->msg];
	va_list ap;

	if (!err)
		return FL_BUG;
	va_start(ap, fmt);
	vsnprintf(where, sizeof where, fmt, ap);
	va_end(ap);
	memcpy(msg, err->msg, sizeof msg);
	msg[sizeof msg - 1] = 0;
	if (snprintf(err->msg, sizeof err->msg, "%s: %s", where, msg) >= (int)sizeof err->msg)
		memcpy(err->msg + sizeof err->msg - 4, "...", 4);
	return err->status;
}

char *fl_err_quote(char *out, size_t max, const char *s, size_t n)
{
	size_t i, k = n < max ? n : max;

	for (i = 0; i < k; i++) {
		unsigned char c = (unsigned char)s[i];
		out[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	if (n > max) {
		while (k > 0 && ((unsigned char)s[k] & 0xc0) == 0x80) /* do not cut a UTF-8 character */
			k--;
		memcpy(out + k, "...", 3);
		k += 3;
	}
	out[k] = 0;
	return out;
}

static long fail_in;

void fl_alloc_fail_at(long k)
{
	fail_in = k;
}

static int must_fail(void)
{
	return fail_in > 0 && --fail_in == 0;
}

int fl_alloc(void *p, size_t n, size_t size, struct fl_err *err)
{
	void *q = NULL;

	if (!must_fail() && (!size || n <= SIZE_MAX / size)) /* checked here, since a sanitizer's calloc aborts instead */
		q = calloc(n ? n : 1, size ? size : 1);
	memcpy(p, &q, sizeof q);
	if (!q)
		return fl_fail(err, FL_IO, "out of memory: %zu x %zu bytes", n, size);
	return FL_OK;
}

int fl_grow(void *p, size_t *cap, size_t need, size_t size, struct fl_err *err)
{
	size_t c = *cap;
	void *q;

	if (need <= c)
		return FL_OK;
	memcpy(&q, p, sizeof q);
	while (c < need)
		c = c > SIZE_MAX / 4 ? need : c ? c + c / 2 + 1 : 8;
	if (must_fail() || c > SIZE_MAX / size || !(q = realloc(q, c * size)))
		return fl_fail(err, FL_IO, "out of memory: %zu x %zu bytes", c, size);
	memset((char *)q + *cap * size, 0, (c - *cap) * size);
	memcpy(p, &q, sizeof q);
	*cap = c;
	return FL_OK;
}

int fl_strndup(char **p, const char *s, size_t n, struct fl_err *err)
{
	int rc = fl_alloc(p, n + 1, 1, err);

	if (rc == FL_OK)
		memcpy(*p, s, n);
	return rc;
}

int fl_strdup(char **p, const char *s, struct fl_err *err)
{
	return fl_strndup(p, s, strlen(s), err);
}
