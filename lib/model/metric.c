#include "model/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define METRIC(name) extern const struct metric metric_##name;
#include "model/metrics.def"
#undef METRIC

#define METRIC(name) &metric_##name,
static const struct metric *const table[] = {
#include "model/metrics.def"
};
#undef METRIC

size_t metric_count(void)
{
	return sizeof table / sizeof *table;
}

const struct metric *metric_at(size_t i)
{
	return i < metric_count() ? table[i] : NULL;
}

const struct metric *metric_find(const char *name)
{
	size_t i;

	for (i = 0; i < metric_count(); i++)
		if (!strcmp(table[i]->name, name))
			return table[i];
	return NULL;
}

double metric_value(const struct metric *m, const struct metric_set *s, const double *w, const char **why)
{
	const char *reason = NULL;
	double sum = 0, v = NAN;
	size_t i;

	if (!w)
		w = s->weight;
	for (i = 0; i < s->in.n; i++)
		sum += w[i];
	if (!s->in.n)
		reason = "no rows";
	else if (!(sum > 0))
		reason = "all weights are 0";
	else
		v = m->value(s, w, &reason);
	if (!reason && !isfinite(v))
		reason = "the sum overflows";
	if (why)
		*why = reason;
	return reason ? NAN : v;
}

static int is_class_task(const struct metric_in *in)
{
	return in->task == METRIC_BINARY || in->task == METRIC_MULTICLASS;
}

static int check_row(const struct metric_in *in, size_t i, struct fl_err *err)
{
	size_t j, classes = in->task == METRIC_BINARY ? 2 : in->k;

	for (j = 0; j < in->k; j++)
		if (!isfinite(in->p[i * in->k + j]))
			return fl_fail(err, FL_DATA, "row %zu: the prediction is not finite", i + 1);
	if (in->weight && !(in->weight[i] >= 0 && isfinite(in->weight[i])))
		return fl_fail(err, FL_DATA, "row %zu: the weight is not a finite number >= 0", i + 1);
	if (in->task == METRIC_SURVIVAL) {
		if (isfinite(in->time[i]) && (in->event[i] == 0 || in->event[i] == 1))
			return FL_OK;
		return fl_fail(err, FL_DATA, "row %zu: no time and event (0 or 1)", i + 1);
	}
	if (!isfinite(in->y[i]))
		return fl_fail(err, FL_DATA, "row %zu: the label is not finite", i + 1);
	if (is_class_task(in) && !(in->y[i] >= 0 && in->y[i] < (double)classes && in->y[i] == floorf(in->y[i])))
		return fl_fail(err, FL_DATA, "row %zu: the label is not one of %zu classes", i + 1, classes);
	return FL_OK;
}

static void pick_classes(struct metric_set *s)
{
	const struct metric_in *in = &s->in;
	size_t i, j, best;

	for (i = 0; i < in->n; i++) {
		best = in->task == METRIC_BINARY ? in->p[i] >= in->threshold : 0;
		for (j = 1; j < in->k; j++)
			if (in->p[i * in->k + j] > in->p[i * in->k + best])
				best = j;
		s->guess[i] = (uint32_t)best;
	}
}

struct column {
	const struct metric_in *in;
	size_t j;
};

static int by_index(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int by_prediction(const void *a, const void *b, void *arg)
{
	const struct column *c = arg;
	uint32_t ia = *(const uint32_t *)a, ib = *(const uint32_t *)b;
	double pa = c->in->p[ia * c->in->k + c->j], pb = c->in->p[ib * c->in->k + c->j];

	return pa < pb ? -1 : pa > pb ? 1 : by_index(ia, ib);
}

static int by_time(const void *a, const void *b, void *arg)
{
	const struct metric_in *in = ((const struct column *)arg)->in;
	uint32_t ia = *(const uint32_t *)a, ib = *(const uint32_t *)b;

	if (in->time[ia] != in->time[ib])
		return in->time[ia] > in->time[ib] ? -1 : 1;
	if (in->event[ia] != in->event[ib])
		return in->event[ia] < in->event[ib] ? -1 : 1;
	return by_index(ia, ib);
}

static void sort_rows(uint32_t *order, struct column c, int (*cmp)(const void *, const void *, void *))
{
	size_t i;

	for (i = 0; i < c.in->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, c.in->n, sizeof *order, cmp, &c);
}

static void rank_rows(struct metric_set *s)
{
	const struct metric_in *in = &s->in;
	uint32_t rank = 0;
	size_t i;

	sort_rows(s->order, (struct column){ in, 0 }, by_prediction);
	for (i = 0; i < in->n; i++) {
		if (i == 0 || in->p[s->order[i]] > in->p[s->order[i - 1]])
			rank++;
		s->rank[s->order[i]] = rank;
	}
	sort_rows(s->order, (struct column){ in, 0 }, by_time);
}

static int set_alloc(struct metric_set *s, struct fl_err *err)
{
	size_t n = s->in.n, k = s->in.k, sums = 3 * (k > 2 ? k : 2), work = n + 1 > sums ? n + 1 : sums;
	int survival = s->in.task == METRIC_SURVIVAL, classes = is_class_task(&s->in), rc;

	if (n > UINT32_MAX || (n && k > SIZE_MAX / n))
		return fl_fail(err, FL_DATA, "too many rows for metrics: %zu", n);
	TRY(fl_alloc(&s->weight, n, sizeof *s->weight, err));
	TRY(fl_alloc(&s->work, work, sizeof *s->work, err));
	if (classes)
		TRY(fl_alloc(&s->guess, n, sizeof *s->guess, err));
	if (classes || survival)
		TRY(fl_alloc(&s->order, n * k, sizeof *s->order, err));
	if (survival)
		TRY(fl_alloc(&s->rank, n, sizeof *s->rank, err));
	rc = FL_OK;
out:
	return rc;
}

int metric_prepare(struct metric_set *s, const struct metric_in *in, struct fl_err *err)
{
	size_t i, j;
	int rc;

	s->in = *in;
	TRY(set_alloc(s, err));
	for (i = 0; i < in->n; i++) {
		TRY(check_row(in, i, err));
		s->weight[i] = in->weight ? (double)in->weight[i] : 1;
	}
	if (is_class_task(in)) {
		pick_classes(s);
		for (j = 0; j < in->k; j++)
			sort_rows(s->order + j * in->n, (struct column){ in, j }, by_prediction);
	} else if (in->task == METRIC_SURVIVAL) {
		rank_rows(s);
	}
	rc = FL_OK;
out:
	if (rc != FL_OK)
		metric_clear(s);
	return rc;
}

void metric_clear(struct metric_set *s)
{
	free(s->weight);
	free(s->guess);
	free(s->order);
	free(s->rank);
	free(s->work);
	*s = (struct metric_set){ 0 };
}
