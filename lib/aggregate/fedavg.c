#include "aggregate/strategy.h"

/* x + eta_g * sum_k p_k D_k, p_k = n_k / sum n: McMahan et al. 2017, Algorithm 1, with the server step of Reddi et al. 2021,
 * Algorithm 1, SERVEROPT = SGD. */
static void step(const struct strategy_in *in, float *out)
{
	size_t i;

	for (i = 0; i < in->n; i++)
		out[i] = in->base[i] + (float)(in->o->lr * (double)in->mean[i]);
}

const struct strategy strategy_fedavg = {
	.name = "fedavg",
	.summary = "weighted mean of the updates",
	.source = "McMahan et al. 2017, Algorithm 1",
	.lr = 1,
	.step = step,
};
