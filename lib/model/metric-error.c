/* Metrics of predicted values. */
#include <math.h>

#include "model/metric.h"

#define TASKS (METRIC_REGRESSION | METRIC_COUNT)

/* Weighted mean of f(y, p). */
static double mean_of(const struct metric_set *s, const double *w, double (*f)(double y, double p))
{
	double sum = 0, all = 0;
	size_t i;

	for (i = 0; i < s->in.n; i++) {
		sum += w[i] * f(s->in.y[i], s->in.p[i]);
		all += w[i];
	}
	return sum / all;
}

static double squared(double y, double p)
{
	return (y - p) * (y - p);
}

static double absolute(double y, double p)
{
	return fabs(y - p);
}

static double label(double y, double p)
{
	(void)p;
	return y;
}

static double rmse(const struct metric_set *s, const double *w, const char **why)
{
	(void)why;
	return sqrt(mean_of(s, w, squared));
}

const struct metric metric_rmse = {
	.name = "rmse", .summary = "root of the mean squared error, in the label's unit",
	.source = "Hyndman and Koehler 2006, Another look at measures of forecast accuracy, sec. 2.1",
	.tasks = TASKS, .value = rmse
};

static double mae(const struct metric_set *s, const double *w, const char **why)
{
	(void)why;
	return mean_of(s, w, absolute);
}

const struct metric metric_mae = {
	.name = "mae", .summary = "mean absolute error, in the label's unit",
	.source = "Hyndman and Koehler 2006, sec. 2.1", .tasks = TASKS, .value = mae
};

static double r2(const struct metric_set *s, const double *w, const char **why)
{
	double mean = mean_of(s, w, label), rest = 0, all = 0;
	float first = NAN;
	int varies = 0;
	size_t i;

	for (i = 0; i < s->in.n; i++) {
		if (!(w[i] > 0))
			continue;
		first = isnan(first) ? s->in.y[i] : first;
		varies |= s->in.y[i] != first; /* exact, while all would be a rounding error of the mean */
		rest += w[i] * squared(s->in.y[i], s->in.p[i]);
		all += w[i] * squared(s->in.y[i], mean);
	}
	if (!varies)
		*why = "the label is constant";
	return 1 - rest / all;
}

const struct metric metric_r2 = {
	.name = "r2", .summary = "share of the label's variance that is explained",
	.source = "Kvalseth 1985, Cautionary note about R2: the first of its eight", .tasks = TASKS, .value = r2
};

static double deviance(double y, double p)
{
	return fmax(0, 2 * ((y > 0 ? y * log(y / p) : 0) - (y - p))); /* never negative but for rounding */
}

static double mean_deviance(const struct metric_set *s, const double *w, const char **why)
{
	size_t i;

	for (i = 0; i < s->in.n; i++)
		if (w[i] > 0 && !(s->in.y[i] >= 0 && s->in.p[i] > 0)) {
			*why = "a count is negative or a rate is 0";
			return NAN;
		}
	return mean_of(s, w, deviance);
}

const struct metric metric_mean_deviance = {
	.name = "mean_deviance", .summary = "mean Poisson deviance",
	.source = "McCullagh and Nelder 1989, Generalized linear models, sec. 2.3", .tasks = METRIC_COUNT,
	.value = mean_deviance
};
