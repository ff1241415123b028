/*
 * stand.h - how a round stands: its plan, seal and result as the store has them, each checked and tied to the one before.
 */
#ifndef FL_ROUND_STAND_H
#define FL_ROUND_STAND_H

#include "round/fed.h"
#include "round/plan.h"

struct stand {
	unsigned number;                      /* 0: there is no round yet */
	enum plan_phase phase;
	struct signed_msg plan, seal, result; /* as far as the phase says */
};

/* Round `number` (0: none). *s must be {0}; stand_clear() frees, also after failure. FL_NOINPUT: it has no plan. */
int stand_read(struct fed *f, unsigned number, struct stand *s, struct fl_err *err);

/* See whether what was open is sealed by now, and what was sealed closed. */
int stand_again(struct fed *f, struct stand *s, struct fl_err *err);
void stand_clear(struct stand *s);

/* plan follows last, the result of the round before ({0}: it is the first), and was not opened before that was made. FL_REFUSED. */
int stand_follows(const struct signed_msg *plan, const struct signed_msg *last, struct fl_err *err);

/* The same, with the result read into *last, which must be {0}. FL_NOINPUT: it is not there. */
int stand_before(struct fed *f, const struct signed_msg *plan, struct signed_msg *last, struct fl_err *err);

const Fl__V1__Plan *stand_plan(const struct stand *s);     /* NULL: none */
const Fl__V1__Seal *stand_seal(const struct stand *s);
const Fl__V1__Result *stand_result(const struct stand *s);

/* Participants that the plan asks: its cohort, or all who had that role when it was opened. */
int stand_asks(const struct fed *f, const Fl__V1__Plan *p, const char *who);
size_t stand_asked(const struct fed *f, const Fl__V1__Plan *p);

#endif
