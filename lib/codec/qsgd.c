/*
 * qsgd: buckets of values as stochastic multiples of their norm (Alistarh et al. 2017, QSGD: communication-efficient SGD via
 * gradient quantization and encoding).
 *
 * Sec. 3.1: Q(v_i) = |v| sgn(v_i) xi_i; with l <= s |v_i| / |v| <= l + 1, xi_i is (l + 1)/s with probability s |v_i| / |v| - l,
 * else l/s. E Q(v) = v, and by Lemma 3.1 E|Q(v) - v|^2 <= min(d/s^2, sqrt(d)/s) |v|^2 for a bucket of d values.
 *
 * Chunks behind a directory (chunks.h), buckets starting anew in each; an empty chunk is all zeros, any other is a byte, 0 or 1,
 * and a stream of bits (rice-bits.h). A bucket is |v| (F32) and, where that is not 0,
 *   0 (Sec. 3.2, Code): how many levels are not 0; for each the distance from the one before it, a bit that is 1 below zero,
 *     and the level;
 *   1 (appendix, Code' for dense levels): every level, followed by such a bit where it is not 0;
 * all numbers in Elias's code, those that may be 0 as one more. The shorter of the two is taken. |v| as sent already holds the
 * factor 1/(1 + omega) of `contract`.
 */
#include "codec/qsgd.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "codec/chunks.h"
#include "codec/trial.h"

enum { LEVELS, BUCKET, CONTRACT };
enum { SPARSE, DENSE };

static const struct codec_param params[] = {
	{ "levels", 16, 1, 32767, 1, "levels between 0 and the norm of a bucket" },
	{ "bucket", 512, 1, (double)CODEC_CHUNK, 1, "values that share a norm" },
	{ "contract", 0, 0, 1, 1, "1: divide by 1 + omega, fit for error feedback but no longer unbiased" },
	{ NULL, 0, 0, 0, 0, NULL },
};

/* The bound of Lemma 3.1. */
static double spread(const double *v, uint64_t n)
{
	double d = (double)n < v[BUCKET] ? (double)n : v[BUCKET], s = v[LEVELS];

	return fmin(d / (s * s), sqrt(d) / s);
}

/* Divided by 1 + omega the error is at most omega / (1 + omega): its variance and the square of its bias, weighed out. */
static double omega(const double *v, uint64_t n)
{
	double w = spread(v, n);

	return v[CONTRACT] == 1 ? w / (1 + w) : w;
}

extern const struct codec codec_qsgd;

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	return trial_plan(&codec_qsgd, v, s, p, err);
}

/* A chunk while it is encoded. */
struct work {
	int16_t *z;  /* (n) signed levels */
	float *norm; /* a bucket */
	size_t n, bucket;
};

static float norm_of(const float *x, size_t n)
{
	double sum = 0, norm;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	norm = sqrt(sum);
	return norm < (double)0x1.fffffep127f ? (float)norm : 0x1.fffffep127f; /* still no less than any |x| */
}

/* The norm that is sent is the one values are measured by, times scale. */
static void quantise(const double *v, double scale, struct rng *r, const float *x, struct work *w)
{
	size_t i, b = 0, end;
	double y, level;
	float norm = 0;

	for (i = end = 0; i < w->n; i++) {
		if (i == end) {
			end = w->n - i < w->bucket ? w->n : i + w->bucket;
			norm = norm_of(x + i, end - i);
			w->norm[b++] = (float)((double)norm * scale);
		}
		y = norm > 0 ? (double)fabsf(x[i]) * v[LEVELS] / (double)norm : 0;
		level = floor(y);
		level += rng_uniform(r) < y - level;
		w->z[i] = (int16_t)(x[i] < 0 ? -level : level);
	}
}

static uint32_t level_of(int16_t z)
{
	return (uint32_t)(z < 0 ? -z : z);
}

static void put_sparse(struct bit_writer *w, const int16_t *z, size_t n)
{
	uint32_t count = 0;
	size_t i, last = 0;

	for (i = 0; i < n; i++)
		count += z[i] != 0;
	elias_put(w, count + 1);
	for (i = 0; i < n; i++) {
		if (!z[i])
			continue;
		elias_put(w, (uint32_t)(i + 1 - last));
		bits_put(w, z[i] < 0, 1);
		elias_put(w, level_of(z[i]));
		last = i + 1;
	}
}

static void put_dense(struct bit_writer *w, const int16_t *z, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		elias_put(w, level_of(z[i]) + 1);
		if (z[i])
			bits_put(w, z[i] < 0, 1);
	}
}

/* Bits of sparse less bits of dense, what both have left out. */
static int64_t compare(const int16_t *z, size_t n)
{
	size_t i, last = 0, count = 0;
	int64_t d = 0;

	for (i = 0; i < n; i++) {
		d -= elias_bits(level_of(z[i]) + 1);
		if (!z[i])
			continue;
		d += elias_bits((uint32_t)(i + 1 - last)) + elias_bits(level_of(z[i]));
		last = i + 1;
		count++;
	}
	return d + elias_bits((uint32_t)count + 1);
}

static int put_chunk(const struct work *w, struct buf *out, struct fl_err *err)
{
	size_t i, b, n, buckets = w->n / w->bucket + (w->n % w->bucket > 0);
	int64_t more = 0;
	int rc, any = 0;
	unsigned char norm[4];
	struct bit_writer o;

	for (i = b = 0; i < w->n; i += w->bucket, b++) {
		any |= w->norm[b] > 0;
		more += w->norm[b] > 0 ? compare(w->z + i, w->n - i < w->bucket ? w->n - i : w->bucket) : 0;
	}
	if (!any)
		return FL_OK;
	TRY(buf_reserve(out, 1 + buckets * (4 + (ELIAS_MAX + 7) / 8) + w->n * (2 * ELIAS_MAX + 1) / 8 + 1 + BITS_SLACK, err));
	o = (struct bit_writer){ (unsigned char *)out->data + out->len, 0, 0 };
	*o.p++ = more > 0 ? DENSE : SPARSE;
	for (i = b = 0; i < w->n; i += w->bucket, b++) {
		n = w->n - i < w->bucket ? w->n - i : w->bucket;
		chunks_put_float(norm, w->norm[b]);
		bits_put(&o, chunks_get32(norm), 32);
		if (w->norm[b] > 0)
			(more > 0 ? put_dense : put_sparse)(&o, w->z + i, n);
	}
	out->len = (size_t)(bits_finish(&o) - (unsigned char *)out->data);
out:
	return rc;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	struct work w = { .bucket = (size_t)v[BUCKET] };
	double scale = v[CONTRACT] == 1 ? 1 / (1 + spread(v, t->n)) : 1;
	size_t start, most = t->n < CODEC_CHUNK ? (size_t)t->n : CODEC_CHUNK;
	uint64_t from;
	struct rng r;
	int rc;

	(void)p;
	TRY(fl_alloc(&w.z, most, sizeof *w.z, err));
	TRY(fl_alloc(&w.norm, most / w.bucket + 1, sizeof *w.norm, err));
	TRY(chunks_start(out, t->n, &start, err));
	for (from = 0; from < t->n; from += w.n) {
		w.n = t->n - from < CODEC_CHUNK ? (size_t)(t->n - from) : CODEC_CHUNK;
		rng_seed(&r, t->seed, from / CODEC_CHUNK);
		quantise(v, scale, &r, x + from, &w);
		TRY(put_chunk(&w, out, err));
		TRY(chunks_end(out, t->n, start, from / CODEC_CHUNK, err));
	}
out:
	free(w.norm);
	free(w.z);
	return rc;
}

static float value_of(int below, float norm, double levels, uint32_t level)
{
	float x = (float)((double)norm * level / levels);

	return below ? -x : x;
}

/* The levels of a bucket; 0 where they are wrong. */
static int get_sparse(struct bit_reader *in, float norm, double levels, float *x, size_t n)
{
	uint32_t count = elias_get(in, (uint32_t)n + 1), step, level;
	size_t at = 0, i;
	int below;

	for (i = 0; i < n; i++)
		x[i] = 0;
	if (!count)
		return 0;
	while (--count) {
		step = elias_get(in, (uint32_t)(n - at));
		if (!step)
			return 0;
		at += step;
		below = (int)bits_get(in, 1);
		level = elias_get(in, (uint32_t)levels);
		if (!level)
			return 0;
		x[at - 1] = value_of(below, norm, levels, level);
	}
	return 1;
}

static int get_dense(struct bit_reader *in, float norm, double levels, float *x, size_t n)
{
	uint32_t level;
	size_t i;

	for (i = 0; i < n; i++) {
		level = elias_get(in, (uint32_t)levels + 1);
		if (!level)
			return 0;
		x[i] = level > 1 ? value_of((int)bits_get(in, 1), norm, levels, level - 1) : 0;
	}
	return 1;
}

static int get_bucket(struct bit_reader *in, unsigned how, double levels, float *x, size_t n, struct fl_err *err)
{
	unsigned char b[4];
	float norm;
	size_t i;
	int rc;

	chunks_put32(b, (uint32_t)bits_get(in, 32));
	TRY(chunks_float(b, &norm, err));
	if (!(norm >= 0))
		return fl_fail(err, FL_DATA, "has a norm below zero");
	for (i = 0; i < n; i++)
		x[i] = 0;
	if (norm > 0 && !(how == DENSE ? get_dense : get_sparse)(in, norm, levels, x, n))
		return fl_fail(err, FL_DATA, "has a level or a place out of range");
	rc = bits_over(in) ? fl_fail(err, FL_DATA, "is cut short") : FL_OK;
out:
	return rc;
}

static int get_chunk(const double *v, const unsigned char *p, size_t len, float *x, size_t n, struct fl_err *err)
{
	size_t i, bucket = (size_t)v[BUCKET];
	struct bit_reader in = bits_of(p + 1, len - 1);
	int rc = FL_OK;

	if (*p > DENSE)
		return fl_fail(err, FL_DATA, "has a kind of code that there is not");
	for (i = 0; i < n; i += bucket)
		TRY(get_bucket(&in, *p, v[LEVELS], x + i, n - i < bucket ? n - i : bucket, err));
	if (!bits_done(&in))
		rc = fl_fail(err, FL_DATA, "has bits left over");
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	unsigned char *p = NULL;
	size_t len, i;
	int rc;

	TRY(chunks_read(in, t->n, from, 64 + n * 16, &p, &len, err)); /* what put_chunk() reserves is less */
	for (i = 0; i < n && !len; i++)
		x[i] = 0;
	if (len)
		TRY(get_chunk(v, p, len, x, n, err));
out:
	free(p);
	return rc;
}

const struct codec codec_qsgd = {
	.name = "qsgd", .summary = "levels of the norm of each bucket, rounded by chance, in Elias's code",
	.source = "Alistarh et al. 2017, QSGD: communication-efficient SGD via gradient quantization and encoding, Sec. 3",
	.params = params, .flags = CODEC_UNBIASED, .dtype = DT_U8, .omega = omega, .plan = plan, .encode = encode, .decode = decode,
};
