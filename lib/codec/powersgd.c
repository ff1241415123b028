/*
 * powersgd: a matrix as the product P Q' of two thin ones, found by steps of subspace iteration.
 *
 * Vogels, Karimireddy and Jaggi 2019, "PowerSGD: Practical low-rank gradient compression for distributed optimization"
 * (NeurIPS), Algorithm 1: P = M Q, orthonormalise P, Q = M' P. A tensor of two or more dimensions is the matrix M of shape[0]
 * rows. A pipe has no memory, so that Q begins by chance every time instead of where the last round ended; `steps` beyond
 * 1 make up for that. P and Q depend on the values of whoever encodes: sums of factors are not factors of sums, as they are
 * where all workers take turns over the steps (Algorithm 1 with its all-reduce), hence no CODEC_LINEAR.
 *
 * Without rounding, P Q' = P P' M is a projection, so that the error is never larger than M: fit for error feedback, which is how
 * the paper uses it (Algorithm 2). Q is computed from P as it is sent; rounding to 16 bits adds about 2^-17 |PQ'|^2.
 *
 * Bytes: P (rows, rank), then Q (cols, rank), row-major, as F32 or the upper 16 bits of it, rounded. Tensors of one dimension, and
 * matrices whose factors would not be smaller, are all their values in 16 bits. What does not fit becomes the largest that does.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/chunks.h"
#include "codec/codec.h"
#include "codec/trial.h"

#define RANK_MAX 64
#define LANES 4 /* columns of factors at a time; working factors have a multiple of them, the rest 0 */
#define READ_BYTES 4096

struct layout {
	size_t rows, cols, rank, width; /* width: bytes of a number in P and Q */
	size_t pad;                     /* rank rounded up to LANES */
	int factored;
	uint64_t bytes;
};

static struct layout layout(const double *v, const struct codec_tensor *t)
{
	struct layout l = { .rank = (size_t)v[0], .width = (size_t)v[2] / 8, .bytes = 2 * t->n };
	uint64_t factors;

	l.pad = (l.rank + LANES - 1) / LANES * LANES;
	l.rows = t->ndim > 1 ? t->shape[0] : 0;
	l.cols = l.rows ? t->n / l.rows : 0;
	factors = ((uint64_t)l.rows + l.cols) * l.rank * l.width;
	l.factored = l.cols && l.rows * l.cols == t->n && factors < l.bytes;
	if (l.factored)
		l.bytes = factors;
	return l;
}

/* The nearest F32, or its upper half, that is finite; ties to even. */
static uint32_t rounded(double x, size_t width)
{
	float f = x > FLT_MAX ? FLT_MAX : x < -FLT_MAX ? -FLT_MAX : (float)x;
	uint32_t u;

	memcpy(&u, &f, sizeof u);
	if (width == 4)
		return u;
	u += 0x7fff + (u >> 16 & 1);
	return ((u & 0x7f800000) == 0x7f800000 ? u - 0x10000 : u) & 0xffff0000;
}

static double value(uint32_t u)
{
	float f;

	memcpy(&f, &u, sizeof f);
	return (double)f;
}

static void put(unsigned char *p, uint32_t u, size_t width)
{
	for (u >>= 32 - 8 * width; width--; u >>= 8)
		*p++ = (unsigned char)u;
}

static int get(const unsigned char *p, size_t width, float *x, struct fl_err *err)
{
	unsigned char b[4] = { 0 };

	memcpy(b + 4 - width, p, width);
	return chunks_float(b, x, err);
}

/* p (rows, pad) = M q (cols, pad) */
static void times(const struct layout *l, const float *m, const double *restrict q, double *restrict p)
{
	size_t i, j, c, k, pad = l->pad;
	double x, s[RANK_MAX];

	for (i = 0; i < l->rows; i++, p += pad) {
		memset(s, 0, sizeof s);
		for (j = 0; j < l->cols; j++)
			for (x = (double)*m++, c = 0; c < pad; c += LANES)
				for (k = 0; k < LANES; k++)
					s[c + k] += x * q[j * pad + c + k];
		memcpy(p, s, pad * sizeof *p);
	}
}

/* q (cols, pad) = M' p (rows, pad) */
static void times_back(const struct layout *l, const float *m, const double *restrict p, double *restrict q)
{
	size_t i, j, c, k, pad = l->pad;
	double x;

	memset(q, 0, l->cols * pad * sizeof *q);
	for (i = 0; i < l->rows; i++, p += pad)
		for (j = 0; j < l->cols; j++)
			for (x = (double)*m++, c = 0; c < pad; c += LANES)
				for (k = 0; k < LANES; k++)
					q[j * pad + c + k] += x * p[c + k];
}

/* <column a, column b> of p (rows, pad) */
static double dot(const struct layout *l, const double *p, size_t a, size_t b)
{
	double s = 0;
	size_t i;

	for (i = 0; i < l->rows; i++)
		s += p[i * l->pad + a] * p[i * l->pad + b];
	return s;
}

/* Column c of p less what columns before it hold of it, then of length 1: Gram-Schmidt, the modified kind, twice, which is enough
 * (Giraud, Langou and Rozloznik 2005). A column that the others make up becomes 0. */
static void orthonormalise(const struct layout *l, double *p, size_t c)
{
	double first = dot(l, p, c, c), d, left;
	size_t i, b, twice;

	for (twice = 0; twice < 2; twice++)
		for (b = 0; b < c; b++)
			for (d = dot(l, p, b, c), i = 0; i < l->rows; i++)
				p[i * l->pad + c] -= d * p[i * l->pad + b];
	left = dot(l, p, c, c);
	d = left > 1e-24 * first ? 1 / sqrt(left) : 0;
	for (i = 0; i < l->rows; i++)
		p[i * l->pad + c] *= d;
}

/* p and q so that p q' is near m; p as it will be read. */
static void factor(const struct layout *l, unsigned steps, uint64_t seed, const float *m, double *p, double *q)
{
	struct rng r;
	size_t i, c;

	rng_seed(&r, seed, 0);
	for (i = 0; i < l->cols; i++)
		for (c = 0; c < l->rank; c++) /* near enough to normal, and the same on every machine */
			q[i * l->pad + c] = rng_uniform(&r) + rng_uniform(&r) + rng_uniform(&r) + rng_uniform(&r) - 2;
	while (steps--) {
		times(l, m, q, p);
		for (c = 0; c < l->rank; c++)
			orthonormalise(l, p, c);
		for (i = 0; !steps && i < l->rows * l->pad; i++)
			p[i] = value(rounded(p[i], l->width));
		times_back(l, m, p, q);
	}
}

static void put_factor(const struct layout *l, const double *f, size_t rows, struct buf *out)
{
	size_t i, c;

	for (i = 0; i < rows; i++)
		for (c = 0; c < l->rank; c++, out->len += l->width)
			put((unsigned char *)out->data + out->len, rounded(f[i * l->pad + c], l->width), l->width);
}

static int encode(const double *v, const struct codec_plan *settled, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	struct layout l = layout(v, t);
	double *p = NULL, *q = NULL;
	uint64_t i;
	int rc;

	(void)settled;
	TRY(buf_reserve(out, l.bytes, err));
	for (i = 0; !l.factored && i < t->n; i++, out->len += 2)
		put((unsigned char *)out->data + out->len, rounded((double)x[i], 2), 2);
	if (!l.factored)
		goto out;
	TRY(fl_alloc(&p, l.rows * l.pad, sizeof *p, err));
	TRY(fl_alloc(&q, l.cols * l.pad, sizeof *q, err));
	factor(&l, (unsigned)v[1], t->seed, x, p, q);
	put_factor(&l, p, l.rows, out);
	put_factor(&l, q, l.cols, out);
out:
	free(p);
	free(q);
	return rc;
}

/* n numbers of width bytes, from byte at on. */
static int read_numbers(const struct codec_bytes *in, uint64_t at, size_t width, size_t n, float *x, struct fl_err *err)
{
	unsigned char b[READ_BYTES];
	size_t i, k, m;
	int rc = FL_OK;

	for (i = 0; i < n; i += m) {
		m = n - i < sizeof b / width ? n - i : sizeof b / width;
		TRY(codec_read(in, b, m * width, at + i * width, err));
		for (k = 0; k < m; k++)
			TRY(get(b + k * width, width, &x[i + k], err));
	}
out:
	return rc;
}

/* x (n) = one row p (rank) of P times rows of Q, which q (n, rank) holds. */
static void multiply(const struct layout *l, const float *p, const float *q, size_t n, float *x)
{
	size_t j, c;
	double s;

	for (j = 0; j < n; j++, q += l->rank) {
		for (s = 0, c = 0; c < l->rank; c++)
			s += (double)p[c] * (double)q[c];
		x[j] = s > FLT_MAX ? FLT_MAX : s < -FLT_MAX ? -FLT_MAX : (float)s;
	}
}

/* The rows of P concerned, and all of Q at once; but where a row is longer than a chunk, only what its values need of Q. */
static int decode_factors(const struct layout *l, const struct codec_bytes *in, uint64_t from, size_t n, float *x, struct fl_err *err)
{
	int wide = l->cols > CODEC_CHUNK;
	size_t few = wide ? n : l->cols, row = l->rank * l->width, j = (size_t)(from % l->cols), rows, i, m;
	uint64_t first = from / l->cols, at_q = l->rows * row;
	float *p = NULL, *q = NULL;
	int rc;

	rows = (j + n - 1) / l->cols + 1;
	TRY(fl_alloc(&p, rows * l->rank, sizeof *p, err));
	TRY(fl_alloc(&q, few * l->rank, sizeof *q, err));
	TRY(read_numbers(in, first * row, l->width, rows * l->rank, p, err));
	if (!wide)
		TRY(read_numbers(in, at_q, l->width, l->cols * l->rank, q, err));
	for (i = 0; i < rows; i++, j = 0, n -= m, x += m) {
		m = l->cols - j < n ? l->cols - j : n;
		if (wide)
			TRY(read_numbers(in, at_q + j * row, l->width, m * l->rank, q, err));
		multiply(l, p + i * l->rank, wide ? q : q + j * l->rank, m, x);
	}
out:
	free(p);
	free(q);
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	struct layout l = layout(v, t);

	if (in->len != l.bytes)
		return fl_fail(err, FL_DATA, in->len < l.bytes ? "is cut short" : "is longer than its values");
	return l.factored && n ? decode_factors(&l, in, from, n, x, err) : read_numbers(in, 2 * from, 2, n, x, err);
}

extern const struct codec codec_powersgd;

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	return trial_plan(&codec_powersgd, v, s, p, err);
}

static const char *check(const double *v)
{
	return v[2] != 16 && v[2] != 32 ? "width is 16 or 32" : NULL;
}

static const struct codec_param params[] = {
	{ "rank", 4, 1, RANK_MAX, 1, "columns of the factors" },
	{ "steps", 1, 1, 16, 1, "passes over the matrix" },
	{ "width", 16, 16, 32, 1, "bits of a number in the factors: 16 or 32" },
	{ NULL, 0, 0, 0, 0, NULL },
};

const struct codec codec_powersgd = {
	.name = "powersgd", .summary = "matrices as products of two thin ones, the rest as bf16",
	.source = "Vogels et al. 2019, Algorithm 1 (no warm start)", .params = params, .dtype = DT_U8, .check = check,
	.plan = plan, .encode = encode, .decode = decode,
};
