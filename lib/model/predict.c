#include "model/predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/head.h"
#include "model/net.h"

#define BLOCK 1024 /* rows whose outputs are held besides the predictions */

enum metric_task predict_task(const struct model *m)
{
	switch (m->spec.head->label) {
	case HEAD_TWO_CLASSES:
		return METRIC_BINARY;
	case HEAD_CLASSES:
		return m->spec.outputs == 2 ? METRIC_BINARY : METRIC_MULTICLASS;
	case HEAD_SURVIVAL:
		return METRIC_SURVIVAL;
	case HEAD_NUMBER:
		break;
	}
	return m->spec.head == &head_poisson ? METRIC_COUNT : METRIC_REGRESSION;
}

size_t predict_width(const struct model *m)
{
	return predict_task(m) == METRIC_MULTICLASS ? m->spec.outputs : 1;
}

/* p (n, width) from mu (n, outputs): all columns or, of two classes, the second. first numbers the rows. */
static int keep(const double *mu, size_t n, size_t outputs, size_t width, size_t first, double *p, struct fl_err *err)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < width; j++) {
			double v = mu[i * outputs + outputs - width + j];

			if (!isfinite(v))
				return fl_fail(err, FL_DATA, "row %zu: the prediction is not finite", first + i + 1);
			p[i * width + j] = v;
		}
	return FL_OK;
}

static int predict_block(const struct model *m, const struct table *t, size_t at, size_t n, float *eta, double *mu,
			 double *p, struct fl_err *err)
{
	const float *offset = t->offset ? t->offset + at : NULL;
	int rc = net_eta(&m->spec, m->theta, t->x + at * t->p, n, offset, eta, err);

	if (rc != FL_OK)
		return rc;
	m->spec.head->mean(eta, n, m->spec.outputs, mu);
	return keep(mu, n, m->spec.outputs, predict_width(m), at, p + at * predict_width(m), err);
}

int predict_rows(double **p, const struct model *m, const struct table *t, struct fl_err *err)
{
	size_t at, n, outputs = m->spec.outputs;
	double *mu = NULL;
	float *eta = NULL;
	int rc;

	*p = NULL;
	TRY(fl_alloc(p, t->n, predict_width(m) * sizeof **p, err));
	TRY(fl_alloc(&eta, BLOCK, outputs * sizeof *eta, err));
	TRY(fl_alloc(&mu, BLOCK, outputs * sizeof *mu, err));
	for (at = 0; at < t->n; at += n) {
		n = t->n - at < BLOCK ? t->n - at : BLOCK;
		TRY(predict_block(m, t, at, n, eta, mu, *p, err));
	}
out:
	if (rc != FL_OK) {
		free(*p);
		*p = NULL;
	}
	free(eta);
	free(mu);
	return rc;
}

const char *predict_level(const struct model *m, size_t c)
{
	return m->schema.fields[m->schema.label].levels[c];
}
