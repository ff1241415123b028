/*
 * strategy.h - how the mean of the updates becomes the next model. One file and one row of strategies.def each.
 *
 * A strategy is pure: it sees a block of values at a time, in any order of blocks, and never the files. What it carries from
 * one round to the next is up to STRATEGY_STATE_MAX numbers for each value of the model; state.h keeps them in a file.
 */
#ifndef FL_AGGREGATE_STRATEGY_H
#define FL_AGGREGATE_STRATEGY_H

#include <stddef.h>

#define STRATEGY_STATE_MAX 2

struct strategy_opts {
	double lr;           /* server learning rate eta */
	double beta1, beta2; /* decay of the first and second moment */
	double tau;          /* degree of adaptivity: added to the root of the second moment */
};

struct strategy_in {
	const float *base; /* (n) x, the current model */
	const float *mean; /* (n) D, the weighted mean of the updates */
	size_t n;
	float *state[STRATEGY_STATE_MAX]; /* (n) each, updated in place */
	const struct strategy_opts *o;
};

struct strategy {
	const char *name, *summary, *source;
	double lr;                               /* default of eta */
	const char *state[STRATEGY_STATE_MAX];   /* names of the vectors it carries on; NULL: none */
	double (*start)(const struct strategy_opts *o, size_t vector); /* their first value; NULL: 0 */
	void (*step)(const struct strategy_in *in, float *out);        /* out (n) may be in->base or in->mean */
};

const struct strategy *strategy_find(const char *name); /* NULL: none of that name */
const char *strategy_name(size_t i);                    /* NULL past the last */
size_t strategy_vectors(const struct strategy *s);      /* how many vectors it carries on */

#endif
