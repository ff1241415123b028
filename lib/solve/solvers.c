#include "solve/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/head.h"
#include "model/net.h"

static const struct solver *const table[] = {
#define SOLVER(name) &solver_##name,
#include "solve/solvers.def"
#undef SOLVER
};

#define N_SOLVERS (sizeof table / sizeof *table)

const struct solver *solver_at(size_t i)
{
	return i < N_SOLVERS ? table[i] : NULL;
}

const char *solver_name(size_t i)
{
	return i < N_SOLVERS ? table[i]->name : NULL;
}

const struct solver *solver_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_SOLVERS; i++)
		if (!strcmp(table[i]->name, name))
			return table[i];
	return NULL;
}

static size_t classes(const struct spec *m)
{
	return m->head->label == HEAD_CLASSES ? m->outputs : m->head->label == HEAD_TWO_CLASSES ? 2 : 0;
}

static int weight_ok(double x)
{
	return x >= 0 && isfinite(x);
}

static const char *broken(const struct solve_in *in)
{
	size_t i;

	if (in->steps < 0 || (in->steps == 0 && in->epochs < 1))
		return "neither epochs nor steps to do";
	if (!(in->lr > 0 && isfinite(in->lr)))
		return "the learning rate must be above 0";
	if (!weight_ok(in->l1) || !weight_ok(in->l2) || !weight_ok(in->prox))
		return "l1, l2 and prox must be at least 0";
	if (in->class_weight && !classes(in->spec))
		return "class weights need a label of classes";
	for (i = 0; in->class_weight && i < classes(in->spec); i++)
		if (!weight_ok((double)in->class_weight[i]))
			return "class weights must be at least 0";
	return NULL;
}

/* *w = the rows' weights times those of their classes; NULL where there are none. */
static int row_weights(float **w, const struct solve_in *in, struct fl_err *err)
{
	const struct table *t = in->data;
	double sum = 0;
	size_t i;
	int rc;

	if (!in->class_weight)
		return FL_OK;
	TRY(fl_alloc(w, t->n, sizeof **w, err));
	for (i = 0; i < t->n; i++)
		sum += (double)((*w)[i] = (t->weight ? t->weight[i] : 1) * in->class_weight[(size_t)t->y[i]]);
	if (!(sum > 0 && isfinite(sum)))
		TRY(fl_fail(err, FL_DATA, "the weights of all rows are 0, or too large"));
out:
	return rc;
}

int solver_run(const struct solver *s, const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err)
{
	struct solve_in mine = *in;
	struct table t;
	float *w = NULL, *end = NULL;
	size_t n = spec_params(in->spec);
	const char *why = broken(in);
	int rc;

	*out = (struct solve_out){ 0 };
	if (!why && s->check)
		why = s->check(in);
	if (why)
		TRY(fl_fail(err, FL_USAGE, "%s", why));
	TRY(net_check(in->spec, in->data, err));
	TRY(row_weights(&w, in, err));
	t = *in->data;
	if (w)
		t.weight = w;
	mine.data = &t;
	TRY(fl_alloc(&end, n, sizeof *end, err));
	memcpy(end, theta, n * sizeof *end);
	TRY(s->run(&mine, end, out, err));
	memcpy(theta, end, n * sizeof *end);
out:
	free(end);
	free(w);
	return rc;
}

int solve_in_time(const struct solve_in *in, struct fl_err *err)
{
	if (in->until > 0 && clock_s() > in->until)
		return fl_fail(err, FL_REFUSED, "training takes longer than it may");
	return FL_OK;
}

int solve_balanced(const struct spec *m, const struct table *t, float *w, struct fl_err *err)
{
	size_t i, k = classes(m);
	double *sum = NULL, all = 0;
	int rc;

	if (!k)
		TRY(fl_fail(err, FL_USAGE, "class weights need a label of classes"));
	TRY(net_check(m, t, err));
	TRY(fl_alloc(&sum, k, sizeof *sum, err));
	for (i = 0; i < t->n; i++) {
		double wi = t->weight ? (double)t->weight[i] : 1;

		sum[(size_t)t->y[i]] += wi;
		all += wi;
	}
	for (i = 0; i < k; i++) {
		if (!(sum[i] > 0))
			TRY(fl_fail(err, FL_DATA, "class %zu of the label has no rows, so classes cannot be balanced", i + 1));
		w[i] = (float)(all / ((double)k * sum[i]));
	}
out:
	free(sum);
	return rc;
}
