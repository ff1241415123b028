/* int8: half a level of the largest value of 256, whatever the values. */
#include "check.h"

#include "sparse-fixture.h"

static void levels(float scale)
{
	uint64_t n = 1100;
	float *x = lossy_normal(n, 3), *y = malloc(n * sizeof *y), most;
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;
	size_t i, j, bad = 0, top = 0, len;

	for (i = 0; i < n; i++)
		x[i] *= scale;
	len = lossy_both("int8", &t, x, y, &p);
	for (i = 0; i < n; i += 256) {
		for (j = i, most = 0; j < n && j < i + 256; j++)
			most = fmaxf(most, fabsf(x[j]));
		for (j = i; j < n && j < i + 256; j++) {
			bad += fabs((double)x[j] - (double)y[j]) > (double)most / 254 * 1.0001;
			top += fabsf(x[j]) == most && x[j] == y[j];
		}
	}
	CHECK(!bad && top == 5, "values around %g are off by half a level at most, the largest of a block not at all", (double)scale);
	CHECK(len == n + 4 * 5, "a byte each, and a float for 256");
	CHECK_NEAR(p.nmse, lossy_nmse(x, y, n), 1e-12, "planned error");
	free(x);
	free(y);
}

static void published(void)
{
	uint64_t n = 199210;
	float *x = lossy_update("mlp_r5.delta", n), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;

	if (x) {
		CHECK_NEAR(8. * (double)lossy_both("int8", &t, x, y, &p) / (double)n, 8.125, .001, "a real update in 8.125 bits a value");
		CHECK_NEAR(lossy_nmse(x, y, n), 6.4e-5, 1e-6, "loses 6.4e-5 of it");
	}
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 301, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);

	levels(1);
	levels(1e-30f);
	levels(5e37f);
	published();
	lossy_hostile("int8", &t, x);
	lossy_again("int8", &big, x);
	sparse_sizes("int8");
	free(x);
	return check_done();
}
