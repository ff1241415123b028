#include "codec/topk-pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/chunks.h"
#include "codec/rice-bits.h"
#include "codec/rice.h"
#include "codec/topk-places.h"
#include "codec/topk-plan.h"

#define COUNT_MAX 3     /* bytes of a number up to CODEC_CHUNK */
#define BF16_MAX 0x7f7f /* what rounds beyond stays finite */

static unsigned char *put_count(unsigned char *p, size_t k)
{
	for (; k >= 128; k >>= 7)
		*p++ = (unsigned char)(k | 128);
	*p++ = (unsigned char)k;
	return p;
}

static uint16_t narrow(float x)
{
	uint32_t m = topk_magnitude(x);

	m = (m + 0x7fff + (m >> 16 & 1)) >> 16;
	return (uint16_t)((m < BF16_MAX ? m : BF16_MAX) | (signbit(x) ? 0x8000 : 0));
}

/* Steps between the smallest and the largest magnitude. */
static double steps(unsigned bits)
{
	return bits == 8 ? 127 : 7;
}

/* Signs and levels of the values at places at, between lo and hi; a sign alone where bits is 1. */
static unsigned char *put_levels(unsigned char *b, unsigned bits, float lo, float hi, const float *x, const uint32_t *at, size_t k)
{
	double scale = hi > lo ? steps(bits) / ((double)hi - (double)lo) : 0;
	struct bit_writer w = { b, 0, 0 };
	uint64_t level = 0;
	size_t i;

	for (i = 0; i < k; i++) {
		if (bits > 1)
			level = (uint64_t)(((double)fabsf(x[at[i]]) - (double)lo) * scale + .5);
		bits_put(&w, level << 1 | (signbit(x[at[i]]) ? 1 : 0), bits);
	}
	return bits_finish(&w);
}

static unsigned char *put_scaled(unsigned char *b, unsigned bits, const float *x, const uint32_t *at, size_t k)
{
	float lo = fabsf(x[at[0]]), hi = lo, m;
	size_t i;

	for (i = 1; i < k; i++) {
		m = fabsf(x[at[i]]);
		lo = m < lo ? m : lo;
		hi = m > hi ? m : hi;
	}
	chunks_put_float(b, lo);
	chunks_put_float(b + 4, hi);
	return put_levels(b + 8, bits, lo, hi, x, at, k);
}

static unsigned char *put_values(unsigned char *b, unsigned bits, float one, const float *x, const uint32_t *at, size_t k)
{
	uint16_t h;
	size_t i;

	if (bits == 1) {
		chunks_put_float(b, one);
		return put_levels(b + 4, 1, one, one, x, at, k);
	}
	if (bits < 16)
		return put_scaled(b, bits, x, at, k);
	for (i = 0; i < k; i++, b += bits / 8) {
		if (bits == 32) {
			chunks_put_float(b, x[at[i]]);
			continue;
		}
		h = narrow(x[at[i]]);
		b[0] = (unsigned char)h;
		b[1] = (unsigned char)(h >> 8);
	}
	return b;
}

static int put_chunk(unsigned bits, float one, const float *x, const uint32_t *at, size_t k, struct buf *out, struct fl_err *err)
{
	uint64_t gaps;
	unsigned r = rice_best(at, k, &gaps);
	unsigned char *b;
	int rc = FL_OK;

	if (!k)
		return FL_OK;
	TRY(buf_reserve(out, COUNT_MAX + 1 + (size_t)(gaps + k * bits) / 8 + 2 + 8 + BITS_SLACK, err));
	b = put_count((unsigned char *)out->data + out->len, k);
	*b++ = (unsigned char)r;
	b = rice_write(b, at, k, r);
	b = put_values(b, bits, one, x, at, k);
	out->len = (size_t)(b - (unsigned char *)out->data);
out:
	return rc;
}

int topk_encode(unsigned bits, float one, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		struct fl_err *err)
{
	uint64_t ties = topk_ties(p, t->name), from;
	uint32_t *at = NULL;
	size_t n, k, start;
	int rc;

	TRY(fl_alloc(&at, (t->n < CODEC_CHUNK ? (size_t)t->n : CODEC_CHUNK) + TOPK_SLACK, sizeof *at, err));
	TRY(chunks_start(out, t->n, &start, err));
	for (from = 0; from < t->n; from += n) {
		n = t->n - from < CODEC_CHUNK ? (size_t)(t->n - from) : CODEC_CHUNK;
		k = topk_kept(p, x + from, n, &ties, at);
		TRY(put_chunk(bits, one, x + from, at, k, out, err));
		TRY(chunks_end(out, t->n, start, from / CODEC_CHUNK, err));
	}
out:
	free(at);
	return rc;
}

/* What is still to be read of a chunk; BITS_SLACK bytes follow. */
struct rest {
	const unsigned char *p;
	size_t n;
};

static int take(struct rest *r, size_t n, const unsigned char **p, struct fl_err *err)
{
	*p = r->p;
	if (n > r->n)
		return fl_fail(err, FL_DATA, "is cut short");
	r->p += n;
	r->n -= n;
	return FL_OK;
}

/* 1 .. n, in the one way that is shortest. */
static int take_count(struct rest *r, size_t n, size_t *k, struct fl_err *err)
{
	const unsigned char *b;
	unsigned i;
	int rc;

	*k = 0;
	for (i = 0; i < COUNT_MAX; i++) {
		TRY(take(r, 1, &b, err));
		*k |= (size_t)(*b & 127) << 7 * i;
		if (*b < 128)
			return *b && *k <= n ? FL_OK : fl_fail(err, FL_DATA, "has a wrong number of values");
	}
	rc = fl_fail(err, FL_DATA, "has a wrong number of values");
out:
	return rc;
}

static int take_levels(struct rest *r, unsigned bits, float lo, float hi, float *x, size_t k, struct fl_err *err)
{
	double scale = bits > 1 ? ((double)hi - (double)lo) / steps(bits) : 0;
	struct bit_reader in;
	const unsigned char *b;
	uint64_t u;
	size_t i, n = (size_t)((uint64_t)k * bits + 7) / 8;
	int rc;

	if (!(lo >= 0 && hi >= lo))
		return fl_fail(err, FL_DATA, "has a wrong scale");
	TRY(take(r, n, &b, err));
	in = bits_of(b, n);
	for (i = 0; i < k; i++) {
		u = bits_get(&in, bits);
		x[i] = (float)((double)lo + (double)(u >> 1) * scale);
		x[i] = u & 1 ? -x[i] : x[i];
	}
	rc = bits_done(&in) ? FL_OK : fl_fail(err, FL_DATA, "has bits where there should be none");
out:
	return rc;
}

static int take_scaled(struct rest *r, unsigned bits, float *x, size_t k, struct fl_err *err)
{
	const unsigned char *b;
	float lo, hi;
	int rc;

	TRY(take(r, bits == 1 ? 4 : 8, &b, err));
	TRY(chunks_float(b, &lo, err));
	hi = lo;
	if (bits > 1)
		TRY(chunks_float(b + 4, &hi, err));
	TRY(take_levels(r, bits, lo, hi, x, k, err));
out:
	return rc;
}

static int take_values(struct rest *r, unsigned bits, float *x, size_t k, struct fl_err *err)
{
	unsigned char wide[4] = { 0 };
	const unsigned char *b;
	size_t i;
	int rc;

	if (bits < 16)
		return take_scaled(r, bits, x, k, err);
	TRY(take(r, k * (bits / 8), &b, err));
	for (i = 0; i < k; i++, b += bits / 8) {
		memcpy(wide + (bits == 16 ? 2 : 0), b, bits / 8);
		TRY(chunks_float(wide, &x[i], err));
	}
out:
	return rc;
}

int topk_sparse(unsigned bits, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, uint32_t *at,
		float *x, size_t *k, struct fl_err *err)
{
	struct rest r = { NULL, 0 };
	const unsigned char *b;
	unsigned char *p = NULL;
	size_t used;
	int rc;

	*k = 0;
	TRY(chunks_read(in, t->n, from, n * 8 + 64, &p, &r.n, err)); /* a bitmap and 32 bits would be half of that */
	r.p = p;
	if (!r.n)
		goto out;
	TRY(take_count(&r, n, k, err));
	TRY(take(&r, 1, &b, err));
	TRY(rice_read(r.p, r.n, *b, (uint32_t)n, at, *k, &used, err));
	TRY(take(&r, used, &b, err));
	TRY(take_values(&r, bits, x, *k, err));
	if (r.n)
		rc = fl_fail(err, FL_DATA, "has bytes left over");
out:
	free(p);
	return rc;
}

int topk_decode(unsigned bits, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		struct fl_err *err)
{
	uint32_t *at = NULL;
	size_t k;
	int rc;

	TRY(fl_alloc(&at, n, sizeof *at, err));
	TRY(topk_sparse(bits, t, in, from, n, at, x, &k, err));
	chunks_spread(x, n, at, k);
out:
	free(at);
	return rc;
}
