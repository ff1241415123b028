#include "solve/descent.h"

static double step(struct descent *d, const uint32_t *rows, size_t n)
{
	return net_sgd(d->net, rows, n, d->in->lr);
}

static int run(const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err)
{
	return descent_run(in, 0, step, theta, out, err);
}

const struct solver solver_sgd = { .name = "sgd", .summary = "stochastic gradient descent, l1 by its prox",
	.source = "Robbins and Monro 1951; Parikh and Boyd 2014, 4.2", .run = run };
