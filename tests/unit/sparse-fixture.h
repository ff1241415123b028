/*
 * sparse-fixture.h - what tests of sparse codecs share: files of several tensors, pairs against dense values, and hostile bytes of
 * codecs to which no bytes at all mean zeros.
 */
#ifndef FL_TESTS_SPARSE_FIXTURE_H
#define FL_TESTS_SPARSE_FIXTURE_H

#include "lossy-fixture.h"

#define SPARSE_TENSORS 4

struct sparse_file {
	struct codec_tensor t[SPARSE_TENSORS];
	uint64_t shape[SPARSE_TENSORS];
	const float *x; /* of all tensors, one behind the other */
	float *y;       /* the same decoded */
	size_t n, reads;
	uint64_t bytes;
};

static inline size_t sparse_start(const struct sparse_file *f, size_t i)
{
	return i ? sparse_start(f, i - 1) + (size_t)f->t[i - 1].n : 0;
}

static inline int sparse_read(void *ctx, size_t i, float *x, struct fl_err *err)
{
	struct sparse_file *f = ctx;

	(void)err;
	f->reads++;
	memcpy(x, f->x + sparse_start(f, i), f->t[i].n * sizeof *x);
	return FL_OK;
}

/* x (n) cut into tensors, one of them empty and one of a single value where n is enough. The caller frees y. */
static inline struct sparse_file sparse_file_of(const float *x, size_t n)
{
	static const char *const name[SPARSE_TENSORS] = { "b", "w1.weight", "w1.bias", "w2" };
	struct sparse_file f = { .x = x, .n = n, .y = malloc((n ? n : 1) * sizeof *x) };
	size_t i;

	f.shape[0] = n > 2 ? 1 : 0;
	f.shape[1] = n / 2;
	f.shape[3] = n - f.shape[0] - f.shape[1];
	for (i = 0; i < SPARSE_TENSORS; i++)
		f.t[i] = (struct codec_tensor){ .name = name[i], .ndim = 1, .n = f.shape[i], .seed = 40 + i };
	memset(f.y, 0x7f, n * sizeof *f.y);
	return f;
}

/* Every tensor there and back. 1 if nothing failed. */
static inline int sparse_both(const char *text, struct sparse_file *f, struct codec_plan *p)
{
	struct codec_source s = { f->t, SPARSE_TENSORS, sparse_read, f };
	struct codec_choice c;
	struct fl_err err = { 0 };
	struct buf b = { 0 };
	size_t i;
	int rc;

	memset(p, 0, sizeof *p);
	f->bytes = f->reads = 0;
	TRY(codec_parse(&c, text, &err));
	TRY(c.codec->plan(c.v, &s, p, &err));
	for (i = 0; i < SPARSE_TENSORS; i++) {
		b.len = 0;
		TRY(c.codec->encode(c.v, p, &f->t[i], f->x + sparse_start(f, i), &b, &err));
		f->bytes += b.len;
		TRY(lossy_decode(&c, &f->t[i], b.data, b.len, f->y + sparse_start(f, i), &err));
	}
out:
	if (rc)
		printf("# %s: %s\n", text, err.msg);
	buf_clear(&b);
	return !rc;
}

/* 1 if sparse() of the chunk from `from` is decode() without its zeros, or both say FL_DATA. */
static inline int sparse_agrees(const struct codec_choice *c, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from)
{
	size_t n = t->n - from < CODEC_CHUNK ? (size_t)(t->n - from) : CODEC_CHUNK, k = 0, i, j = 0;
	float *y = calloc(n + 1, sizeof *y), *v = calloc(n + 1, sizeof *v);
	uint32_t *at = calloc(n + 1, sizeof *at);
	struct fl_err err = { 0 };
	int rc = c->codec->decode(c->v, t, in, from, n, y, &err), ok;

	ok = c->codec->sparse(c->v, t, in, from, n, at, v, &k, &err) == rc && (rc == FL_OK || rc == FL_DATA) && k <= n;
	for (i = 0; ok && rc == FL_OK && i < n; i++) {
		if (j < k && at[j] == i)
			ok &= !memcmp(&v[j++], &y[i], sizeof *y) && isfinite(y[i]);
		else
			ok &= y[i] == 0;
	}
	ok &= rc != FL_OK || j == k;
	free(y);
	free(v);
	free(at);
	return ok;
}

/* Pairs are the values, for all chunks of t and for its bytes with one wrong. */
static inline void sparse_pairs(const char *text, const struct codec_tensor *t, const float *x)
{
	struct codec_plan p;
	struct codec_choice c;
	struct fl_err err = { 0 };
	struct buf b = { 0 };
	struct codec_memory m;
	struct codec_bytes in;
	uint64_t from;
	size_t i;
	int ok = 1;

	if (!CHECK(!lossy_encode(text, t, x, &c, &p, &b, &err), "%s encodes %d values", text, (int)t->n))
		exit(1);
	m = (struct codec_memory){ b.data, b.len };
	in = codec_bytes_of(&m);
	for (from = 0; from < t->n; from += CODEC_CHUNK)
		ok &= sparse_agrees(&c, t, &in, from);
	CHECK(ok, "%s: %d values as pairs are the values", text, (int)t->n);
	for (i = 0; t->n <= 2000 && i < b.len; i++) {
		b.data[i] ^= 0x11;
		ok &= sparse_agrees(&c, t, &in, 0);
		b.data[i] ^= 0x11;
	}
	CHECK(ok, "%s: so they are where a byte is wrong", text);
	buf_clear(&b);
}

/* lossy_hostile() where no bytes are a tensor of zeros. */
static inline void sparse_hostile(const char *text, const struct codec_tensor *t, const float *x)
{
	struct codec_plan p;
	struct codec_choice c;
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	float *y = malloc(t->n * sizeof *y);
	size_t i, bad = 0, cut = 0;
	unsigned k;

	if (!CHECK(!lossy_encode(text, t, x, &c, &p, &b, &err) && b.len, "%s encodes %d values", text, (int)t->n))
		exit(1);
	CHECK(lossy_bears(&c, t, b.data, 0), "%s: no bytes are borne", text);
	for (i = 1; i < b.len; i++) {
		cut += lossy_decode(&c, t, b.data, i, y, &err) == FL_DATA;
		bad += !lossy_bears(&c, t, b.data, i);
	}
	CHECK(cut == b.len - 1 && !bad, "%s: every other truncation of %d values is refused", text, (int)t->n);
	for (bad = i = 0; i < b.len; i++)
		for (k = 1; k < 256; k++) {
			b.data[i] = (char)(b.data[i] ^ (char)k);
			bad += !lossy_bears(&c, t, b.data, b.len);
			b.data[i] = (char)(b.data[i] ^ (char)k);
		}
	CHECK(!bad, "%s: any wrong byte among %d values' is refused or gives finite values", text, (int)t->n);
	CHECK(!buf_add(&b, "", 1, &err) && lossy_decode(&c, t, b.data, b.len, y, &err) == FL_DATA, "%s: a byte too many is refused", text);
	buf_clear(&b);
	free(y);
}

/* The sizes at which something begins or ends. */
static inline void sparse_sizes(const char *text)
{
	static const uint64_t n[] = { 0, 1, 2, 1000, CODEC_CHUNK - 1, CODEC_CHUNK, CODEC_CHUNK + 1 };
	size_t i;

	for (i = 0; i < sizeof n / sizeof *n; i++)
		lossy_values(text, n[i]);
}

/* 1 if the codec does not take text. */
static inline int sparse_refused(const char *text)
{
	struct codec_choice c;
	struct fl_err err = { 0 };

	return codec_parse(&c, text, &err) == FL_USAGE && *err.msg;
}

#endif
