#include "solve/descent.h"

static double step(struct descent *d, const uint32_t *rows, size_t n)
{
	const struct solve_in *in = d->in;
	double loss = net_gradient(d->net, rows, n);

	net_kernel(d->net)->momentum(net_weights(d->net), net_vector(d->net, 1), net_vector(d->net, 0), net_len(d->net),
				     (float)in->lr, (float)in->momentum);
	net_shrink(d->net, in->lr);
	return loss;
}

static const char *check(const struct solve_in *in)
{
	return in->momentum >= 0 && in->momentum < 1 ? NULL : "momentum must be at least 0 and below 1";
}

static int run(const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err)
{
	return descent_run(in, 2, step, theta, out, err);
}

/* v = momentum v + g; theta -= lr v, as torch.optim.SGD has it: the heavy ball with its step size outside. */
const struct solver solver_momentum = { .name = "momentum", .summary = "gradient descent with a heavy ball",
	.source = "Polyak 1964; Sutskever et al. 2013, eq. 1-2 with lr outside v", .check = check, .run = run };
