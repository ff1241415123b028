#include "exact-fixture.h"

extern const struct codec codec_ulp;

static const struct codec *const ulp = &codec_ulp;

static void test_sizes(void)
{
	static const size_t sizes[] = { 1, 2, 3, 31, 32, 33, 200, 4097, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1, 3 * CODEC_CHUNK };
	float *x, *base;
	struct buf b = { 0 };
	size_t i, n, got[5];

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		n = sizes[i];
		x = floats(n);
		base = floats(n);
		fill_random(x, n, i);
		fill_random(base, n, i + 100);
		got[0] = same(ulp, n, x, base);
		fill_strange(x, n, i);
		got[1] = same(ulp, n, x, base);
		fill_strange(base, n, i + 100);
		got[2] = same(ulp, n, x, base);
		got[3] = same(ulp, n, base, base);
		fill_near(base, NULL, n, 0.05, i);
		fill_near(x, base, n, 1e-5, i + 100);
		got[4] = same(ulp, n, x, base);
		CHECK(got[0] && got[1] && got[2] && got[3] && got[4], "ulp: %zu values of all kinds are what they were", n);
		if (n > 100)
			CHECK(got[3] < 64 + n / 100, "ulp: %zu values that are the base's are %zu bytes", n, got[3]);
		if (n > 4000)
			CHECK(got[4] < n * 2, "ulp: %zu values near the base's are %zu bytes", n, got[4]);
		free(x);
		free(base);
	}
	encode(ulp, 0, NULL, NULL, &b);
	CHECK(b.len == 0 && decode(ulp, 0, NULL, &b, 0, 0, NULL, NULL) == FL_OK, "ulp: no values have no bytes");
	buf_clear(&b);
}

/* Neighbours in the order of floats are 1 apart, over the zeros and to the infinities too: one value in a thousand moves. */
static void test_steps(void)
{
	static const uint32_t pairs[][2] = { { 0, 0x80000000 }, { 0, 1 }, { 0x80000000, 0x80000001 }, { 0x7fffff, 0x800000 },
		{ 0x7f7fffff, 0x7f800000 }, { 0xff7fffff, 0xff800000 }, { 0x3f800000, 0x3f7fffff }, { 0x7fffffff, 0xffffffff } };
	const size_t n = 10000;
	float *x = floats(n), *base = floats(n);
	size_t i, k, a, b;

	for (k = 0; k < sizeof pairs / sizeof *pairs; k++) {
		for (i = 0; i < n; i++) {
			put_bits(base + i, pairs[k][0]);
			put_bits(x + i, pairs[k][i % 1000 == 0]);
		}
		a = same(ulp, n, x, base);
		b = same(ulp, n, base, x);
		CHECK(a && b && a < 250 && b < 250, "ulp: %08x and %08x are one step: %zu, %zu bytes", (unsigned)pairs[k][0],
		      (unsigned)pairs[k][1], a, b);
	}
	free(x);
	free(base);
}

static void test_unchanged(void)
{
	const size_t n = 1000000;
	float *x = floats(n), *base = floats(n);
	size_t len;

	fill_near(base, NULL, n, 0.05, 3);
	len = same(ulp, n, base, base);
	CHECK(len && len < 2000, "ulp: an unchanged model of a million values is %zu bytes", len);
	fill_near(x, NULL, n, 1e30, 4);
	len = same(ulp, n, x, base);
	CHECK(len, "ulp: a base that has nothing to do with it: %zu bytes for %zu", len, n * 4);
	free(x);
	free(base);
}

static void test_hostile(void)
{
	const size_t n = 300;
	float *x = floats(n), *base = floats(n);
	struct buf b = { 0 };
	struct fl_err err = { 0 };

	fill_near(base, NULL, n, 0.05, 5);
	fill_near(x, base, n, 1e-8, 6);
	encode(ulp, n, x, base, &b);
	CHECK(b.len < n * 4 && spoil(ulp, n, base, &b, 1) > 0, "ulp: some changes of %zu coded bytes are seen", b.len);
	buf_adds(&b, "x", NULL);
	CHECK(decode(ulp, n, base, &b, 0, n, x, &err) == FL_DATA, "ulp: a byte too many: %s", err.msg);
	buf_clear(&b);
	free(x);
	free(base);
}

static void test_vectors(void)
{
	static const char *const names[] = { "mlp_r5", "gru_r6", "bow_r0" };
	static const double want[] = { 1.70, 1.43, 2.10 };
	size_t i, n, n_old, len;
	float *x, *base;
	char s[32];

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(s, sizeof s, "%s.new", names[i]);
		x = vector(s, &n);
		snprintf(s, sizeof s, "%s.old", names[i]);
		base = vector(s, &n_old);
		len = n && n == n_old ? same(ulp, n, x, base) : 0;
		if (n)
			CHECK(len && (double)n * 4 / (double)len >= want[i], "ulp: %s: %.3f times smaller, want %.2f", names[i],
			      (double)n * 4 / (double)len, want[i]);
		else
			CHECK(1, "ulp: %s # SKIP no such vector here", names[i]);
		free(x);
		free(base);
	}
}

int main(void)
{
	CHECK(codec_find("ulp") == ulp, "ulp: the table has it");
	test_sizes();
	test_steps();
	test_unchanged();
	test_hostile();
	test_vectors();
	return check_done();
}
