#include "model/head.h"

#include <math.h>

static double row(double y, const double *eta, size_t k, double *d)
{
	double top = eta[0], sum = 0;
	size_t j, c = (size_t)y;

	for (j = 1; j < k; j++)
		top = fmax(top, eta[j]);
	for (j = 0; j < k; j++)
		sum += d[j] = exp(eta[j] - top);
	for (j = 0; j < k; j++)
		d[j] /= sum;
	d[c] -= 1;
	return log(sum) + top - eta[c];
}

static const char *misfit(double y, size_t k)
{
	return y >= 0 && y < (double)k && y == floor(y) ? NULL : "is not the index of a class";
}

static void mean(const float *eta, size_t n, size_t k, double *mu)
{
	size_t i, j;

	for (i = 0; i < n; i++, eta += k, mu += k) {
		double top = (double)eta[0], sum = 0;

		for (j = 1; j < k; j++)
			top = fmax(top, (double)eta[j]);
		for (j = 0; j < k; j++)
			sum += exp((double)eta[j] - top);
		for (j = 0; j < k; j++)
			mu[j] = exp((double)eta[j] - top) / sum;
	}
}

const struct head head_categorical = { .name = "categorical", .summary = "label of classes, cross-entropy of softmax",
	.source = "McCullagh and Nelder 1989, 5.2", .label = HEAD_CLASSES, .row = row, .misfit = misfit, .mean = mean };
