#include "model/head.h"

#include <math.h>

/* exp only ever sees -|eta|, so nothing overflows; and nothing is the difference of large numbers, so both tails keep their
 * digits. y is 0 or 1. */
static double row(double y, const double *eta, size_t k, double *d)
{
	double e = exp(-fabs(eta[0])), miss = y > 0 ? -eta[0] : eta[0]; /* how far on the wrong side */

	(void)k;
	d[0] = (miss >= 0 ? 1 : e) / (1 + e) * (y > 0 ? -1 : 1);
	return fmax(miss, 0) + log1p(e);
}

static const char *misfit(double y, size_t k)
{
	(void)k;
	return y == 0 || y == 1 ? NULL : "is neither 0 nor 1";
}

static void mean(const float *eta, size_t n, size_t k, double *mu)
{
	size_t i;

	for (i = 0; i < n * k; i++) {
		double e = exp(-fabs((double)eta[i]));
		mu[i] = (eta[i] >= 0 ? 1 : e) / (1 + e);
	}
}

const struct head head_bernoulli = { .name = "bernoulli", .summary = "label of two classes, log loss",
	.source = "McCullagh and Nelder 1989, 4.3", .label = HEAD_TWO_CLASSES, .row = row, .misfit = misfit, .mean = mean };
