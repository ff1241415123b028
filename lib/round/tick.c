#include <string.h>

#include "base/clock.h"
#include "round/coord.h"

#define POLL_MAX 55 /* seconds of one look at what is waited for: rosters change too */

/* A tick as it goes on. */
struct tick {
	const struct coord *c;
	struct stand s;
	struct gather g; /* of s, while it is open */
	char mark[STORE_MARK];
	double until;    /* clock_s() when waiting ends; below 0: never */
	int abandoned;   /* a round was */
};

int coord_newest(const struct coord *c, struct stand *s, struct fl_err *err)
{
	json_t *notes = c->fed->home.notes;
	unsigned seen = (unsigned)json_integer_value(json_object_get(notes, "round")), n;
	struct signed_msg last = { 0 };
	int rc;

	TRY(fed_newest(c->fed, seen, &n, err));
	rc = stand_read(c->fed, n, s, err);
	if (rc == FL_NOINPUT && n == seen)
		return fl_fail(err, FL_REFUSED, "round %u, which was there before, is gone: the store has gone back", n);
	TRY(rc);
	if (n)
		TRY(stand_before(c->fed, &s->plan, &last, err));
	if (json_object_set_new(notes, "round", json_integer(n)) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: notes");
out:
	signed_clear(&last);
	return rc;
}

static enum plan_due what_is_due(struct tick *t, time_t *next)
{
	const struct coord *c = t->c;
	const Fl__V1__Plan *p = stand_plan(&t->s);
	struct plan_state st = { .phase = t->s.phase, .plan = p, .now = fed_now(c->fed), .answered = t->g.n, .good = t->g.good };

	st.rounds = c->template->rounds;
	st.interval = c->template->interval_s;
	st.asked = p ? stand_asked(c->fed, p) : 0;
	return plan_due(&st, next);
}

/* See what has come. The list's mark is taken first, so that nothing that comes meanwhile is slept over. */
static int look(struct tick *t, struct fl_err *err)
{
	int rc;

	TRY(stand_again(t->c->fed, &t->s, err)); /* another coordinator may be at work */
	if (t->s.phase != PLAN_OPEN)
		goto out;
	if (!t->g.base.path)
		TRY(gather_open(&t->g, t->c->fed, &t->s, err));
	TRY(gather_look(&t->g, t->c->fed, &t->s, err));
out:
	return rc;
}

static int act(struct tick *t, enum plan_due due, struct fl_err *err)
{
	int rc;

	if (due == DUE_OPEN) {
		rc = coord_open(t->c, &t->s, err);
	} else if (due == DUE_CLOSE) {
		rc = coord_close(t->c, &t->s, err);
		t->abandoned |= rc == FL_OK && stand_result(&t->s)->abandoned;
	} else {
		rc = coord_seal(t->c, &t->s, &t->g, due == DUE_ABANDON, err);
	}
	gather_clear(&t->g);
	t->mark[0] = 0;
	t->until = t->c->wait < 0 ? -1 : clock_s() + t->c->wait;
	return rc;
}

/* Sleep until something may be due. *over: there is no time left to wait. */
static int wait_for(struct tick *t, time_t next, int *over, struct fl_err *err)
{
	double left = t->until < 0 ? POLL_MAX : t->until - clock_s(), clock = (double)(next - fed_now(t->c->fed));
	char prefix[NAME_MAX_LEN + 1];

	*over = t->until >= 0 && left <= 0;
	if (*over)
		return FL_OK;
	if (next && clock < left)
		left = clock > .2 ? clock : .2;
	if (left > POLL_MAX)
		left = POLL_MAX;
	name_round(prefix, t->s.number, t->s.phase == PLAN_OPEN ? "updates/" : "");
	return store_await(t->c->fed->store, prefix, t->mark, left, err);
}

static int below_quorum(const struct tick *t, struct fl_err *err)
{
	return fl_fail(err, FL_LATER, "round %u: %zu of the %u updates that it needs; extended", t->s.number, t->g.good,
		       stand_plan(&t->s)->quorum);
}

static int run(struct tick *t, struct fl_err *err)
{
	enum plan_due due;
	time_t next = 0;
	int over = 0, rc;

	for (;;) {
		TRY(look(t, err));
		due = what_is_due(t, &next);
		if (due == DUE_DONE)
			break;
		if (due == DUE_NOTHING || due == DUE_EXTENDED) {
			TRY(wait_for(t, next, &over, err));
			if (!over)
				continue;
			rc = due == DUE_EXTENDED ? below_quorum(t, err) : FL_OK;
			break;
		}
		if (due == DUE_OPEN)
			TRY(fed_refresh(t->c->fed, err));
		TRY(act(t, due, err));
		if (t->abandoned && t->c->wait >= 0)
			TRY(fl_fail(err, FL_REFUSED, "round %u: below quorum to the end, abandoned", t->s.number));
	}
out:
	return rc;
}

int coord_tick(const struct coord *c, struct fl_err *err)
{
	struct tick t = { .c = c, .until = c->wait < 0 ? -1 : clock_s() + c->wait };
	int rc;

	TRY(fed_clock(c->fed, err));
	TRY(coord_newest(c, &t.s, err));
	TRY(run(&t, err));
out:
	gather_clear(&t.g);
	stand_clear(&t.s);
	return rc;
}
