#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "model/metric.h"

/* Each function below returns NULL when memory ends or a name is not UTF-8; put() and append() pass that on: a NULL
 * value spoils its holder. They take over the reference to v. */
static void put(json_t **o, const char *key, json_t *v)
{
	if (!*o) {
		json_decref(v);
	} else if (json_object_set_new(*o, key, v) != 0) {
		json_decref(*o);
		*o = NULL;
	}
}

static void append(json_t **a, json_t *v)
{
	if (!*a) {
		json_decref(v);
	} else if (json_array_append_new(*a, v) != 0) {
		json_decref(*a);
		*a = NULL;
	}
}

/* Weights that are all 1 sum to a count, printed as one. */
static json_t *amount(const struct metric_set *s, double w)
{
	return s->in.weight ? json_metric(w) : json_integer((json_int_t)w);
}

static json_t *binary_confusion(const struct metric_set *s)
{
	static const char *const names[] = { "tn", "fp", "fn", "tp" };
	double c[4];
	json_t *o = json_object();
	size_t i;

	metric_confusion(s, s->weight, c);
	for (i = 0; i < 4; i++)
		put(&o, names[i], amount(s, c[i]));
	return o;
}

static json_t *matrix(const struct metric_set *s)
{
	size_t i, j, k = s->in.k;
	json_t *rows = json_array(), *row;
	double *c = NULL;

	if (fl_alloc(&c, k * k, sizeof *c, NULL) != FL_OK) {
		json_decref(rows);
		return NULL;
	}
	metric_confusion(s, s->weight, c);
	for (i = 0; i < k; i++) {
		row = json_array();
		for (j = 0; j < k; j++)
			append(&row, amount(s, c[i * k + j]));
		append(&rows, row);
	}
	free(c);
	return rows;
}

static json_t *confusion(const struct metric_set *s, const char *const *levels)
{
	json_t *o = json_object(), *names = json_array();
	size_t i;

	for (i = 0; levels && i < s->in.k; i++)
		append(&names, json_string(levels[i]));
	put(&o, "levels", names);
	put(&o, "matrix", matrix(s));
	return o;
}

static json_t *calibration(const struct metric_set *s)
{
	struct metric_bin bins[METRIC_BINS];
	json_t *a = json_array(), *o;
	size_t b;

	metric_calibration(s, s->weight, bins);
	for (b = 0; b < METRIC_BINS; b++) {
		o = json_object();
		put(&o, "from", json_real((double)b / METRIC_BINS));
		put(&o, "to", json_real((double)(b + 1) / METRIC_BINS));
		put(&o, "n", json_integer((json_int_t)bins[b].n));
		put(&o, "predicted", json_metric(bins[b].predicted));
		put(&o, "observed", json_metric(bins[b].observed));
		append(&a, o);
	}
	return a;
}

static void put_metrics(json_t **o, const struct metric_set *s, json_t **undefined)
{
	const struct metric *m;
	const char *why;
	size_t i;

	for (i = 0; (m = metric_at(i)); i++) {
		if (!(m->tasks & s->in.task))
			continue;
		put(o, m->name, json_metric(metric_value(m, s, NULL, &why)));
		if (why)
			put(undefined, m->name, json_string(why));
	}
}

static json_t *intervals(const struct metric_set *s, double (*ci)[2])
{
	const struct metric *m;
	json_t *o = json_object(), *pair;
	size_t i;

	for (i = 0; (m = metric_at(i)); i++) {
		if (!(m->tasks & s->in.task))
			continue;
		pair = isnan(ci[i][0]) ? json_null() : json_pack("[f,f]", ci[i][0], ci[i][1]);
		put(&o, m->name, pair);
	}
	return o;
}

json_t *metric_json(const struct metric_set *s, const char *const *levels, double (*ci)[2])
{
	json_t *o = json_object(), *undefined = json_object();
	enum metric_task task = s->in.task;
	double weight = 0;
	size_t i;

	put(&o, "n", json_integer((json_int_t)s->in.n));
	for (i = 0; i < s->in.n; i++)
		weight += s->weight[i];
	if (s->in.weight)
		put(&o, "weight", json_metric(weight));
	put_metrics(&o, s, &undefined);
	if (task == METRIC_BINARY)
		put(&o, "confusion", binary_confusion(s));
	else if (task == METRIC_MULTICLASS && s->in.k <= METRIC_CONFUSION_MAX)
		put(&o, "confusion", confusion(s, levels));
	if (task == METRIC_BINARY || task == METRIC_MULTICLASS)
		put(&o, "calibration", calibration(s));
	if (undefined && json_object_size(undefined))
		put(&o, "undefined", undefined);
	else if (undefined)
		json_decref(undefined);
	else
		put(&o, "undefined", NULL);
	if (ci)
		put(&o, "ci", intervals(s, ci));
	return o;
}
