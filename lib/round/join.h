/*
 * join.h - a participant's side: the newest plan, checked and held against the site's own policy, trained and answered.
 *
 * The update depends on the plan and the rows only, and it is kept until it has been sent, so that whatever is killed and
 * run again sends the same bytes.
 */
#ifndef FL_ROUND_JOIN_H
#define FL_ROUND_JOIN_H

#include "round/fed.h"
#include "round/policy.h"

struct join {
	struct fed *fed;
	const struct key *key;
	const char *me;    /* "h12" */
	const char *data;  /* CSV files */
	const struct policy *policy;
	const char *hooks; /* folder, or NULL */
	unsigned rounds;   /* answer this many, then leave; 0: all of the run */
	double wait;       /* seconds to wait for a plan; below 0: as long as it takes */
	void (*progress)(const char *what, double done, double total);
};

/* FL_OK: answered, or it had been, or the run is over. FL_LATER: no open round, or clocks that differ. FL_REFUSED: policy, a
 * hook, a replayed plan. FL_NO: another plan of a round that was answered, kept as evidence. */
int join_run(const struct join *j, struct fl_err *err);

#endif
