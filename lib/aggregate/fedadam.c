#include "aggregate/adaptive.h"

/* b2 v + (1 - b2) D^2 */
static double second(double v, double square, double beta2)
{
	return beta2 * v + (1 - beta2) * square;
}

static void step(const struct strategy_in *in, float *out)
{
	adaptive_step(in, second, out);
}

const struct strategy strategy_fedadam = {
	.name = "fedadam",
	.summary = "adaptive server steps, Adam",
	.source = "Reddi et al. 2021, Algorithm 2, FedAdam",
	.lr = 0.01,
	.state = { "m", "v" },
	.start = adaptive_start,
	.step = step,
};
