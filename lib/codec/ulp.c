/*
 * ulp: how far every value is from the same value of the base, in units of the last place; exact for all bit patterns.
 *
 * In the order of their values floats are the whole numbers r(u) = u where the sign is 0, else -1 - (u & 0x7fffffff): as usual
 * (Dawson 2012, "Comparing floating point numbers"), but for -0, which is -1 and not 0, so that no two are alike. With
 * d = r(x) - r(base) modulo 2^32, as a number with a sign, and z = 2d, or -2d - 1 where d < 0, L is the number of binary digits
 * of z. L is entropy coded given the exponent of the base, and the L - 1 digits under the highest one stand as they are:
 * what Lindstrom and Isenburg 2006, "Fast and efficient compression of floating-point data", do with a prediction's residual.
 *
 * What a chunk is made of (exact.h has the frame), numbers little-endian:
 *   u8 top      a value's context is top less the exponent of its base, at least 0 and at most contexts - 1
 *   u32 len     bytes of the stream
 *   tables, stream (rans.h) of all L
 *   digits      of one value after the other, the lowest first, into bytes from their lowest bit
 */
#include <stdlib.h>
#include <string.h>

#include "codec/exact.h"
#include "codec/rans.h"

#define HEAD 5
#define LENGTHS 33

/* Work space of a chunk of n values, (n) each. */
struct work {
	uint32_t *z;
	unsigned char *len, *ctx;
};
#define WORK (sizeof(uint32_t) + 2)

static struct work lay_out(void *p, size_t n)
{
	struct work w = { .z = p };

	w.len = (unsigned char *)(w.z + n);
	w.ctx = w.len + n;
	return w;
}

/* r, which is also the way back. */
static uint32_t rank(uint32_t u)
{
	return u ^ ((0u - (u >> 31)) & 0x7fffffff);
}

static unsigned exponent(const float *x)
{
	return exact_bits(x) >> 23 & 255;
}

/* The exponent that all but 1 in 1024 of the base's are not above, by a sample: contexts are for those below it. */
static unsigned find_top(const float *base, size_t n)
{
	const size_t step = n / 16384 + 1;
	uint32_t count[256] = { 0 };
	size_t i, above = 0;
	unsigned e = 255;

	for (i = 0; i < n; i += step)
		count[exponent(base + i)]++;
	while (e && above + count[e] <= n / step / 1024)
		above += count[e--];
	return e;
}

static void find_contexts(const float *base, size_t n, unsigned top, unsigned contexts, unsigned char *ctx)
{
	const int32_t last = (int32_t)contexts - 1;
	int32_t c;
	size_t i;

	for (i = 0; i < n; i++) {
		c = (int32_t)top - (int32_t)exponent(base + i);
		c = c > 0 ? c : 0;
		ctx[i] = (unsigned char)(c < last ? c : last);
	}
}

static void find_lengths(const float *x, const float *base, size_t n, const struct work *w)
{
	uint32_t d, z;
	size_t i;

	for (i = 0; i < n; i++) {
		d = rank(exact_bits(x + i)) - rank(exact_bits(base + i));
		w->z[i] = z = d << 1 ^ (0u - (d >> 31));
		w->len[i] = (unsigned char)(32 - __builtin_clz(z | 1) - !z);
	}
}

/* How often each length is in each context: two tables in turn, as equal neighbours would wait for one another. */
static void tally(const struct work *w, size_t n, uint64_t count[RANS_CONTEXTS][LENGTHS])
{
	uint32_t two[2][RANS_CONTEXTS][64] = { 0 };
	size_t i;
	unsigned c, k;

	for (i = 0; i < n; i++)
		two[i & 1][w->ctx[i]][w->len[i]]++;
	for (c = 0; c < RANS_CONTEXTS; c++)
		for (k = 0; k < LENGTHS; k++)
			count[c][k] = (uint64_t)two[0][c][k] + two[1][c][k];
}

/* count (contexts, symbols) of the first of 16 contexts, the last of them together with what comes after. */
static void merge(uint64_t count[RANS_CONTEXTS][LENGTHS], unsigned contexts, unsigned symbols, uint64_t *out)
{
	unsigned c, k, to;

	memset(out, 0, contexts * symbols * sizeof *out);
	for (c = 0; c < RANS_CONTEXTS; c++) {
		to = c < contexts ? c : contexts - 1;
		for (k = 0; k < symbols; k++)
			out[to * symbols + k] += count[c][k];
	}
}

/* Of 1, 2, 4, 8 and 16 contexts the number that makes tables and stream shortest. Returns its bits. */
static double fit(const struct work *w, size_t n, struct rans_model *m)
{
	uint64_t count[RANS_CONTEXTS][LENGTHS], merged[RANS_CONTEXTS * LENGTHS];
	struct rans_model one = { .symbols = 1 };
	double bits, best = 0;
	unsigned c, k;

	tally(w, n, count);
	for (c = 0; c < RANS_CONTEXTS; c++)
		for (k = one.symbols; k < LENGTHS; k++)
			if (count[c][k])
				one.symbols = k + 1;
	for (one.contexts = 1; one.contexts <= RANS_CONTEXTS; one.contexts *= 2) {
		merge(count, one.contexts, one.symbols, merged);
		bits = rans_fit(&one, merged);
		if (one.contexts == 1 || bits < best) {
			best = bits;
			*m = one;
		}
	}
	return best;
}

/* Digits under the highest. Returns their bytes; up to 8 more are written. */
static size_t pack_digits(const struct work *w, size_t n, char *p)
{
	uint64_t acc = 0;
	unsigned k = 0, digits;
	size_t i, at = 0;

	for (i = 0; i < n; i++) {
		digits = w->len[i] - (w->len[i] > 0);
		acc |= (w->z[i] & (((uint64_t)1 << digits) - 1)) << k;
		k += digits;
		exact_put64(p + at, acc);
		at += k / 8;
		acc >>= k & ~7u;
		k &= 7;
	}
	return at + (k > 0);
}

/* x from base and digits at p, of which 8 bytes more can be read. */
static void unpack_digits(const unsigned char *p, const struct work *w, const float *base, size_t n, float *x)
{
	uint64_t pos = 0, bits;
	uint32_t z, top;
	unsigned digits;
	size_t i;

	for (i = 0; i < n; i++) {
		digits = w->len[i] - (w->len[i] > 0);
		top = (uint32_t)(((uint64_t)1 << w->len[i]) >> 1);
		bits = exact_get64(p + pos / 8) >> pos % 8;
		z = (uint32_t)(bits & (((uint64_t)1 << digits) - 1)) | top;
		pos += digits;
		exact_float(x + i, rank(rank(exact_bits(base + i)) + (z >> 1 ^ (0u - (z & 1)))));
	}
}

static int put_lengths(const struct rans_model *m, const struct work *w, size_t n, double bits, struct buf *out, struct fl_err *err)
{
	struct rans_encoder e = { 0 };
	int rc;

	TRY(rans_put_model(m, out, err));
	TRY(rans_encoder_make(&e, m, err));
	TRY(rans_encode(&e, RANS_GIVEN, w->len, w->ctx, n, rans_lanes(bits), out, err));
out:
	rans_encoder_clear(&e);
	return rc;
}

static int encode_chunk(const float *x, const float *base, size_t n, void *work, struct buf *out, struct fl_err *err)
{
	const struct work w = lay_out(work, n);
	const unsigned top = find_top(base, n);
	const size_t head = out->len;
	struct rans_model m;
	double bits;
	int rc;

	find_lengths(x, base, n, &w);
	find_contexts(base, n, top, RANS_CONTEXTS, w.ctx);
	bits = fit(&w, n, &m);
	if (m.contexts < RANS_CONTEXTS)
		find_contexts(base, n, top, m.contexts, w.ctx);
	TRY(buf_reserve(out, HEAD, err));
	out->len += HEAD;
	TRY(put_lengths(&m, &w, n, bits, out, err));
	out->data[head] = (char)top;
	exact_put32(out->data + head + 1, (uint32_t)(out->len - head - HEAD));
	TRY(buf_reserve(out, n * 4 + 8, err));
	out->len += pack_digits(&w, n, out->data + out->len);
out:
	return rc;
}

/* Tables and stream of len bytes at p: w's contexts and lengths. */
static int get_lengths(const unsigned char *p, size_t len, unsigned top, const float *base, size_t n, const struct work *w,
		       struct fl_err *err)
{
	struct rans_decoder d = { 0 };
	struct rans_model m;
	size_t used;
	int rc;

	TRY(rans_get_model(&m, p, len, &used, err));
	if (m.symbols > LENGTHS)
		return fl_fail(err, FL_DATA, "holds numbers of more than 32 digits");
	find_contexts(base, n, top, m.contexts, w->ctx);
	TRY(rans_decoder_make(&d, &m, err));
	TRY(rans_decode(&d, RANS_GIVEN, p + used, len - used, w->ctx, n, w->len, err));
out:
	rans_decoder_clear(&d);
	return rc;
}

static int decode_chunk(const unsigned char *p, size_t len, const float *base, size_t n, void *work, float *x, struct fl_err *err)
{
	const struct work w = lay_out(work, n);
	uint64_t bits = 0;
	size_t i, stream;
	int rc;

	if (len < HEAD || exact_get32(p + 1) > len - HEAD)
		return fl_fail(err, FL_DATA, "is cut short");
	stream = exact_get32(p + 1);
	TRY(get_lengths(p + HEAD, stream, *p, base, n, &w, err));
	for (i = 0; i < n; i++)
		bits += w.len[i] - (w.len[i] > 0u);
	if ((bits + 7) / 8 != len - HEAD - stream)
		return fl_fail(err, FL_DATA, "holds more or fewer digits than it says");
	unpack_digits(p + HEAD + stream, &w, base, n, x);
out:
	return rc;
}

static const struct exact method = { WORK, encode_chunk, decode_chunk };

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	(void)v;
	(void)s;
	(void)err;
	p->bits = 18; /* what three models of one round came to: 14 to 22 */
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

const struct codec codec_ulp = {
	.name = "ulp", .summary = "exact: the steps between each value and the base model's", .source = "Lindstrom and Isenburg 2006",
	.flags = CODEC_EXACT | CODEC_BASE, .dtype = DT_U8, .plan = plan, .encode = encode, .decode = decode,
};
