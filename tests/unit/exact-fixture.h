/* exact-fixture.h - what codecs that give values back bit for bit are asked, whatever they are called. */
#ifndef FL_TESTS_EXACT_FIXTURE_H
#define FL_TESTS_EXACT_FIXTURE_H

#include "check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "codec/codec.h"

static inline float *floats(size_t n)
{
	float *x = malloc((n ? n : 1) * sizeof *x);

	if (!x)
		exit(74);
	return x;
}

static inline void put_bits(float *x, uint32_t u)
{
	memcpy(x, &u, sizeof u);
}

static inline uint32_t get_bits(const float *x)
{
	uint32_t u;

	memcpy(&u, x, sizeof u);
	return u;
}

static inline struct codec_tensor tensor_of(size_t n, const float *base)
{
	return (struct codec_tensor){ .name = "w", .ndim = 1, .n = n, .base = base };
}

static inline void encode(const struct codec *c, size_t n, const float *x, const float *base, struct buf *out)
{
	struct codec_tensor t = tensor_of(n, base);
	struct codec_plan p = { 0 };
	struct fl_err err;

	t.shape = &t.n;
	out->len = 0;
	if (c->encode(NULL, &p, &t, x, out, &err) != FL_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(70);
	}
}

/* One chunk out of exactly b's bytes, so that a sanitizer sees a read past the end. */
static inline int decode(const struct codec *c, size_t n, const float *base, const struct buf *b, size_t from, size_t k, float *x,
			 struct fl_err *err)
{
	struct codec_tensor t = tensor_of(n, base);
	struct codec_memory m = { malloc(b->len ? b->len : 1), b->len };
	struct codec_bytes in = codec_bytes_of(&m);
	int rc;

	t.shape = &t.n;
	if (b->len)
		memcpy((void *)(uintptr_t)m.p, b->data, b->len);
	rc = c->decode(NULL, &t, &in, from, k, x, err);
	free((void *)(uintptr_t)m.p);
	return rc;
}

/* Encoded, and decoded from the last chunk to the first, x is x and it is at most 64 bytes longer. Its length, or 0. */
static inline size_t same(const struct codec *c, size_t n, const float *x, const float *base)
{
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	float *y = floats(n + 1);
	size_t at = codec_chunks(n) * CODEC_CHUNK, k, len;
	int ok = 1;

	encode(c, n, x, base, &b);
	len = b.len;
	y[n] = 7;
	while (ok && at > 0) {
		at -= CODEC_CHUNK;
		k = n - at < CODEC_CHUNK ? n - at : CODEC_CHUNK;
		ok = decode(c, n, base, &b, at, k, y + at, &err) == FL_OK;
	}
	if (!ok)
		printf("# %s\n", err.msg);
	ok = ok && !memcmp(x, y, n * sizeof *x) && y[n] == 7 && len <= n * 4 + 64;
	free(y);
	buf_clear(&b);
	return ok ? len : 0;
}

/* Bits that floats of a model never have beside some that they do. */
static inline void fill_strange(float *x, size_t n, uint64_t seed)
{
	static const uint32_t strange[] = { 0, 0x80000000, 1, 0x80000001, 0x7fffff, 0x807fffff, 0x800000, 0x7f7fffff, 0xff7fffff,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fabcdef };
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	for (i = 0; i < n; i++)
		put_bits(x + i, strange[rng_below(&r, sizeof strange / sizeof *strange)]);
}

static inline void fill_random(float *x, size_t n, uint64_t seed)
{
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	for (i = 0; i < n; i++)
		put_bits(x + i, (uint32_t)rng_u64(&r));
}

/* Values about base, or about 0: noise times size. */
static inline void fill_near(float *x, const float *base, size_t n, double size, uint64_t seed)
{
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	for (i = 0; i < n; i++)
		x[i] = (float)((base ? (double)base[i] : 0.0) + size * rng_normal(&r));
}

/* Every truncation and every byte of b changed: FL_DATA or values, in a program that goes on. Returns how many were refused. */
static inline size_t spoil(const struct codec *c, size_t n, const float *base, struct buf *b, size_t step)
{
	float *y = floats(n);
	struct fl_err err;
	size_t i, len = b->len, refused = 0, wrong = 0;
	unsigned k;
	int rc;

	for (i = 0; i < len; i += step) {
		b->len = i;
		wrong += decode(c, n, base, b, 0, n, y, &err) != FL_DATA;
	}
	b->len = len;
	for (i = 0; i < len; i += step)
		for (k = 1; k < 256; k = k * 3 + 1) {
			b->data[i] = (char)(b->data[i] ^ (int)k);
			rc = decode(c, n, base, b, 0, n, y, &err);
			refused += rc == FL_DATA;
			wrong += rc != FL_DATA && rc != FL_OK;
			b->data[i] = (char)(b->data[i] ^ (int)k);
		}
	CHECK(!wrong, "%s: no cut or changed byte of %zu ends otherwise than refused or read", c->name, len);
	free(y);
	return refused;
}

/* The float32 values of a vector that may not be there. The caller frees. */
static inline float *vector(const char *name, size_t *n)
{
	const char *dir = getenv("FL_SHARED");
	struct buf b = { 0 };
	char path[400];

	snprintf(path, sizeof path, "%s/vectors/updates/%s", dir ? dir : "../shared", name);
	if (in_slurp(&b, path, NULL) != FL_OK)
		buf_clear(&b);
	*n = b.len / sizeof(float);
	return (float *)(void *)b.data;
}

#endif
