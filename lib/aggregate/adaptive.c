#include "aggregate/adaptive.h"

#include <math.h>

void adaptive_step(const struct strategy_in *in, double (*second)(double v, double square, double beta2), float *out)
{
	const struct strategy_opts *o = in->o;
	float *m = in->state[0], *v = in->state[1];
	double d;
	size_t i;

	for (i = 0; i < in->n; i++) {
		d = (double)in->mean[i];
		m[i] = (float)(o->beta1 * (double)m[i] + (1 - o->beta1) * d);
		v[i] = (float)second((double)v[i], d * d, o->beta2);
		out[i] = in->base[i] + (float)(o->lr * (double)m[i] / (sqrt((double)v[i]) + o->tau));
	}
}

double adaptive_start(const struct strategy_opts *o, size_t vector)
{
	return vector == 1 ? o->tau * o->tau : 0;
}
