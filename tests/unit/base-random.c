#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { N = 200000 };

/* The first outputs from the state 1, 2, 3, 4 as the authors' xoshiro256plusplus.c gives them. */
static void reference(void)
{
	static const uint64_t want[] = { 41943041u, 58720359u, 3588806011781223u, 3591011842654386u, 9228616714210784205u,
		9973669472204895162u };
	struct rng r = { { 1, 2, 3, 4 } };
	size_t i;

	for (i = 0; i < sizeof want / sizeof *want; i++)
		CHECK(rng_u64(&r) == want[i], "output %zu is the reference's", i + 1);
}

static void streams(void)
{
	struct rng a, b, c;

	rng_seed(&a, 7, 0);
	rng_seed(&b, 7, 0);
	rng_seed(&c, 7, 1);
	CHECK(!memcmp(&a, &b, sizeof a), "the same seed gives the same stream");
	CHECK(memcmp(&a, &c, sizeof a), "another stream is another");
	rng_seed(&b, 8, 0);
	CHECK(memcmp(&a, &b, sizeof a), "so is another seed");
	rng_seed(&b, 0, 0);
	CHECK(b.s[0] | b.s[1] | b.s[2] | b.s[3], "seed 0 is no state of zeros");
	CHECK(rng_fresh_seed() < (uint64_t)1 << 53 && rng_fresh_seed() != rng_fresh_seed(), "fresh seeds differ, below 2^53");
}

/* Mean and variance of N draws against their expectation: 6 standard errors. */
static void moments(const char *what, double (*draw)(struct rng *, double), double arg, double mean, double var)
{
	struct rng r;
	double x, s = 0, q = 0;
	int i;

	rng_seed(&r, 1, 2);
	for (i = 0; i < N; i++) {
		x = draw(&r, arg) - mean;
		s += x;
		q += x * x;
	}
	CHECK_NEAR(s / N, 0, 6 * sqrt(var / N), "%s: mean", what);
	CHECK_NEAR(q / N / var, 1, 0.05, "%s: variance", what);
}

static double uniform(struct rng *r, double arg)
{
	double x = rng_uniform(r);

	return x >= 0 && x < 1 ? x : arg;
}

static double normal(struct rng *r, double arg)
{
	return rng_normal(r) + arg;
}

static double below(struct rng *r, double n)
{
	uint64_t x = rng_below(r, (uint64_t)n);

	return x < (uint64_t)n ? (double)x : NAN;
}

static void shuffling(void)
{
	uint32_t v[5] = { 0, 1, 2, 3, 4 }, seen = 0;
	int at[5][5] = { { 0 } }, i, j, worst = 0;
	struct rng r;

	rng_seed(&r, 3, 0);
	for (i = 0; i < 10000; i++) {
		for (j = 0; j < 5; j++)
			v[j] = (uint32_t)j;
		rng_shuffle(&r, v, 5);
		for (j = 0; j < 5; j++)
			at[v[j]][j]++;
	}
	for (j = 0; j < 5; j++)
		seen |= 1u << v[j];
	CHECK(seen == 31, "a shuffle loses nothing");
	for (i = 0; i < 25; i++)
		worst = abs(at[i / 5][i % 5] - 2000) > worst ? abs(at[i / 5][i % 5] - 2000) : worst;
	CHECK(worst < 240, "every place is as likely"); /* 6 standard deviations of 40 */
	rng_shuffle(&r, v, 0);
	rng_shuffle(&r, NULL, 0);
	CHECK(rng_below(&r, 1) == 0, "below 1 is 0");
}

int main(void)
{
	reference();
	streams();
	moments("uniform", uniform, NAN, 0.5, 1.0 / 12);
	moments("normal", normal, 0, 0, 1);
	moments("below 6", below, 6, 2.5, 35.0 / 12);
	moments("gamma 0.3", rng_gamma, 0.3, 0.3, 0.3);
	moments("gamma 1", rng_gamma, 1, 1, 1);
	moments("gamma 7.5", rng_gamma, 7.5, 7.5, 7.5);
	shuffling();
	return check_done();
}
