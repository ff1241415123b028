/* Every vector kernel this processor has, against the plain one, at many shapes. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "model/kernel.h"

#define PAD(n) (((n) + KERNEL_PAD - 1) / KERNEL_PAD * KERNEL_PAD)

/* n floats on 64 bytes; the caller frees. */
static float *floats(struct rng *r, size_t n)
{
	float *v = aligned_alloc(64, PAD(n ? n : 1) * sizeof *v);
	size_t i;

	for (i = 0; i < PAD(n ? n : 1); i++)
		v[i] = (float)rng_normal(r);
	return v;
}

static double apart(const float *a, const float *b, size_t n)
{
	double worst = 0;
	size_t i;

	for (i = 0; i < n; i++)
		worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
	return worst;
}

/* Both kernels on one product; 1 if mul and descend agree. c has a margin that must not be written. */
static int same(const struct kernel *k, size_t m, size_t n, size_t d, int along, struct rng *r)
{
	size_t row = along ? PAD(d) : PAD(m), size = (m + 1) * n;
	float *a = floats(r, (along ? m : d) * row), *b = floats(r, d * n), *c0 = floats(r, size);
	float *c1 = floats(r, size), *c2 = floats(r, size);
	struct kernel_mul p = { .m = m, .n = n, .k = d, .a = a, .a_row = along ? row : 1, .a_col = along ? 1 : row, .b = b,
		.b_row = n, .c = c1, .c_row = n };
	struct kernel_step s = { .lr = 0.1f, .l2 = 0.5f, .prox = 0.25f, .c0 = c0 };
	double tol = 4e-7 * (4 + (double)d), off;

	memcpy(c2, c1, size * sizeof *c1);
	kernel_plain.mul(&p);
	p.c = c2;
	k->mul(&p);
	off = apart(c1, c2, size);
	memcpy(c2, c1, size * sizeof *c1);
	k->descend(&p, &s);
	p.c = c1;
	kernel_plain.descend(&p, &s);
	off = fmax(off, apart(c1, c2, size));
	s.prox = 0;
	s.c0 = NULL;
	kernel_plain.descend(&p, &s);
	p.c = c2;
	k->descend(&p, &s);
	off = fmax(off, apart(c1, c2, size));
	free(a);
	free(b);
	free(c0);
	free(c1);
	free(c2);
	return off <= tol;
}

static void test_products(const struct kernel *k)
{
	static const size_t depths[] = { 0, 1, 2, 7, 33, 109 };
	struct rng r;
	size_t m, n, d, bad = 0, done = 0;

	rng_seed(&r, 1, 1);
	for (m = 1; m <= 29; m++)
		for (n = 16; n <= 176; n += 16)
			for (d = 0; d < 6; d++, done += 2)
				bad += (size_t)(!same(k, m, n, depths[d], 0, &r) + !same(k, m, n, depths[d], 1, &r));
	CHECK(bad == 0, "%s: %zu products and steps are the plain ones", k->name, done);
}

/* The sums of an element run over k in order in whatever tile it falls into. */
static void test_tiles(const struct kernel *k)
{
	struct rng r;
	float *a, *b, *c, *one;
	size_t i, bad = 0;

	rng_seed(&r, 2, 1);
	a = floats(&r, 31 * 48);
	b = floats(&r, 48 * 80);
	c = floats(&r, 31 * 80);
	one = floats(&r, 80);
	k->mul(&(struct kernel_mul){ .m = 31, .n = 80, .k = 48, .a = a, .a_row = 48, .a_col = 1, .b = b, .b_row = 80, .c = c,
		.c_row = 80 });
	for (i = 0; i < 31; i++) {
		k->mul(&(struct kernel_mul){ .m = 1, .n = 80, .k = 48, .a = a + i * 48, .a_row = 48, .a_col = 1, .b = b,
			.b_row = 80, .c = one, .c_row = 80 });
		bad += memcmp(one, c + i * 80, 80 * sizeof *c) != 0;
	}
	CHECK(bad == 0, "%s: rows together are the rows alone, to the bit", k->name);
	free(a);
	free(b);
	free(c);
	free(one);
}

static void test_rest(const struct kernel *k)
{
	enum { N = 16 * 48 };
	struct kernel_adam adam = { .lr = 0.1f, .beta1 = 0.9f, .beta2 = 0.99f, .eps = 1e-8f, .root = 1.5f };
	struct rng r;
	float *a, *b, *v, *w1, *w2, *m1, *m2, *v1, *v2;
	size_t i;

	rng_seed(&r, 3, 1);
	a = floats(&r, N);
	w1 = floats(&r, N);
	w2 = floats(&r, N);
	kernel_plain.transpose(w1, 48, a, 16, 48, 16);
	k->transpose(w2, 48, a, 16, 48, 16);
	CHECK(!memcmp(w1, w2, N * sizeof *a), "%s: transpose", k->name);
	b = floats(&r, N);
	a[3] = 0;
	a[4] = -0.0f;
	kernel_plain.relu(w1, a, N);
	k->relu(w2, a, N);
	CHECK(!memcmp(w1, w2, N * sizeof *a), "%s: relu", k->name);
	memcpy(w1, b, N * sizeof *a);
	memcpy(w2, b, N * sizeof *a);
	kernel_plain.relu_back(w1, a, N);
	k->relu_back(w2, a, N);
	CHECK(!memcmp(w1, w2, N * sizeof *a), "%s: relu backwards", k->name);
	v = floats(&r, N);
	for (i = 0; i < N; i++)
		v[i] = fabsf(v[i]);
	m1 = floats(&r, N);
	v1 = floats(&r, N);
	m2 = floats(&r, N);
	v2 = floats(&r, N);
	memcpy(m2, m1, N * sizeof *a);
	memcpy(v1, v, N * sizeof *a);
	memcpy(v2, v, N * sizeof *a);
	kernel_plain.momentum(w1, v1, a, N, 0.1f, 0.9f);
	k->momentum(w2, v2, a, N, 0.1f, 0.9f);
	CHECK(apart(w1, w2, N) <= 2e-6 && apart(v1, v2, N) <= 2e-6, "%s: momentum", k->name);
	memcpy(v1, v, N * sizeof *a);
	memcpy(v2, v, N * sizeof *a);
	memcpy(w2, w1, N * sizeof *a);
	kernel_plain.adam(w1, m1, v1, b, N, &adam);
	k->adam(w2, m2, v2, b, N, &adam);
	CHECK(apart(w1, w2, N) <= 4e-6 && apart(m1, m2, N) <= 2e-6 && apart(v1, v2, N) <= 2e-6, "%s: adam", k->name);
	free(a);
	free(b);
	free(v);
	free(w1);
	free(w2);
	free(m1);
	free(m2);
	free(v1);
	free(v2);
}

static void test_pick(void)
{
	const struct kernel *k, *at, *last = NULL;
	struct fl_err err;
	size_t i;

	setenv("FL_KERNEL", "mmx", 1);
	CHECK(kernel_pick(&k, &err) == FL_CONFIG && strstr(err.msg, "no kernel \"mmx\""), "unknown name: %s", err.msg);
	for (i = 0; (at = kernel_at(i)); i++) {
		setenv("FL_KERNEL", at->name, 1);
		CHECK(at->supported() ? kernel_pick(&k, &err) == FL_OK && k == at : kernel_pick(&k, &err) == FL_CONFIG,
		      "FL_KERNEL=%s is that kernel, or a sentence where the processor lacks it", at->name);
		last = at->supported() ? at : last;
	}
	unsetenv("FL_KERNEL");
	CHECK(kernel_pick(&k, &err) == FL_OK && k == last, "without FL_KERNEL the fastest: %s", k->name);
}

int main(void)
{
	const struct kernel *k;
	size_t i;

	for (i = 1; (k = kernel_at(i)); i++) {
		if (!k->supported()) {
			CHECK(1, "%s: # SKIP this processor has none", k->name);
			continue;
		}
		test_products(k);
		test_tiles(k);
		test_rest(k);
	}
	test_pick();
	return check_done();
}
