/*
 * state.h - what a strategy carries from round to round, in a file that survives a crash at any moment.
 *
 * An artefact of kind "state": for each vector of the strategy the values before and after the round, NAME/VECTOR/before and
 * NAME/VECTOR, F32, and in "fl" the strategy and the digest of the base model the round started from. A round that goes on
 * from its result (whose "parent" is that base) continues from "after"; the same round run again starts from "before"; so
 * running twice gives the same bytes, whichever of the two files a crash had let through. Anything else is refused.
 */
#ifndef FL_AGGREGATE_STATE_H
#define FL_AGGREGATE_STATE_H

#include "aggregate/inputs.h"
#include "aggregate/strategy.h"
#include "base/file.h"

struct state {
	const struct strategy *strategy;
	const struct strategy_opts *o;
	uint64_t values;
	struct art old;                          /* path NULL: a first round */
	uint64_t old_at[STRATEGY_STATE_MAX];     /* of each vector to go on from */
	struct out out;
	uint64_t out_at;                         /* file offset of its data */
};

/* Open path, which may not exist yet, for a round from the model whose metadata are base and whose digest is digest; begin
 * its successor. FL_DATA where path belongs to something else. *s must be {0}. */
int state_open(struct state *s, const char *path, const struct strategy *strategy, const struct strategy_opts *o,
	       const struct inputs *in, const json_t *base, const char *digest, struct fl_err *err);

/* The n values from from on of vector k, to go on from. */
int state_read(const struct state *s, size_t k, uint64_t from, size_t n, float *v, struct fl_err *err);

/* Keep what they were before the round, or are after it. */
enum { STATE_AFTER, STATE_BEFORE };
int state_write(const struct state *s, size_t k, int when, uint64_t from, size_t n, const float *v, struct fl_err *err);

int state_commit(struct state *s, struct fl_err *err);
void state_close(struct state *s);

#endif
