/* stc: signs and places of the largest values, and the mean of the kept magnitudes, over the whole file. */
#include "check.h"

#include "sparse-fixture.h"

/* Kept values are the k largest of topk with bits=32, and all have one magnitude: the mean of those. */
static void mean_of_kept(const float *x, size_t n, const char *part)
{
	struct sparse_file a = sparse_file_of(x, n), b = sparse_file_of(x, n);
	struct codec_plan p, q;
	char s[40], t[40];
	double sum = 0;
	size_t i, k = 0, bad = 0;

	snprintf(s, sizeof s, "stc:%s", part);
	snprintf(t, sizeof t, "topk:%s,bits=32", part);
	if (!CHECK(sparse_both(s, &a, &p) && sparse_both(t, &b, &q), "%s: there and back", s))
		exit(1);
	for (i = 0; i < n; i++) {
		sum += fabs((double)b.y[i]);
		k += b.y[i] != 0;
	}
	for (i = 0; i < n; i++)
		bad += b.y[i] == 0 ? a.y[i] != 0 : fabs((double)a.y[i] - copysign(sum / (double)k, (double)b.y[i])) > sum / (double)k * 0x1p-24;
	CHECK(!bad && k, "%s of %zu: values are the mean of the %zu kept magnitudes, with their signs", s, n, k);
	CHECK_NEAR(p.nmse, lossy_nmse(x, a.y, n), 1e-6, "%s: planned error", s);
	CHECK_NEAR(p.bits, 8 * (double)a.bytes / (double)n, 1e-9, "%s: planned bits", s);
	free(a.y);
	free(b.y);
}

static void published(void)
{
	uint64_t n = 199210;
	float *x = lossy_update("mlp_r5.delta", n), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;

	if (x) {
		CHECK(8. * (double)lossy_both("stc:.1", &t, x, y, &p) <= .57 * (double)n, "one in ten of a real update costs at most .57 bits a value");
		CHECK_NEAR(lossy_nmse(x, y, n), .391, .001, "and loses .391 of it");
	}
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 800, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);

	mean_of_kept(x, 20000, ".01");
	mean_of_kept(x, 20000, ".1");
	mean_of_kept(x, 20000, "1");
	mean_of_kept(x, 1, ".1");
	published();
	sparse_hostile("stc:.1", &t, x);
	sparse_pairs("stc:.1", &t, x);
	sparse_pairs("stc:.1", &big, x);
	lossy_again("stc:.1", &big, x);
	sparse_sizes("stc:.01");
	sparse_sizes("stc:1");
	CHECK(sparse_refused("stc:2") && sparse_refused("stc:0"), "parts out of range are refused");
	free(x);
	return check_done();
}
