#include "solve/descent.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define PROGRESS_EVERY 256 /* steps */

struct batches {
	uint32_t *rows;
	size_t n, size, in_epoch; /* rows; of a batch; batches of an epoch */
	struct rng rng;
};

static int batches_open(struct batches *b, const struct solve_in *in, struct fl_err *err)
{
	size_t i, n = in->data->n;
	int rc;

	TRY(fl_alloc(&b->rows, n, sizeof *b->rows, err));
	for (i = 0; i < n; i++)
		b->rows[i] = (uint32_t)i;
	b->n = n;
	b->size = in->batch && in->batch < n ? in->batch : n;
	b->in_epoch = (n + b->size - 1) / b->size;
	rng_seed(&b->rng, in->seed, 1);
out:
	return rc;
}

/* The rows of step number t, from 1. A batch of everything keeps its order: a shuffle would only change the rounding. */
static const uint32_t *batches_next(struct batches *b, long long t, size_t *n)
{
	size_t at = (size_t)((unsigned long long)(t - 1) % b->in_epoch);

	if (at == 0 && b->in_epoch > 1)
		rng_shuffle(&b->rng, b->rows, b->n);
	*n = b->n - at * b->size < b->size ? b->n - at * b->size : b->size;
	return b->rows + at * b->size;
}

static int diverged(long long t, struct fl_err *err)
{
	return fl_fail(err, FL_DATA, "training diverged at step %lld; try a smaller --lr", t);
}

static int steps(struct descent *d, struct batches *b, long long total, descent_step *step, struct solve_out *out,
		 struct fl_err *err)
{
	double sum = 0, rows = 0;
	size_t n;
	int rc = FL_OK;

	for (d->t = 1; d->t <= total; d->t++) {
		const uint32_t *at = batches_next(b, d->t, &n);
		double loss = step(d, at, n);

		if (!isfinite(loss))
			return diverged(d->t, err);
		if (at == b->rows)
			sum = rows = 0;
		sum += loss * (double)n;
		rows += (double)n;
		out->samples += (long long)n;
		if (d->in->progress && d->t % PROGRESS_EVERY == 0)
			d->in->progress("training", (double)d->t, (double)total);
		TRY(solve_in_time(d->in, err));
	}
	out->steps = total;
	out->loss = sum / rows;
out:
	return rc;
}

int descent_run(const struct solve_in *in, size_t vectors, descent_step *step, float *theta, struct solve_out *out,
		struct fl_err *err)
{
	struct descent d = { .in = in };
	struct batches b = { 0 };
	long long total = in->steps;
	size_t i;
	int rc;

	TRY(batches_open(&b, in, err));
	if (total == 0 && in->epochs > LLONG_MAX / (long long)b.in_epoch)
		TRY(fl_fail(err, FL_USAGE, "too many epochs"));
	if (total == 0)
		total = in->epochs * (long long)b.in_epoch;
	TRY(net_open(&d.net, in->spec, in->data, theta,
		     &(struct net_opts){ .batch = b.size, .l1 = in->l1, .l2 = in->l2, .prox = in->prox, .seed = in->seed,
					 .vectors = vectors }, err));
	TRY(steps(&d, &b, total, step, out, err));
	net_theta(d.net, theta);
	for (i = 0; i < spec_params(in->spec); i++)
		if (!isfinite(theta[i]))
			TRY(diverged(total, err));
out:
	net_close(d.net);
	free(b.rows);
	return rc;
}
