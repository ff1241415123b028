#include <string.h>

#include "round/cache.h"
#include "round/channel.h"
#include "round/coord.h"
#include "round/hook.h"
#include "round/trace.h"

/* The model to start from: what the channel offers, or, where it is new, what "stable" does. */
static int newest_model(const struct coord *c, const char *channel, struct signed_msg *e, struct fl_err *err)
{
	int rc;

	TRY(channel_newest(c->fed, channel, e, err));
	if (!e->body && strcmp(channel, PLAN_CHANNEL))
		TRY(channel_newest(c->fed, PLAN_CHANNEL, e, err));
	if (!e->body)
		rc = fl_fail(err, FL_CONFIG, "channel %s offers no model; fl-round init puts one there", channel);
out:
	return rc;
}

/* Offer the model that is named in the channel, so that participants too see where it comes from. */
static int offer_model(const struct coord *c, const struct stand *last, struct fl_err *err)
{
	struct model m = { 0 };
	char digest[DIGEST_TEXT];
	int rc;

	TRY(model_read(&m, c->model, err));
	if (*fed_roster(c->fed)->schema && strcmp(m.schema.digest, fed_roster(c->fed)->schema))
		TRY(fl_fail(err, FL_CONFIG, "%s: has another schema than the federation", c->model));
	TRY(cache_put_blob(c->fed, c->model, digest, err));
	TRY(channel_offer(c->fed, plan_channel(c->template), digest, last->number, c->key, err));
out:
	model_clear(&m);
	return rc;
}

static int check_quorum(const struct coord *c, const Fl__V1__Plan *p, struct fl_err *err)
{
	size_t asked = stand_asked(c->fed, p);

	if (p->quorum > asked)
		return fl_fail(err, FL_CONFIG, "quorum is %u, but only %zu participants are asked", p->quorum, asked);
	return FL_OK;
}

/* The template with what belongs to this round; its texts are borrowed, its times are new. */
static Fl__V1__Plan fill(const struct coord *c, const struct stand *last, const struct signed_msg *from, char *trace)
{
	Fl__V1__Plan p = *c->template;
	time_t now = fed_stamp(c->fed, &last->result);

	trace_span(trace, c->template->traceparent);
	p.version = MESSAGE_VERSION;
	p.federation = fed_roster(c->fed)->name;
	p.round = last->number + 1;
	p.roster = c->fed->roster.digest;
	p.base_model = channel_entry(from)->model;
	p.schema = fed_roster(c->fed)->schema;
	p.previous = (char *)last->result.digest;
	p.opened = msg_time(now);
	p.deadline = msg_time(now + (time_t)p.deadline_s);
	p.channel = (char *)plan_channel(c->template);
	p.traceparent = trace;
	return p;
}

int coord_open(const struct coord *c, struct stand *s, struct fl_err *err)
{
	struct fed_want want = { .type = "Plan", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	struct signed_msg from = { 0 };
	struct stand next = { 0 };
	char name[NAME_MAX_LEN + 1], trace[TRACE_TEXT];
	Fl__V1__Plan p = FL__V1__PLAN__INIT;
	int rc;

	if (s->number && s->phase != PLAN_CLOSED)
		return fl_fail(err, FL_LATER, "round %u is not closed", s->number);
	if (s->number >= NAME_ROUND_MAX)
		return fl_fail(err, FL_REFUSED, "there are no more numbers for rounds");
	if (c->model)
		TRY(offer_model(c, s, err));
	TRY(newest_model(c, plan_channel(c->template), &from, err));
	p = fill(c, s, &from, trace);
	TRY(check_quorum(c, &p, err));
	TRY(hook_run(c->hooks, "pre-open", &p.base, p.federation, p.round, err));
	next.number = p.round;
	next.phase = PLAN_OPEN;
	name_round(name, p.round, "plan.pb");
	TRY(fed_put(c->fed, name, &want, &p.base, c->key, &next.plan, err));
	c->fed->more("round %u is open", next.number);
	rc = hook_run(c->hooks, "post-open", next.plan.body, p.federation, p.round, err);
	stand_clear(s);
	*s = next;
	next = (struct stand){ 0 };
out:
	msg_free((ProtobufCMessage *)p.opened);
	msg_free((ProtobufCMessage *)p.deadline);
	signed_clear(&from);
	stand_clear(&next);
	return rc;
}
