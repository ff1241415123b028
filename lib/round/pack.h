/*
 * pack.h - an update through the codec that the plan names, on its way to the coordinator.
 *
 * See plan_codec(). "auto" is the rule for networks (codec/adapt.h), with what this machine
 * measured of earlier transfers. With Plan.error_feedback what the codec loses stays in the home and is added to the next
 * update; answering a round again adds nothing twice.
 */
#ifndef FL_ROUND_PACK_H
#define FL_ROUND_PACK_H

#include "round/fed.h"

/* The update at `from` as the plan of a round wants it, at `to`; `who` answers, and training took local_s seconds. Nothing is
 * done where the plan names no codec: *packed says. */
int pack_update(struct fed *f, const Fl__V1__Plan *p, const char *who, double local_s, const char *from, const char *to, int *packed,
		struct fl_err *err);

/* What the transfers since `before` say about the way to the store, where the plan says "auto". */
void pack_learn(struct fed *f, const Fl__V1__Plan *p, const struct store_stats *before);

#endif
