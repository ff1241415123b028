#include "aggregate/strategy.h"

/* v = b v + D, x = x + eta v: Hsu, Qi and Brown 2019, section 4.3. */
static void step(const struct strategy_in *in, float *out)
{
	float *v = in->state[0];
	size_t i;

	for (i = 0; i < in->n; i++) {
		v[i] = (float)(in->o->beta1 * (double)v[i] + (double)in->mean[i]);
		out[i] = in->base[i] + (float)(in->o->lr * (double)v[i]);
	}
}

const struct strategy strategy_fedavgm = {
	.name = "fedavgm",
	.summary = "weighted mean with server momentum",
	.source = "Hsu et al. 2019, section 4.3",
	.lr = 1,
	.state = { "v" },
	.step = step,
};
