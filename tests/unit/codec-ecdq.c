/* Dithered quantisation: an error that is uniform, unbiased, as large as asked for, and a rate near what is asked for. */
#include "check.h"

#include "lossy-fixture.h"

static void error(void)
{
	uint64_t n = 300000;
	float *x = lossy_normal(n, 1), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 5);
	struct codec_plan p;
	double d, most = 0, mean = 0, var = 0, with = 0;
	uint64_t i;

	lossy_both("ecdq:nmse=0.02", &t, x, y, &p);
	for (i = 0; i < n; i++) {
		d = ((double)y[i] - (double)x[i]) / p.step;
		most = fmax(most, fabs(d));
		mean += d / (double)n;
		var += d * d / (double)n;
		with += d * (double)x[i] / (double)n;
	}
	CHECK(most <= .5 + 1e-5, "no error is over half a step");
	CHECK_NEAR(mean, 0, 4 * sqrt(1 / 12. / (double)n), "errors have mean 0");
	CHECK_NEAR(var, 1 / 12., .001, "and the variance of a uniform number");
	CHECK_NEAR(with, 0, 4 * sqrt(1 / 12. / (double)n), "and nothing to do with the values");
	CHECK_NEAR(lossy_nmse(x, y, n), .02, .0002, "together they are what was asked for");
	free(x);
	free(y);
}

static void rate(const char *text, double want, double most)
{
	uint64_t n = 1 << 18;
	float *x = lossy_normal(n, 2), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 6);
	struct codec_plan p;
	double bits = 8 * (double)lossy_both(text, &t, x, y, &p) / (double)n, e = lossy_nmse(x, y, n);

	CHECK(fabs(bits - want) < .03 * want && fabs(e - p.nmse) < .02 * e && e < most, "%s: %.3f bits, error %.4f", text, bits, e);
	free(x);
	free(y);
}

static void unbiased(void)
{
	uint64_t n = 500, i;
	float *x = lossy_normal(n, 3), y[500];
	double m[500] = { 0 }, zz = 0;
	struct codec_tensor t = lossy_vector(&n, 0);
	struct codec_plan p;

	for (t.seed = 1; t.seed <= 400; t.seed++) {
		lossy_both("ecdq:nmse=0.2", &t, x, y, &p);
		for (i = 0; i < n; i++)
			m[i] += ((double)y[i] - (double)x[i]) / 400;
	}
	for (i = 0; i < n; i++)
		zz += m[i] * m[i] / (p.step * p.step / 12 / 400) / (double)n;
	CHECK_NEAR(zz, 1, .25, "means over 400 seeds are as far from x as chance leads them");
	free(x);
}

int main(void)
{
	static const uint64_t n[] = { 0, 1, 2, 4095, 4097, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1 };
	uint64_t few = 60, many = CODEC_CHUNK + 5000;
	float *x = lossy_normal(many, 4);
	struct codec_tensor t = lossy_vector(&few, 1), big = lossy_vector(&many, 2);
	struct codec_choice c;
	struct fl_err err;
	size_t i;

	error();
	rate("ecdq:2", 2, .14);
	rate("ecdq:4", 4, .0082);
	unbiased();
	for (i = 0; i < sizeof n / sizeof *n; i++)
		lossy_values("ecdq:2", n[i]);
	lossy_again("ecdq:2", &big, x);
	x[5] = 1e9f; /* an escape */
	lossy_hostile("ecdq:2", &t, x);
	CHECK(codec_parse(&c, "ecdq:2,nmse=0.1", &err) == FL_USAGE, "bits and nmse are not both given");
	free(x);
	return check_done();
}
