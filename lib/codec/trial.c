#include "codec/trial.h"

#include <stdlib.h>

struct sums {
	double values, bits, squares, error;
};

/* y (CODEC_CHUNK) is scratch. */
static int compare(const struct codec *c, const double *v, const struct codec_tensor *t, const struct codec_bytes *in,
		   const float *x, float *y, struct sums *sum, struct fl_err *err)
{
	uint64_t from;
	size_t n, i;
	double d;
	int rc = FL_OK;

	for (from = 0; from < t->n; from += n) {
		n = t->n - from < CODEC_CHUNK ? (size_t)(t->n - from) : CODEC_CHUNK;
		TRY(c->decode(v, t, in, from, n, y, err));
		for (i = 0; i < n; i++) {
			d = (double)x[from + i] - (double)y[i];
			sum->error += d * d;
			sum->squares += (double)x[from + i] * (double)x[from + i];
		}
	}
out:
	return rc;
}

static int try_tensor(const struct codec *c, const double *v, const struct codec_source *s, size_t i, struct sums *sum,
		      struct fl_err *err)
{
	const struct codec_tensor *t = &s->t[i];
	struct codec_plan none = { 0 };
	struct codec_memory m;
	struct codec_bytes in;
	struct buf b = { .max = SIZE_MAX };
	float *x = NULL, *y = NULL;
	int rc;

	TRY(fl_alloc(&x, t->n, sizeof *x, err));
	TRY(fl_alloc(&y, t->n < CODEC_CHUNK ? t->n : CODEC_CHUNK, sizeof *y, err));
	TRY(s->read(s->ctx, i, x, err));
	TRY(c->encode(v, &none, t, x, &b, err));
	m = (struct codec_memory){ b.data, b.len };
	in = codec_bytes_of(&m);
	sum->values += (double)t->n;
	sum->bits += 8 * (double)b.len;
	TRY(compare(c, v, t, &in, x, y, sum, err));
out:
	buf_clear(&b);
	free(y);
	free(x);
	return rc;
}

int trial_plan(const struct codec *c, const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	struct sums sum = { 0 };
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < s->n; i++)
		TRY(try_tensor(c, v, s, i, &sum, err));
	p->bits = sum.values > 0 ? sum.bits / sum.values : 0;
	p->nmse = sum.squares > 0 ? sum.error / sum.squares : 0;
out:
	return rc;
}
