/* Metrics of predicted probabilities. */
#include <math.h>

#include "model/metric.h"

static double log_clipped(double p)
{
	return log(p < METRIC_LOG_CLIP ? METRIC_LOG_CLIP : p);
}

static double log_loss(const struct metric_set *s, const double *w, const char **why)
{
	const struct metric_in *in = &s->in;
	double sum = 0, all = 0, p;
	size_t i;

	(void)why;
	for (i = 0; i < in->n; i++) {
		if (in->task == METRIC_MULTICLASS)
			p = in->p[i * in->k + (size_t)in->y[i]];
		else
			p = in->y[i] == 1 ? in->p[i] : 1 - in->p[i];
		sum -= w[i] * log_clipped(p);
		all += w[i];
	}
	return sum / all;
}

const struct metric metric_log_loss = {
	.name = "log_loss", .summary = "mean negative log of the probability of the true class, kept at least 1e-15",
	.source = "Good 1952, Rational decisions", .tasks = METRIC_BINARY | METRIC_MULTICLASS, .value = log_loss
};

static double brier(const struct metric_set *s, const double *w, const char **why)
{
	double sum = 0, all = 0, d;
	size_t i;

	(void)why;
	for (i = 0; i < s->in.n; i++) {
		d = s->in.p[i] - s->in.y[i];
		sum += w[i] * d * d;
		all += w[i];
	}
	return sum / all;
}

const struct metric metric_brier = {
	.name = "brier", .summary = "mean squared difference of probability and outcome",
	.source = "Brier 1950, Verification of forecasts expressed in terms of probability, halved for two classes",
	.tasks = METRIC_BINARY, .value = brier
};

void metric_calibration(const struct metric_set *s, const double *w, struct metric_bin bins[METRIC_BINS])
{
	const struct metric_in *in = &s->in;
	int multi = in->task == METRIC_MULTICLASS;
	size_t i, b;

	for (b = 0; b < METRIC_BINS; b++)
		bins[b] = (struct metric_bin){ 0 };
	for (i = 0; i < in->n; i++) {
		double p = in->p[i * in->k + (multi ? s->guess[i] : 0)];
		double scaled = p * METRIC_BINS;

		b = scaled < 0 ? 0 : scaled >= METRIC_BINS ? METRIC_BINS - 1 : (size_t)scaled;
		bins[b].n++;
		bins[b].weight += w[i];
		bins[b].predicted += w[i] * p;
		bins[b].observed += w[i] * (multi ? (size_t)in->y[i] == s->guess[i] : in->y[i] == 1);
	}
	for (b = 0; b < METRIC_BINS; b++) {
		bins[b].predicted /= bins[b].weight; /* 0/0 is the NAN of an empty bin */
		bins[b].observed /= bins[b].weight;
	}
}

static double ece(const struct metric_set *s, const double *w, const char **why)
{
	struct metric_bin bins[METRIC_BINS];
	double sum = 0, all = 0;
	size_t b;

	(void)why;
	metric_calibration(s, w, bins);
	for (b = 0; b < METRIC_BINS; b++) {
		if (!(bins[b].weight > 0))
			continue;
		sum += bins[b].weight * fabs(bins[b].predicted - bins[b].observed);
		all += bins[b].weight;
	}
	return sum / all;
}

const struct metric metric_ece = {
	.name = "ece", .summary = "expected calibration error over 10 bins of equal width",
	.source = "Naeini et al. 2015, Obtaining well calibrated probabilities using Bayesian binning (binary); "
		  "Guo et al. 2017, On calibration of modern neural networks, eq. 3 (multiclass)",
	.tasks = METRIC_BINARY | METRIC_MULTICLASS, .value = ece
};
