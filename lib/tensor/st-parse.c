#include "tensor/st.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* A cursor over the header; the grammar is fixed, so nothing recurses. */

struct cur {
	const unsigned char *p, *end, *start;
	struct fl_err *err;
};

static int bad(struct cur *c, const char *what)
{
	return fl_fail(c->err, FL_DATA, "header byte %zu: %s", (size_t)(c->p - c->start), what);
}

static void skip_space(struct cur *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
		c->p++;
}

static int next_is(struct cur *c, char ch)
{
	skip_space(c);
	if (c->p >= c->end || *c->p != (unsigned char)ch)
		return 0;
	c->p++;
	return 1;
}

static int want(struct cur *c, char ch)
{
	char what[] = "'?' expected";

	what[1] = ch;
	return next_is(c, ch) ? FL_OK : bad(c, what);
}

static int hex4(struct cur *c, unsigned *u)
{
	int i;

	*u = 0;
	for (i = 0; i < 4; i++, c->p++) {
		unsigned char h = c->p < c->end ? *c->p : 0;
		unsigned d = h >= '0' && h <= '9' ? h - 48u : (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10u : 16;
		if (d == 16)
			return bad(c, "bad \\u escape");
		*u = *u * 16 + d;
	}
	return FL_OK;
}

static int escape(struct cur *c, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	unsigned u, v;
	char out[4];
	const char *at;
	size_t n;
	int rc;

	if (c->p >= c->end)
		return bad(c, "string does not end");
	if (*c->p != 'u') {
		at = memchr(from, *c->p, sizeof from - 1);
		if (!at)
			return bad(c, "unknown escape");
		c->p++;
		return buf_add(b, &to[at - from], 1, c->err);
	}
	c->p++;
	if ((rc = hex4(c, &u)) != FL_OK)
		return rc;
	if (u >= 0xdc00 && u < 0xe000)
		return bad(c, "lone surrogate");
	if (u >= 0xd800 && u < 0xdc00) {
		if (c->end - c->p < 2 || c->p[0] != '\\' || c->p[1] != 'u')
			return bad(c, "lone surrogate");
		c->p += 2;
		if ((rc = hex4(c, &v)) != FL_OK)
			return rc;
		if (v < 0xdc00 || v >= 0xe000)
			return bad(c, "lone surrogate");
		u = 0x10000 + ((u - 0xd800) << 10) + (v - 0xdc00);
	}
	if (u == 0)
		return bad(c, "NUL in a string");
	if (u < 0x80) {
		out[0] = (char)u, n = 1;
	} else if (u < 0x800) {
		out[0] = (char)(0xc0 | u >> 6), out[1] = (char)(0x80 | (u & 63)), n = 2;
	} else if (u < 0x10000) {
		out[0] = (char)(0xe0 | u >> 12), out[1] = (char)(0x80 | (u >> 6 & 63)), out[2] = (char)(0x80 | (u & 63)), n = 3;
	} else {
		out[0] = (char)(0xf0 | u >> 18), out[1] = (char)(0x80 | (u >> 12 & 63));
		out[2] = (char)(0x80 | (u >> 6 & 63)), out[3] = (char)(0x80 | (u & 63)), n = 4;
	}
	return buf_add(b, out, n, c->err);
}

/* A string into *b (emptied first; NUL-terminated). */
static int string(struct cur *c, struct buf *b)
{
	const unsigned char *from;
	size_t n;
	int rc;

	b->len = 0;
	TRY(want(c, '"'));
	for (;;) {
		for (from = c->p; c->p < c->end && *c->p != '"' && *c->p != '\\'; c->p += n) {
			if (*c->p < 0x20)
				return bad(c, "control character in a string");
			if (!(n = utf8_len(c->p, c->end)))
				return bad(c, "not UTF-8");
		}
		TRY(buf_add(b, from, (size_t)(c->p - from), c->err));
		if (c->p >= c->end)
			return bad(c, "string does not end");
		if (*c->p++ == '"')
			break;
		TRY(escape(c, b));
	}
out:
	return rc;
}

/* A JSON integer without sign, fraction or exponent. */
static int integer(struct cur *c, uint64_t *x)
{
	const unsigned char *from;

	skip_space(c);
	from = c->p;
	for (*x = 0; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++)
		if (__builtin_mul_overflow(*x, (uint64_t)10, x) || __builtin_add_overflow(*x, (uint64_t)(*c->p - '0'), x))
			return bad(c, "number overflows 64 bits");
	if (c->p == from || (*from == '0' && c->p - from > 1) || (c->p < c->end && strchr(".eE", *c->p) && *c->p))
		return bad(c, "whole number expected");
	return FL_OK;
}

static int integers(struct cur *c, uint64_t *v, unsigned max, unsigned *n)
{
	int rc;

	*n = 0;
	TRY(want(c, '['));
	if (next_is(c, ']'))
		return FL_OK;
	do {
		if (*n == max)
			return bad(c, "too many numbers in a list");
		TRY(integer(c, &v[*n]));
		++*n;
	} while (next_is(c, ','));
	TRY(want(c, ']'));
out:
	return rc;
}

static int parse_dtype(struct cur *c, struct buf *b, enum dtype *d)
{
	int i, rc = string(c, b);

	for (i = 0; rc == FL_OK && i < DT_N; i++) {
		if (!strcmp(dtype_name((enum dtype)i), b->data)) {
			*d = (enum dtype)i;
			return FL_OK;
		}
	}
	return rc != FL_OK ? rc : bad(c, "unknown dtype");
}

static int tensor_value(struct cur *c, struct tensor *t, struct buf *b)
{
	enum { F_DTYPE = 1, F_SHAPE = 2, F_OFFSETS = 4 };
	unsigned seen = 0, bit, n;
	uint64_t off[2], bytes;
	int rc;

	TRY(want(c, '{'));
	do {
		TRY(string(c, b));
		bit = !strcmp(b->data, "dtype") ? F_DTYPE : !strcmp(b->data, "shape") ? F_SHAPE :
		      !strcmp(b->data, "data_offsets") ? F_OFFSETS : 0;
		if (!bit)
			return bad(c, "unknown member of a tensor");
		if (seen & bit)
			return bad(c, "member of a tensor given twice");
		seen |= bit;
		TRY(want(c, ':'));
		if (bit == F_DTYPE) {
			TRY(parse_dtype(c, b, &t->dtype));
		} else if (bit == F_SHAPE) {
			TRY(integers(c, t->shape, ST_DIMS_MAX, &t->ndim));
		} else {
			TRY(integers(c, off, 2, &n));
			if (n != 2 || off[0] > off[1])
				return bad(c, "data_offsets are not [begin, end]");
			t->begin = off[0];
			t->end = off[1];
		}
	} while (next_is(c, ','));
	TRY(want(c, '}'));
	if (seen != (F_DTYPE | F_SHAPE | F_OFFSETS))
		return bad(c, "a tensor lacks dtype, shape or data_offsets");
	TRY(st_shape_bytes(t->dtype, t->ndim, t->shape, &bytes, c->err));
	if (t->end - t->begin != bytes)
		return bad(c, "data_offsets do not fit shape and dtype");
out:
	return rc;
}

static int metadata(struct cur *c, struct st *h, struct buf *b, struct buf *b2)
{
	int rc;

	TRY(want(c, '{'));
	if (next_is(c, '}'))
		return FL_OK;
	do {
		TRY(string(c, b));
		TRY(want(c, ':'));
		TRY(string(c, b2));
		if (st_get_meta(h, b->data))
			return bad(c, "metadata key given twice");
		TRY(st_add_meta(h, b->data, b2->data, c->err));
	} while (next_is(c, ','));
	TRY(want(c, '}'));
out:
	return rc;
}

static int by_begin(const void *a, const void *b)
{
	const struct tensor *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* No holes, no overlap: in the order of offsets, every tensor starts where the one before ended. */
static int check_chain(struct st *h, struct fl_err *err)
{
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < h->n; i++) {
		if (h->tensors[i].begin != at)
			return fl_fail(err, FL_DATA, "tensor \"%.60s\" %s", h->tensors[i].name,
				       h->tensors[i].begin > at ? "leaves a hole before it" : "overlaps another");
		at = h->tensors[i].end;
	}
	h->data_len = at;
	return FL_OK;
}

static int parse_entries(struct cur *c, struct st *h, struct buf *b, struct buf *b2)
{
	struct tensor *t;
	int rc, meta_seen = 0;

	do {
		TRY(string(c, b));
		TRY(want(c, ':'));
		if (!strcmp(b->data, "__metadata__")) {
			if (meta_seen++)
				return bad(c, "__metadata__ given twice");
			TRY(metadata(c, h, b, b2));
			continue;
		}
		if (st_name_flaw(b->data))
			return bad(c, st_name_flaw(b->data));
		if (h->n == ST_TENSORS_MAX)
			return bad(c, "too many tensors");
		TRY(fl_grow(&h->tensors, &h->cap, h->n + 1, sizeof *h->tensors, c->err));
		t = &h->tensors[h->n];
		*t = (struct tensor){ 0 };
		TRY(fl_strdup(&t->name, b->data, c->err));
		h->n++;
		TRY(tensor_value(c, t, b));
	} while (next_is(c, ','));
out:
	return rc;
}

int st_parse(struct st *h, const char *s, size_t n, struct fl_err *err)
{
	struct cur c = { (const unsigned char *)s, (const unsigned char *)s + n, (const unsigned char *)s, err };
	struct buf b = { 0 }, b2 = { 0 };
	int rc;

	if (n > ST_HEADER_MAX)
		return fl_fail(err, FL_DATA, "header is longer than %zu bytes", ST_HEADER_MAX);
	if (n < 2 || s[0] != '{')
		return fl_fail(err, FL_DATA, "header does not begin with '{': not a safetensors file");
	c.p++;
	if (!next_is(&c, '}')) {
		TRY(parse_entries(&c, h, &b, &b2));
		TRY(want(&c, '}'));
	}
	while (c.p < c.end && *c.p == ' ')
		c.p++;
	if (c.p < c.end) {
		rc = bad(&c, "something other than spaces after the header");
		goto out;
	}
	if (h->n)
		qsort(h->tensors, h->n, sizeof *h->tensors, by_begin);
	TRY(st_index(h, err));
	TRY(check_chain(h, err));
out:
	buf_clear(&b);
	buf_clear(&b2);
	if (rc != FL_OK)
		st_clear(h);
	return rc;
}

