#include "solve/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_GRID 0x1p20 /* of an update's weight, see aggregate/fold.h */
#define WEIGHT_MAX 0x1p24

long long train_epochs(const char *solver)
{
	return strcmp(solver, "lbfgs") ? 1 : 100;
}

int train_rows(struct table *t, const struct train *o, const struct model *m, const char *files, struct fl_err *err)
{
	struct table_opts how = { .scale = rows_scale(o->scale), .need_label = 1 };

	return rows_read(t, m, o->schema, files, &how, err);
}

/* balanced, or as many numbers as there are classes. */
static int read_class_weight(const char *text, const struct model *m, const struct table *t, float **w, struct fl_err *err)
{
	size_t k = schema_classes(&m->schema), i;
	const char *s = text;
	char *end;
	int rc;

	TRY(fl_alloc(w, k, sizeof **w, err));
	if (!strcmp(text, "balanced"))
		return solve_balanced(&m->spec, t, *w, err);
	for (i = 0; i < k; i++, s = end + (*end == ',')) {
		double x = strtod(s, &end);
		if (end == s || !(x >= 0) || !isfinite(x) || (*end && *end != ','))
			break;
		(*w)[i] = (float)x;
	}
	if (i < k || *s || k == 0 || s[-1] == ',')
		rc = fl_fail(err, FL_USAGE, "--class-weight: want balanced, or %zu numbers with commas between", k);
out:
	return rc;
}

int train_run(const struct train *o, const struct model *m, const struct table *t, float **theta, struct solve_out *r,
	      struct fl_err *err)
{
	const struct solver *s = solver_find(o->solver);
	struct solve_in in = o->in;
	float *w = NULL;
	int rc;

	if (!s)
		return fl_fail(err, FL_USAGE, "no solver '%.40s'", o->solver);
	if (o->class_weight)
		TRY(read_class_weight(o->class_weight, m, t, &w, err));
	TRY(fl_alloc(theta, m->n, sizeof **theta, err));
	memcpy(*theta, m->theta, m->n * sizeof **theta);
	in.spec = &m->spec;
	in.data = t;
	in.class_weight = w;
	TRY(solver_run(s, &in, *theta, r, err));
out:
	free(w);
	return rc;
}

/* What the update counts for: its rows, or the sum of their weights, on the grid of weights. */
static int total_weight(const struct table *t, double *w, struct fl_err *err)
{
	size_t i;

	*w = t->weight ? 0 : (double)t->n;
	for (i = 0; t->weight && i < t->n; i++)
		*w += (double)t->weight[i];
	*w = nearbyint(*w * WEIGHT_GRID) / WEIGHT_GRID;
	if (*w >= WEIGHT_MAX)
		return fl_fail(err, FL_DATA, "the rows weigh %.0f together, at most 16777215 can be said", *w);
	return FL_OK;
}

/* How it was trained, never on what: no counts, no losses. */
static json_t *stage(const struct train *o)
{
	const struct solve_in *in = &o->in;
	json_t *s = json_pack("{s:s, s:s, s:f, s:I}", "op", "train", "solver", o->solver, "lr", in->lr, "batch",
			      (json_int_t)in->batch);

	json_object_set_new(s, in->steps ? "steps" : "epochs", json_integer(in->steps ? in->steps : in->epochs));
	if (in->l1 > 0)
		json_object_set_new(s, "l1", json_real(in->l1));
	if (in->l2 > 0)
		json_object_set_new(s, "l2", json_real(in->l2));
	if (in->prox > 0)
		json_object_set_new(s, "prox", json_real(in->prox));
	if (strcmp(o->scale, "schema") || o->schema)
		json_object_set_new(s, "scale", json_string(o->schema ? "other" : o->scale));
	return s;
}

int train_write(const struct train *o, const struct model *m, const struct table *t, const float *theta, int what, struct out *out,
		struct fl_err *err)
{
	json_t *s = stage(o), *list = NULL;
	double w;
	int rc;

	TRY(total_weight(t, &w, err));
	if (what == TRAIN_UPDATE) {
		TRY(model_write_update(m, theta, w, s, out, err));
	} else {
		list = json_pack("[O]", s);
		TRY(model_write(m, theta, list, out, err));
	}
out:
	json_decref(list);
	json_decref(s);
	return rc;
}
