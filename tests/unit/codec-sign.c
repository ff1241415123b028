/* sign: every sign, one magnitude, and the error that follows from them. */
#include "check.h"

#include "sparse-fixture.h"

static void identity(uint64_t n)
{
	float *x = lossy_normal(n, 3), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;
	double sum = 0, squares = 0;
	size_t i, bad = 0, len = lossy_both("sign", &t, x, y, &p);

	for (i = 0; i < n; i++) {
		sum += fabs((double)x[i]);
		squares += (double)x[i] * (double)x[i];
	}
	for (i = 0; i < n; i++)
		bad += y[i] != (float)(x[i] < 0 ? -sum / (double)n : sum / (double)n);
	CHECK(!bad, "%d values: the sign of each, the mean magnitude of all", (int)n);
	CHECK(len == 4 + (n + 7) / 8, "%d values: a bit each and a float", (int)n);
	CHECK_NEAR(lossy_nmse(x, y, n), 1 - sum * sum / (double)n / squares, 1e-6, "%d values: the error of a contraction", (int)n);
	CHECK_NEAR(p.nmse, lossy_nmse(x, y, n), 1e-9, "%d values: planned error", (int)n);
	CHECK_NEAR(p.bits, 8 * (double)len / (double)n, 1e-9, "%d values: planned bits", (int)n);
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 301, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);

	identity(1);
	identity(1000);
	identity(CODEC_CHUNK + 3);
	lossy_hostile("sign", &t, x);
	lossy_again("sign", &big, x);
	sparse_sizes("sign");
	free(x);
	return check_done();
}
