#include "codec/exact.h"

#include <stdlib.h>

enum { PLAIN, CODED };

/* Append u8 PLAIN and the bits of x (n). */
static int put_plain(const float *x, uint64_t n, struct buf *out, struct fl_err *err)
{
	char *p;
	uint64_t i;
	int rc;

	TRY(buf_reserve(out, n * 4 + 1, err));
	p = out->data + out->len;
	*p++ = PLAIN;
	for (i = 0; i < n; i++)
		exact_put32(p + 4 * i, exact_bits(x + i));
	out->len += n * 4 + 1;
out:
	return rc;
}

static int get_plain(const struct codec_bytes *in, uint64_t at, size_t n, float *x, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(codec_read(in, x, n * 4, at, err));
	for (i = 0; i < n; i++)
		exact_float(x + i, exact_get32(x + i));
out:
	return rc;
}

static int encode_chunk(const struct exact *e, const float *x, const float *base, size_t n, void *work, struct buf *out,
			struct fl_err *err)
{
	const char kind = CODED;
	size_t at = out->len;
	int rc;

	TRY(buf_add(out, &kind, 1, err));
	TRY(e->encode(x, base, n, work, out, err));
	if (out->len - at > n * 4) {
		out->len = at;
		TRY(put_plain(x, n, out, err));
	}
out:
	return rc;
}

int exact_encode(const struct exact *e, const struct codec_tensor *t, const float *x, struct buf *out, struct fl_err *err)
{
	const uint64_t n_chunks = codec_chunks(t->n);
	const size_t start = out->len, first = start + 1 + n_chunks * 8;
	void *work = NULL;
	uint64_t c, at;
	size_t n;
	int rc = FL_OK;

	if (!t->n)
		goto out;
	TRY(fl_alloc(&work, t->n < CODEC_CHUNK ? t->n : CODEC_CHUNK, e->room, err));
	TRY(buf_reserve(out, first - start, err));
	out->data[start] = CODED;
	out->len = first;
	for (c = 0; c < n_chunks; c++) {
		at = c * CODEC_CHUNK;
		n = t->n - at < CODEC_CHUNK ? t->n - at : CODEC_CHUNK;
		TRY(encode_chunk(e, x + at, t->base ? t->base + at : NULL, n, work, out, err));
		exact_put64(out->data + start + 1 + c * 8, out->len - first);
	}
	if (out->len - start > t->n * 4) {
		out->len = start;
		TRY(put_plain(x, t->n, out, err));
	}
out:
	free(work);
	return rc;
}

/* Where chunk c lies: *at, *len. */
static int find_chunk(const struct codec_bytes *in, uint64_t n_chunks, uint64_t c, uint64_t *at, uint64_t *len,
		      struct fl_err *err)
{
	const uint64_t first = 1 + n_chunks * 8;
	unsigned char b[16] = { 0 };
	uint64_t begin, end;
	int rc;

	TRY(codec_read(in, c ? b : b + 8, c ? 16 : 8, c ? 1 + (c - 1) * 8 : 1, err));
	begin = exact_get64(b);
	end = exact_get64(b + 8);
	if (in->len < first || end > in->len - first || (c + 1 == n_chunks && end != in->len - first))
		return fl_fail(err, FL_DATA, "is not as long as it says");
	if (begin >= end)
		return fl_fail(err, FL_DATA, "holds a chunk without bytes");
	*at = first + begin;
	*len = end - begin;
out:
	return rc;
}

static int decode_chunk(const struct exact *e, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from,
			size_t n, float *x, struct fl_err *err)
{
	unsigned char *p = NULL;
	void *work = NULL;
	uint64_t at = 0, len = 0;
	char kind;
	int rc;

	TRY(find_chunk(in, codec_chunks(t->n), from / CODEC_CHUNK, &at, &len, err));
	TRY(codec_read(in, &kind, 1, at, err));
	if (kind == PLAIN && len == (uint64_t)n * 4 + 1)
		return get_plain(in, at + 1, n, x, err);
	if (kind != CODED || len > (uint64_t)n * 4)
		return fl_fail(err, FL_DATA, "holds a chunk of no kind that is known");
	TRY(fl_alloc(&p, len - 1 + EXACT_PAST, 1, err));
	TRY(fl_alloc(&work, n, e->room, err));
	TRY(codec_read(in, p, len - 1, at + 1, err));
	TRY(e->decode(p, len - 1, t->base ? t->base + from : NULL, n, work, x, err));
out:
	free(work);
	free(p);
	return rc;
}

int exact_decode(const struct exact *e, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		 float *x, struct fl_err *err)
{
	char kind;
	int rc = FL_OK;

	if (!n)
		goto out;
	TRY(codec_read(in, &kind, 1, 0, err));
	if (kind == CODED)
		return decode_chunk(e, t, in, from, n, x, err);
	if (kind != PLAIN || in->len != t->n * 4 + 1)
		return fl_fail(err, FL_DATA, "is not as long as it says");
	TRY(get_plain(in, 1 + from * 4, n, x, err));
out:
	return rc;
}
