#include <math.h>

#include "solve/descent.h"

/* l2 and prox are part of the gradient, as in torch.optim.Adam; the l1 threshold is lr l1 for every weight. */
static double step(struct descent *d, const uint32_t *rows, size_t n)
{
	const struct solve_in *in = d->in;
	double t = (double)d->t, loss = net_gradient(d->net, rows, n);
	struct kernel_adam a = { .beta1 = (float)in->beta1, .beta2 = (float)in->beta2, .eps = (float)in->eps };

	a.lr = (float)(in->lr / (1 - pow(in->beta1, t)));
	a.root = (float)(1 / sqrt(1 - pow(in->beta2, t)));
	net_kernel(d->net)->adam(net_weights(d->net), net_vector(d->net, 1), net_vector(d->net, 2), net_vector(d->net, 0),
				 net_len(d->net), &a);
	net_shrink(d->net, in->lr);
	return loss;
}

static const char *check(const struct solve_in *in)
{
	if (!(in->beta1 >= 0 && in->beta1 < 1 && in->beta2 >= 0 && in->beta2 < 1))
		return "beta1 and beta2 must be at least 0 and below 1";
	return in->eps > 0 && isfinite(in->eps) ? NULL : "eps must be above 0";
}

static int run(const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err)
{
	return descent_run(in, 3, step, theta, out, err);
}

const struct solver solver_adam = { .name = "adam", .summary = "adaptive moments with bias correction",
	.source = "Kingma and Ba 2015, Algorithm 1", .check = check, .run = run };
