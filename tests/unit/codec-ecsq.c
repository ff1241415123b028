#include "codec/ecsq-cells.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "codec/codec.h"
#include "codec/ecsq-fit.h"

#define N_MAX (2 * CODEC_CHUNK + 1)

void ecsq_cells_plain(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s);

static float x[N_MAX], y[N_MAX];

enum kind { NORMAL, HEAVY, SPARSE, ROWS, N_KINDS };

static void make(enum kind k, size_t n, float scale)
{
	struct rng r;
	size_t i;
	double v;

	rng_seed(&r, 7, k);
	for (i = 0; i < n; i++) {
		v = rng_normal(&r);
		if (k == HEAVY)
			v = (v < 0 ? -1 : 1) * exp(2 * rng_normal(&r));
		else if (k == SPARSE)
			v *= i / 50 % 20 == 3;
		else if (k == ROWS)
			v *= (i / 64 % 8 + 0.1) * (i % 7 == 2 ? 20 : 1);
		x[i] = (float)(v * scale);
	}
}

static int read_all(void *ctx, size_t i, float *to, struct fl_err *err)
{
	const struct codec_tensor *t = ctx;
	size_t k, at = 0;

	(void)err;
	for (k = 0; k < i; k++)
		at += t[k].n;
	memcpy(to, x + at, t[i].n * sizeof *to);
	return FL_OK;
}

struct result {
	struct codec_plan p;
	double bits, nmse, worst; /* real ones; the largest error in steps */
	int finite;
	enum ecsq_kind kind;
};

/* Plan, encode and decode tensors over x, into y; chunks are decoded from the last to the first. */
static int run(const char *text, struct codec_tensor *t, size_t n_t, struct buf *out, struct result *r)
{
	struct codec_source s = { t, n_t, read_all, t };
	struct codec_choice c;
	struct codec_memory m;
	struct codec_bytes b;
	struct fl_err err;
	size_t i, k, n, at = 0, total = 0, bytes = 0;
	uint64_t from;
	double d, e = 0, all = 0;
	int rc;

	*r = (struct result){ .finite = 1 };
	TRY(codec_parse(&c, text, &err));
	TRY(c.codec->plan(c.v, &s, &r->p, &err));
	for (i = 0; i < n_t; i++, at += t[i - 1].n) {
		out->len = 0;
		TRY(c.codec->encode(c.v, &r->p, &t[i], x + at, out, &err));
		m = (struct codec_memory){ out->data, out->len };
		b = codec_bytes_of(&m);
		for (k = codec_chunks(t[i].n); k--;) {
			from = k * CODEC_CHUNK;
			n = t[i].n - from < CODEC_CHUNK ? t[i].n - from : CODEC_CHUNK;
			TRY(c.codec->decode(c.v, &t[i], &b, from, n, y + at + from, &err));
		}
		total += t[i].n;
		bytes += out->len;
		r->kind = out->len ? (enum ecsq_kind)out->data[0] : ECSQ_ZERO;
	}
	for (i = 0; i < total; i++) {
		d = fabs((double)x[i] - y[i]);
		e += d * d;
		all += (double)x[i] * x[i];
		r->finite &= isfinite(y[i]) != 0;
		r->worst = fmax(r->worst, d / r->p.step);
	}
	r->bits = total ? 8 * (double)bytes / (double)total : 0;
	r->nmse = all > 0 ? e / all : e;
out:
	if (rc)
		printf("# %s: %s\n", text, err.msg);
	return rc;
}

static struct codec_tensor vector(uint64_t n)
{
	return (struct codec_tensor){ .name = "v", .ndim = 1, .n = n };
}

static void targets(void)
{
	static const size_t sizes[] = { 2000, 20000, CODEC_CHUNK - 1, CODEC_CHUNK + 1, N_MAX };
	static const double bits[] = { .1, .25, 1, 3, 8 }, nmse[] = { .5, .05, .001, 1e-6 };
	struct buf out = { 0 };
	struct codec_tensor t;
	struct result r;
	char text[64];
	size_t i, k, j;
	int kept = 1, near = 1, told = 1, worst = 1;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (j = 0; j < N_KINDS; j++) {
			make((enum kind)j, sizes[i], 1);
			t = vector(sizes[i]);
			for (k = 0; k < 9; k++) {
				snprintf(text, sizeof text, k < 5 ? "ecsq:%g" : "ecsq:nmse=%g", k < 5 ? bits[k] : nmse[k - 5]);
				if (run(text, &t, 1, &out, &r)) {
					kept = 0;
					continue;
				}
				kept &= r.finite && (k < 5 ? r.bits <= bits[k] : r.nmse <= nmse[k - 5]);
				if (sizes[i] >= 20000 && (j != SPARSE || (k > 0 && k != 4)))
					near &= r.nmse < 1e-12 || r.bits < .02 ? 1 : k < 5 ? r.bits >= .98 * bits[k] : r.nmse >= .95 * nmse[k - 5];
				told &= fabs(r.p.bits - r.bits) <= .01 * r.bits + 64. / (double)sizes[i] && fabs(r.p.nmse - r.nmse) <= .01 * r.nmse + 1e-12;
				worst &= r.worst < 1.06 || r.nmse < 1e-12; /* where floats are the limit */
				if (!kept || !near || !told || !worst) {
					printf("# %s kind %zu n %zu: %g b %g, expected %g %g, worst %g\n", text, j, sizes[i], r.bits,
					       r.nmse, r.p.bits, r.p.nmse, r.worst);
					k = j = i = 99;
				}
			}
		}
	CHECK(kept, "no rate and no error is exceeded");
	CHECK(near, "nor is much of it left");
	CHECK(told, "what the plan expects is what comes");
	CHECK(worst, "no value is further than its cell");
	buf_clear(&out);
}

static void small(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 10, 100 };
	static const float scales[] = { 0, 1, 1e-44f, 1e-38f, 1e6f, 1e37f };
	const struct { uint64_t n; double bits; } layers[] = { { 30000, 0 }, { 10, 0 }, { 0, 0 }, { 200, 0 }, { 3000, 0 } };
	struct codec_tensor t[5];
	struct buf out = { 0 };
	struct result r;
	size_t i, k;
	int ok = 1, zeros = 1;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (k = 0; k < sizeof scales / sizeof *scales; k++) {
			make(NORMAL, sizes[i], scales[k]);
			*t = vector(sizes[i]);
			ok &= run("ecsq:1", t, 1, &out, &r) == FL_OK && r.finite && r.nmse <= 1 + 1e-6;
			ok &= run("ecsq:nmse=.01", t, 1, &out, &r) == FL_OK && r.finite && (r.nmse <= .01 || scales[k] < 1e-40);
			if (!scales[k])
				zeros &= out.len == (sizes[i] > 0) && r.nmse == 0;
		}
	CHECK(ok, "few values, of any size, even denormal");
	CHECK(zeros, "zeros are zeros, in one byte");
	for (i = 0; i < 4; i++)
		x[i] = (i & 1 ? -1 : 1) * FLT_MAX;
	*t = vector(4);
	CHECK(run("ecsq:nmse=.1", t, 1, &out, &r) == FL_OK && r.finite, "the largest floats stay finite");
	make(NORMAL, 40000, 1e-3f);
	for (i = 0; i < 5; i++)
		t[i] = vector(layers[i].n);
	CHECK(run("ecsq:.5", t, 5, &out, &r) == FL_OK && r.bits <= .5 && r.bits > .48, "a rate is that of all tensors of a file");
	CHECK(run("ecsq:1,nmse=.1", t, 5, &out, &r) == FL_USAGE, "a rate and an error cannot both be asked for");
	buf_clear(&out);
}

static void kinds(void)
{
	static const uint64_t shape[2] = { 400, 64 * 3 };
	struct codec_tensor t = vector(25600);
	struct buf out = { 0 };
	struct result r, flat;
	size_t i;

	make(NORMAL, 25600, 1);
	CHECK(run("ecsq:2", &t, 1, &out, &r) == FL_OK && r.kind == ECSQ_ONE, "no contexts where none help");
	make(SPARSE, 25600, 1);
	CHECK(run("ecsq:.5", &t, 1, &out, &r) == FL_OK && r.kind == ECSQ_LEFT, "neighbours where they are alike");
	make(NORMAL, 400 * 192, 1);
	for (i = 0; i < 400 * 192; i++)
		x[i] *= (i / 192 % 5 ? 1 : 9.f) * (i % 192 % 3 ? 1 : 7.f);
	t = vector(400 * 192);
	CHECK(run("ecsq:nmse=.03", &t, 1, &out, &flat) == FL_OK, "a matrix as a vector");
	t.ndim = 2;
	t.shape = shape;
	i = (size_t)run("ecsq:nmse=.03", &t, 1, &out, &r);
	CHECK(!i && r.kind == ECSQ_ENERGY && r.bits < .9 * flat.bits,
	      "rows and columns where they differ: %.3f instead of %.3f bits", r.bits, flat.bits);
	make(NORMAL, 30, 1);
	t = vector(30);
	CHECK(run("ecsq:5", &t, 1, &out, &r) == FL_OK && r.kind == ECSQ_SHORT && r.bits <= 5, "no table for thirty values");
	buf_clear(&out);
}

/* The same cells and sums with and without vectors. */
static void vectors(void)
{
	static const float steps[] = { 1e-42f, .001f, .3f, 7, 3e38f };
	static uint8_t a[5000], b[5000];
	struct ecsq_sums s, p;
	size_t i, n;
	int ok = 1;

	make(HEAVY, 5000, 1);
	for (i = 0; i < sizeof steps / sizeof *steps; i++)
		for (n = 1; n <= 5000; n = 2 * n + 3) {
			memset(&s, 0, sizeof s);
			memset(&p, 0, sizeof p);
			ecsq_cells(x, n, steps[i], .05f, a, &s);
			ecsq_cells_plain(x, n, steps[i], .05f, b, &p);
			ok &= !memcmp(a, b, n) && !memcmp(&s, &p, sizeof s);
		}
	CHECK(ok, "cells and their sums are the same with and without vectors");
}

static int try_bytes(const struct codec_tensor *t, const unsigned char *p, size_t len)
{
	const struct codec *c = codec_find("ecsq");
	const double v[CODEC_PARAMS_MAX] = { 1, 0, .05 };
	unsigned char *copy = malloc(len ? len : 1); /* exactly as much as there is, for the sanitizer to see */
	struct codec_memory m = { copy, len };
	struct codec_bytes b = codec_bytes_of(&m);
	struct fl_err err;
	size_t i;
	int rc, ok;

	if (!copy)
		return 0;
	memcpy(copy, p, len);
	memset(y, 0, t->n * sizeof *y);
	rc = c->decode(v, t, &b, 0, t->n, y, &err);
	ok = rc == FL_OK || (rc == FL_DATA && !strchr(err.msg, '\n'));
	for (i = 0; i < t->n; i++)
		ok &= isfinite(y[i]) != 0;
	free(copy);
	return ok ? 1 + (rc == FL_DATA) : 0;
}

static void hostile_stream(const char *what, const char *text, struct codec_tensor *t, enum ecsq_kind kind)
{
	struct buf out = { 0 };
	struct result r;
	unsigned char *p;
	size_t i, k, bad = 0, passed = 0;
	unsigned char keep;
	int got;

	CHECK(run(text, t, 1, &out, &r) == FL_OK && r.kind == kind, "%s is coded", what);
	p = (unsigned char *)out.data;
	for (i = 0; i < out.len; i++)
		bad += try_bytes(t, p, i) != 2;
	CHECK(!bad, "%s: cut short anywhere is refused (%zu are not)", what, bad);
	for (bad = 0, i = 0; i < out.len; i++)
		for (k = 0; k < 9; k++) {
			keep = p[i];
			p[i] = (unsigned char)(k < 8 ? keep ^ 1u << k : 255);
			got = try_bytes(t, p, out.len);
			bad += !got;
			passed += got == 1 && k < 8;
			p[i] = keep;
		}
	CHECK(!bad, "%s: a changed byte gives an error or finite values (%zu of %zu pass)", what, passed, 8 * out.len);
	buf_clear(&out);
}

static void hostile(void)
{
	static const uint64_t shape[2] = { 40, 60 };
	struct codec_tensor t = vector(3000);
	struct rng r;
	unsigned char noise[300];
	size_t i, k, bad = 0;

	make(HEAVY, 3000, 1);
	hostile_stream("a vector with escapes", "ecsq:4", &t, ECSQ_ONE);
	make(SPARSE, 3000, 1);
	hostile_stream("a sparse vector", "ecsq:.4", &t, ECSQ_LEFT);
	make(NORMAL, 2400, 1);
	for (i = 0; i < 2400; i++)
		x[i] *= (i / 60 % 5 ? 1 : 30.f) * (i % 60 % 3 ? 1 : 30.f);
	t = (struct codec_tensor){ .name = "m", .ndim = 2, .shape = shape, .n = 2400 };
	hostile_stream("a matrix", "ecsq:nmse=.01", &t, ECSQ_ENERGY);
	make(NORMAL, 30, 1);
	t = vector(30);
	hostile_stream("a short vector", "ecsq:5", &t, ECSQ_SHORT);
	rng_seed(&r, 5, 5);
	for (i = 0; i < 20000; i++) {
		for (k = 0; k < sizeof noise; k++)
			noise[k] = (unsigned char)(rng_u64(&r) & rng_u64(&r));
		noise[0] = (unsigned char)(i % 5);
		noise[4] = 0x3f;
		if (i & 64)
			memset(noise + 8, 0, 2);
		t.n = 1 + i % 1000;
		bad += !try_bytes(&t, noise, sizeof noise);
	}
	CHECK(!bad, "noise is read without harm");
}

/* A real update as one vector, which the bars are for, and by its layers. */
static void real(void)
{
	static const uint64_t shape[6][2] = { { 200, 784 }, { 200 }, { 200, 200 }, { 200 }, { 10, 200 }, { 10 } };
	static const double nmse[] = { .058, .194, .0157 }, bar[] = { 1.32, .69, 2.02 };
	const char *shared = getenv("FL_SHARED");
	struct codec_tensor t[6], one = vector(199210);
	struct buf out = { 0 };
	struct result r, layers;
	char text[300];
	size_t i;
	FILE *f;
	int rc;

	snprintf(text, sizeof text, "%s/vectors/updates/mlp_r5.delta", shared ? shared : "../shared");
	f = fopen(text, "rb");
	if (!f || fread(x, sizeof *x, one.n, f) != one.n) {
		printf("# skipped: no %s\n", text);
	} else {
		for (i = 0; i < 6; i++)
			t[i] = (struct codec_tensor){ .name = "t", .ndim = shape[i][1] ? 2 : 1, .shape = shape[i],
						      .n = shape[i][0] * (shape[i][1] ? shape[i][1] : 1) };
		for (i = 0; i < 3; i++) {
			snprintf(text, sizeof text, "ecsq:nmse=%g", nmse[i]);
			rc = run(text, &one, 1, &out, &r) + run(text, t, 6, &out, &layers);
			CHECK(!rc && r.nmse <= nmse[i] && r.bits <= bar[i] && layers.nmse <= nmse[i] && layers.bits <= r.bits,
			      "a real update at error %g: %.3f bits a value, %.3f by layers (bar %.2f)", nmse[i], r.bits, layers.bits, bar[i]);
		}
	}
	if (f)
		fclose(f);
	buf_clear(&out);
}

int main(void)
{
	small();
	targets();
	kinds();
	vectors();
	hostile();
	real();
	return check_done();
}
