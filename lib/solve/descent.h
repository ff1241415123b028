/*
 * descent.h - what the minibatch solvers share: epochs, shuffles, divergence, progress. A solver is its step.
 */
#ifndef FL_SOLVE_DESCENT_H
#define FL_SOLVE_DESCENT_H

#include "model/kernel.h"
#include "model/net.h"
#include "solve/solver.h"

struct descent {
	const struct solve_in *in;
	struct net *net;
	long long t; /* number of this step, from 1 */
};

/* Update the parameters by the n rows listed; returns the batch's mean loss before the update. */
typedef double descent_step(struct descent *d, const uint32_t *rows, size_t n);

/* All steps of in. vectors: as in net_opts. */
int descent_run(const struct solve_in *in, size_t vectors, descent_step *step, float *theta, struct solve_out *out,
		struct fl_err *err);

#endif
