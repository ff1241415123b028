#include "aggregate/adaptive.h"

/* v - (1 - b2) D^2 sign(v - D^2) */
static double second(double v, double square, double beta2)
{
	return v - (1 - beta2) * square * ((v > square) - (v < square));
}

static void step(const struct strategy_in *in, float *out)
{
	adaptive_step(in, second, out);
}

const struct strategy strategy_fedyogi = {
	.name = "fedyogi",
	.summary = "adaptive server steps, Yogi",
	.source = "Reddi et al. 2021, Algorithm 2, FedYogi",
	.lr = 0.01,
	.state = { "m", "v" },
	.start = adaptive_start,
	.step = step,
};
