#include "exact-fixture.h"

extern const struct codec codec_planes;

static const struct codec *const planes = &codec_planes;

static void test_sizes(void)
{
	static const size_t sizes[] = { 1, 2, 3, 31, 32, 33, 200, 4097, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1, 3 * CODEC_CHUNK };
	struct buf b = { 0 };
	float *x;
	size_t i, n, one, two, three;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		n = sizes[i];
		x = floats(n);
		fill_random(x, n, i);
		one = same(planes, n, x, NULL);
		fill_strange(x, n, i);
		two = same(planes, n, x, NULL);
		fill_near(x, NULL, n, 0.05, i);
		three = same(planes, n, x, NULL);
		CHECK(one && two && three, "planes: %zu values of any bits, of strange ones and of a model's are what they were", n);
		CHECK(one == n * 4 + 1, "planes: %zu values of any bits are kept as they are", n);
		if (n > 4000)
			CHECK(two < n * 3 && three < n * 27 / 8, "planes: %zu others get smaller: %zu, %zu bytes", n, two, three);
		free(x);
	}
	encode(planes, 0, NULL, NULL, &b);
	CHECK(b.len == 0 && decode(planes, 0, NULL, &b, 0, 0, NULL, NULL) == FL_OK, "planes: no values have no bytes");
	buf_clear(&b);
}

static void test_few_kinds(void)
{
	const size_t n = 1000000;
	float *x = floats(n);
	size_t i, len;

	for (i = 0; i < n; i++)
		x[i] = 0.25f;
	len = same(planes, n, x, NULL);
	CHECK(len && len < 4000, "planes: a million equal values are %zu bytes", len);
	fill_near(x, NULL, n, 0.05, 1);
	for (i = 0; i < n; i++)
		put_bits(x + i, get_bits(x + i) & 0xffff0000);
	len = same(planes, n, x, NULL);
	CHECK(len && len < n * 3 / 2, "planes: a million bfloat16 values are %zu bytes", len);
	fill_near(x, NULL, n, 0.05, 1);
	for (i = 0; i < n; i++)
		put_bits(x + i, i / CODEC_CHUNK == 1 ? get_bits(x + i) : (uint32_t)(i * 2654435761u));
	len = same(planes, n, x, NULL);
	CHECK(len && len < n * 4, "planes: one chunk that gains among others is gained: %zu bytes", len);
	free(x);
}

static void test_hostile(void)
{
	const size_t n = 300;
	float *x = floats(n), *y = floats(n);
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = (float)(i % 7) / 8;
	encode(planes, n, x, NULL, &b);
	CHECK(b.len < n * 4 && spoil(planes, n, NULL, &b, 1) > 0, "planes: some changes of %zu coded bytes are seen", b.len);
	buf_adds(&b, "x", NULL);
	CHECK(decode(planes, n, NULL, &b, 0, n, y, &err) == FL_DATA, "planes: a byte too many: %s", err.msg);
	fill_random(x, n, 1);
	encode(planes, n, x, NULL, &b);
	spoil(planes, n, NULL, &b, 7);
	b.data[0] = 9;
	CHECK(decode(planes, n, NULL, &b, 0, n, y, &err) == FL_DATA, "planes: an unknown kind: %s", err.msg);
	buf_clear(&b);
	free(x);
	free(y);
}

static void test_vectors(void)
{
	static const char *const names[] = { "mlp_r5.new", "gru_r6.new", "bow_r0.new", "mlp_r5.delta", "gru_r6.delta", "bow_r0.delta" };
	static const double want[] = { 1.20, 1.20, 1.20, 1.48, 1.36, 1.94 };
	size_t i, n, len;
	float *x;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		x = vector(names[i], &n);
		len = n ? same(planes, n, x, NULL) : 0;
		if (n)
			CHECK(len && (double)n * 4 / (double)len >= want[i], "planes: %s: %.3f times smaller, want %.2f", names[i],
			      (double)n * 4 / (double)len, want[i]);
		else
			CHECK(1, "planes: %s # SKIP no such vector here", names[i]);
		free(x);
	}
}

int main(void)
{
	CHECK(codec_find("planes") == planes, "planes: the table has it");
	test_sizes();
	test_few_kinds();
	test_hostile();
	test_vectors();
	return check_done();
}
