/*
 * Every codec of the table: what it decodes from any bytes, and what becomes of values that it encoded itself.
 *
 * A codec as --codec takes it, a line end, what to do, two bytes of shape, one of the seed; the rest are encoded bytes, or what
 * values are made of. With FUZZ_KEEP=DIR what was encoded is written there, to be decoded: so the corpus was made,
 *   FUZZ_KEEP=tests/fuzz/corpus/codec build/replay/codec tests/fuzz/corpus/codec/encode-*
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENCODE = 1, MATRIX = 2, LONG = 4, BITS = 8, SCALE = 16 /* and up: 2^-120 .. 2^120 */ };

struct bytes {
	const uint8_t *p;
	size_t n;
};

struct subject {
	struct codec_choice how;
	struct codec_tensor t;
	uint64_t shape[2];
	unsigned what;
	float *base;
};

static void must(int ok)
{
	if (!ok)
		abort();
}

static unsigned next(struct bytes *b)
{
	return b->n ? (b->n--, *b->p++) : 0;
}

/* Exact, so that a sanitizer sees a write past the end. */
static void *room(size_t n, size_t size)
{
	void *p = malloc(n ? n * size : 1);

	must(p != NULL);
	return p;
}

/* n values from the bytes, over and over: any bits, or whole numbers times a power of two with something behind the point from
 * the second round on. Finite unless any. */
static float *make_values(struct bytes b, size_t n, unsigned what, int any)
{
	float *x = room(n, sizeof *x), scale = ldexpf(1, (int)(what / SCALE) * 16 - 120);
	struct rng r;
	uint32_t u;
	size_t i, k;

	rng_seed(&r, n, what);
	for (i = 0; i < n; i++) {
		u = (uint32_t)rng_u64(&r);
		for (k = 0; k < 4 && i * 4 + k < b.n; k++)
			u = u << 8 | b.p[i * 4 + k];
		if (what & BITS)
			memcpy(x + i, &u, sizeof u);
		else
			x[i] = scale * (b.n ? (float)b.p[i % b.n] - 128 + (float)(i / b.n * (u & 255)) / 65536 : (float)(u % 255) - 127);
		if (!any && !isfinite(x[i]))
			x[i] = 0;
	}
	return x;
}

/* The codec of the first line. 0 if there is none. */
static int read_codec(struct codec_choice *c, struct bytes *b)
{
	char text[100] = "";
	struct fl_err err = { 0 };
	size_t n = 0;

	while (n < b->n && n + 1 < sizeof text && b->p[n] != '\n' && b->p[n])
		n++;
	if (n == b->n || b->p[n] != '\n')
		return 0;
	memcpy(text, b->p, n);
	*b = (struct bytes){ b->p + n + 1, b->n - n - 1 };
	if (codec_parse(c, text, &err) == FL_OK)
		return 1;
	must(err.status == FL_USAGE && err.msg[0]);
	return 0;
}

static int read_subject(struct subject *s, struct bytes *b)
{
	unsigned rows, cols;

	*s = (struct subject){ .what = 0 };
	if (!read_codec(&s->how, b))
		return 0;
	s->what = next(b);
	rows = next(b);
	cols = next(b);
	s->t = (struct codec_tensor){ .name = "w", .ndim = 1, .seed = next(b) };
	s->shape[0] = (rows | cols << 8) % 3001;
	if (s->what & LONG && s->how.codec->sparse && !(s->what & ENCODE))
		s->shape[0] += CODEC_CHUNK;
	s->t.n = s->shape[0];
	if (s->what & MATRIX) {
		s->t.ndim = 2;
		s->shape[0] = rows % 55;
		s->shape[1] = cols % 55;
		s->t.n = s->shape[0] * s->shape[1];
	}
	return 1;
}

/* All chunks of what lies in the bytes. FL_OK or FL_DATA. */
static int decode(const struct subject *s, struct bytes b, float *x)
{
	struct codec_memory m = { b.p, b.n };
	struct codec_bytes in = codec_bytes_of(&m);
	struct fl_err err = { 0 };
	uint64_t from;
	size_t n;
	int rc = FL_OK;

	for (from = 0; from < s->t.n && rc == FL_OK; from += n) {
		n = s->t.n - from < CODEC_CHUNK ? (size_t)(s->t.n - from) : CODEC_CHUNK;
		rc = s->how.codec->decode(s->how.v, &s->t, &in, from, n, x + from, &err);
	}
	must(rc == FL_OK || (rc == FL_DATA && err.status == FL_DATA && err.msg[0]));
	return rc;
}

/* Pairs of one chunk, in order and within it, put into x, which is 0. */
static int scatter(const struct subject *s, const struct codec_bytes *in, uint64_t from, size_t n, float *x)
{
	uint32_t *at = room(n, sizeof *at);
	float *v = room(n, sizeof *v);
	struct fl_err err = { 0 };
	size_t i, k = 0;
	int rc = s->how.codec->sparse(s->how.v, &s->t, in, from, n, at, v, &k, &err);

	must(rc == FL_OK || (rc == FL_DATA && err.msg[0]));
	for (i = 0; rc == FL_OK && i < k; i++) {
		must(k <= n && at[i] < n && (!i || at[i] > at[i - 1]));
		x[at[i]] = v[i];
	}
	free(at);
	free(v);
	return rc;
}

/* sparse() says what decode() did. */
static void check_sparse(const struct subject *s, struct bytes b, const float *x, int rc)
{
	struct codec_memory m = { b.p, b.n };
	struct codec_bytes in = codec_bytes_of(&m);
	float *y = calloc(s->t.n + 1, sizeof *y);
	uint64_t from;
	size_t i, n;
	int got = FL_OK;

	must(y != NULL);
	for (from = 0; from < s->t.n && got == FL_OK; from += n) {
		n = s->t.n - from < CODEC_CHUNK ? (size_t)(s->t.n - from) : CODEC_CHUNK;
		got = scatter(s, &in, from, n, y + from);
	}
	must(got == rc);
	for (i = 0; rc == FL_OK && i < s->t.n; i++)
		must(x[i] == y[i]);
	free(y);
}

static int decode_all(const struct subject *s, struct bytes b, float *x)
{
	int rc = decode(s, b, x);
	size_t i;

	for (i = 0; rc == FL_OK && i < s->t.n && !(s->how.codec->flags & CODEC_EXACT); i++)
		must(isfinite(x[i]));
	if (s->how.codec->sparse)
		check_sparse(s, b, x, rc);
	return rc;
}

static int read_values(void *ctx, size_t i, float *x, struct fl_err *err)
{
	const struct bytes *b = ctx;

	(void)i, (void)err;
	memcpy(x, b->p, b->n);
	return FL_OK;
}

/* 0 if the codec says that it cannot. */
static int encode(const struct subject *s, const float *x, struct buf *out)
{
	struct bytes b = { (const uint8_t *)x, s->t.n * sizeof *x };
	struct codec_tensor t = s->t;
	struct codec_source src = { &t, 1, read_values, &b };
	struct codec_plan p = { 0 };
	struct fl_err err = { 0 };
	int rc = FL_OK;

	t.base = NULL;
	if (s->how.codec->plan)
		rc = s->how.codec->plan(s->how.v, &src, &p, &err);
	if (rc == FL_OK)
		rc = s->how.codec->encode(s->how.v, &p, &s->t, x, out, &err);
	must(rc == FL_OK || (rc == FL_DATA && err.msg[0]));
	must(rc != FL_OK || (p.bits >= 0 && p.nmse >= 0 && isfinite(p.bits) && isfinite(p.nmse)));
	return rc == FL_OK;
}

/* Bit for bit where that is promised; where error feedback takes the codec as it is, no further from x than 0 is. */
static void check_promise(const struct subject *s, const float *x, const float *y)
{
	const struct codec *c = s->how.codec;
	double all = 0, off = 0;
	size_t i;

	if (c->flags & CODEC_EXACT)
		must(!memcmp(x, y, s->t.n * sizeof *x));
	if (c->flags & (CODEC_EXACT | CODEC_UNBIASED) || c->omega)
		return;
	for (i = 0; i < s->t.n; i++) {
		all += (double)x[i] * x[i];
		off += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
	}
	must(off <= all * 1.001);
}

/* A file that decodes what was encoded, after the k bytes at head. */
static void keep(const char *dir, const uint8_t *head, size_t k, const struct buf *encoded)
{
	char path[500];
	size_t n = (size_t)snprintf(path, sizeof path, "%s/decode-", dir), i;
	FILE *f;

	for (i = 0; head[i] != '\n' && n + 1 < sizeof path; i++)
		path[n++] = head[i] == ':' || head[i] == '/' ? '-' : (char)head[i];
	path[n] = 0;
	f = fopen(path, "wb");
	must(f != NULL);
	for (i = 0; i < k; i++)
		putc(i + 4 == k ? head[i] & ~ENCODE : head[i], f);
	fwrite(encoded->data, 1, encoded->len, f);
	must(fclose(f) == 0);
}

static void encode_and_back(const struct subject *s, const uint8_t *head, struct bytes b, float *y)
{
	float *x = make_values(b, s->t.n, s->what, !!(s->how.codec->flags & CODEC_EXACT));
	struct buf one = { 0 }, two = { 0 };
	uint8_t *p;

	if (encode(s, x, &one)) {
		must(encode(s, x, &two) && one.len == two.len && (!one.len || !memcmp(one.data, two.data, one.len)));
		must(s->how.codec->dtype == DT_U8 || one.len == s->t.n * 2);
		p = room(one.len, 1);
		if (one.len)
			memcpy(p, one.data, one.len);
		must(decode_all(s, (struct bytes){ p, one.len }, y) == FL_OK);
		check_promise(s, x, y);
		free(p);
		if (getenv("FUZZ_KEEP"))
			keep(getenv("FUZZ_KEEP"), head, (size_t)(b.p - head), &one);
	}
	buf_clear(&one);
	buf_clear(&two);
	free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	struct subject s;
	float *x;

	if (!read_subject(&s, &b))
		return 0;
	s.t.shape = s.shape;
	if (s.how.codec->flags & CODEC_BASE)
		s.t.base = s.base = make_values((struct bytes){ NULL, 0 }, s.t.n, s.what, 1);
	x = room(s.t.n, sizeof *x);
	if (s.what & ENCODE)
		encode_and_back(&s, data, b, x);
	else
		decode_all(&s, b, x);
	free(x);
	free(s.base);
	return 0;
}
