/* PowerSGD: matrices of low rank come back, errors near the published prototype's, everything else as bf16. */
#include "check.h"

#include "lossy-fixture.h"

#define SEEDS 4

static struct codec_tensor matrix(uint64_t shape[2], uint64_t rows, uint64_t cols)
{
	shape[0] = rows;
	shape[1] = cols;
	return (struct codec_tensor){ .name = "m", .ndim = 2, .shape = shape, .n = rows * cols, .seed = 3 };
}

/* A (rows, cols) matrix of rank r at most; the caller frees. */
static float *of_rank(size_t rows, size_t cols, size_t r)
{
	float *a = lossy_normal(rows * r, 1), *b = lossy_normal(cols * r, 2), *x = calloc(rows * cols, sizeof *x);
	size_t i, j, c;

	for (i = 0; i < rows; i++)
		for (j = 0; j < cols; j++)
			for (c = 0; c < r; c++)
				x[i * cols + j] += a[i * r + c] * b[j * r + c];
	free(a);
	free(b);
	return x;
}

/* n values, powersgd's bytes, and the error that the plan must have foreseen. */
static double error_of(const char *text, const struct codec_tensor *t, const float *x, size_t *len)
{
	float *y = malloc((t->n + 1) * sizeof *y);
	struct codec_plan p;
	double e;

	*len = lossy_both(text, t, x, y, &p);
	e = lossy_nmse(x, y, t->n);
	CHECK(fabs(p.nmse - e) <= 1e-9 + 1e-6 * e && fabs(p.bits - 8 * (double)*len / (double)t->n) < 1e-9,
	      "%s: the plan says what comes", text);
	free(y);
	return e;
}

static void low_rank(void)
{
	static const struct {
		const char *text;
		size_t rank;
		double most;
	} c[] = {
		{ "powersgd:1,width=32", 1, 1e-13 }, { "powersgd:4,width=32", 4, 1e-13 }, { "powersgd:7,width=32", 5, 1e-13 },
		{ "powersgd:4", 4, 2e-5 }, { "powersgd:rank=4,steps=2", 4, 2e-5 },
	};
	uint64_t shape[2];
	struct codec_tensor t = matrix(shape, 120, 90);
	size_t i, len;

	for (i = 0; i < sizeof c / sizeof *c; i++) {
		float *x = of_rank(120, 90, c[i].rank);
		double e = error_of(c[i].text, &t, x, &len);

		CHECK(e < c[i].most, "%s: a matrix of rank %zu comes back: %.1e", c[i].text, c[i].rank, e);
		free(x);
	}
	CHECK(len == 2 * 4 * (120 + 90), "two factors of 16 bits are all there is");
}

/* White noise: what is kept is about what the best projection would, never more than all; more steps come nearer. */
static void contraction(void)
{
	uint64_t shape[2];
	struct codec_tensor t = matrix(shape, 64, 300);
	float *x = lossy_normal(t.n, 4);
	size_t len;
	double one = error_of("powersgd:8", &t, x, &len), more = error_of("powersgd:8,steps=6", &t, x, &len);

	CHECK(one < 1 - 8 / 64. && more < one, "noise: error %.3f, after 6 steps %.3f", one, more);
	free(x);
}

/* Figures of a prototype on the first layer of an MLP, from one start; here the mean of some, which differ by a fifth. */
static void real(void)
{
	static const struct {
		const char *text;
		double nmse;
	} c[] = {
		{ "powersgd:4", .524 }, { "powersgd:8", .253 }, { "powersgd:16", .089 },
		{ "powersgd:4,steps=2", .312 }, { "powersgd:8,steps=2", .099 }, { "powersgd:16,steps=2", .038 },
	};
	uint64_t shape[2];
	struct codec_tensor t = matrix(shape, 200, 784);
	float *x = lossy_update("mlp_r5.delta", t.n);
	size_t i, len;
	double e;

	for (i = 0; x && i < sizeof c / sizeof *c; i++) {
		for (e = 0, t.seed = 1; t.seed <= SEEDS; t.seed++)
			e += error_of(c[i].text, &t, x, &len) / SEEDS;
		CHECK(e < 1.25 * c[i].nmse, "%s: error %.3f of a real update in %.2f bits, prototype %.3f", c[i].text, e,
		      8 * (double)len / (double)t.n, c[i].nmse);
	}
	free(x);
}

/* One dimension, and matrices too small to gain, are bf16 (7 bits of fraction). */
static void others(void)
{
	uint64_t n = 1000, shape[2], conv[4] = { 16, 8, 3, 3 };
	struct codec_tensor one = lossy_vector(&n, 1), small = matrix(shape, 5, 6);
	struct codec_tensor c = { .name = "c", .ndim = 4, .shape = conv, .n = 16 * 72, .seed = 1 };
	float *x = lossy_normal(2000, 9), y[1000];
	struct codec_plan p;
	size_t i, len;

	len = lossy_both("powersgd", &one, x, y, &p);
	for (i = 0; i < n && fabsf(x[i] - y[i]) <= fabsf(x[i]) / 256; i++)
		;
	CHECK(i == n && len == 2 * n, "one dimension: every value to 8 bits");
	CHECK(error_of("powersgd:3", &small, x, &len) < 1e-5 && len == 60, "a matrix of 5 by 6 has no smaller factors of rank 3");
	error_of("powersgd:2", &c, x, &len);
	CHECK(len == 2 * 2 * (16 + 72), "a convolution's weights are a matrix of [out, all else]");
	free(x);
}

/* Rows that end inside a chunk, chunks that end inside a row, rows longer than a chunk; and all zeros. */
static void shapes(void)
{
	static const uint64_t shape[][2] = { { 700, 401 }, { 3, 100000 }, { 5, CODEC_CHUNK + 1 }, { 3 * CODEC_CHUNK / 8, 8 }, { 2, 2 * CODEC_CHUNK } };
	static const uint64_t n[] = { 0, 1, 2, 4095, 4097, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1 };
	uint64_t s[2];
	size_t i, len;

	for (i = 0; i < sizeof shape / sizeof *shape; i++) {
		struct codec_tensor t = matrix(s, shape[i][0], shape[i][1]);
		float *x = of_rank(s[0], s[1], 1);
		double e = error_of("powersgd:1", &t, x, &len);

		CHECK(e < 2e-5 && len == 2 * (s[0] + s[1]), "%d by %d of rank 1: %.1e", (int)s[0], (int)s[1], e);
		lossy_again("powersgd:1", &t, x);
		memset(x, 0, t.n * sizeof *x);
		CHECK(error_of("powersgd:1,steps=2", &t, x, &len) == 0, "and 0 where all is 0");
		free(x);
	}
	for (i = 0; i < sizeof n / sizeof *n; i++)
		lossy_values("powersgd", n[i]);
}

/* Sizes of values that break careless arithmetic, in a matrix. */
static void huge(void)
{
	static const float scale[] = { 1e-45f, 1e-39f, 1e6f, 3e38f };
	uint64_t shape[2];
	struct codec_tensor t = matrix(shape, 40, 50);
	float *x = lossy_normal(t.n, 3), *y = malloc(t.n * sizeof *y);
	struct codec_plan p;
	size_t i, k;
	int bad = 0;

	for (k = 0; k < sizeof scale / sizeof *scale; k++) {
		for (i = 0; i < t.n; i++)
			x[i] = x[i] < 0 ? -scale[k] : scale[k];
		lossy_both("powersgd:3", &t, x, y, &p);
		bad += !lossy_finite(y, t.n) || !isfinite(p.nmse);
	}
	CHECK(!bad, "a matrix of values of any size comes back finite");
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 50, shape[2], none[2] = { 0, 7 };
	struct codec_tensor one = lossy_vector(&n, 1), m = matrix(shape, 12, 20);
	struct codec_tensor empty = { .name = "e", .ndim = 2, .shape = none };
	float *x = lossy_normal(300, 3), y[1];
	struct codec_plan p;
	struct codec_choice c;
	struct fl_err err;

	low_rank();
	contraction();
	real();
	others();
	shapes();
	huge();
	lossy_hostile("powersgd:2", &m, x);
	lossy_hostile("powersgd:2,width=32", &m, x);
	lossy_hostile("powersgd:2", &one, x);
	CHECK(!lossy_both("powersgd", &empty, x, y, &p), "no rows, no bytes");
	CHECK(codec_parse(&c, "powersgd:0", &err) == FL_USAGE && codec_parse(&c, "powersgd:65", &err) == FL_USAGE &&
	      codec_parse(&c, "powersgd:width=24", &err) == FL_USAGE, "ranks are 1 to 64, widths 16 and 32");
	free(x);
	return check_done();
}
