/* Metrics of predicted classes. Definitions: Sokolova and Lapalme 2009, "A systematic analysis of performance
 * measures for classification tasks", tables 2 and 3. */
#include <math.h>
#include <string.h>

#include "model/metric.h"

static size_t classes(const struct metric_set *s)
{
	return s->in.task == METRIC_BINARY ? 2 : s->in.k;
}

void metric_confusion(const struct metric_set *s, const double *w, double *c)
{
	size_t i, k = classes(s);

	memset(c, 0, k * k * sizeof *c);
	for (i = 0; i < s->in.n; i++)
		c[(size_t)s->in.y[i] * k + s->guess[i]] += w[i];
}

/* Per class j, in s->work: weight of the rows of the class, of the rows predicted so, of both at once. */
static void class_sums(const struct metric_set *s, const double *w, const double **of, const double **as,
		       const double **both)
{
	size_t i, k = classes(s);
	double *sums = s->work;

	memset(sums, 0, 3 * k * sizeof *sums);
	for (i = 0; i < s->in.n; i++) {
		size_t y = (size_t)s->in.y[i], g = s->guess[i];

		sums[y] += w[i];
		sums[k + g] += w[i];
		if (y == g)
			sums[2 * k + y] += w[i];
	}
	*of = sums;
	*as = sums + k;
	*both = sums + 2 * k;
}

static double accuracy(const struct metric_set *s, const double *w, const char **why)
{
	double hit = 0, sum = 0;
	size_t i;

	(void)why;
	for (i = 0; i < s->in.n; i++) {
		sum += w[i];
		if ((size_t)s->in.y[i] == s->guess[i])
			hit += w[i];
	}
	return hit / sum;
}

const struct metric metric_accuracy = {
	.name = "accuracy", .summary = "share of rows whose class is predicted",
	.source = "Sokolova and Lapalme 2009, table 2",
	.tasks = METRIC_BINARY | METRIC_MULTICLASS, .value = accuracy
};

static double balanced_accuracy(const struct metric_set *s, const double *w, const char **why)
{
	const double *of, *as, *both;
	double sum = 0;
	size_t j, present = 0;

	class_sums(s, w, &of, &as, &both);
	for (j = 0; j < classes(s); j++) {
		if (!(of[j] > 0))
			continue;
		sum += both[j] / of[j];
		present++;
	}
	if (present < 2)
		*why = "only one class in the data";
	return sum / (double)present;
}

const struct metric metric_balanced_accuracy = {
	.name = "balanced_accuracy", .summary = "mean recall of the classes in the data",
	.source = "Brodersen et al. 2010, The balanced accuracy and its posterior distribution",
	.tasks = METRIC_BINARY | METRIC_MULTICLASS, .value = balanced_accuracy
};

static double precision(const struct metric_set *s, const double *w, const char **why)
{
	const double *of, *as, *both;

	class_sums(s, w, &of, &as, &both);
	if (!(as[1] > 0))
		*why = "no row is predicted positive";
	return both[1] / as[1];
}

const struct metric metric_precision = {
	.name = "precision", .summary = "share of positives among the rows predicted positive",
	.source = "Sokolova and Lapalme 2009, table 2", .tasks = METRIC_BINARY, .value = precision
};

static double recall(const struct metric_set *s, const double *w, const char **why)
{
	const double *of, *as, *both;

	class_sums(s, w, &of, &as, &both);
	if (!(of[1] > 0))
		*why = "no positive in the data";
	return both[1] / of[1];
}

const struct metric metric_recall = {
	.name = "recall", .summary = "share of the positives that are predicted positive",
	.source = "Sokolova and Lapalme 2009, table 2", .tasks = METRIC_BINARY, .value = recall
};

/* 2 TP / (2 TP + FP + FN), where TP + FP is what was predicted so and TP + FN what is so. */
static double f1(const struct metric_set *s, const double *w, const char **why)
{
	const double *of, *as, *both;

	class_sums(s, w, &of, &as, &both);
	if (!(of[1] + as[1] > 0))
		*why = "no positive in the data or the predictions";
	return 2 * both[1] / (of[1] + as[1]);
}

const struct metric metric_f1 = {
	.name = "f1", .summary = "harmonic mean of precision and recall",
	.source = "Sokolova and Lapalme 2009, table 2, beta = 1", .tasks = METRIC_BINARY, .value = f1
};

static double macro_f1(const struct metric_set *s, const double *w, const char **why)
{
	const double *of, *as, *both;
	double sum = 0;
	size_t j, seen = 0;

	(void)why; /* rows with weight have a class */
	class_sums(s, w, &of, &as, &both);
	for (j = 0; j < classes(s); j++) {
		if (!(of[j] + as[j] > 0))
			continue;
		sum += 2 * both[j] / (of[j] + as[j]);
		seen++;
	}
	return sum / (double)seen;
}

const struct metric metric_macro_f1 = {
	.name = "macro_f1", .summary = "mean F1 of the classes in the data or the predictions",
	.source = "Opitz and Burst 2019, Macro F1 and Macro F1: the averaged F1",
	.tasks = METRIC_MULTICLASS, .value = macro_f1
};
