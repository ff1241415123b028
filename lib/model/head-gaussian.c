#include "model/head.h"

#include <math.h>

static double row(double y, const double *eta, size_t k, double *d)
{
	(void)k;
	d[0] = eta[0] - y;
	return 0.5 * d[0] * d[0];
}

static const char *misfit(double y, size_t k)
{
	(void)k;
	return isfinite(y) ? NULL : "is not finite";
}

static void mean(const float *eta, size_t n, size_t k, double *mu)
{
	size_t i;

	for (i = 0; i < n * k; i++)
		mu[i] = eta[i];
}

const struct head head_gaussian = { .name = "gaussian", .summary = "numeric label, half the squared error",
	.source = "McCullagh and Nelder 1989, 2.2", .label = HEAD_NUMBER, .row = row, .misfit = misfit, .mean = mean };
