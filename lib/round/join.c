#include "round/join.h"

#include <string.h>

#include "base/clock.h"
#include "round/answer.h"
#include "round/channel.h"
#include "round/plan.h"
#include "round/stand.h"

#define POLL_MAX 55 /* seconds of one wait for a plan: rosters change too */

/* What is remembered: the newest round answered, and to which plan. */
static unsigned answered(const struct join *j, const char **plan)
{
	const json_t *a = json_object_get(j->fed->home.notes, "answered");

	*plan = json_string_value(json_object_get(a, "plan"));
	return (unsigned)json_integer_value(json_object_get(a, "round"));
}

static int note_answered(const struct join *j, const struct signed_msg *plan, struct fl_err *err)
{
	json_t *a = json_pack("{s:I, s:s}", "round", (json_int_t)((const Fl__V1__Plan *)plan->body)->round, "plan", plan->digest);

	if (json_object_set_new(j->fed->home.notes, "answered", a) != 0)
		return fl_fail(err, FL_IO, "out of memory: notes");
	return home_note(&j->fed->home, err);
}

/* The plan of round n, signed by who is a coordinator now. */
static int read_plan(const struct join *j, unsigned n, double wait, struct signed_msg *plan, struct fl_err *err)
{
	struct fed_want want = { .type = "Plan", .role = FL__V1__ROLE__ROLE_COORDINATOR, .at = fed_now(j->fed) };
	char name[NAME_MAX_LEN + 1];

	name_round(name, n, "plan.pb");
	return fed_read(j->fed, name, &want, wait, plan, err);
}

/* The plan follows the result of the round before, and starts from what came of it or from what its channel offers. */
static int check_chain(const struct join *j, const struct signed_msg *plan, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)plan->body;
	struct fed_want want = { .type = "Result", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	struct signed_msg last = { 0 };
	char name[NAME_MAX_LEN + 1];
	int offered, rc = FL_OK;

	if (p->round > 1) {
		name_round(name, p->round - 1, "result.pb");
		TRY(fed_read(j->fed, name, &want, 0, &last, err));
	}
	if (strcmp(last.digest, p->previous))
		TRY(fl_fail(err, FL_REFUSED, "round %u: its plan does not follow the result of the round before", p->round));
	TRY(channel_offers(j->fed, *p->channel ? p->channel : "stable", p->base_model, p->round, &offered, err));
	if (!offered && *p->channel && strcmp(p->channel, "stable"))
		TRY(channel_offers(j->fed, "stable", p->base_model, p->round, &offered, err));
	if (!offered && (!last.body || strcmp(((const Fl__V1__Result *)last.body)->model, p->base_model)))
		rc = fl_fail(err, FL_REFUSED, "round %u: its plan starts from a model that neither the round before made nor its "
			     "channel offers", p->round);
out:
	signed_clear(&last);
	return rc;
}

static int check_plan(const struct join *j, const struct signed_msg *plan, const char **coordinator, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)plan->body;
	time_t now = fed_now(j->fed);
	int rc;

	TRY(roster_check(&j->fed->roster, plan, FL__V1__ROLE__ROLE_COORDINATOR, NULL, now, coordinator, err));
	if (!fed_knows(j->fed, p->roster))
		return fl_fail(err, FL_REFUSED, "round %u: its plan is of a roster that is not in the federation's chain", p->round);
	if (!stand_asks(j->fed, p, j->me))
		return fl_fail(err, FL_LATER, "round %u does not ask %s", p->round, j->me);
	if (now >= plan_end(p) && !p->late_rounds)
		return fl_fail(err, FL_LATER, "round %u is over", p->round);
	TRY(check_chain(j, plan, err));
out:
	return rc;
}

/* Answer the newest plan. *round: its number, also where it had been answered; 0: there is none. */
static int answer_newest(const struct join *j, unsigned *round, unsigned *last, struct fl_err *err)
{
	const char *seen, *coordinator;
	unsigned before = answered(j, &seen);
	struct signed_msg plan = { 0 };
	int rc;

	TRY(fed_newest(j->fed, before, round, err));
	if (!*round)
		goto out;
	rc = read_plan(j, *round, 0, &plan, err);
	if (rc == FL_NOINPUT)
		rc = fl_fail(err, FL_REFUSED, "round %u, which %s answered, is gone: the store has gone back", before, j->me);
	TRY(rc);
	*last = ((const Fl__V1__Plan *)plan.body)->rounds;
	if (*round == before && seen && !strcmp(seen, plan.digest))
		goto out;
	if (*round == before)
		TRY(fl_fail(err, FL_NO, "round %u has another plan than the one that was answered", before));
	TRY(check_plan(j, &plan, &coordinator, err));
	TRY(answer_plan(j, &plan, coordinator, err));
	TRY(note_answered(j, &plan, err));
out:
	signed_clear(&plan);
	return rc;
}

/* Sleep until round n is planned. FL_LATER: it was not. */
static int await_plan(const struct join *j, unsigned n, double until, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	char name[NAME_MAX_LEN + 1];
	double left;
	int rc;

	name_round(name, n, "plan.pb");
	do {
		left = until < 0 ? POLL_MAX : until - clock_s();
		if (left <= 0)
			return fl_fail(err, FL_LATER, "no open round");
		rc = store_read(j->fed->store, name, left < POLL_MAX ? left : POLL_MAX, &b, err);
	} while (rc == FL_NOINPUT);
	buf_clear(&b);
	return rc;
}

/* The answer may come later: the round is over, or not for us. With time to wait that is no end. */
static int may_wait(const struct join *j, int rc)
{
	return rc == FL_LATER && j->wait != 0;
}

int join_run(const struct join *j, struct fl_err *err)
{
	double until = j->wait < 0 ? -1 : clock_s() + j->wait;
	unsigned done = 0, round = 0, last = 0, before;
	const char *plan;
	int rc;

	TRY(fed_clock(j->fed, err));
	for (;;) {
		before = answered(j, &plan);
		rc = answer_newest(j, &round, &last, err);
		if (!may_wait(j, rc))
			TRY(rc);
		if (rc == FL_OK && round > before) {
			done++;
			until = j->wait < 0 ? -1 : clock_s() + j->wait;
		}
		if (round && last && round >= last)
			break; /* that was the last of the run, or it has passed */
		if (rc == FL_OK && round && j->rounds && (done >= j->rounds || j->wait == 0))
			break; /* answered, or it had been */
		TRY(await_plan(j, round + 1, until, err));
		TRY(fed_refresh(j->fed, err));
	}
out:
	return rc;
}
