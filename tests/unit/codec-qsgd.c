/* qsgd: Elias's code, levels next to the value, a mean over seeds that is the value, a variance within the bound. */
#include "check.h"

#include "sparse-fixture.h"

#include "codec/qsgd.h"

static const char *const specs[] = { "qsgd", "qsgd:1", "qsgd:levels=200,bucket=64", "qsgd:1,contract=1", "qsgd:3,bucket=1" };

enum { SPECS = sizeof specs / sizeof *specs };

/* Elias 1975: 1 is "0", 2 is "10 0", 4 is "10 100 0", 17 is "10 100 10001 0". */
static void elias(void)
{
	static const struct {
		uint32_t k;
		unsigned bits;
	} known[] = { { 1, 1 }, { 2, 3 }, { 3, 3 }, { 4, 6 }, { 7, 6 }, { 8, 7 }, { 15, 7 }, { 16, 11 }, { 17, 11 }, { 100, 13 },
		      { 131072, ELIAS_MAX } };
	static unsigned char bytes[3 * 140000 + 2 * BITS_SLACK];
	struct bit_writer w = { bytes, 0, 0 };
	struct bit_reader r;
	uint64_t bits = 0;
	uint32_t k;
	size_t i;
	int ok = 1;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		CHECK(elias_bits(known[i].k) == known[i].bits, "%u has %u bits", known[i].k, known[i].bits);
	for (k = 1; k <= 131072; k += 1 + k / 64) {
		elias_put(&w, k);
		bits += elias_bits(k);
	}
	r = bits_of(bytes, (size_t)(bits_finish(&w) - bytes));
	for (k = 1; k <= 131072; k += 1 + k / 64)
		ok &= elias_get(&r, 131072) == k;
	CHECK(ok && r.at == bits, "numbers come back, in as many bits as were counted");
	r = bits_of(bytes, 3);
	for (i = 0; i < 5; i++)
		k = elias_get(&r, 4); /* 1 2 3 4 then 5 */
	CHECK(!k, "a number above the largest is refused");
	memset(bytes, 0xff, 40);
	r = bits_of(bytes, 40);
	CHECK(!elias_get(&r, UINT32_MAX), "so are ones without end");
}

/* Every value is one of the two levels next to it. */
static void levels(void)
{
	uint64_t n = 3000, i, j;
	float *x = lossy_normal(n, 3), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 9);
	struct codec_plan p;
	double norm = 0, step;
	size_t bad = 0, len = lossy_both("qsgd:20,bucket=300", &t, x, y, &p);

	for (i = 0; i < n; i += 300) {
		for (j = i, norm = 0; j < i + 300; j++)
			norm += (double)x[j] * (double)x[j];
		step = sqrt(norm) / 20;
		for (j = i; j < i + 300; j++) {
			bad += fabs((double)x[j] - (double)y[j]) > step * 1.00001 || (double)x[j] * (double)y[j] < 0;
			bad += fabs((double)y[j] / step - rint((double)y[j] / step)) > 1e-4;
		}
	}
	CHECK(!bad, "every value is a level next to it, of its sign");
	CHECK_NEAR(p.nmse, lossy_nmse(x, y, n), 1e-12, "planned error");
	CHECK_NEAR(p.bits, 8 * (double)len / (double)n, 1e-12, "planned bits");
	free(x);
	free(y);
}

/* z of each value over seeds; the variance of one is l (1 - l) step^2 with l what is above the lower level. */
static void unbiased(const char *text, double s, double bucket)
{
	enum { N = 400, SEEDS = 3000 };
	uint64_t n = N;
	float *x = lossy_normal(N, 5), *y = malloc(N * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 0);
	double v[] = { s, bucket, 0 }, sum[N] = { 0 }, norm[N] = { 0 }, nmse = 0, worst = 0, step, l;
	const struct codec *c = codec_find("qsgd");
	struct codec_plan p;
	size_t i;

	for (i = 0; i < N; i++)
		norm[i / (size_t)bucket] += (double)x[i] * (double)x[i];
	for (t.seed = 1; t.seed <= SEEDS; t.seed++) {
		lossy_both(text, &t, x, y, &p);
		nmse += lossy_nmse(x, y, N) / SEEDS;
		for (i = 0; i < N; i++)
			sum[i] += (double)y[i];
	}
	for (i = 0; i < N; i++) {
		step = sqrt(norm[i / (size_t)bucket]) / s;
		l = fabs((double)x[i]) / step - floor(fabs((double)x[i]) / step);
		worst = fmax(worst, fabs(sum[i] / SEEDS - (double)x[i]) / (step * sqrt(l * (1 - l) / SEEDS + 1e-12)));
	}
	CHECK(worst < 5, "%s: the mean over seeds is the value (%.1f standard errors)", text, worst);
	CHECK(nmse <= c->omega(v, N), "%s: the variance is within the bound: %.3g, %.3g", text, nmse, c->omega(v, N));
	free(x);
	free(y);
}

/* Divided by 1 + omega it is a contraction on average: the error is at most omega / (1 + omega). */
static void contract(void)
{
	enum { N = 2000, SEEDS = 50 };
	uint64_t n = N, i;
	float *x = lossy_normal(N, 5), *y = malloc(N * sizeof *y), *z = malloc(N * sizeof *z);
	struct codec_tensor t = lossy_vector(&n, 0);
	const struct codec *c = codec_find("qsgd");
	double v[] = { 1, 512, 0 }, w = c->omega(v, N), nmse = 0;
	struct codec_plan p;
	size_t bad = 0;

	CHECK_NEAR(w, sqrt(512), 1e-9, "omega of one level is the root of the bucket");
	v[0] = 100;
	CHECK_NEAR(c->omega(v, N), 512. / 10000, 1e-9, "of many levels the bucket over their square");
	CHECK_NEAR(c->omega(v, 100), 100. / 10000, 1e-9, "of a short tensor its own");
	v[0] = 1;
	v[2] = 1;
	for (t.seed = 1; t.seed <= SEEDS; t.seed++) {
		lossy_both("qsgd:1", &t, x, y, &p);
		lossy_both("qsgd:1,contract=1", &t, x, z, &p);
		nmse += lossy_nmse(x, z, N) / SEEDS;
		for (i = 0; i < N; i++)
			bad += fabs((double)z[i] * (1 + w) - (double)y[i]) > 1e-6 * fabs((double)y[i]);
	}
	CHECK(!bad, "contract divides by 1 + omega");
	CHECK(nmse < 1 && nmse <= c->omega(v, N) && c->omega(v, N) < 1, "and contracts: %.3f, %.3f", nmse, c->omega(v, N));
	free(x);
	free(y);
	free(z);
}

static void published(void)
{
	uint64_t n = 199210;
	float *x = lossy_update("mlp_r5.delta", n), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;

	if (x) {
		CHECK(8. * (double)lossy_both("qsgd", &t, x, y, &p) <= 1.8 * (double)n, "a real update in 1.8 bits a value");
		CHECK_NEAR(lossy_nmse(x, y, n), .244, .005, "loses .244 of it");
	}
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 100, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);
	size_t i;

	elias();
	levels();
	unbiased("qsgd:16", 16, 512);
	unbiased("qsgd:1,bucket=100", 1, 100);
	unbiased("qsgd:4,bucket=7", 4, 7);
	contract();
	published();
	for (i = 0; i < SPECS; i++) {
		sparse_hostile(specs[i], &t, x);
		lossy_again(specs[i], &big, x);
		sparse_sizes(specs[i]);
	}
	CHECK(sparse_refused("qsgd:0") && sparse_refused("qsgd:bucket=0") && sparse_refused("qsgd:1.5"), "parameters out of range");
	free(x);
	return check_done();
}
