#include "aggregate/fold.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "check.h"

enum { N = 1537 };

static float value(struct rng *r, int scale)
{
	return (float)(rng_normal(r) * ldexp(1, scale));
}

/* The fast path against 128-bit integers, over magnitudes on both sides of the split and weights of up to 44 bits. */
static void fast_equals_plain(void)
{
	static const uint64_t weights[] = { 1, 1 << 20, 3 << 20, 117u << 20, 262143u << 2, (uint64_t)16777215 << 20, FOLD_WEIGHT_MAX - 1 };
	struct fold a = { 0 }, b = { 0 };
	static float x[N];
	struct rng r;
	size_t i, w;
	int scale, same;

	rng_seed(&r, 1, 0);
	fold_new(&a, N, NULL);
	fold_new(&b, N, NULL);
	for (w = 0; w < sizeof weights / sizeof *weights; w++) {
		fold_zero(&a, N);
		fold_zero(&b, N);
		for (scale = -140; scale <= 16; scale += 4) {
			for (i = 0; i < N; i++)
				x[i] = value(&r, scale);
			x[0] = FOLD_VALUE_MAX;
			x[1] = -FOLD_VALUE_MAX;
			x[2] = 0x1p-21f + 0x1p-41f; /* ties for small weights */
			fold_add(&a, x, weights[w]);
			fold_add_plain(&b, x, weights[w]);
		}
		fold_carry(&a);
		fold_carry(&b);
		for (same = 1, i = 0; i < N; i++)
			same &= a.sum[i] == b.sum[i];
		CHECK(same, "fast sum equals plain sum, weight %llu", (unsigned long long)weights[w]);
	}
	fold_clear(&a);
	fold_clear(&b);
}

/* Half to even on the grid, by hand: 2^-41 is half a step. */
static void ties(void)
{
	static const float x[] = { 0x1p-41f, 3 * 0x1p-41f, 5 * 0x1p-41f, -0x1p-41f, -3 * 0x1p-41f };
	static const int want[] = { 0, 2, 2, 0, -2 };
	struct fold f = { 0 };
	size_t i;

	fold_new(&f, 5, NULL);
	fold_add(&f, x, 1 << 20);
	fold_carry(&f);
	for (i = 0; i < 5; i++)
		CHECK(f.sum[i] == want[i], "tie %zu rounds to even", i);
	fold_clear(&f);
}

static void many_terms(void)
{
	struct fold f = { 0 };
	float x = FOLD_VALUE_MAX;
	int i;

	fold_new(&f, 1, NULL);
	for (i = 0; i < 3 * FOLD_TERMS + 5; i++)
		fold_add(&f, &x, (uint64_t)16777215 << 20);
	fold_carry(&f);
	CHECK(f.sum[0] == (fold_int)1000000 * 16777215 * (3 * FOLD_TERMS + 5) * ((fold_int)1 << FOLD_GRID), "carries in time");
	fold_clear(&f);
}

static void refuses(void)
{
	float x[N] = { 0 };
	struct fold f = { 0 };
	static const float bad[] = { INFINITY, -INFINITY, NAN, 1000001.0f };
	size_t i;

	fold_new(&f, N, NULL);
	for (i = 0; i < 4; i++) {
		memset(x, 0, sizeof x);
		x[N - 2] = bad[i];
		CHECK(fold_add(&f, x, 1 << 20) == N - 2 && fold_add_plain(&f, x, 1 << 20) == N - 2, "finds %g", (double)bad[i]);
	}
	fold_clear(&f);
}

/* A mean of k equal values is that value; and against long double where that is wide enough to be exact. */
static void means(void)
{
	struct rng r;
	int i, same = 1, mid = 1;

	rng_seed(&r, 2, 0);
	for (i = 0; i < 20000; i++) {
		float x = value(&r, (int)rng_below(&r, 40) - 20);
		uint64_t w = 1 + rng_below(&r, 1 << 30);
		long double q = (long double)x * 0x1p40L;
		if (q == rintl(q))
			same &= fold_mean((fold_int)q * (fold_int)w, w << 20) == x;
	}
	CHECK(same, "mean of one value is that value");
	for (i = 0; i < 20000; i++) { /* midpoints of two floats, and one grid step beside them */
		int64_t m = (int64_t)(0x800000 + rng_below(&r, 0x800000)), w = (int64_t)rng_below(&r, 1 << 20) + 1;
		fold_int half = ((fold_int)(2 * m + 1) << 30) * w;
		float even = ldexpf((float)(m & 1 ? m + 1 : m), 1 + 30 - 40);
		mid &= fold_mean(half, (uint64_t)w << 20) == even;
		mid &= fold_mean(half + 1, (uint64_t)w << 20) == ldexpf((float)(m + 1), -9);
		mid &= fold_mean(half - 1, (uint64_t)w << 20) == ldexpf((float)m, -9);
		mid &= fold_mean(-half, (uint64_t)w << 20) == -even;
	}
	CHECK(mid, "midpoints go to even, their neighbours do not");
	CHECK(fold_mean(1, ((uint64_t)1 << 62) - 1) > 0, "smallest mean is not zero");
}

static void limbs(void)
{
	struct fold f = { 0 };
	uint64_t lo[2] = { 5, UINT64_MAX }, one = (uint64_t)1 << FOLD_WEIGHT_BITS;
	int64_t hi[2] = { 0, -1 };

	fold_new(&f, 2, NULL);
	CHECK(fold_add_limbs(&f, lo, hi, one) == 2 && f.sum[0] == 5 && f.sum[1] == -1, "limbs are two's complement");
	hi[1] = INT64_MAX;
	CHECK(fold_add_limbs(&f, lo, hi, one) == 1, "limbs out of range are found");
	lo[0] = (uint64_t)1000000 << FOLD_GRID, hi[0] = 0;
	lo[1] = lo[0] + 1, hi[1] = 0;
	CHECK(fold_add_limbs(&f, lo, hi, one) == 1, "a sum of weight 1 is at most the largest value, to the step");
	lo[1] = -lo[1], hi[1] = -1;
	CHECK(fold_add_limbs(&f, lo, hi, one) == 1, "of either sign");
	CHECK(fold_add_limbs(&f, lo, hi, one + 1) == 2, "and more weight allows more");
	fold_clear(&f);
}

int main(void)
{
	fast_equals_plain();
	ties();
	many_terms();
	refuses();
	means();
	limbs();
	return check_done();
}
