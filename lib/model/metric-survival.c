/* Metrics of predicted risk under censoring. */
#include <math.h>
#include <string.h>

#include "model/metric.h"

/* A Fenwick tree over the ranks 1 .. n. */
static void tree_add(double *tree, size_t n, size_t at, double w)
{
	for (; at <= n; at += at & -at)
		tree[at] += w;
}

static double tree_upto(const double *tree, size_t at)
{
	double sum = 0;

	for (; at; at -= at & -at)
		sum += tree[at];
	return sum;
}

/* Rows [from, to) of s->order have one time, censored before events: events outlive none of the others there. */
static void one_time(const struct metric_set *s, const double *w, size_t from, size_t to, double *later, double *good,
		     double *all)
{
	size_t i = from, j, n = s->in.n;

	for (; i < to && s->in.event[s->order[i]] == 0; i++) {
		tree_add(s->work, n, s->rank[s->order[i]], w[s->order[i]]);
		*later += w[s->order[i]];
	}
	for (j = i; j < to; j++) {
		uint32_t r = s->order[j];
		double below = tree_upto(s->work, s->rank[r] - 1), upto = tree_upto(s->work, s->rank[r]);

		*good += w[r] * (below + (upto - below) / 2);
		*all += w[r] * *later;
	}
	for (; i < to; i++) {
		tree_add(s->work, n, s->rank[s->order[i]], w[s->order[i]]);
		*later += w[s->order[i]];
	}
}

/* Pairs: an event at t with every row later than t and with those censored at t; two events at one time are no pair.
 * Good: the earlier one has the higher risk; equal risks one half. A weighted pair counts the product of its
 * weights. */
static double c_index(const struct metric_set *s, const double *w, const char **why)
{
	double later = 0, good = 0, all = 0;
	size_t from, to;

	memset(s->work, 0, (s->in.n + 1) * sizeof *s->work);
	for (from = 0; from < s->in.n; from = to) {
		for (to = from + 1; to < s->in.n && s->in.time[s->order[to]] == s->in.time[s->order[from]]; to++)
			;
		one_time(s, w, from, to, &later, &good, &all);
	}
	if (!(all > 0)) {
		*why = "no two rows can be compared";
		return NAN;
	}
	return fmin(1, good / all); /* fractional weights may round it above 1 */
}

const struct metric metric_c_index = {
	.name = "c_index", .summary = "share of comparable pairs in which the higher risk fails first, ties one half",
	.source = "Harrell et al. 1996, Multivariable prognostic models; tied times as in lifelines and R's survival",
	.tasks = METRIC_SURVIVAL, .value = c_index
};
