/* The random rotation: a hand-made one, its algebra, and every version against the plain one. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/fwht.h"

static void fill(float *x, size_t n, uint64_t seed)
{
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 7);
	for (i = 0; i < n; i++)
		x[i] = (float)(rng_normal(&r) * (rng_below(&r, 50) ? 1 : 1e6));
}

static double dot(const float *x, const float *y, size_t n)
{
	double s = 0;
	size_t i;

	for (i = 0; i < n; i++)
		s += (double)x[i] * (double)y[i];
	return s;
}

static double apart(const float *x, const float *y, size_t n)
{
	double s = 0;
	size_t i;

	for (i = 0; i < n; i++)
		s += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
	return sqrt(s / fmax(dot(x, x, n), 1e-300));
}

/* Four numbers by hand: signs - + - +, then sums and differences, then half of them. */
static void by_hand(void)
{
	static const float want[4] = { -2, -2, 3, -1 };
	float x[4] = { 1, 2, 3, -2 };
	uint64_t signs = 5;

	fwht_plain.forward(x, 4, &signs);
	CHECK(!memcmp(x, want, sizeof x) || (printf("# %g %g %g %g\n", x[0], x[1], x[2], x[3]), 0), "four numbers by hand");
}

static void algebra(const struct fwht *f, size_t n)
{
	static float x[FWHT_MAX], y[FWHT_MAX], a[FWHT_MAX], b[FWHT_MAX];
	uint64_t signs[FWHT_WORDS];

	fwht_signs(signs, 3, n);
	fill(x, n, n);
	fill(y, n, n + 1);
	memcpy(a, x, n * sizeof *x);
	memcpy(b, y, n * sizeof *y);
	f->forward(a, n, signs);
	f->forward(b, n, signs);
	CHECK_NEAR(dot(a, b, n), dot(x, y, n), 1e-5 * sqrt(dot(x, x, n) * dot(y, y, n)), "%s keeps angles at %zu", f->name, n);
	f->back(a, n, signs);
	CHECK_NEAR(apart(x, a, n), 0, 1e-6, "%s: back undoes forward at %zu", f->name, n);
	f->back(x, n, signs);
	f->forward(x, n, signs);
	CHECK_NEAR(apart(a, x, n), 0, 1e-6, "%s: forward undoes back at %zu", f->name, n);
}

/* Bit for bit, at any alignment of floats, and nothing past the block. */
static void same(const struct fwht *f, size_t n)
{
	static float x[FWHT_MAX + 4], y[FWHT_MAX + 4];
	uint64_t signs[FWHT_WORDS];
	size_t off = n % 3 + 1;
	int ok;

	fwht_signs(signs, 9, n);
	fill(x, FWHT_MAX + 4, n);
	memcpy(y, x, sizeof y);
	fwht_plain.forward(x + off, n, signs);
	f->forward(y + off, n, signs);
	ok = !memcmp(x, y, sizeof x);
	fwht_plain.back(x + off, n, signs);
	f->back(y + off, n, signs);
	CHECK(ok && !memcmp(x, y, sizeof x), "%s gives the bits of plain at %zu", f->name, n);
}

/* One spike is spread over the whole block: what a quantiser wants of a rotation. */
static void spread(void)
{
	static float x[FWHT_MAX];
	uint64_t signs[FWHT_WORDS];
	size_t i, n = 0;

	fwht_signs(signs, 1, 0);
	x[1234] = 64;
	fwht_pick()->forward(x, FWHT_MAX, signs);
	for (i = 0; i < FWHT_MAX; i++)
		n += fabsf(x[i]) == 1;
	CHECK(n == FWHT_MAX, "a spike of 64 becomes 4096 ones");
}

static void signs_differ(void)
{
	uint64_t a[FWHT_WORDS], b[FWHT_WORDS];
	size_t i, ones = 0;

	fwht_signs(a, 1, 0);
	fwht_signs(b, 1, 0);
	CHECK(!memcmp(a, b, sizeof a), "signs are the same for the same seed and block");
	fwht_signs(b, 1, 1);
	CHECK(memcmp(a, b, sizeof a), "and others for another block");
	fwht_signs(b, 2, 0);
	CHECK(memcmp(a, b, sizeof a), "and for another seed");
	for (i = 0; i < FWHT_WORDS; i++)
		ones += (size_t)__builtin_popcountll(a[i]);
	CHECK_NEAR(ones, FWHT_MAX / 2, 4 * sqrt(FWHT_MAX) / 2, "half of them are minus");
}

int main(void)
{
	const struct fwht *f;
	size_t i, n;

	by_hand();
	signs_differ();
	spread();
	for (i = 0; (f = fwht_at(i)); i++)
		for (n = 1; f->supported() && n <= FWHT_MAX; n *= 2) {
			algebra(f, n);
			same(f, n);
		}
	return check_done();
}
