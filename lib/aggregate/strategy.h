/*
 * strategy.h - how the mean of the updates becomes the next model. One file and one row of strategies.def each.
 *
 * A strategy is pure: it sees a block of values at a time, in any order of blocks, and never the files.
 */
#ifndef FL_AGGREGATE_STRATEGY_H
#define FL_AGGREGATE_STRATEGY_H

#include <stddef.h>

struct strategy_in {
	const float *base; /* (n) the current model */
	const float *mean; /* (n) weighted mean of the updates */
	size_t n;
	double lr;         /* server learning rate */
};

struct strategy {
	const char *name, *summary, *source;
	void (*step)(const struct strategy_in *in, float *out); /* out (n) may be in->base or in->mean */
};

const struct strategy *strategy_find(const char *name); /* NULL: none of that name */
const char *strategy_name(size_t i);                    /* NULL past the last */

#endif
