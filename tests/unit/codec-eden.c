/* EDEN: its levels against the condition that defines them, its error against the published figures, its mean over seeds. */
#include "check.h"

#include "lossy-fixture.h"

#include "codec/eden-levels.h"
#include "codec/fwht.h"

static double density(double x)
{
	return exp(-x * x / 2) / sqrt(2 * M_PI);
}

static double tail(double x)
{
	return erfc(x / M_SQRT2) / 2;
}

/* Levels are the means of their cells, whose ends lie half way between; E z^2 - E q^2 is then the distortion. */
static void levels(unsigned bits)
{
	const float *q = eden_levels(bits);
	size_t i, n = (size_t)1 << (bits - 1);
	double lo, hi, mass, worst = 0, qq = 0;

	for (i = 0; i < n; i++) {
		lo = i ? ((double)q[i - 1] + (double)q[i]) / 2 : 0;
		hi = i + 1 < n ? ((double)q[i] + (double)q[i + 1]) / 2 : 40;
		mass = tail(lo) - tail(hi);
		worst = fmax(worst, fabs((double)q[i] - (density(lo) - density(hi)) / mass));
		qq += 2 * mass * (double)q[i] * (double)q[i];
	}
	CHECK_NEAR(worst, 0, 1e-6, "%u bits: every level is the mean of its cell", bits);
	CHECK_NEAR(eden_distortion(bits), 1 - qq, 1e-6 * eden_distortion(bits) + 1e-7, "%u bits: distortion", bits);
}

/* Vargaftik et al.'s code on 2^20 values from N(0,1); the last four by D / (1 - D) and D. */
static void published(void)
{
	static const double unbiased[] = { .571, .1328, .0358, .0096, .002511, .0006446, .0001635, .00004119 };
	static const double least[] = { .3635, .1172, .0346, .00951, .002505, .0006442, .0001635, .00004119 };
	uint64_t n = 1 << 20;
	float *x = lossy_normal(n, 1), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 2);
	struct codec_plan p;
	char text[40];
	unsigned b;
	size_t len;

	for (b = 1; b <= 8; b++) {
		snprintf(text, sizeof text, "eden:%u", b);
		len = lossy_both(text, &t, x, y, &p);
		CHECK_NEAR(lossy_nmse(x, y, n), unbiased[b - 1], .01 * unbiased[b - 1], "%s has the published error", text);
		CHECK_NEAR(lossy_nmse(x, y, n), p.nmse, .01 * p.nmse, "%s has the planned error", text);
		CHECK_NEAR(8 * (double)len / (double)n, p.bits, 1e-9, "%s has the planned bits", text);
		CHECK_NEAR(p.bits, b, .008, "%s costs %u bits", text, b);
		snprintf(text, sizeof text, "eden:%u,scale=1", b);
		lossy_both(text, &t, x, y, &p);
		CHECK_NEAR(lossy_nmse(x, y, n), least[b - 1], .01 * least[b - 1], "%s has the published error", text);
	}
	free(x);
	free(y);
}

/* m (n) = the mean of what seeds 1 .. seeds give; v (n) = their variance. */
static void over_seeds(const char *text, const float *x, uint64_t n, uint64_t seeds, double *m, double *v)
{
	float *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 0);
	struct codec_plan p;
	uint64_t i;

	memset(m, 0, n * sizeof *m);
	memset(v, 0, n * sizeof *v);
	for (t.seed = 1; t.seed <= seeds; t.seed++) {
		lossy_both(text, &t, x, y, &p);
		for (i = 0; i < n; i++) {
			m[i] += (double)y[i];
			v[i] += (double)y[i] * (double)y[i];
		}
	}
	for (i = 0; i < n; i++) {
		m[i] /= (double)seeds;
		v[i] = v[i] / (double)seeds - m[i] * m[i];
	}
	free(y);
}

/* What is 0 for an unbiased codec and has variance 1: the mean of n z-scores' squares; and how long the mean is beside x. */
static void unbiased(const char *text, int want)
{
	const uint64_t n = 4096 + 2048 + 40, seeds = 600;
	const uint64_t rotated = n - 8;
	double *m = malloc(n * sizeof *m), *v = malloc(n * sizeof *v), zz = 0, mx = 0, xx = 0;
	float *x = lossy_normal(n, 3);
	uint64_t i;

	for (i = 0; i < n; i++)
		x[i] *= i % 10 ? .2f : 1; /* not Gaussian */
	over_seeds(text, x, n, seeds, m, v);
	for (i = 0; i < rotated; i++) {
		zz += (m[i] - (double)x[i]) * (m[i] - (double)x[i]) / v[i] * (double)(seeds - 1);
		mx += m[i] * (double)x[i];
		xx += (double)x[i] * (double)x[i];
	}
	if (want) {
		CHECK_NEAR(zz / (double)rotated, 1, .1, "%s: means over 600 seeds are as far from x as chance leads them", text);
		CHECK_NEAR(mx / xx, 1, .01, "%s: and as long as x", text);
	} else {
		CHECK(mx / xx < .7, "%s: means over seeds are shorter than x: this scale is biased", text);
	}
	free(m);
	free(v);
	free(x);
}

/* The least error is the least: below the unbiased scale's for every vector, and never above |x|^2. */
static void least(void)
{
	uint64_t n = 40000;
	float *x = lossy_normal(n, 4), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 8);
	struct codec_plan p;
	double u, l;
	uint64_t i;

	for (i = 0; i < n; i++)
		x[i] *= x[i] * x[i];
	lossy_both("eden:2", &t, x, y, &p);
	u = lossy_nmse(x, y, n);
	lossy_both("eden:2,scale=1", &t, x, y, &p);
	l = lossy_nmse(x, y, n);
	CHECK(l < .95 * u && l < 1, "the scale of least error errs less: %.4f, not %.4f", l, u);
	memset(x, 0, n * sizeof *x);
	for (i = 0; i < n; i += 2048)
		x[i] = 1;
	lossy_both("eden:1", &t, x, y, &p);
	u = lossy_nmse(x, y, 9 * FWHT_MAX);
	CHECK(u > .9 && u < 1.1, "two equal values in a block are the worst for one bit: %.3f", u);
	lossy_both("eden:1,scale=1", &t, x, y, &p);
	l = lossy_nmse(x, y, n);
	CHECK(l < .55, "and half as bad with the other scale: %.3f", l);
	free(x);
	free(y);
}

static void sizes(void)
{
	static const uint64_t n[] = { 0, 1, 2, 31, 32, 33, 63, 100, 4095, 4096, 4097, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1 };
	static const char *const text[] = { "eden:1", "eden:3,scale=1", "eden:8" };
	float *x = lossy_normal(CODEC_CHUNK + 1, 6), *y = malloc((CODEC_CHUNK + 1) * sizeof *y);
	size_t i, k;

	for (k = 0; k < sizeof text / sizeof *text; k++)
		for (i = 0; i < sizeof n / sizeof *n; i++) {
			uint64_t count = n[i];
			struct codec_tensor t = lossy_vector(&count, 1);
			struct codec_plan p;
			size_t len = lossy_both(text[k], &t, x, y, &p);

			CHECK(8 * (double)len <= (1.01 * p.bits * (double)count) && lossy_nmse(x, y, count) < 1.3 * p.nmse,
			      "%s: %d values there and back", text[k], (int)count);
			lossy_values(text[k], count);
		}
	free(x);
	free(y);
}

/* A layer's odd size is no reason to pad: the reference code pays 32 % there. */
static void no_padding(void)
{
	uint64_t n = 199210;
	float *x = lossy_update("mlp_r5.delta", n), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;

	if (x) {
		CHECK_NEAR(8 * (double)lossy_both("eden:2,scale=1", &t, x, y, &p) / (double)n, 2, .03, "an update of 199210 values costs 2 bits");
		CHECK_NEAR(lossy_nmse(x, y, n), p.nmse, .02 * p.nmse, "with the planned error");
	}
	free(x);
	free(y);
}

static void words(void)
{
	struct codec_choice c;
	struct fl_err err;

	CHECK(codec_parse(&c, "eden:0", &err) == FL_USAGE && codec_parse(&c, "eden:9", &err) == FL_USAGE, "bits are 1 to 8");
	CHECK(codec_parse(&c, "eden:2.5", &err) == FL_USAGE, "and whole");
	CHECK(!codec_parse(&c, "eden:bits=1", &err) && c.codec->omega(c.v, 9) > .57, "omega of the unbiased scale is the paper's");
}

int main(void)
{
	uint64_t n = 4096 + 32 + 7, chunks = 2 * CODEC_CHUNK + 5000;
	float *x = lossy_normal(chunks, 7);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&chunks, 4);
	unsigned b;

	for (b = 1; b <= EDEN_BITS_MAX; b++)
		levels(b);
	words();
	published();
	unbiased("eden:1", 1);
	unbiased("eden:3", 1);
	unbiased("eden:1,scale=1", 0);
	least();
	sizes();
	lossy_again("eden:4", &big, x);
	lossy_hostile("eden:1", &t, x);
	n = 75;
	lossy_hostile("eden:5,scale=1", &t, x);
	no_padding();
	free(x);
	return check_done();
}
