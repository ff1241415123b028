/*
 * codec - size, error and speed of codecs over one vector.
 *
 *   codec [-s SHAPE,...] [-b BASE] DATA CODEC...
 *
 * DATA is a file of raw little-endian float32, or normal, laplace, t3, lognormal1 or lognormal2, each with :N values (2^20).
 * -s 200x784,200 cuts it into tensors (else it is one vector); -b names the same tensors of the model both ends hold. A line
 * for each codec: its text, bits per value, |x - x'|^2 / |x|^2, then plan, encode and decode in MB of float32 for each second
 * of CPU, best of some, and what the plan expected.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "codec/codec.h"

#define TENSORS_MAX 256
#define LEAST_S 0.4 /* seconds that a speed is measured for, and at least 3 times */

struct vector {
	float *x, *back, *base;
	size_t n;
	struct codec_tensor t[TENSORS_MAX];
	uint64_t shape[TENSORS_MAX][ST_DIMS_MAX];
	uint64_t at[TENSORS_MAX];
	size_t n_t;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "codec: %s: %s\n", what, why);
	return 1;
}

static float draw(struct rng *r, const char *kind)
{
	double v = kind[0] == 'l' && kind[1] == 'a' ? -log(1 - rng_uniform(r)) : rng_normal(r), sign = rng_below(r, 2) ? 1 : -1;

	if (*kind == 't')
		return (float)(v / sqrt(rng_gamma(r, 1.5) / 1.5));
	if (*kind == 'n')
		return (float)v;
	return (float)(sign * (kind[1] == 'a' ? v : exp(kind[9] == '2' ? 2 * v : v)));
}

static int generate(struct vector *v, const char *text)
{
	static const char *const kinds[] = { "normal", "laplace", "t3", "lognormal1", "lognormal2" };
	size_t k = strcspn(text, ":"), i;
	struct rng r;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i]) == k && !strncmp(text, kinds[i], k))
			break;
	if (i == sizeof kinds / sizeof *kinds)
		return 0;
	v->n = text[k] ? strtoull(text + k + 1, NULL, 10) : (size_t)1 << 20;
	v->x = malloc(v->n * sizeof *v->x + 1);
	rng_seed(&r, 1, 1);
	for (i = 0; v->x && i < v->n; i++)
		v->x[i] = draw(&r, text);
	return v->x != NULL;
}

static float *load(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	float *x = NULL;
	long len;

	if (!f)
		return NULL;
	if (!fseek(f, 0, SEEK_END) && (len = ftell(f)) >= 0 && !fseek(f, 0, SEEK_SET)) {
		*n = (size_t)len / sizeof *x;
		x = malloc(*n * sizeof *x + 1);
		if (x && fread(x, sizeof *x, *n, f) != *n) {
			free(x);
			x = NULL;
		}
	}
	fclose(f);
	return x;
}

/* One tensor of all values, or those of shapes. */
static int cut(struct vector *v, const char *shapes)
{
	struct codec_tensor *t;
	size_t total = 0;
	char *end;

	do {
		if (v->n_t == TENSORS_MAX)
			return 0;
		t = &v->t[v->n_t];
		*t = (struct codec_tensor){ .name = "t", .shape = v->shape[v->n_t], .n = 1, .seed = v->n_t + 1 };
		do {
			v->shape[v->n_t][t->ndim] = shapes ? strtoull(shapes, &end, 10) : v->n;
			t->n *= v->shape[v->n_t][t->ndim++];
		} while (shapes && *end == 'x' && t->ndim < ST_DIMS_MAX && (shapes = end + 1));
		if (t->n > v->n - total)
			return 0;
		v->at[v->n_t++] = total;
		total += t->n;
	} while (shapes && *end == ',' && (shapes = end + 1));
	return total == v->n;
}

static int read_tensor(void *ctx, size_t i, float *x, struct fl_err *err)
{
	const struct vector *v = ctx;

	(void)err;
	memcpy(x, v->x + v->at[i], v->t[i].n * sizeof *x);
	return FL_OK;
}

static int plan(const struct codec_choice *c, struct vector *v, struct codec_plan *p, struct fl_err *err)
{
	const struct codec_source s = { v->t, v->n_t, read_tensor, v };
	size_t i;
	int rc = FL_OK;

	*p = (struct codec_plan){ 0 };
	for (i = 0; i < v->n_t; i++)
		v->t[i].base = NULL;
	if (c->codec->plan)
		rc = c->codec->plan(c->v, &s, p, err);
	for (i = 0; i < v->n_t; i++)
		v->t[i].base = c->codec->flags & CODEC_BASE ? v->base + v->at[i] : NULL;
	return rc;
}

static int encode(const struct codec_choice *c, struct vector *v, const struct codec_plan *p, struct buf *out, size_t *end,
		  struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	out->len = 0;
	for (i = 0; i < v->n_t; i++) {
		TRY(c->codec->encode(c->v, p, &v->t[i], v->x + v->at[i], out, err));
		end[i] = out->len;
	}
out:
	return rc;
}

static int decode(const struct codec_choice *c, struct vector *v, const struct buf *in, const size_t *end, struct fl_err *err)
{
	struct codec_memory m;
	struct codec_bytes b;
	uint64_t from;
	size_t i, n;
	int rc = FL_OK;

	for (i = 0; i < v->n_t; i++) {
		m.p = in->data + (i ? end[i - 1] : 0);
		m.n = end[i] - (i ? end[i - 1] : 0);
		b = codec_bytes_of(&m);
		for (from = 0; from < v->t[i].n; from += n) {
			n = v->t[i].n - from < CODEC_CHUNK ? v->t[i].n - from : CODEC_CHUNK;
			TRY(c->codec->decode(c->v, &v->t[i], &b, from, n, v->back + v->at[i] + from, err));
		}
	}
out:
	return rc;
}

static void keep_least(double *best, double since, double *spent)
{
	double s = now() - since;

	*spent += s;
	if (s < *best)
		*best = s;
}

static int measure(const char *text, struct vector *v)
{
	double a = 0, b = 0, t, spent = 0, mb = (double)v->n * 4e-6, best[3] = { INFINITY, INFINITY, INFINITY };
	struct codec_choice c;
	struct codec_plan p;
	struct buf out = { .max = (size_t)1 << 36 };
	struct fl_err err;
	size_t end[TENSORS_MAX], i, k;
	int rc;

	TRY(codec_parse(&c, text, &err));
	if (c.codec->flags & CODEC_BASE && !v->base)
		TRY(fl_fail(&err, FL_USAGE, "wants -b"));
	for (k = 0; k < 3 || spent < LEAST_S; k++) {
		t = now();
		TRY(plan(&c, v, &p, &err));
		keep_least(&best[0], t, &spent);
		t = now();
		TRY(encode(&c, v, &p, &out, end, &err));
		keep_least(&best[1], t, &spent);
		t = now();
		TRY(decode(&c, v, &out, end, &err));
		keep_least(&best[2], t, &spent);
	}
	for (i = 0; i < v->n; i++) {
		a += (double)v->x[i] * v->x[i];
		b += ((double)v->x[i] - v->back[i]) * ((double)v->x[i] - v->back[i]);
	}
	printf("%-28s %9.5f b/p  nmse %-12.6g plan %6.0f  encode %6.0f  decode %6.0f MB/s   expected %.5f b/p nmse %.6g\n", text,
	       8. * (double)out.len / (double)v->n, a > 0 ? b / a : b, mb / best[0], mb / best[1], mb / best[2], p.bits, p.nmse);
out:
	buf_clear(&out);
	return rc ? fail(text, err.msg) : 0;
}

int main(int argc, char **argv)
{
	const char *shapes = NULL, *base = NULL;
	static struct vector v;
	size_t n_base = 0;
	int i = 1, bad = 0;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
		*(argv[i][1] == 's' ? &shapes : &base) = argv[i + 1];
	if (i + 1 >= argc)
		return fail("usage", "codec [-s SHAPE,...] [-b BASE] DATA CODEC...");
	if (!generate(&v, argv[i]) && !(v.x = load(argv[i], &v.n)))
		return fail(argv[i], "cannot be read");
	v.back = malloc(v.n * sizeof *v.back + 1);
	v.base = base ? load(base, &n_base) : NULL;
	if (!v.back || (base && (!v.base || n_base != v.n)))
		return fail(base ? base : "memory", "does not fit");
	if (!cut(&v, shapes))
		return fail(shapes ? shapes : "shape", "shapes do not make up the values");
	for (i++; i < argc; i++)
		bad |= measure(argv[i], &v);
	free(v.x);
	free(v.back);
	free(v.base);
	return bad;
}
