#include <math.h>
#include <stdlib.h>

#include "model/metric.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Quantile q of n >= 1 sorted values, linear between them: Hyndman and Fan 1996, type 7. */
static double quantile(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1), below = floor(at);
	size_t i = (size_t)below;

	return i + 1 < n ? v[i] + (at - below) * (v[i + 1] - v[i]) : v[n - 1];
}

/* The quantiles of column m of v, rows of width M, without its NANs; col is room for one column. */
static void interval(const double *v, size_t M, size_t m, const struct metric_boot *b, double *col, double ci[2])
{
	size_t i, n = 0;

	for (i = 0; i < b->replicates; i++)
		if (!isnan(v[i * M + m]))
			col[n++] = v[i * M + m];
	ci[0] = ci[1] = NAN;
	if (n == 0 || 2 * n < b->replicates)
		return;
	qsort(col, n, sizeof *col, by_value);
	ci[0] = quantile(col, n, (1 - b->level) / 2);
	ci[1] = quantile(col, n, (1 + b->level) / 2);
}

/* Drawing row i c times is giving it c times its weight. */
static void draw(const struct metric_set *s, struct rng *r, double *w)
{
	size_t i, n = s->in.n;

	for (i = 0; i < n; i++)
		w[i] = 0;
	for (i = 0; i < n; i++) {
		size_t row = (size_t)rng_below(r, n);

		w[row] += s->weight[row];
	}
}

int metric_bootstrap(const struct metric_set *s, const struct metric_boot *b, struct rng *r, double (*ci)[2],
		     struct fl_err *err)
{
	double *w = NULL, *v = NULL, *col = NULL;
	size_t i, m, M = metric_count();
	int rc;

	TRY(fl_alloc(&w, s->in.n, sizeof *w, err));
	TRY(fl_alloc(&v, b->replicates, M * sizeof *v, err));
	TRY(fl_alloc(&col, b->replicates, sizeof *col, err));
	for (i = 0; i < b->replicates; i++) {
		draw(s, r, w);
		for (m = 0; m < M; m++)
			v[i * M + m] = metric_at(m)->tasks & s->in.task ? metric_value(metric_at(m), s, w, NULL) : NAN;
		if (b->progress)
			b->progress("bootstrap", (double)(i + 1), (double)b->replicates);
	}
	for (m = 0; m < M; m++)
		interval(v, M, m, b, col, ci[m]);
out:
	free(w);
	free(v);
	free(col);
	return rc;
}
