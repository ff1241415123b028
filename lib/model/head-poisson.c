#include "model/head.h"

#include <math.h>

static double row(double y, const double *eta, size_t k, double *d)
{
	double rate = exp(eta[0]);

	(void)k;
	d[0] = rate - y;
	return rate - y * eta[0];
}

static const char *misfit(double y, size_t k)
{
	(void)k;
	return !isfinite(y) ? "is not finite" : y < 0 ? "is negative" : NULL;
}

static void mean(const float *eta, size_t n, size_t k, double *mu)
{
	size_t i;

	for (i = 0; i < n * k; i++)
		mu[i] = exp((double)eta[i]);
}

const struct head head_poisson = { .name = "poisson", .summary = "label that counts, log link",
	.source = "McCullagh and Nelder 1989, 6.2", .label = HEAD_NUMBER, .row = row, .misfit = misfit, .mean = mean };
