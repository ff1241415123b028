/*
 * lossy-fixture.h - what tests of lossy codecs share: tensors to encode, decoding by chunks, and what every codec must bear.
 */
#ifndef FL_TESTS_LOSSY_FIXTURE_H
#define FL_TESTS_LOSSY_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/codec.h"

/* n values that the caller frees. */
static inline float *lossy_normal(size_t n, uint64_t seed)
{
	float *x = malloc((n ? n : 1) * sizeof *x);
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	for (i = 0; i < n; i++)
		x[i] = (float)rng_normal(&r);
	return x;
}

/* |x - y|^2 / |x|^2 */
static inline double lossy_nmse(const float *x, const float *y, size_t n)
{
	double e = 0, s = 0, d;
	size_t i;

	for (i = 0; i < n; i++) {
		d = (double)x[i] - (double)y[i];
		e += d * d;
		s += (double)x[i] * (double)x[i];
	}
	return s > 0 ? e / s : e;
}

static inline int lossy_finite(const float *x, size_t n)
{
	size_t i;

	for (i = 0; i < n && isfinite(x[i]); i++)
		;
	return i == n;
}

/* A file of one tensor, for plan(). */
struct lossy_file {
	struct codec_tensor t;
	const float *x;
};

static inline int lossy_read(void *ctx, size_t i, float *x, struct fl_err *err)
{
	const struct lossy_file *f = ctx;

	(void)i;
	(void)err;
	memcpy(x, f->x, f->t.n * sizeof *x);
	return FL_OK;
}

/* Plan and encode t with x as text says. */
static inline int lossy_encode(const char *text, const struct codec_tensor *t, const float *x, struct codec_choice *c,
			       struct codec_plan *p, struct buf *out, struct fl_err *err)
{
	struct lossy_file f = { *t, x };
	struct codec_source s = { &f.t, 1, lossy_read, &f };
	int rc;

	memset(p, 0, sizeof *p);
	TRY(codec_parse(c, text, err));
	if (c->codec->plan)
		TRY(c->codec->plan(c->v, &s, p, err));
	TRY(c->codec->encode(c->v, p, t, x, out, err));
out:
	return rc;
}

/* All chunks, the last first. */
static inline int lossy_decode(const struct codec_choice *c, const struct codec_tensor *t, const void *bytes, size_t len, float *x,
			       struct fl_err *err)
{
	struct codec_memory m = { bytes, len };
	struct codec_bytes in = codec_bytes_of(&m);
	uint64_t i, from;
	int rc = FL_OK;

	for (i = codec_chunks(t->n); i-- > 0;) {
		from = i * CODEC_CHUNK;
		TRY(c->codec->decode(c->v, t, &in, from, t->n - from < CODEC_CHUNK ? t->n - from : CODEC_CHUNK, x + from, err));
	}
out:
	return rc;
}

/* There and back: y (t->n) and the number of bytes. A failure ends the test. */
static inline size_t lossy_both(const char *text, const struct codec_tensor *t, const float *x, float *y, struct codec_plan *p)
{
	struct fl_err err = { 0 };
	struct codec_choice c;
	struct buf b = { 0 };
	size_t len;

	if (lossy_encode(text, t, x, &c, p, &b, &err) || lossy_decode(&c, t, b.data, b.len, y, &err)) {
		printf("Bail out! %s: %s\n", text, err.msg);
		exit(1);
	}
	len = b.len;
	buf_clear(&b);
	return len;
}

static inline struct codec_tensor lossy_vector(uint64_t *n, uint64_t seed)
{
	return (struct codec_tensor){ .name = "t", .ndim = 1, .shape = n, .n = *n, .seed = seed };
}

/* 1 if decoding the len bytes at p says FL_DATA in a sentence or gives finite values. */
static inline int lossy_bears(const struct codec_choice *c, const struct codec_tensor *t, const char *p, size_t len)
{
	float *y = malloc((t->n ? t->n : 1) * sizeof *y);
	char *exact = malloc(len ? len : 1); /* reading past it is seen by the address sanitizer */
	struct fl_err err = { 0 };
	int rc, ok;

	memcpy(exact, p, len);
	rc = lossy_decode(c, t, exact, len, y, &err);
	ok = rc == FL_DATA ? *err.msg != 0 : rc == FL_OK && lossy_finite(y, t->n);
	if (!ok)
		printf("# %zu bytes: status %d \"%s\"\n", len, rc, err.msg);
	free(exact);
	free(y);
	return ok;
}

/* Every truncation of t's bytes is FL_DATA; a wrong byte anywhere is borne. */
static inline void lossy_hostile(const char *text, const struct codec_tensor *t, const float *x)
{
	static const unsigned char change[] = { 0x01, 0x40, 0x80, 0xff };
	struct codec_plan p;
	struct codec_choice c;
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	float *y = malloc(t->n * sizeof *y);
	size_t i, k, bad = 0, cut = 0;

	if (!CHECK(!lossy_encode(text, t, x, &c, &p, &b, &err), "%s encodes %d values", text, (int)t->n))
		exit(1);
	for (i = 0; i < b.len; i++) {
		cut += lossy_decode(&c, t, b.data, i, y, &err) == FL_DATA;
		bad += !lossy_bears(&c, t, b.data, i);
	}
	CHECK(cut == b.len && !bad, "%s: every truncation of %d values is refused", text, (int)t->n);
	for (bad = i = 0; i < b.len; i++)
		for (k = 0; k < sizeof change; k++) {
			b.data[i] = (char)(b.data[i] ^ change[k]);
			bad += !lossy_bears(&c, t, b.data, b.len);
			b.data[i] = (char)(b.data[i] ^ change[k]);
		}
	CHECK(!bad, "%s: a wrong byte among %d values' is refused or gives finite values", text, (int)t->n);
	CHECK(!buf_add(&b, "", 1, &err) && lossy_decode(&c, t, b.data, b.len, y, &err) == FL_DATA, "%s: a byte too many is refused", text);
	buf_clear(&b);
	free(y);
}

/* Values that break careless arithmetic, n of them: finite values come back, zeros as zeros, and twice the same bytes. */
static inline void lossy_values(const char *text, uint64_t n)
{
	static const float scale[] = { 0, 1e-45f, 1e-39f, 1, 1e6f, 3e38f };
	float *x = malloc((n ? n : 1) * sizeof *x), *y = malloc((n ? n : 1) * sizeof *y), *r = lossy_normal(n, 5);
	struct codec_tensor t = lossy_vector(&n, 11);
	struct codec_plan p;
	uint64_t i;
	size_t k;
	int bad = 0, zeros = 0;

	for (k = 0; k < 2 * sizeof scale / sizeof *scale; k++) {
		for (i = 0; i < n; i++) /* first all of one sign and size, then of all sizes up to that */
			x[i] = scale[k / 2] * (k % 2 ? fmaxf(-1, fminf(1, r[i] / 3)) : 1);
		memset(y, 0xff, n * sizeof *y);
		lossy_both(text, &t, x, y, &p);
		bad += !lossy_finite(y, n) || !isfinite(p.bits) || !isfinite(p.nmse);
		if (k < 2)
			for (i = 0; i < n; i++)
				zeros += y[i] != 0;
	}
	CHECK(!bad, "%s: %llu values of any size come back finite", text, (unsigned long long)n);
	CHECK(!zeros, "%s: %llu zeros come back as zeros", text, (unsigned long long)n);
	free(x);
	free(y);
	free(r);
}

/* Any chunk alone gives what it gives among the others, and encoding again gives the same bytes. */
static inline void lossy_again(const char *text, const struct codec_tensor *t, const float *x)
{
	struct fl_err err = { 0 };
	struct codec_choice c;
	struct codec_plan p;
	struct buf a = { 0 }, b = { 0 };
	struct codec_memory m;
	struct codec_bytes in = codec_bytes_of(&m);
	float *y = malloc((t->n + 1) * sizeof *y), *z = malloc(CODEC_CHUNK * sizeof *z);
	uint64_t from;
	size_t n;
	int same = 1;

	CHECK(!lossy_encode(text, t, x, &c, &p, &a, &err) && !lossy_encode(text, t, x, &c, &p, &b, &err) && a.len == b.len &&
	      !memcmp(a.data, b.data, a.len), "%s: the same values give the same bytes", text);
	m = (struct codec_memory){ a.data, a.len };
	in = codec_bytes_of(&m);
	same &= !lossy_decode(&c, t, a.data, a.len, y, &err);
	for (from = 0; from < t->n; from += CODEC_CHUNK) {
		n = t->n - from < CODEC_CHUNK ? t->n - from : CODEC_CHUNK;
		same &= !c.codec->decode(c.v, t, &in, from, n, z, &err) && !memcmp(y + from, z, n * sizeof *z);
	}
	CHECK(same, "%s: a chunk of %llu values does not depend on which were read before", text, (unsigned long long)t->n);
	buf_clear(&a);
	buf_clear(&b);
	free(y);
	free(z);
}

/* Real updates: the file called name, or NULL with a line that says so. The caller frees. */
static inline float *lossy_update(const char *name, size_t n)
{
	const char *shared = getenv("FL_SHARED");
	char path[400];
	float *x = malloc(n * sizeof *x);
	FILE *f;

	snprintf(path, sizeof path, "%s/vectors/updates/%s", shared ? shared : "../shared", name);
	f = fopen(path, "rb");
	if (!f || fread(x, sizeof *x, n, f) != n) {
		printf("ok %d - # skip %s is not here\n", ++check_n, path);
		free(x);
		x = NULL;
	}
	if (f)
		fclose(f);
	return x;
}

#endif
