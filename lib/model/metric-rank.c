/* Metrics of the order that predictions give. */
#include <math.h>

#include "model/metric.h"

/* The rows by falling p of column j: weight of those with and without class c among the next ones of equal p. *left
 * rows are still to come. */
static void tied(const struct metric_set *s, const double *w, size_t c, size_t j, size_t *left, double *pos,
		 double *neg)
{
	const uint32_t *order = s->order + j * s->in.n;
	double p = s->in.p[order[*left - 1] * s->in.k + j];

	*pos = *neg = 0;
	for (; *left && s->in.p[order[*left - 1] * s->in.k + j] == p; (*left)--) {
		uint32_t r = order[*left - 1];

		*((size_t)s->in.y[r] == c ? pos : neg) += w[r];
	}
}

/* Mann-Whitney: the share of (positive, negative) pairs in which the positive has the higher p, ties one half. NAN
 * where one side is empty. c is the positive class, j its column of p. */
static double auc_of(const struct metric_set *s, const double *w, size_t c, size_t j)
{
	double all_pos = 0, all_neg = 0, pairs = 0, pos, neg;
	size_t left = s->in.n;

	while (left) {
		tied(s, w, c, j, &left, &pos, &neg);
		pairs += neg * (all_pos + pos / 2);
		all_pos += pos;
		all_neg += neg;
	}
	if (!(all_pos > 0 && all_neg > 0))
		return NAN;
	return fmin(1, pairs / all_pos / all_neg); /* fractional weights may round it above 1 */
}

static double auc(const struct metric_set *s, const double *w, const char **why)
{
	double v = auc_of(s, w, 1, 0);

	if (isnan(v))
		*why = "only one class in the data";
	return v;
}

const struct metric metric_auc = {
	.name = "auc", .summary = "area under the ROC curve",
	.source = "Hanley and McNeil 1982, The meaning and use of the area under a ROC curve: the Mann-Whitney form",
	.tasks = METRIC_BINARY, .value = auc
};

static double macro_auc(const struct metric_set *s, const double *w, const char **why)
{
	double sum = 0, v;
	size_t j, present = 0;

	for (j = 0; j < s->in.k; j++) {
		v = auc_of(s, w, j, j);
		if (isnan(v))
			continue;
		sum += v;
		present++;
	}
	if (!present)
		*why = "only one class in the data";
	return sum / (double)present;
}

const struct metric metric_macro_auc = {
	.name = "macro_auc", .summary = "mean area under the ROC curve, each class in the data against the rest",
	.source = "Fawcett 2006, An introduction to ROC analysis, sec. 9.2, with equal weights",
	.tasks = METRIC_MULTICLASS, .value = macro_auc
};

/* sum over thresholds, from the highest p down, of (rise in recall) * precision. */
static double average_precision(const struct metric_set *s, const double *w, const char **why)
{
	double above_pos = 0, above = 0, sum = 0, pos, neg;
	size_t left = s->in.n;

	while (left) {
		tied(s, w, 1, 0, &left, &pos, &neg);
		above_pos += pos;
		above += pos + neg;
		if (pos > 0)
			sum += pos * (above_pos / above);
	}
	if (!(above_pos > 0))
		*why = "no positive in the data";
	return sum / above_pos;
}

const struct metric metric_average_precision = {
	.name = "average_precision", .summary = "precision averaged over recall, without interpolation",
	.source = "Buckley and Voorhees 2000, Evaluating evaluation measure stability",
	.tasks = METRIC_BINARY, .value = average_precision
};
