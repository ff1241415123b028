#include "codec/rans.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"

#define N 70000

static uint8_t sym[N], ctx[N], got[N];
static uint64_t count[RANS_CONTEXTS * RANS_SYMBOLS];

/* Symbols of a geometric kind; a few are seen once only. */
static void make(struct rng *r, size_t n, unsigned symbols, double skew)
{
	size_t i;
	double u;

	for (i = 0; i < n; i++) {
		for (u = rng_uniform(r), sym[i] = 0; u < skew && sym[i] + 1u < symbols; u = rng_uniform(r))
			sym[i]++;
		if (i % 9973 == 5)
			sym[i] = (uint8_t)(symbols - 1 - i / 9973 % symbols);
	}
}

/* Fit, write and read the table, encode and decode with and without vectors; the bytes used, or 0 if anything differs. */
static size_t round_trip(enum rans_order order, size_t n, unsigned contexts, unsigned symbols, unsigned lanes, double *expected)
{
	struct rans_model m = { .contexts = contexts, .symbols = symbols }, back;
	struct buf table = { 0 }, out = { 0 }, plain = { 0 };
	struct rans_encoder e = { 0 };
	struct rans_decoder d = { 0 };
	struct fl_err err;
	size_t i, used = 0, bytes = 0;
	int rc, mode;

	if (order == RANS_LEFT)
		rans_left(sym, n, lanes, contexts, ctx);
	memset(count, 0, sizeof count);
	for (i = 0; i < n; i++)
		count[ctx[i] * symbols + sym[i]]++;
	*expected = rans_fit(&m, count) / 8;
	TRY(rans_put_model(&m, &table, &err));
	TRY(rans_get_model(&back, (unsigned char *)table.data, table.len, &used, &err));
	if (used != table.len || back.symbols != symbols || back.contexts != contexts)
		goto out;
	TRY(rans_encoder_make(&e, &m, &err));
	TRY(rans_encode(&e, order, sym, ctx, n, lanes, &out, &err));
	e.plain = 1;
	TRY(rans_encode(&e, order, sym, ctx, n, lanes, &plain, &err));
	if (out.len != plain.len || memcmp(out.data, plain.data, out.len))
		goto out;
	TRY(rans_decoder_make(&d, &back, &err));
	for (mode = 0; mode < 2; mode++) {
		d.plain = mode;
		memset(got, 0xee, sizeof got);
		TRY(rans_decode(&d, order, (unsigned char *)out.data, out.len, order == RANS_LEFT ? NULL : ctx, n, got, &err));
		if (memcmp(got, sym, n))
			goto out;
	}
	bytes = out.len + table.len;
out:
	if (rc)
		printf("# %s\n", err.msg);
	rans_encoder_clear(&e);
	rans_decoder_clear(&d);
	buf_clear(&table);
	buf_clear(&out);
	buf_clear(&plain);
	return bytes;
}

static void round_trips(void)
{
	static const size_t sizes[] = { 1, 2, 3, 31, 32, 33, 1000, 2047, 2048, 65536, N };
	static const double skews[] = { .02, .3, .9 };
	struct rng r;
	unsigned lanes, order, k, alphabet[] = { 1, 2, 21, 93, 256 };
	size_t i, n, bytes, bad = 0, far = 0, tried = 0;
	double expected;

	rng_seed(&r, 1, 1);
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (k = 0; k < 15; k++)
			for (order = 0; order < 2; order++)
				for (lanes = 1; lanes <= RANS_LANES; lanes *= 2, tried++) {
					make(&r, sizes[i], alphabet[k % 5], skews[k / 5]);
					for (n = 0; n < sizes[i]; n++)
						ctx[n] = (uint8_t)rng_below(&r, 16);
					bytes = round_trip(order, sizes[i], order ? 8 : 16, alphabet[k % 5], lanes, &expected);
					bad += !bytes;
					far += bytes && fabs((double)bytes - expected - 2.9 * lanes) > 8 + 1.2 * lanes + .004 * expected;
				}
	CHECK(tried > 900 && !bad, "symbols and tables round trip, and vectors change nothing (%zu of %zu do not)", bad, tried);
	CHECK(!far, "the size is what rans_fit says and 3 bytes a lane (%zu of %zu are not)", far, tried);
}

/* A symbol of frequency 1 beside one of 4095, for long: where dividing by multiplying goes wrong if states grow too large. */
static void rare(void)
{
	size_t i;
	double expected;

	for (i = 0; i < N; i++) {
		sym[i] = i % 30011 == 17 || i == N - 1 ? 1 : 0;
		ctx[i] = 0;
	}
	CHECK(round_trip(RANS_GIVEN, N, 1, 2, 32, &expected), "a symbol of frequency 1");
	CHECK(round_trip(RANS_GIVEN, N, 1, 2, 1, &expected), "in one lane");
	memset(sym, 7, N);
	CHECK(round_trip(RANS_GIVEN, N, 1, 8, 1, &expected) && round_trip(RANS_LEFT, N, 8, 8, 32, &expected),
	      "one symbol alone costs nothing but lanes");
}

/* Whatever is done to a stream or its table, reading it ends, inside its bounds, with an error or with symbols. */
static void hostile(void)
{
	struct buf out = { 0 };
	unsigned char *copy;
	struct rng r;
	struct fl_err err;
	size_t i, k, refused = 0, tried = 0;
	int cut = 1;

	rng_seed(&r, 2, 2);
	make(&r, 5000, 40, .7);
	CHECK(rans_put_bytes(sym, 5000, &out, &err) == FL_OK && out.len < 2500, "plain bytes become fewer");
	CHECK(rans_get_bytes((unsigned char *)out.data, out.len, got, 5000, &err) == FL_OK && !memcmp(got, sym, 5000), "and come back");
	copy = malloc(out.len);
	for (i = 0; i < out.len && copy; i++) {
		memcpy(copy, out.data, i); /* exactly as much as there is, for the sanitizer to see */
		copy = realloc(copy, i ? i : 1);
		cut &= rans_get_bytes(copy, i, got, 5000, &err) == FL_DATA;
		copy = realloc(copy, out.len);
	}
	CHECK(cut, "every shorter stream is refused");
	for (i = 0; i < out.len && copy; i++)
		for (k = 0; k < 8; k++, tried++) {
			memcpy(copy, out.data, out.len);
			copy[i] = (unsigned char)(copy[i] ^ (k < 7 ? 1u << k : 0xff));
			refused += rans_get_bytes(copy, out.len, got, 5000, &err) == FL_DATA;
		}
	CHECK(refused > tried * 99 / 100, "a changed byte is noticed (%zu of %zu)", refused, tried);
	for (i = 0; i < 3000 && copy; i++) {
		for (k = 0; k < 400; k++)
			copy[k] = (unsigned char)rng_u64(&r);
		copy[0] = 1;
		(void)rans_get_bytes(copy, 400, got, 5000, &err);
	}
	CHECK(copy, "noise is read without harm");
	free(copy);
	buf_clear(&out);
}

static void bytes(void)
{
	struct buf out = { 0 };
	struct rng r;
	struct fl_err err;
	size_t n;
	int ok = 1;

	rng_seed(&r, 3, 3);
	for (n = 0; n < N; n++)
		sym[n] = (uint8_t)rng_u64(&r);
	for (n = 0; n <= 66000; n = 3 * n + 1) {
		out.len = 0;
		ok &= rans_put_bytes(sym, n, &out, &err) == FL_OK && out.len == n + 1;
		ok &= rans_get_bytes((unsigned char *)out.data, out.len, got, n, &err) == FL_OK && !memcmp(got, sym, n);
	}
	CHECK(ok, "bytes without structure grow by one");
	CHECK(rans_get_bytes((const unsigned char *)"\0abc", 4, got, 4, &err) == FL_DATA, "raw bytes of another number are refused");
	CHECK(rans_get_bytes((const unsigned char *)"\2abc", 4, got, 3, &err) == FL_DATA, "so is a way not known");
	buf_clear(&out);
}

int main(void)
{
	round_trips();
	rare();
	hostile();
	bytes();
	return check_done();
}
