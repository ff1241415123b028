/* randk: places from the seed alone, values that add, a mean over seeds that is the value. */
#include "check.h"

#include "sparse-fixture.h"

static void encode_to(struct buf *b, const struct codec_choice *c, const struct codec_tensor *t, const float *x)
{
	struct codec_plan p = { 0 };
	struct fl_err err = { 0 };

	b->len = 0;
	if (c->codec->encode(c->v, &p, t, x, b, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
}

static void parse(struct codec_choice *c, const char *text)
{
	struct fl_err err = { 0 };

	if (codec_parse(c, text, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
}

/* Whole numbers up to 2^20 and a part of 1/4: all sums and products are exact. */
static void adds(uint64_t n)
{
	struct codec_tensor t = lossy_vector(&n, 77);
	float *x[3], *y[3];
	struct codec_choice c;
	struct fl_err err = { 0 };
	struct buf b[3] = { { 0 } };
	struct rng r;
	size_t i, j, bad = 0, kept = 0;

	rng_seed(&r, 3, 0);
	for (j = 0; j < 3; j++) {
		x[j] = malloc(n * sizeof **x);
		y[j] = malloc(n * sizeof **y);
	}
	for (i = 0; i < n; i++) {
		x[0][i] = (float)rng_below(&r, 1 << 20) - (1 << 19);
		x[1][i] = (float)rng_below(&r, 1 << 20) - (1 << 19);
		x[2][i] = x[0][i] + x[1][i];
	}
	parse(&c, "randk:.25");
	for (j = 0; j < 3; j++) {
		encode_to(&b[j], &c, &t, x[j]);
		bad += lossy_decode(&c, &t, b[j].data, b[j].len, y[j], &err) != FL_OK;
	}
	for (i = 0; i < n; i++) {
		bad += y[0][i] + y[1][i] != y[2][i] || (y[2][i] != 0 && y[2][i] != 4 * x[2][i]);
		kept += y[2][i] != 0;
	}
	CHECK(!bad && kept, "%d values: what is decoded adds like the values", (int)n);
	for (i = bad = 0; i < b[2].len; i += 4) {
		float v[3];

		for (j = 0; j < 3; j++)
			memcpy(&v[j], b[j].data + i, sizeof v[j]);
		bad += v[0] + v[1] != v[2];
	}
	CHECK(!bad && b[2].len == n / 4 * 4, "%d values: so does what is sent, %zu bytes", (int)n, b[2].len);
	for (j = 0; j < 3; j++) {
		free(x[j]);
		free(y[j]);
		buf_clear(&b[j]);
	}
}

/* Over SEEDS seeds every value is kept k/n of the time; the last chunk, of one value, too. Sums over groups of values are
 * hypergeometric at most: 5 standard errors of a binomial are wide enough. */
static void kept_alike(uint64_t n, const char *text, double part)
{
	enum { SEEDS = 300, GROUPS = 64 };
	struct codec_tensor t = lossy_vector(&n, 0);
	double count[GROUPS + 1] = { 0 }, size[GROUPS + 1] = { 0 }, p, z, worst = 0;
	uint32_t *at = malloc(CODEC_CHUNK * sizeof *at);
	float *x = malloc((size_t)n * sizeof *x), *y = malloc(CODEC_CHUNK * sizeof *y);
	uint64_t want = (uint64_t)ceil(part * (double)n - 1e-9), from, total;
	struct codec_choice c;
	struct fl_err err = { 0 };
	struct codec_memory m;
	struct codec_bytes in;
	struct buf b = { 0 };
	size_t i, k, g, bad = 0;

	for (i = 0; i < n; i++)
		x[i] = (float)i;
	parse(&c, text);
	for (i = 0; i < n; i++)
		size[i + 1 == n ? GROUPS : i * GROUPS / n]++;
	for (t.seed = 1; t.seed <= SEEDS; t.seed++) {
		encode_to(&b, &c, &t, x);
		m = (struct codec_memory){ b.data, b.len };
		in = codec_bytes_of(&m);
		for (from = total = 0; from < n; from += CODEC_CHUNK, total += k) {
			bad += c.codec->sparse(c.v, &t, &in, from, n - from < CODEC_CHUNK ? n - from : CODEC_CHUNK, at, y, &k, &err) != 0;
			for (i = 0; i < k; i++) {
				bad += (i && at[i] <= at[i - 1]) || fabs((double)y[i] - (double)(from + at[i])) > 0;
				g = from + at[i] + 1 == n ? GROUPS : (from + at[i]) * GROUPS / n;
				count[g]++;
			}
		}
		bad += total != want;
	}
	CHECK(!bad, "%s of %d: %d values in rising order, each itself", text, (int)n, (int)want);
	for (g = 0, p = (double)want / (double)n; g <= GROUPS; g++) {
		z = size[g] > 0 ? (count[g] - SEEDS * size[g] * p) / sqrt(SEEDS * size[g] * p * (1 - p)) : 0;
		worst = fmax(worst, fabs(z));
	}
	CHECK(worst < 5, "%s of %d: every place is kept as often as any (%.1f)", text, (int)n, worst);
	free(at);
	free(x);
	free(y);
	buf_clear(&b);
}

/* The mean of decoded values is the value, and the mean error (n/k - 1) |x|^2. */
static void unbiased(void)
{
	enum { N = 500, SEEDS = 4000 };
	uint64_t n = N;
	float *x = lossy_normal(N, 5), *y = malloc(N * sizeof *y);
	struct codec_tensor t = lossy_vector(&n, 0);
	const struct codec *c = codec_find("randk");
	double v[] = { .1, 1 }, sum[N] = { 0 }, nmse = 0, worst = 0;
	struct codec_plan p;
	size_t i;

	for (t.seed = 1; t.seed <= SEEDS; t.seed++) {
		lossy_both("randk:.1", &t, x, y, &p);
		nmse += lossy_nmse(x, y, N) / SEEDS;
		for (i = 0; i < N; i++)
			sum[i] += (double)y[i];
	}
	for (i = 0; i < N; i++) /* the variance of y is 9 x^2 */
		worst = fmax(worst, fabs(sum[i] / SEEDS / (double)x[i] - 1) / sqrt(9. / SEEDS));
	CHECK(worst < 5, "the mean over seeds is the value (%.1f standard errors)", worst);
	CHECK_NEAR(nmse, 9, .1, "the mean error is n/k - 1");
	CHECK_NEAR(p.nmse, 9, 1e-9, "as planned");
	CHECK_NEAR(c->omega(v, N), 9, 1e-9, "and omega");
	v[1] = 0;
	CHECK_NEAR(c->omega(v, N), .9, 1e-9, "as it is, it is a contraction");
	t.seed = 1;
	lossy_both("randk:.1,unbiased=0", &t, x, y, &p);
	for (i = 0; i < N && (y[i] == 0 || y[i] == x[i]); i++)
		;
	CHECK(i == N, "whose values are the values");
	free(x);
	free(y);
}

static void refused(void)
{
	uint64_t n = 10;
	struct codec_tensor t = lossy_vector(&n, 1);
	float x[10] = { 0 }, y[10];
	struct codec_choice c;
	struct codec_plan p;
	struct fl_err err = { 0 };
	struct buf b = { 0 };

	x[3] = 1;
	CHECK(!lossy_encode("randk:1", &t, x, &c, &p, &b, &err) && b.len == 40, "all of ten values");
	b.data[2] = (char)0x80;
	b.data[3] = 0x7f;
	CHECK(lossy_decode(&c, &t, b.data, b.len, y, &err) == FL_DATA, "infinity is refused");
	CHECK(lossy_decode(&c, &t, b.data, 36, y, &err) == FL_DATA, "so is a value too few");
	for (n = 0; n < 10; n++)
		x[n] = 3e38f;
	n = 10;
	b.len = 0;
	CHECK(lossy_encode("randk:.1", &t, x, &c, &p, &b, &err) == FL_DATA, "a value that would be beyond floats is not sent");
	CHECK(sparse_refused("randk:1.1") && sparse_refused("randk:0") && sparse_refused("randk:unbiased=2"), "parameters out of range");
	buf_clear(&b);
}

int main(void)
{
	uint64_t n = 300, more = 2 * CODEC_CHUNK + 5;
	float *x = lossy_normal(more, 2);
	struct codec_tensor t = lossy_vector(&n, 1), big = lossy_vector(&more, 1);

	adds(1000);
	adds(2 * CODEC_CHUNK + 4);
	kept_alike(1000, "randk:.1,unbiased=0", .1);
	kept_alike(1000, "randk:.8,unbiased=0", .8);
	kept_alike(CODEC_CHUNK + 1, "randk:.01,unbiased=0", .01);
	unbiased();
	refused();
	lossy_hostile("randk:.1", &t, x);
	sparse_pairs("randk:.1", &t, x);
	sparse_pairs("randk:.7", &big, x);
	lossy_again("randk:.1", &big, x);
	sparse_sizes("randk:.1,unbiased=0");
	sparse_sizes("randk:1");
	free(x);
	return check_done();
}
