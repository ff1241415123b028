#include <math.h>

#include "aggregate/strategy.h"

/* m = b1 m + (1 - b1) D, v = b2 v + (1 - b2) D^2, x = x + eta m / (sqrt(v) + tau):
 * Reddi et al. 2021, Algorithm 2; no bias correction, v starts at tau^2. */
static void step(const struct strategy_in *in, float *out)
{
	const struct strategy_opts *o = in->o;
	float *m = in->state[0], *v = in->state[1];
	double d, q;
	size_t i;

	for (i = 0; i < in->n; i++) {
		d = (double)in->mean[i];
		q = (double)v[i];
		m[i] = (float)(o->beta1 * (double)m[i] + (1 - o->beta1) * d);
		v[i] = (float)(o->beta2 * q + (1 - o->beta2) * d * d);
		out[i] = in->base[i] + (float)(o->lr * (double)m[i] / (sqrt((double)v[i]) + o->tau));
	}
}

static double start(const struct strategy_opts *o, size_t vector)
{
	return vector == 1 ? o->tau * o->tau : 0;
}

const struct strategy strategy_fedadam = {
	.name = "fedadam",
	.summary = "adaptive server steps, Adam",
	.source = "Reddi et al. 2021, Algorithm 2, FedAdam",
	.lr = 0.01,
	.state = { "m", "v" },
	.start = start,
	.step = step,
};
