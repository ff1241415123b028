/* topk: exactly the largest values of a file, each as its bits promise, whatever the file. */
#include "check.h"

#include "sparse-fixture.h"

#include "codec/topk-places.h"

static const char *const specs[] = { "topk:.1", "topk:.1,bits=32", "topk:.1,bits=8", "topk:.1,bits=4" };

enum { SPECS = sizeof specs / sizeof *specs };

/* Every version finds what the plain loop finds, at every length and threshold. */
static void versions(void)
{
	enum { N = 200 };
	static const float least[] = { 0, 1e-3f, 1, 2.5f, 10 };
	float *x = lossy_normal(N, 3);
	uint32_t a[N + TOPK_SLACK], b[N + TOPK_SLACK], floor;
	size_t n, i, k, bad = 0, bad2 = 0, bad512 = 0;

	x[0] = x[17] = 0;
	x[1] = -0.0f;
	for (n = 0; n <= N; n++)
		for (i = 0; i < sizeof least / sizeof *least; i++) {
			floor = least[i] > 0 ? topk_magnitude(least[i]) : 1;
			k = topk_places_plain(x, n, floor, a);
			bad += topk_places(x, n, floor, b) != k || memcmp(a, b, k * sizeof *a);
#if defined __x86_64__
			if (__builtin_cpu_supports("avx2"))
				bad2 += topk_places_avx2(x, n, floor, b) != k || memcmp(a, b, k * sizeof *a);
			if (__builtin_cpu_supports("avx512f"))
				bad512 += topk_places_avx512(x, n, floor, b) != k || memcmp(a, b, k * sizeof *a);
#endif
		}
	CHECK(topk_places_plain(x, 20, 1, a) == 17, "zeros are no places");
	CHECK(!bad && !bad2 && !bad512, "all versions find the same places");
	free(x);
}

/* With bits=32: the kept values are the values, they are want in number, no other is larger, and among equals in a tensor the
 * first are kept. */
static void exactly(const char *what, const float *x, size_t n, double part, size_t want)
{
	struct sparse_file f = sparse_file_of(x, n);
	float least = INFINITY, most = 0;
	size_t i, j, kept = 0, bad = 0;
	struct codec_plan p;
	char text[60];
	int gone;

	snprintf(text, sizeof text, "topk:%.17g,bits=32", part);
	if (!CHECK(sparse_both(text, &f, &p), "%s: there and back", what))
		return;
	for (i = 0; i < n; i++) {
		bad += f.y[i] != 0 && f.y[i] != x[i];
		kept += f.y[i] != 0;
		least = f.y[i] != 0 ? fminf(least, fabsf(x[i])) : least;
		most = f.y[i] == 0 ? fmaxf(most, fabsf(x[i])) : most;
	}
	CHECK(!bad && kept == want && (least >= most || !kept), "%s: the %zu largest of %zu, and no other (%zu)", what, want, n, kept);
	for (i = j = bad = 0; j < SPARSE_TENSORS; j++)
		for (gone = 0; i < sparse_start(&f, j) + f.t[j].n; i++) {
			gone |= fabsf(x[i]) == least && f.y[i] == 0;
			bad += gone && fabsf(x[i]) == least && f.y[i] != 0;
		}
	CHECK(!bad, "%s: of equal ones the first of a tensor", what);
	CHECK_NEAR(p.bits, n ? 8 * (double)f.bytes / (double)n : 0, 1e-9, "%s: planned bits", what);
	CHECK_NEAR(p.nmse, lossy_nmse(x, f.y, n), 1e-6, "%s: planned error", what);
	free(f.y);
}

static void largest(void)
{
	enum { N = 20000 };
	float *x = lossy_normal(N, 4);
	size_t i;

	exactly("normal", x, N, .01, 200);
	exactly("normal, 7 of 100", x, 100, .07, 7);
	exactly("normal, at least one", x, 100, .001, 1);
	exactly("normal, a part of one more", x, 101, .01, 2);
	exactly("normal, most", x, N, .9, 18000);
	exactly("normal, all", x, N, 1, N);
	exactly("one", x, 1, .5, 1);
	exactly("none", x, 0, .5, 0);
	for (i = 0; i < N; i++)
		x[i] = roundf(x[i]);
	for (i = 0; i < N && x[i] != 1; i++)
		;
	exactly("whole numbers", x, N, .01, 200);
	exactly("whole numbers, a third", x, N, .25, 5000);
	for (i = 0; i < N; i++)
		x[i] = i % 3 ? 0 : 1e-45f;
	exactly("more than there are", x, N, .9, (N + 2) / 3);
	for (i = 0; i < N; i++)
		x[i] = i % 2 ? -3e38f : 3e38f;
	exactly("equal ones", x, N, .3, 6000);
	memset(x, 0, N * sizeof *x);
	exactly("zeros", x, N, .3, 0);
	free(x);
}

/* More than are held in memory: the file is read again. */
static void many(void)
{
	enum { N = 2500000 };
	float *x = lossy_normal(N, 6);
	size_t i;

	exactly("two million", x, N, .8, 2000000);
	for (i = 0; i < N; i++)
		x[i] = i % 5 ? -1 : 2;
	exactly("two million, equal ones", x, N, .8, 2000000);
	free(x);
}

/* The error of a kept value: half a unit of bf16's last place, half a level. */
static void precision(void)
{
	static const double promise[SPECS] = { 0x1p-8, 0, 0, 0 };
	uint64_t n = 10000;
	float *x = lossy_normal(n, 8), *y = malloc(n * sizeof *y), lo, hi;
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;
	double worst;
	size_t i, s;

	for (s = 0; s < SPECS; s++) {
		lossy_both(specs[s], &t, x, y, &p);
		for (i = 0, worst = 0, lo = INFINITY, hi = 0; i < n; i++) {
			if (y[i] == 0)
				continue;
			lo = fminf(lo, fabsf(x[i]));
			hi = fmaxf(hi, fabsf(x[i]));
			worst = fmax(worst, fabs((double)x[i] - (double)y[i]) / (s < 2 ? fabs((double)x[i]) : 1));
		}
		CHECK(worst <= (s < 2 ? promise[s] : ((double)hi - (double)lo) / (s == 2 ? 254 : 14) * 1.000001), "%s: error of values", specs[s]);
		CHECK_NEAR(p.nmse, lossy_nmse(x, y, n), .01, "%s: planned error", specs[s]);
	}
	free(x);
	free(y);
}

static void rates(void)
{
	uint64_t n = 1 << 20;
	float *x = lossy_normal(n, 1), *y = malloc(n * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 1);
	struct codec_plan p;

	CHECK(8. * (double)lossy_both("topk", &t, x, y, &p) <= .242 * (double)n, "one in a hundred in 16 bits costs at most .242 bits a value");
	free(x);
	n = 199210;
	t = lossy_vector(&n, 1);
	if ((x = lossy_update("mlp_r5.delta", n))) {
		CHECK(8. * (double)lossy_both("topk", &t, x, y, &p) <= .242 * (double)n, "so it does of a real update");
		CHECK_NEAR(lossy_nmse(x, y, n), .666, .001, "one in a hundred loses two thirds of it");
	}
	free(x);
	free(y);
}

int main(void)
{
	uint64_t n = 600, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);
	size_t i;

	versions();
	largest();
	many();
	precision();
	rates();
	for (i = 0; i < SPECS; i++) {
		sparse_hostile(specs[i], &t, x);
		sparse_pairs(specs[i], &t, x);
		sparse_pairs(specs[i], &big, x);
		lossy_again(specs[i], &big, x);
		sparse_sizes(specs[i]);
	}
	CHECK(sparse_refused("topk:1.5") && sparse_refused("topk:0") && sparse_refused("topk:.1,bits=5"), "parameters out of range are refused");
	free(x);
	return check_done();
}
