/*
 * ecdq: entropy-coded dithered quantisation, whose error is uniform and does not depend on the values.
 *
 * Zamir and Feder 1992, "On universal quantization by randomized uniform/lattice quantizers", IEEE Trans. Inf. Theory 38(2): u is
 * uniform in (-1/2, 1/2), from the seed, z = round(x / D + u), x' = (z - u) D. Then x' - x is uniform in (-D/2, D/2), and z is coded
 * given u: here in 8 contexts, one for each eighth of u, or in one where that is shorter. An error that is asked for gives
 * D^2 / 12 at once; a rate is met by bisection over a sample. Rates much below 1.5 bits cost more error than sending nothing.
 *
 * Bytes of a tensor: none without values; u8 0 if all are 0, which come back as they are; else u8 1, f32 D, table (rans.h) and
 * chunks (chunks.h) of u32 escapes, the stream of symbols, and the escapes: numbers with |z| > 127 are kept as F32.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/chunks.h"
#include "codec/codec.h"
#include "codec/rans.h"

#define CONTEXTS 8
#define MOST 127
#define ESCAPE (2 * MOST + 1)
#define SYMBOLS (ESCAPE + 1)
#define HEAD 5
#define TABLE_MAX (2 + RANS_CONTEXTS * RANS_SYMBOLS * 4)
#define CHUNK_MAX (CODEC_CHUNK * 12)
#define SAMPLE ((size_t)1 << 14)
#define STEPS 40

enum param { BITS, NMSE };

static double dither(struct rng *r)
{
	return ((double)(rng_u64(r) >> 40) + 0.5) * 0x1p-24 - 0.5;
}

static uint8_t symbol(double x, double step, double u)
{
	double z = floor(x / step + u + 0.5);

	return fabs(z) <= MOST ? (uint8_t)(z > 0 ? 2 * (int)z - 1 : -2 * (int)z) : ESCAPE;
}

static uint8_t context(double u)
{
	return (uint8_t)((u + 0.5) * CONTEXTS);
}

/* Symbols of chunk c, and their contexts. */
static void quantise(const struct codec_tensor *t, double step, uint64_t c, size_t n, const float *x, uint8_t *sym, uint8_t *ctx)
{
	struct rng r;
	size_t i;
	double u;

	rng_seed(&r, t->seed, c);
	for (i = 0; i < n; i++) {
		u = dither(&r);
		ctx[i] = context(u);
		sym[i] = symbol((double)x[i], step, u);
	}
}

static double fit(struct rans_model *m, const uint8_t *sym, const uint8_t *ctx, uint64_t n, unsigned contexts, uint64_t *count)
{
	uint64_t i;

	memset(m, 0, sizeof *m);
	memset(count, 0, (size_t)CONTEXTS * SYMBOLS * sizeof *count);
	m->contexts = contexts;
	m->symbols = SYMBOLS;
	for (i = 0; i < n; i++)
		count[(contexts > 1 ? ctx[i] * (size_t)SYMBOLS : 0) + sym[i]]++;
	return rans_fit(m, count);
}

/* The better of two models; its bits. */
static int fit_best(struct rans_model *m, const uint8_t *sym, const uint8_t *ctx, uint64_t n, double *bits, struct fl_err *err)
{
	struct rans_model one;
	uint64_t *count = NULL;
	double b;
	int rc;

	TRY(fl_alloc(&count, (size_t)CONTEXTS * SYMBOLS, sizeof *count, err));
	*bits = fit(m, sym, ctx, n, CONTEXTS, count);
	b = fit(&one, sym, ctx, n, 1, count);
	if (b <= *bits) {
		*m = one;
		*bits = b;
	}
out:
	free(count);
	return rc;
}

static int put_chunk(const struct rans_encoder *e, const struct rans_model *m, double rate, const float *x, const uint8_t *sym,
		     const uint8_t *ctx, size_t n, struct buf *out, struct fl_err *err)
{
	unsigned char b[4];
	uint32_t escapes = 0;
	size_t i;
	int rc;

	for (i = 0; i < n; i++)
		escapes += sym[i] == ESCAPE;
	chunks_put32(b, escapes);
	TRY(buf_add(out, b, sizeof b, err));
	TRY(rans_encode(e, RANS_GIVEN, sym, m->contexts > 1 ? ctx : NULL, n, rans_lanes(rate * (double)n), out, err));
	for (i = 0; i < n && escapes; i++)
		if (sym[i] == ESCAPE) {
			chunks_put_float(b, x[i]);
			TRY(buf_add(out, b, sizeof b, err));
		}
out:
	return rc;
}

static int all_zero(const float *x, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n && x[i] == 0; i++)
		;
	return i == n;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	unsigned char head[HEAD] = { 1 };
	struct rans_encoder e = { 0 };
	struct rans_model m;
	uint8_t *sym = NULL, *ctx = NULL;
	float step = (float)p->step;
	size_t start, n;
	uint64_t at;
	double bits;
	int rc;

	(void)v;
	if (all_zero(x, t->n))
		return t->n ? buf_add(out, "", 1, err) : FL_OK;
	TRY(fl_alloc(&sym, (size_t)t->n, 1, err));
	TRY(fl_alloc(&ctx, (size_t)t->n, 1, err));
	for (at = 0; at < t->n; at += CODEC_CHUNK)
		quantise(t, (double)step, at / CODEC_CHUNK, t->n - at < CODEC_CHUNK ? (size_t)(t->n - at) : CODEC_CHUNK, x + at, sym + at,
			 ctx + at);
	TRY(fit_best(&m, sym, ctx, t->n, &bits, err));
	chunks_put_float(head + 1, step);
	TRY(buf_add(out, head, sizeof head, err));
	TRY(rans_put_model(&m, out, err));
	TRY(rans_encoder_make(&e, &m, err));
	TRY(chunks_start(out, t->n, &start, err));
	for (at = 0; at < t->n; at += n) {
		n = t->n - at < CODEC_CHUNK ? (size_t)(t->n - at) : CODEC_CHUNK;
		TRY(put_chunk(&e, &m, bits / (double)t->n, x + at, sym + at, ctx + at, n, out, err));
		TRY(chunks_end(out, t->n, start, at / CODEC_CHUNK, err));
	}
out:
	rans_encoder_clear(&e);
	free(sym);
	free(ctx);
	return rc;
}

/* Encoded bytes from .at on. */
struct rest {
	const struct codec_bytes *in;
	uint64_t at;
};

static int read_rest(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	const struct rest *r = ctx;

	return codec_read(r->in, p, n, r->at + at, err);
}

static int get_model(struct rans_model *m, const struct codec_bytes *in, uint64_t *used, struct fl_err *err)
{
	size_t len = in->len - HEAD < TABLE_MAX ? (size_t)(in->len - HEAD) : TABLE_MAX, own;
	unsigned char *b = NULL;
	int rc;

	TRY(fl_alloc(&b, len, 1, err));
	TRY(codec_read(in, b, len, HEAD, err));
	TRY(rans_get_model(m, b, len, &own, err));
	if (m->contexts != 1 && m->contexts != CONTEXTS)
		rc = fl_fail(err, FL_DATA, "has a table that is too large");
	*used = HEAD + own;
out:
	free(b);
	return rc;
}

/* The symbols sym (n), whose escapes are the len bytes at p. */
static int rebuild(const struct codec_tensor *t, double step, uint64_t c, const uint8_t *sym, const unsigned char *p, size_t len,
		   size_t n, float *x, struct fl_err *err)
{
	size_t i, k = 0;
	struct rng r;
	double u, y;
	int z, rc = FL_OK;

	rng_seed(&r, t->seed, c);
	for (i = 0; i < n; i++) {
		u = dither(&r);
		if (sym[i] == ESCAPE) {
			if (len - k < 4)
				return fl_fail(err, FL_DATA, "is cut short");
			TRY(chunks_float(p + k, &x[i], err));
			k += 4;
			continue;
		}
		z = sym[i] & 1 ? (sym[i] + 1) / 2 : -(sym[i] / 2);
		y = (z - u) * step;
		x[i] = y > FLT_MAX ? FLT_MAX : y < -FLT_MAX ? -FLT_MAX : (float)y;
	}
	if (k != len)
		rc = fl_fail(err, FL_DATA, "has bytes that nothing reads");
out:
	return rc;
}

static int get_chunk(const struct codec_tensor *t, const struct codec_bytes *in, double step, uint64_t from, size_t n, float *x,
		     struct fl_err *err)
{
	struct rest rest = { in, 0 };
	struct codec_bytes after = { 0, read_rest, &rest };
	struct rans_decoder d = { 0 };
	struct rans_model m;
	unsigned char *b = NULL;
	uint8_t *sym = NULL, *ctx = NULL;
	struct rng r;
	size_t len, escapes, i;
	int rc;

	TRY(get_model(&m, in, &rest.at, err));
	after.len = in->len - rest.at;
	TRY(chunks_read(&after, t->n, from, CHUNK_MAX, &b, &len, err));
	escapes = len < 4 ? 0 : chunks_get32(b);
	if (len < 4 || escapes > (len - 4) / 4) {
		rc = fl_fail(err, FL_DATA, "is cut short");
		goto out;
	}
	TRY(fl_alloc(&sym, n, 1, err));
	TRY(fl_alloc(&ctx, n, 1, err));
	rng_seed(&r, t->seed, from / CODEC_CHUNK);
	for (i = 0; i < n; i++)
		ctx[i] = context(dither(&r));
	TRY(rans_decoder_make(&d, &m, err));
	TRY(rans_decode(&d, RANS_GIVEN, b + 4, len - 4 - 4 * escapes, m.contexts > 1 ? ctx : NULL, n, sym, err));
	TRY(rebuild(t, step, from / CODEC_CHUNK, sym, b + len - 4 * escapes, 4 * escapes, n, x, err));
out:
	rans_decoder_clear(&d);
	free(b);
	free(sym);
	free(ctx);
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	unsigned char head[HEAD];
	float step;
	int rc;

	(void)v;
	if (!t->n)
		return in->len ? fl_fail(err, FL_DATA, "has bytes that nothing reads") : FL_OK;
	TRY(codec_read(in, head, 1, 0, err));
	if (head[0] == 0 && in->len == 1) {
		memset(x, 0, n * sizeof *x);
		return FL_OK;
	}
	TRY(codec_read(in, head, sizeof head, 0, err));
	TRY(chunks_float(head + 1, &step, err));
	if (head[0] != 1 || !(step > 0))
		return fl_fail(err, FL_DATA, "has a step that is not above 0");
	TRY(get_chunk(t, in, (double)step, from, n, x, err));
out:
	return rc;
}

/* Every tensor's squares, and a sample of its values that is as long as its part of the file. */
static int look(const struct codec_source *s, float *sample, size_t *n_sample, double *squares, double *values, struct fl_err *err)
{
	double all = 0, next = 0;
	float *x = NULL;
	uint64_t k;
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < s->n; i++)
		all += (double)s->t[i].n;
	for (i = 0; i < s->n; i++) {
		TRY(fl_alloc(&x, (size_t)s->t[i].n, sizeof *x, err));
		TRY(s->read(s->ctx, i, x, err));
		for (k = 0; k < s->t[i].n; k++) {
			*squares += (double)x[k] * (double)x[k];
			next += (double)SAMPLE;
			if (next >= all && *n_sample < SAMPLE) {
				next -= all;
				sample[(*n_sample)++] = x[k];
			}
			next = next > all ? all : next;
		}
		free(x);
		x = NULL;
	}
	*values = all;
out:
	free(x);
	return rc;
}

/* Bits for each value of the sample with this step, escapes included, tables not. */
static double rate_of(const float *x, size_t n, double step)
{
	uint32_t count[SYMBOLS][CONTEXTS] = { { 0 } }, sum[CONTEXTS] = { 0 };
	double bits = 0, u;
	struct rng r;
	size_t i, k, c;

	rng_seed(&r, 1, 0);
	for (i = 0; i < n; i++) {
		u = dither(&r);
		k = symbol((double)x[i], step, u);
		count[k][context(u)]++;
		sum[context(u)]++;
		bits += k == ESCAPE ? 32 : 0;
	}
	for (k = 0; k < SYMBOLS; k++)
		for (c = 0; c < CONTEXTS; c++)
			if (count[k][c])
				bits += count[k][c] * log2((double)sum[c] / count[k][c]);
	return n ? bits / (double)n : 0;
}

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	double squares = 0, values = 0, lo = -160, hi = 130, want = v[BITS] > 0 ? v[BITS] : 2;
	float *sample = NULL;
	size_t n = 0, i;
	int rc;

	TRY(fl_alloc(&sample, SAMPLE, sizeof *sample, err));
	TRY(look(s, sample, &n, &squares, &values, err));
	if (!(squares > 0))
		goto out;
	for (i = 0; i < STEPS; i++) /* log2 of the step: a larger one costs fewer bits */
		*(rate_of(sample, n, exp2((lo + hi) / 2)) > want ? &lo : &hi) = (lo + hi) / 2;
	p->step = v[NMSE] > 0 ? sqrt(12 * v[NMSE] * squares / values) : exp2(hi);
	p->step = p->step < FLT_MIN ? FLT_MIN : p->step > FLT_MAX ? FLT_MAX : (double)(float)p->step;
	p->bits = rate_of(sample, n, p->step);
	p->nmse = p->step * p->step / 12 * values / squares;
out:
	free(sample);
	return rc;
}

static const char *check(const double *v)
{
	return v[BITS] > 0 && v[NMSE] > 0 ? "bits and nmse are two ways of saying the same; give one" : NULL;
}

static double omega(const double *v, uint64_t n)
{
	/* Over the file. A rate's error is known after planning only: here 4 times that of a Gaussian at high rates, 1.42 2^(-2 bits). */
	(void)n;
	return v[NMSE] > 0 ? v[NMSE] : v[BITS] > 0 ? exp2(2.5 - 2 * v[BITS]) : exp2(-1.5);
}

static const struct codec_param params[] = {
	[BITS] = { "bits", 0, 0, 6, 0, "bits for each value, over the whole file; 0: as nmse says, or 2 without it" },
	[NMSE] = { "nmse", 0, 0, 1, 0, "squared error over the sum of squares; 0: as bits says" },
	{ NULL, 0, 0, 0, 0, NULL },
};

const struct codec codec_ecdq = {
	.name = "ecdq", .summary = "uniform steps with a dither, entropy-coded", .source = "Zamir and Feder 1992",
	.params = params, .flags = CODEC_UNBIASED | CODEC_SEED, .dtype = DT_U8, .check = check, .omega = omega, .plan = plan,
	.encode = encode, .decode = decode,
};
