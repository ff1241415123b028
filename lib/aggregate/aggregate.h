/*
 * aggregate.h - the blockwise, out-of-core folder: any number of updates into one model, or into one partial.
 *
 * Memory is a block of values for each thread, whatever the size of the model and the number of updates: every block is
 * summed over all files, finished and written before the next. The bytes written do not depend on the order of the files,
 * on how they were grouped into partials, or on the number of threads. Statistics are folded by stats/fold.h.
 */
#ifndef FL_AGGREGATE_AGGREGATE_H
#define FL_AGGREGATE_AGGREGATE_H

#include "aggregate/strategy.h"
#include "base/file.h"

struct agg_opts {
	const struct strategy *strategy;
	struct strategy_opts server;
	const char *state; /* path of what the strategy carries on, or NULL */
	int partial;      /* write the sum as a partial; no base model is read */
	int threads;
	const char *base; /* path of the base model, "-": standard input; read where updates are finished */
	void (*progress)(const char *what, double done, double total);
};

struct agg_result {
	long long count;        /* updates, those inside partials included */
	double weight;          /* their sum */
	unsigned long long values, bytes_in;
	long long round;        /* of what was written */
};

/* The files named by next(ctx), which gives NULL at the end, into o (opened, committed by the caller). FL_DATA names the
 * first file that is wrong and how. */
int aggregate(const char *(*next)(void *ctx), void *ctx, const struct agg_opts *opts, struct out *o, struct agg_result *res,
	      struct fl_err *err);

#endif
