#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/predict.h"
#include "round/coord.h"

#define THRESHOLD .5 /* as fl-eval's default */

static int add_metric(Fl__V1__Result *r, const char *name, double value, struct fl_err *err)
{
	size_t cap = r->n_metrics;
	ProtobufCMessage *m = NULL;
	int rc;

	TRY(fl_grow(&r->metrics, &cap, r->n_metrics + 1, sizeof *r->metrics, err));
	TRY(msg_new(&m, &fl__v1__metric__descriptor, err));
	r->metrics[r->n_metrics++] = (Fl__V1__Metric *)m;
	TRY(msg_set(&r->metrics[r->n_metrics - 1]->name, name, err));
	r->metrics[r->n_metrics - 1]->value = value;
out:
	return rc;
}

/* Every metric of the task that is defined; not how many rows there were: a count is data. */
static int add_all(Fl__V1__Result *r, const struct metric_in *in, struct fl_err *err)
{
	struct metric_set s = { 0 };
	const struct metric *m;
	size_t i;
	int rc;

	TRY(metric_prepare(&s, in, err));
	for (i = 0; (m = metric_at(i)); i++) {
		double x;

		if (!(m->tasks & (unsigned)in->task))
			continue;
		x = metric_value(m, &s, NULL, NULL);
		if (isfinite(x))
			TRY(add_metric(r, m->name, x, err));
	}
out:
	metric_clear(&s);
	return rc;
}

int coord_measure(const char *path, const char *eval, Fl__V1__Result *r, struct fl_err *err)
{
	struct table_opts how = { .scale = TABLE_SCALE_SCHEMA, .need_label = 1 };
	struct model m = { 0 };
	struct table t = { 0 };
	struct metric_in in;
	double *p = NULL;
	int rc;

	TRY(model_read(&m, path, err));
	TRY(rows_read(&t, &m, NULL, eval, &how, err));
	TRY(predict_rows(&p, &m, &t, err));
	in = (struct metric_in){ .task = predict_task(&m), .n = t.n, .k = predict_width(&m), .p = p, .y = t.y, .time = t.time,
				 .event = t.event, .weight = t.weight, .threshold = THRESHOLD };
	TRY(add_all(r, &in, err));
out:
	free(p);
	table_clear(&t);
	model_clear(&m);
	return rc;
}

void coord_measure_free(Fl__V1__Result *r)
{
	size_t i;

	for (i = 0; i < r->n_metrics; i++)
		msg_free((ProtobufCMessage *)r->metrics[i]);
	free(r->metrics);
	r->metrics = NULL;
	r->n_metrics = 0;
}
