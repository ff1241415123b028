/* The objective in double precision over all rows: forward to eta, the head, then block by block forward again and back. */
#include "model/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/act.h"
#include "model/head.h"

struct work {
	const struct spec *m;
	const struct table *t;
	const double *theta;
	double *eta, *d;     /* (n, outputs) and the derivative of the sum of losses by it */
	double *h, *slope;   /* one row: the inputs of every layer, one after the other, and the activations' derivatives there */
	double *dz, *below;  /* one row: derivative by the outputs of a layer, and of the one below it */
	uint32_t *order;     /* for heads that sort */
	double *sorted;
};

/* Four sums, so that additions need not wait for each other; always the same four. */
static double dot(const double *restrict w, const double *restrict h, size_t n)
{
	double s[4] = { 0 };
	size_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		s[0] += w[i] * h[i];
		s[1] += w[i + 1] * h[i + 1];
		s[2] += w[i + 2] * h[i + 2];
		s[3] += w[i + 3] * h[i + 3];
	}
	for (; i < n; i++)
		s[i % 4] += w[i] * h[i];
	return (s[0] + s[1]) + (s[2] + s[3]);
}

/* to += a from */
static void add(double *restrict to, double a, const double *restrict from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] += a * from[i];
}

static int work_open(struct work *w, struct fl_err *err)
{
	size_t i, k = w->m->outputs, units = w->m->inputs, widest = w->m->inputs > k ? w->m->inputs : k;
	int rc;

	for (i = 0; i < w->m->n_hidden; i++) {
		units += w->m->hidden[i];
		widest = w->m->hidden[i] > widest ? w->m->hidden[i] : widest;
	}
	TRY(fl_alloc(&w->eta, w->t->n * k, sizeof *w->eta, err));
	TRY(fl_alloc(&w->d, w->t->n * k, sizeof *w->d, err));
	TRY(fl_alloc(&w->h, units, sizeof *w->h, err));
	TRY(fl_alloc(&w->slope, units, sizeof *w->slope, err));
	TRY(fl_alloc(&w->dz, widest, sizeof *w->dz, err));
	TRY(fl_alloc(&w->below, widest, sizeof *w->below, err));
	TRY(fl_alloc(&w->order, w->m->head->row ? 0 : w->t->n, sizeof *w->order, err));
	TRY(fl_alloc(&w->sorted, w->m->head->row ? 0 : w->t->n, 2 * sizeof *w->sorted, err));
out:
	return rc;
}

static void work_close(struct work *w)
{
	free(w->eta);
	free(w->d);
	free(w->h);
	free(w->slope);
	free(w->dz);
	free(w->below);
	free(w->order);
	free(w->sorted);
}

/* Row i through all layers: h and slope filled, eta out unless NULL. */
static void forward(struct work *w, size_t i, double *eta)
{
	const struct spec *m = w->m;
	struct spec_layer y;
	double *h = w->h, *slope = w->slope;
	size_t l, o;

	for (o = 0; o < m->inputs; o++)
		h[o] = (double)w->t->x[i * m->inputs + o];
	for (l = 0; l < m->n_hidden; l++, h += y.in, slope += y.in) {
		spec_layer(m, l, &y);
		for (o = 0; o < y.out; o++)
			h[y.in + o] = act_at(m->act, w->theta[y.bias + o] + dot(w->theta + y.weight + o * y.in, h, y.in),
					     &slope[y.in + o]);
	}
	spec_layer(m, l, &y);
	for (o = 0; eta && o < y.out; o++)
		eta[o] = (w->t->offset ? (double)w->t->offset[i] : 0) + (y.has_bias ? w->theta[y.bias + o] : 0) +
			 dot(w->theta + y.weight + o * y.in, h, y.in);
}

/* Add row i's part of the gradient, d (outputs) being the derivative by its eta. */
static void backward(struct work *w, const double *d, double *grad)
{
	const struct spec *m = w->m;
	struct spec_layer y;
	size_t l, o, at = m->inputs, k;
	double *dz = w->dz, *below = w->below, *swap;

	for (l = 0; l < m->n_hidden; l++)
		at += m->hidden[l];
	memcpy(dz, d, m->outputs * sizeof *dz);
	for (l = m->n_hidden + 1; l-- > 0; swap = dz, dz = below, below = swap) {
		spec_layer(m, l, &y);
		at -= y.in;
		memset(below, 0, y.in * sizeof *below);
		for (o = 0; o < y.out; o++) {
			add(grad + y.weight + o * y.in, dz[o], w->h + at, y.in);
			if (y.has_bias)
				grad[y.bias + o] += dz[o];
			if (l)
				add(below, dz[o], w->theta + y.weight + o * y.in, y.in);
		}
		for (k = 0; l && k < y.in; k++)
			below[k] *= w->slope[at + k];
	}
}

int net_loss_grad(const struct spec *m, const double *theta, const struct table *t, double *loss, double *grad,
		  struct fl_err *err)
{
	struct work w = { .m = m, .t = t, .theta = theta };
	size_t i, j, k = m->outputs;
	double sum = 0;
	int rc;

	TRY(work_open(&w, err));
	for (i = 0; i < t->n; i++) {
		forward(&w, i, w.eta + i * k);
		sum += t->weight ? (double)t->weight[i] : 1;
	}
	*loss = head_loss(m->head, &(struct head_rows){ .n = t->n, .k = k, .eta = w.eta, .y = t->y, .time = t->time,
		.event = t->event, .weight = t->weight, .efron = m->efron, .order = w.order, .work = w.sorted }, w.d) / sum;
	memset(grad, 0, spec_params(m) * sizeof *grad);
	for (i = 0; i < t->n; i++) {
		for (j = 0; j < k; j++)
			w.d[i * k + j] /= sum;
		forward(&w, i, NULL);
		backward(&w, w.d + i * k, grad);
	}
out:
	work_close(&w);
	return rc;
}

void net_penalty(const struct spec *m, const double *theta, const double *theta0, double l2, double prox, double *loss,
		 double *grad)
{
	struct spec_layer y;
	size_t l, i, n = spec_params(m);

	for (l = 0; l <= m->n_hidden; l++) {
		spec_layer(m, l, &y);
		for (i = y.weight; l2 > 0 && i < y.weight + y.in * y.out; i++) {
			*loss += l2 / 2 * theta[i] * theta[i];
			grad[i] += l2 * theta[i];
		}
	}
	for (i = 0; prox > 0 && i < n; i++) {
		*loss += prox / 2 * (theta[i] - theta0[i]) * (theta[i] - theta0[i]);
		grad[i] += prox * (theta[i] - theta0[i]);
	}
}

static const char *row_misfit(const struct spec *m, const struct table *t, size_t i)
{
	size_t j;

	for (j = 0; j < t->p; j++)
		if (!isfinite(t->x[i * t->p + j]))
			return "a feature is not finite";
	if (t->offset && !isfinite(t->offset[i]))
		return "the offset is not finite";
	if (t->weight && !(t->weight[i] >= 0 && isfinite(t->weight[i])))
		return "the weight is negative or not finite";
	if (m->head->label != HEAD_SURVIVAL)
		return NULL;
	if (!isfinite(t->time[i]))
		return "the time is not finite";
	return t->event[i] == 0 || t->event[i] == 1 ? NULL : "the event is neither 0 nor 1";
}

int net_check(const struct spec *m, const struct table *t, struct fl_err *err)
{
	const char *why;
	double sum = 0;
	size_t i;

	if (t->n < 1 || t->n > UINT32_MAX)
		return fl_fail(err, FL_DATA, "%zu rows to train on, and not 1 to 2^32 - 1", t->n);
	if (t->p != m->inputs)
		return fl_fail(err, FL_DATA, "rows have %zu encoded features, and the model takes %zu", t->p, m->inputs);
	if (m->head->label == HEAD_SURVIVAL ? !t->time || !t->event : !t->y)
		return fl_fail(err, FL_DATA, "the rows have no label");
	for (i = 0; i < t->n; i++) {
		why = row_misfit(m, t, i);
		if (why)
			return fl_fail(err, FL_DATA, "row %zu: %s", i + 1, why);
		why = m->head->misfit ? m->head->misfit((double)t->y[i], m->outputs) : NULL;
		if (why)
			return fl_fail(err, FL_DATA, "row %zu: the label %s", i + 1, why);
		sum += t->weight ? (double)t->weight[i] : 1;
	}
	return sum > 0 ? FL_OK : fl_fail(err, FL_DATA, "the weights of all rows are 0");
}
