/*
 * answer.h - a participant's answer to one plan: made once, kept, sent until it has arrived.
 */
#ifndef FL_ROUND_ANSWER_H
#define FL_ROUND_ANSWER_H

#include "round/join.h"

/* Train as the plan asks, unless an answer to this very plan is kept from before, and put payload and envelope. coordinator:
 * who signed the plan. */
int answer_plan(const struct join *j, const struct signed_msg *plan, const char *coordinator, struct fl_err *err);

#endif
