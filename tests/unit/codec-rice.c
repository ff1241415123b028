/* Rice codes: places there and back under every parameter, the fewest bits, and what cannot be read. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/rice-bits.h"
#include "codec/rice.h"

enum { N = 3000 };

static uint32_t at[N], back[N];
static unsigned char bytes[N * N / 8 + 4 * N]; /* all of a gap's bits may be zeros of its unary part */

/* Each place with probability p, clustered: that of every second hundred only. */
static size_t draw(double p, int clustered, uint64_t seed)
{
	struct rng r;
	uint32_t i;
	size_t k = 0;

	rng_seed(&r, seed, 0);
	for (i = 0; i < N; i++)
		if ((!clustered || i / 100 % 2) && rng_uniform(&r) < p)
			at[k++] = i;
	return k;
}

static size_t write_all(size_t k, unsigned r)
{
	memset(bytes, 0xff, sizeof bytes); /* what follows is not the writer's */
	return (size_t)(rice_write(bytes, at, k, r) - bytes);
}

static int same(size_t k, unsigned r, size_t len)
{
	size_t used = 0;

	memset(back, 0, sizeof back);
	return !rice_read(bytes, len, r, N, back, k, &used, NULL) && used == len && !memcmp(back, at, k * sizeof *at);
}

static void round_trips(void)
{
	static const double p[] = { 0, .001, .01, .1, .5, .99, 1 };
	size_t i, k, len;
	unsigned r;
	int ok = 1;

	for (i = 0; i < 2 * sizeof p / sizeof *p; i++) {
		k = draw(p[i / 2], i % 2, 7 + i);
		for (r = 0; r <= RICE_BLOCKS; r++) {
			len = write_all(k, r);
			ok &= CHECK(same(k, r, len), "%zu places under r = %u come back", k, r);
		}
	}
	for (at[0] = 0; at[0] < N; at[0] += 7)
		for (r = 0; r <= RICE_BLOCKS; r++)
			ok &= same(1, r, write_all(1, r));
	CHECK(ok, "so does any one place");
}

static void fewest(void)
{
	static const double p[] = { .002, .01, .1, .3, .9 };
	size_t i, k, len, least;
	uint64_t bits;
	unsigned r, best;

	for (i = 0; i < 2 * sizeof p / sizeof *p; i++) {
		k = draw(p[i / 2], i % 2, 70 + i);
		best = rice_best(at, k, &bits);
		for (r = 0, least = SIZE_MAX; r <= RICE_BLOCKS; r++) {
			len = write_all(k, r);
			least = len < least ? len : least;
		}
		CHECK((bits + 7) / 8 == least && write_all(k, best) == least, "%zu places take %zu bytes, the fewest", k, least);
	}
	k = draw(.3, 1, 3);
	CHECK(rice_best(at, k, &bits) == RICE_BLOCKS, "clusters are coded in blocks");
	k = draw(.01, 0, 3);
	CHECK(rice_best(at, k, &bits) != RICE_BLOCKS, "even places are not");
}

/* Sattler et al. 2019, eq. 15: the Golomb code of p = .01 takes 8.1 bits a place; the entropy is 8.079. */
static void rate(void)
{
	enum { MANY = 1 << 17 };
	static uint32_t many[MANY];
	uint64_t bits;
	struct rng r;
	uint32_t i;
	size_t k = 0;

	rng_seed(&r, 9, 0);
	for (i = 0; i < MANY; i++)
		if (rng_uniform(&r) < .01)
			many[k++] = i;
	rice_best(many, k, &bits);
	CHECK_NEAR((double)bits / (double)k, 8.11, .15, "one place in a hundred costs about 8.11 bits");
}

static void refused(void)
{
	size_t k = draw(.05, 0, 5), len, i, used, bad = 0;
	struct fl_err err = { 0 };
	unsigned r;

	for (r = 0; r <= RICE_BLOCKS; r++) {
		len = write_all(k, r);
		memset(bytes + len, 0, BITS_SLACK);
		for (i = 0; i < len; i++)
			bad += rice_read(bytes, i, r, N, back, k, &used, &err) != FL_DATA;
		bad += rice_read(bytes, len, r, at[k - 1], back, k, &used, &err) != FL_DATA;
		bad += rice_read(bytes, len, r, N, back, k + 1, &used, &err) != FL_DATA;
	}
	CHECK(!bad, "codes that are cut short or lead past the end are refused");
	CHECK(rice_read(bytes, len, RICE_BLOCKS + 1, N, back, k, &used, &err) == FL_DATA, "so is a parameter out of range");
	at[0] = 5;
	write_all(1, 2); /* 0 1 then 1 0: four bits */
	bytes[0] |= 0x10;
	CHECK(rice_read(bytes, 1, 2, N, back, 1, &used, &err) == FL_DATA, "so are bits after the last code");
	memset(bytes, 0, sizeof bytes);
	CHECK(rice_read(bytes, N, 0, N, back, 1, &used, &err) == FL_DATA, "so are zeros without end");
	memset(bytes, 0xff, sizeof bytes);
	rice_read(bytes, 2, 0, 16, back, 16, &used, &err);
	for (i = 0; i < 16 && back[i] == i; i++)
		;
	CHECK(i == 16, "codes of no gap at all are places in a row: none can come twice");
}

int main(void)
{
	round_trips();
	fewest();
	rate();
	refused();
	return check_done();
}
