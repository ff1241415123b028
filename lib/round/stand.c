#include "round/stand.h"

#include <string.h>

const Fl__V1__Plan *stand_plan(const struct stand *s)
{
	return (const Fl__V1__Plan *)s->plan.body;
}

const Fl__V1__Seal *stand_seal(const struct stand *s)
{
	return (const Fl__V1__Seal *)s->seal.body;
}

const Fl__V1__Result *stand_result(const struct stand *s)
{
	return (const Fl__V1__Result *)s->result.body;
}

static int read_part(struct fed *f, unsigned number, const char *file, const char *type, struct signed_msg *m, struct fl_err *err)
{
	struct fed_want want = { .type = type, .role = FL__V1__ROLE__ROLE_COORDINATOR };
	char name[NAME_MAX_LEN + 1];

	name_round(name, number, file);
	return fed_read(f, name, &want, 0, m, err);
}

/* m says that it follows this digest: it must be that of `to`, and m not older. otherwise: what is said. */
static int tied(const struct signed_msg *m, const char *says, const struct signed_msg *to, unsigned number, const char *otherwise,
		struct fl_err *err)
{
	int rc;

	if (strcmp(says, to->digest))
		return fl_fail(err, FL_REFUSED, "round %u: its %s", number, otherwise);
	rc = signed_after(m, signed_when(to), err);
	return rc == FL_OK ? rc : fl_err_prefix(err, "round %u: its %s", number, m->type->name);
}

static int read_seal(struct fed *f, struct stand *s, struct fl_err *err)
{
	int rc = read_part(f, s->number, "seal.pb", "Seal", &s->seal, err);

	if (rc != FL_OK)
		return rc == FL_NOINPUT ? FL_OK : rc;
	s->phase = PLAN_SEALED;
	return tied(&s->seal, stand_seal(s)->plan, &s->plan, s->number, "seal is of another plan", err);
}

static int read_result(struct fed *f, struct stand *s, struct fl_err *err)
{
	int rc = read_part(f, s->number, "result.pb", "Result", &s->result, err);

	if (rc != FL_OK)
		return rc == FL_NOINPUT ? FL_OK : rc;
	s->phase = PLAN_CLOSED;
	return tied(&s->result, stand_result(s)->seal, &s->seal, s->number, "result is of another seal", err);
}

int stand_again(struct fed *f, struct stand *s, struct fl_err *err)
{
	int rc = FL_OK;

	if (s->phase == PLAN_OPEN)
		TRY(read_seal(f, s, err));
	if (s->phase == PLAN_SEALED)
		TRY(read_result(f, s, err));
out:
	return rc;
}

int stand_read(struct fed *f, unsigned number, struct stand *s, struct fl_err *err)
{
	int rc = FL_OK;

	s->number = number;
	if (!number)
		goto out;
	TRY(read_part(f, number, "plan.pb", "Plan", &s->plan, err));
	s->phase = PLAN_OPEN;
	TRY(stand_again(f, s, err));
out:
	return rc;
}

int stand_follows(const struct signed_msg *plan, const struct signed_msg *last, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)plan->body;

	return tied(plan, p->previous, last, p->round, "plan does not follow the result of the round before", err);
}

int stand_before(struct fed *f, const struct signed_msg *plan, struct signed_msg *last, struct fl_err *err)
{
	unsigned number = ((const Fl__V1__Plan *)plan->body)->round;
	int rc;

	if (number > 1)
		TRY(read_part(f, number - 1, "result.pb", "Result", last, err));
	TRY(stand_follows(plan, last, err));
out:
	return rc;
}

void stand_clear(struct stand *s)
{
	signed_clear(&s->plan);
	signed_clear(&s->seal);
	signed_clear(&s->result);
	*s = (struct stand){ 0 };
}

static int had_role(const Fl__V1__Member *m, time_t at)
{
	return roster_has(m, FL__V1__ROLE__ROLE_PARTICIPANT) && at >= msg_seconds(m->valid_from, at) &&
	       at < msg_seconds(m->valid_until, at + 1);
}

int stand_asks(const struct fed *f, const Fl__V1__Plan *p, const char *who)
{
	const Fl__V1__Member *m = roster_member(&f->roster, who);
	size_t i;

	for (i = 0; i < p->n_cohort; i++)
		if (!strcmp(p->cohort[i], who))
			return 1;
	return p->n_cohort == 0 && m && had_role(m, msg_seconds(p->opened, 0));
}

size_t stand_asked(const struct fed *f, const Fl__V1__Plan *p)
{
	const Fl__V1__Federation *roster = fed_roster(f);
	size_t i, n = p->n_cohort;

	if (n)
		return n;
	for (i = 0; i < roster->n_members; i++)
		n += had_role(roster->members[i], msg_seconds(p->opened, 0)) != 0;
	return n;
}
