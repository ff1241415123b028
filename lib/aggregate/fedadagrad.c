#include "aggregate/adaptive.h"

/* v + D^2 */
static double second(double v, double square, double beta2)
{
	(void)beta2;
	return v + square;
}

static void step(const struct strategy_in *in, float *out)
{
	adaptive_step(in, second, out);
}

const struct strategy strategy_fedadagrad = {
	.name = "fedadagrad",
	.summary = "adaptive server steps that only shrink",
	.source = "Reddi et al. 2021, Algorithm 2, FedAdagrad",
	.lr = 0.1,
	.state = { "m", "v" },
	.start = adaptive_start,
	.step = step,
};
