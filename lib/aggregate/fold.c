#include "aggregate/fold.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPLIT 34          /* bits of lo */
#define TO_INT 0x1.8p52   /* adding it rounds to a multiple of 1 ... */
#define TO_SPLIT 0x1.8p86 /* ... or of 2^34, and leaves the integer in the low bits */
#define CHUNK 512

static_assert(SPLIT == 86 - 52, "the magic numbers belong together");

int fold_new(struct fold *f, size_t n, struct fl_err *err)
{
	int rc;

	f->n = n;
	TRY(fl_alloc(&f->lo, n, sizeof *f->lo, err));
	TRY(fl_alloc(&f->hi, n, sizeof *f->hi, err));
	TRY(fl_alloc(&f->sum, n, sizeof *f->sum, err));
out:
	return rc;
}

void fold_zero(struct fold *f, size_t n)
{
	f->n = n;
	f->terms = 0;
	memset(f->lo, 0, n * sizeof *f->lo);
	memset(f->hi, 0, n * sizeof *f->hi);
	memset(f->sum, 0, n * sizeof *f->sum);
}

void fold_clear(struct fold *f)
{
	free(f->lo);
	free(f->hi);
	free(f->sum);
	*f = (struct fold){ 0 };
}

void fold_carry(struct fold *f)
{
	size_t i;

	for (i = 0; f->terms && i < f->n; i++) {
		f->sum[i] += f->lo[i] + (fold_int)f->hi[i] * ((fold_int)1 << SPLIT);
		f->lo[i] = f->hi[i] = 0;
	}
	f->terms = 0;
}

static size_t first_bad(const float *x, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!(fabsf(x[i]) <= FOLD_VALUE_MAX))
			break;
	return i;
}

/* w * x as an integer on the grid: mantissa * w, shifted, half to even. */
static fold_int term(float x, uint64_t w)
{
	fold_int m, half, low;
	int e, shift;

	m = (fold_int)(int64_t)ldexpf(frexpf(x, &e), 24) * (fold_int)w; /* x = mantissa * 2^(e-24) */
	shift = e - 24 + FOLD_GRID - FOLD_WEIGHT_BITS;
	if (shift >= 0)
		return m * ((fold_int)1 << shift);
	if (shift < -100)
		return 0;
	half = (fold_int)1 << (-shift - 1);
	low = m & (2 * half - 1);
	m >>= -shift;
	return m + (low > half || (low == half && (m & 1)));
}

size_t fold_add_plain(struct fold *f, const float *x, uint64_t w)
{
	size_t i, bad = first_bad(x, f->n);

	for (i = 0; i < bad; i++)
		f->sum[i] += term(x[i], w);
	return bad;
}

size_t fold_add_sparse(struct fold *f, const uint32_t *at, const float *x, size_t k, uint64_t w)
{
	size_t i, bad = first_bad(x, k);

	for (i = 0; i < bad; i++)
		f->sum[at[i]] += term(x[i], w);
	return bad;
}

size_t fold_add_limbs(struct fold *f, const uint64_t *lo, const int64_t *hi, uint64_t weights)
{
	const fold_int limit = (fold_int)weights * (fold_int)FOLD_VALUE_MAX * ((fold_int)1 << (FOLD_GRID - FOLD_WEIGHT_BITS));
	fold_int x;
	size_t i;

	for (i = 0; i < f->n; i++) {
		x = (fold_int)hi[i] * ((fold_int)1 << 64) + lo[i];
		if (x > limit || x < -limit)
			break;
		f->sum[i] += x;
	}
	return i;
}

/* The integer that adding the magic number m left in v + m. */
static inline int64_t low_bits(double v, double m)
{
	double t = v + m;
	int64_t a, b;

	memcpy(&a, &t, 8);
	memcpy(&b, &m, 8);
	return a - b;
}

/* One body, compiled for what the processor has: loops that a compiler turns into vectors. n <= CHUNK. */
#define BODY static inline __attribute__((always_inline))

BODY uint32_t max_bits(const float *x, size_t n)
{
	uint32_t u[CHUNK], m = 0;
	size_t i;

	memcpy(u, x, n * sizeof *x);
	for (i = 0; i < n; i++) {
		uint32_t a = u[i] & 0x7fffffff;
		m = a > m ? a : m;
	}
	return m;
}

BODY void add_small(int64_t *restrict lo, const float *restrict x, double c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		lo[i] += low_bits((double)x[i] * c, TO_INT);
}

BODY void add_split(int64_t *restrict lo, int64_t *restrict hi, const float *restrict x, double c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		double v = (double)x[i] * c, top = (v + TO_SPLIT) - TO_SPLIT;
		hi[i] += low_bits(v, TO_SPLIT);
		lo[i] += low_bits(v - top, TO_INT);
	}
}

BODY size_t add_chunks(struct fold *f, const float *x, double c)
{
	uint32_t limit, m;
	float max = FOLD_VALUE_MAX, biggest;
	size_t i, k;

	memcpy(&limit, &max, sizeof limit);
	for (i = 0; i < f->n; i += k) {
		k = f->n - i < CHUNK ? f->n - i : CHUNK;
		m = max_bits(x + i, k); /* as integers, the bits of |x| are ordered like |x|, infinities and NaN on top */
		if (m > limit)
			return i + first_bad(x + i, k);
		memcpy(&biggest, &m, sizeof biggest);
		if ((double)biggest * c < 0x1p50)
			add_small(f->lo + i, x + i, c, k);
		else
			add_split(f->lo + i, f->hi + i, x + i, c, k);
	}
	return f->n;
}

static size_t add_base(struct fold *f, const float *x, double c)
{
	return add_chunks(f, x, c);
}

#if defined __x86_64__
__attribute__((target("avx2"))) static size_t add_avx2(struct fold *f, const float *x, double c)
{
	return add_chunks(f, x, c);
}

#if defined __clang__
#define WIDE /* has no such choice */
#else
#define WIDE ",prefer-vector-width=512"
#endif
__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw" WIDE)))
static size_t add_avx512(struct fold *f, const float *x, double c)
{
	return add_chunks(f, x, c);
}
#endif

size_t fold_add(struct fold *f, const float *x, uint64_t w)
{
	double c = (double)w * 0x1p20; /* 2^-20 of the weight, 2^40 of the grid */

	if (w >> (w ? __builtin_ctzll(w) : 0) >= (uint64_t)1 << 29) /* 24 + 29 bits: x * c is exact in double */
		return fold_add_plain(f, x, w);
	if (f->terms == FOLD_TERMS)
		fold_carry(f);
	f->terms++;
#if defined __x86_64__
	if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
		return add_avx512(f, x, c);
	if (__builtin_cpu_supports("avx2"))
		return add_avx2(f, x, c);
#endif
	return add_base(f, x, c);
}

/* Long division: the leading 25 bits of the quotient and whether anything follows them. */
static float mean_exact(fold_int sum, uint64_t weights)
{
	fold_uint n = sum < 0 ? -(fold_uint)sum : (fold_uint)sum, r = 0;
	uint32_t q = 0;
	int i, sticky;
	double m;

	for (i = 127; !(q >> 24); i--) { /* past bit 0 the dividend goes on with zeros */
		r = r << 1 | (i >= 0 ? n >> i & 1 : 0);
		q = q << 1 | (r >= weights);
		r -= q & 1 ? weights : 0;
	}
	i++;
	sticky = r != 0 || (i > 0 && (n & (((fold_uint)1 << i) - 1)) != 0);
	m = ldexp(2.0 * q + sticky, i - 1 - (FOLD_GRID - FOLD_WEIGHT_BITS)); /* 26 bits: exact, and rounded once below */
	return (float)(sum < 0 ? -m : m);
}

float fold_mean(fold_int sum, uint64_t weights)
{
	int64_t small = (int64_t)sum;
	uint64_t bits;
	double q;

	if (sum == 0)
		return 0;
	/* Off by at most 3 units in the last place of a double: good enough unless that close to a midpoint of two floats. */
	q = (small == sum ? (double)small : (double)sum) / (double)weights;
	memcpy(&bits, &q, sizeof bits);
	bits &= ((uint64_t)1 << 29) - 1;
	if (bits - ((1u << 28) - 8) <= 16)
		return mean_exact(sum, weights);
	return (float)(q * 0x1p-20);
}
