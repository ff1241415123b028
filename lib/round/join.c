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

/* Does the plan's channel, or the one where new channels begin, offer its model? */
static int offered(const struct join *j, const Fl__V1__Plan *p, int *yes, struct fl_err *err)
{
	int rc;

	TRY(channel_offers(j->fed, plan_channel(p), p->base_model, p->round, yes, err));
	if (!*yes && strcmp(plan_channel(p), PLAN_CHANNEL))
		TRY(channel_offers(j->fed, PLAN_CHANNEL, p->base_model, p->round, yes, err));
out:
	return rc;
}

/* The plan follows the result of the round before, and starts from what came of it or from what its channel offers. The
 * channel is looked at by the first plan that a process answers, so that one that has gone back is noticed, and where a plan
 * needs it. */
static int check_chain(const struct join *j, const struct signed_msg *plan, int first, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)plan->body;
	struct signed_msg last = { 0 };
	int found = 0, continues, rc;

	TRY(stand_before(j->fed, plan, &last, err));
	continues = last.body && !strcmp(((const Fl__V1__Result *)last.body)->model, p->base_model);
	if (first || !continues)
		TRY(offered(j, p, &found, err));
	if (!continues && !found)
		rc = fl_fail(err, FL_REFUSED, "round %u: its plan starts from a model that neither the round before made nor its "
			     "channel offers", p->round);
out:
	signed_clear(&last);
	return rc;
}

/* Our key must be ours in the federation's eyes, or what we send is refused after all the work. */
static int check_key(const struct join *j, struct fl_err *err)
{
	const char *who = roster_name(&j->fed->roster, key_public(j->key), FL__V1__ROLE__ROLE_PARTICIPANT, fed_now(j->fed));

	if (who && !strcmp(who, j->me))
		return FL_OK;
	if (who)
		return fl_fail(err, FL_REFUSED, "this key is %s's, not %s's", who, j->me);
	return fl_fail(err, FL_REFUSED, "this key is no participant's of federation %s", fed_roster(j->fed)->name);
}

static int check_plan(const struct join *j, const struct signed_msg *plan, int first, const char **coordinator, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)plan->body;
	time_t now = fed_now(j->fed);
	int rc;

	TRY(roster_check(&j->fed->roster, plan, FL__V1__ROLE__ROLE_COORDINATOR, NULL, now, coordinator, err));
	if (!fed_knows(j->fed, p->roster))
		return fl_fail(err, FL_REFUSED, "round %u: its plan is of a roster that is not in the federation's chain", p->round);
	TRY(check_key(j, err));
	if (!stand_asks(j->fed, p, j->me))
		return fl_fail(err, FL_LATER, "round %u does not ask %s", p->round, j->me);
	if (now >= plan_end(p) && !p->late_rounds)
		return fl_fail(err, FL_LATER, "round %u is over", p->round);
	TRY(check_chain(j, plan, first, err));
out:
	return rc;
}

/* A round as a run of joins goes on to it. */
struct at {
	unsigned round, last; /* last: of the run, as the plan says */
	int first;            /* of this process */
	int answered;         /* by this process */
	struct buf plan;      /* its bytes */
};

/* The plan of at->round, signed by who is a coordinator now. */
static int read_plan(const struct join *j, const struct at *at, struct signed_msg *plan, struct fl_err *err)
{
	struct fed_want want = { .type = "Plan", .role = FL__V1__ROLE__ROLE_COORDINATOR, .at = fed_now(j->fed) };
	char name[NAME_MAX_LEN + 1];
	int rc;

	name_round(name, at->round, "plan.pb");
	rc = fed_check(j->fed, name, &want, at->plan.data, at->plan.len, plan, err);
	if (rc == FL_DATA || rc == FL_REFUSED)
		fed_evidence(j->fed, name, at->plan.data, at->plan.len);
	return rc;
}

/* Hold the plan against all that is known, and answer it if that has not been done. */
static int answer_round(const struct join *j, struct at *at, struct fl_err *err)
{
	const char *seen, *coordinator;
	unsigned before = answered(j, &seen);
	struct signed_msg plan = { 0 };
	char name[NAME_MAX_LEN + 1];
	int rc;

	at->answered = 0;
	TRY(read_plan(j, at, &plan, err));
	at->last = ((const Fl__V1__Plan *)plan.body)->rounds;
	if (at->round == before && seen && !strcmp(seen, plan.digest))
		goto out;
	if (at->round == before) {
		name_round(name, at->round, "plan.pb");
		fed_evidence(j->fed, name, at->plan.data, at->plan.len);
		TRY(fl_fail(err, FL_NO, "round %u has another plan than the one that was answered", before));
	}
	TRY(check_plan(j, &plan, at->first, &coordinator, err));
	TRY(answer_plan(j, &plan, coordinator, err));
	TRY(note_answered(j, &plan, err));
	at->answered = 1;
	at->first = 0;
out:
	signed_clear(&plan);
	return rc;
}

/* Wait for a plan of at->round. FL_LATER: there is none. */
static int await_plan(const struct join *j, struct at *at, double until, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	double left;
	int rc;

	name_round(name, at->round, "plan.pb");
	do {
		left = until < 0 ? POLL_MAX : until - clock_s();
		if (left <= 0)
			return fl_fail(err, FL_LATER, "no open round");
		at->plan.len = 0;
		rc = store_read(j->fed->store, name, left < POLL_MAX ? left : POLL_MAX, &at->plan, err);
	} while (rc == FL_NOINPUT);
	return rc;
}

/* Where to begin: the newest round there is. */
static int newest_plan(const struct join *j, struct at *at, struct fl_err *err)
{
	const char *seen;
	unsigned before = answered(j, &seen);
	char name[NAME_MAX_LEN + 1];
	int rc;

	TRY(fed_newest(j->fed, before, &at->round, err));
	if (!at->round)
		goto out;
	name_round(name, at->round, "plan.pb");
	rc = store_read(j->fed->store, name, 0, &at->plan, err);
	if (rc == FL_NOINPUT)
		rc = fl_fail(err, FL_REFUSED, "round %u, which %s answered, is gone: the store has gone back", before, j->me);
out:
	return rc;
}

static double until_when(const struct join *j)
{
	return j->wait < 0 ? -1 : clock_s() + j->wait;
}

int join_run(const struct join *j, struct fl_err *err)
{
	struct at at = { .first = 1, .plan = { .max = MESSAGE_MAX } };
	double until = until_when(j);
	unsigned done = 0;
	int rc;

	TRY(fed_clock(j->fed, err));
	TRY(newest_plan(j, &at, err));
	for (;;) {
		rc = at.round ? answer_round(j, &at, err) : FL_OK;
		if (rc != FL_LATER || j->wait == 0) /* a round that is over, or not for us, is followed by others */
			TRY(rc);
		if (at.answered) {
			done++;
			until = until_when(j);
		}
		if (at.round && at.last && at.round >= at.last)
			break; /* that was the last of the run */
		if (at.round && rc == FL_OK && j->rounds && (done >= j->rounds || j->wait == 0))
			break;
		at.round++;
		TRY(await_plan(j, &at, until, err));
		TRY(fed_refresh(j->fed, err));
	}
out:
	buf_clear(&at.plan);
	return rc;
}
