/*
 * solver.h - local training: minimise a site's objective (net.h) from the parameters given.
 *
 * One file and one row of solvers.def for each method. Every method is deterministic: same inputs, machine and FL_KERNEL give
 * the same bytes. Minibatches: rows are shuffled at the start of each epoch by stream 1 of the seed; the epoch's batches are
 * consecutive pieces, the last one may be shorter. Dropout takes stream 2.
 */
#ifndef FL_SOLVE_SOLVER_H
#define FL_SOLVE_SOLVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/table.h"
#include "model/spec.h"

struct solve_in {
	const struct spec *spec;
	const struct table *data;
	const float *class_weight; /* (classes) multiplies the rows' weights, or NULL */
	long long epochs;          /* passes over the rows; iterations for lbfgs. >= 1 unless steps is given */
	long long steps;           /* > 0: this many batches, through as many epochs as it takes */
	size_t batch;              /* rows of a batch; 0 is all rows */
	double lr;                 /* > 0 */
	double momentum;           /* momentum: [0, 1) */
	double beta1, beta2, eps;  /* adam: [0, 1), [0, 1), > 0 */
	double l1, l2, prox;       /* >= 0; prox is mu, towards the parameters given */
	double tol;                /* lbfgs: stop when max |gradient of F| <= tol */
	uint64_t seed;
	double until;              /* clock_s() after which it is given up; 0: never */
	void (*progress)(const char *what, double done, double total); /* NULL: none */
};

/* The defaults that options start from: epochs 1, batch 32, lr .01, momentum .9, beta .9 and .999, eps 1e-8, tol 1e-9. */
#define SOLVE_DEFAULTS                                                                                                    \
	.epochs = 1, .batch = 32, .lr = 0.01, .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .tol = 1e-9

struct solve_out {
	long long steps;   /* updates of the parameters */
	long long samples; /* rows looked at, repeats counted */
	double loss;       /* mean loss over the last epoch's batches as they were seen; lbfgs: F at the end */
};

struct solver {
	const char *name, *summary, *source;
	const char *(*check)(const struct solve_in *in); /* NULL, or what it cannot do; NULL: no rules of its own */
	int (*run)(const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err);
};

/* By name; NULL if there is none. Names in order of solvers.def, for lists: NULL after the last. */
const struct solver *solver_find(const char *name);
const struct solver *solver_at(size_t i);
const char *solver_name(size_t i);

/* Check everything, then train theta in place. FL_USAGE (settings), FL_DATA (rows that do not fit; "training diverged at step
 * N; try a smaller --lr"), FL_IO (memory), FL_CONFIG (FL_KERNEL), FL_REFUSED (until). After failure theta is as it was. */
int solver_run(const struct solver *s, const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err);

/* Weights that make classes equally heavy: n / (classes * rows of the class), as scikit-learn's "balanced"; rows count by their
 * weight. w (classes). FL_USAGE where the head has no classes, FL_DATA where a class has no rows. */
int solve_balanced(const struct spec *m, const struct table *t, float *w, struct fl_err *err);

/* For solvers, at every step: FL_REFUSED once in->until is over. */
int solve_in_time(const struct solve_in *in, struct fl_err *err);

#define SOLVER(name) extern const struct solver solver_##name;
#include "solve/solvers.def"
#undef SOLVER

#endif
