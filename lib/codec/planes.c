/*
 * planes: the bytes of floats by their places, each place entropy coded where that gains; exact for all bit patterns.
 *
 * The exponents of a model are of a few kinds, the mantissas of all: the sign goes to the other end of the word, so that the
 * exponent is a byte of its own (Hershcovitch et al. 2024, "ZipNN: lossless compression for AI models", exponent extraction).
 * A chunk of n values (exact.h has the frame) is four planes, that of the exponents first, each u32 len, little-endian, and
 * len bytes: u8 0 and the n bytes of the plane, or u8 1, a table and a stream of them (rans.h).
 */
#include "codec/exact.h"
#include "codec/rans.h"

#define PLANES 4

/* plane (PLANES x n): bits 24 to 31 of the turned word first. */
static void split(const float *x, size_t n, unsigned char *plane)
{
	unsigned char *a = plane, *b = a + n, *c = b + n, *d = c + n;
	uint32_t u;
	size_t i;

	for (i = 0; i < n; i++) {
		u = exact_bits(x + i);
		u = u << 1 | u >> 31;
		a[i] = (unsigned char)(u >> 24);
		b[i] = (unsigned char)(u >> 16);
		c[i] = (unsigned char)(u >> 8);
		d[i] = (unsigned char)u;
	}
}

static void join(const unsigned char *const plane[PLANES], size_t n, float *x)
{
	const unsigned char *a = plane[0], *b = plane[1], *c = plane[2], *d = plane[3];
	uint32_t u;
	size_t i;

	for (i = 0; i < n; i++) {
		u = (uint32_t)a[i] << 24 | (uint32_t)b[i] << 16 | (uint32_t)c[i] << 8 | d[i];
		exact_float(x + i, u >> 1 | u << 31);
	}
}

/* Whether coding may gain: the chance that two bytes of a sample are equal is half as much again as that of random bytes. */
static int is_uneven(const unsigned char *p, size_t n)
{
	const size_t step = n / 8192 + 1;
	uint32_t count[256] = { 0 };
	uint64_t sum = 0, m = 0;
	size_t i;

	for (i = 0; i < n; i += step, m++)
		count[p[i]]++;
	for (i = 0; i < 256; i++)
		sum += (uint64_t)count[i] * count[i];
	return (sum - m) * 512 > m * (m - 1) * 3;
}

static int put_plane(const unsigned char *p, size_t n, int code, struct buf *out, struct fl_err *err)
{
	const size_t head = out->len;
	int rc;

	TRY(buf_reserve(out, 5 + n, err));
	out->len += 4;
	if (code) {
		TRY(rans_put_bytes(p, n, out, err));
	} else {
		out->data[out->len++] = 0;
		TRY(buf_add(out, p, n, err));
	}
	exact_put32(out->data + head, (uint32_t)(out->len - head - 4));
out:
	return rc;
}

static int encode_chunk(const float *x, const float *base, size_t n, void *work, struct buf *out, struct fl_err *err)
{
	const unsigned char *plane = work;
	unsigned k;
	int rc;

	(void)base;
	split(x, n, work);
	for (k = 0; k < PLANES; k++, plane += n)
		TRY(put_plane(plane, n, k == 0 || is_uneven(plane, n), out, err));
out:
	return rc;
}

static int decode_chunk(const unsigned char *p, size_t len, const float *base, size_t n, void *work, float *x, struct fl_err *err)
{
	const unsigned char *plane[PLANES], *end = p + len;
	unsigned char *own = work;
	uint32_t size;
	unsigned k;
	int rc = FL_OK;

	(void)base;
	for (k = 0; k < PLANES; k++, own += n) {
		if (end - p < 5 || (size = exact_get32(p)) > (size_t)(end - p) - 4)
			return fl_fail(err, FL_DATA, "is cut short");
		p += 4;
		plane[k] = own;
		if (size == n + 1 && *p == 0)
			plane[k] = p + 1;
		else
			TRY(rans_get_bytes(p, size, own, n, err));
		p += size;
	}
	if (p != end)
		return fl_fail(err, FL_DATA, "is not as long as it says");
	join(plane, n, x);
out:
	return rc;
}

static const struct exact method = { PLANES, encode_chunk, decode_chunk };

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	(void)v;
	(void)s;
	(void)err;
	p->bits = 26.5; /* what three models came to */
	return FL_OK;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	(void)v;
	(void)p;
	return exact_encode(&method, t, x, out, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	(void)v;
	return exact_decode(&method, t, in, from, n, x, err);
}

const struct codec codec_planes = {
	.name = "planes", .summary = "exact: exponents coded, mantissas as they are", .source = "Hershcovitch et al. 2024",
	.flags = CODEC_EXACT, .dtype = DT_U8, .plan = plan, .encode = encode, .decode = decode,
};
