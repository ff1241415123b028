#include "hub/rules.h"

#include <inttypes.h>
#include <string.h>

#include "hub/object.h"
#include "hub/offload.h"
#include "wire/roster.h"

#define BODY(l, type) ((const Fl__V1__##type *)(const void *)(l)->msg.body)

/* Here, or where large objects are. */
static int find(const struct check_in *in, const char *name, uint64_t *size, struct fl_err *err)
{
	int rc = object_size(in->root, name, size, err);
	struct name n;

	if (rc == FL_NOINPUT && in->offload && name_parse(&n, name, NULL) == FL_OK && offload_covers(&n))
		rc = offload_size(in->offload, in->federation, name, size, err);
	return rc;
}

static int need_object(const struct check_in *in, const char *what, const char *name, uint64_t *size, struct fl_err *err)
{
	int rc = find(in, name, size, err);

	return rc == FL_NOINPUT ? fl_fail(err, FL_DATA, "%s (%s) is not here; put it first", what, name) : rc;
}

static int need_blob(const struct check_in *in, const char *what, const char *digest, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	uint64_t size;

	name_blob(name, digest);
	return need_object(in, what, name, &size, err);
}

/* The object `name` has this digest. */
static int need_digest(int root, const char *what, const char *name, const char *digest, struct fl_err *err)
{
	char have[DIGEST_TEXT];
	int rc = object_digest(root, name, have, err);

	if (rc == FL_NOINPUT)
		return fl_fail(err, FL_DATA, "%s is not here; put it first", name);
	if (rc == FL_OK && strcmp(have, digest))
		return fl_fail(err, FL_DATA, "%s is not that of %s", what, name);
	return rc;
}

/* What stands before number n of a chain: nothing before the first. name is the file of n - 1. */
static int need_previous(int root, unsigned n, const char *name, const char *digest, struct fl_err *err)
{
	if (n == 1)
		return *digest ? fl_fail(err, FL_DATA, "the first has nothing before it, yet names a previous one") : FL_OK;
	return need_digest(root, "previous", name, digest, err);
}

static int same(const char *what, const char *have, const char *want, struct fl_err *err)
{
	return !strcmp(have, want) ? FL_OK : fl_fail(err, FL_DATA, "%s is '%.64s', its place says '%.64s'", what, have, want);
}

/* The message names the federation and the number that its place has. */
static int in_place(const struct rules_look *l, const char *federation, const char *what, uint32_t number, struct fl_err *err)
{
	int rc = same("federation", federation, l->in->federation, err);

	if (rc == FL_OK && number != l->in->parsed->number)
		rc = fl_fail(err, FL_DATA, "%s is %u, its place says %u", what, (unsigned)number, l->in->parsed->number);
	return rc;
}

static int by_coordinator(const struct rules_look *l, struct fl_err *err)
{
	return roster_check(l->roster, &l->msg, FL__V1__ROLE__ROLE_COORDINATOR, NULL, l->now, NULL, err);
}

static int federation_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Federation *f = BODY(l, Federation);
	int rc;

	TRY(in_place(l, f->name, "serial", f->serial, err));
	if (f->serial == 1)
		return roster_first(&l->msg, NULL, err);
	if (!l->roster)
		return fl_fail(err, FL_DATA, "there is no federation.pb here yet");
	TRY(roster_follows(l->roster, &l->msg, err));
out:
	return rc;
}

static int plan_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Plan *p = BODY(l, Plan);
	int rc;

	TRY(in_place(l, p->federation, "round", p->round, err));
	TRY(by_coordinator(l, err));
	TRY(same("roster", p->roster, l->roster->digest, err));
out:
	return rc;
}

static int plan_what(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Plan *p = BODY(l, Plan);
	char last[NAME_MAX_LEN + 1];
	int rc;

	name_round(last, p->round - 1, "result.pb");
	TRY(need_previous(l->in->root, p->round, last, p->previous, err));
	TRY(need_blob(l->in, "its model", p->base_model, err));
out:
	return rc;
}

static int envelope_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Envelope *e = BODY(l, Envelope);
	int rc;

	TRY(in_place(l, e->federation, "round", e->round, err));
	TRY(same("participant", e->participant, l->in->parsed->who, err));
	TRY(roster_check(l->roster, &l->msg, FL__V1__ROLE__ROLE_PARTICIPANT, e->participant, l->now, NULL, err));
out:
	return rc;
}

static int envelope_what(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Envelope *e = BODY(l, Envelope);
	char plan[NAME_MAX_LEN + 1], payload[NAME_MAX_LEN + 1];
	uint64_t size = 0;
	int rc;

	name_round(plan, e->round, "plan.pb");
	TRY(need_digest(l->in->root, "the plan it answers", plan, e->plan, err));
	name_payload(payload, e->round, e->participant, e->payload);
	TRY(need_object(l->in, "its payload", payload, &size, err));
	if (size != e->payload_size)
		rc = fl_fail(err, FL_DATA, "it says %" PRIu64 " bytes of payload, %" PRIu64 " are here", e->payload_size, size);
out:
	return rc;
}

static int seal_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Seal *s = BODY(l, Seal);
	int rc;

	TRY(in_place(l, s->federation, "round", s->round, err));
	TRY(by_coordinator(l, err));
out:
	return rc;
}

/* The envelope that an entry names is the one here, and the entry says of the payload what the envelope does. */
static int need_envelope(const struct rules_look *l, const Fl__V1__Sealed *entry, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	const Fl__V1__Envelope *e;
	char name[NAME_MAX_LEN + 1];
	int rc;

	name_envelope(name, l->in->parsed->number, entry->participant);
	TRY(object_read(l->in->root, name, "Envelope", &m, err));
	e = (const Fl__V1__Envelope *)(const void *)m.body;
	if (strcmp(m.digest, entry->envelope))
		rc = fl_fail(err, FL_DATA, "an envelope is not that of %s", name);
	else if (strcmp(e->payload, entry->payload) || e->payload_size != entry->payload_size)
		rc = fl_fail(err, FL_DATA, "an entry's payload is not that of %s", name);
out:
	if (rc == FL_NOINPUT)
		rc = fl_fail(err, FL_DATA, "%s is not here; put it first", name);
	signed_clear(&m);
	return rc;
}

static int seal_what(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Seal *s = BODY(l, Seal);
	char name[NAME_MAX_LEN + 1];
	size_t i;
	int rc;

	name_round(name, s->round, "plan.pb");
	TRY(need_digest(l->in->root, "its plan", name, s->plan, err));
	for (i = 0; i < s->n_entries; i++)
		TRY(need_envelope(l, s->entries[i], err));
out:
	return rc;
}

static int result_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Result *r = BODY(l, Result);
	int rc;

	TRY(in_place(l, r->federation, "round", r->round, err));
	TRY(by_coordinator(l, err));
out:
	return rc;
}

static int result_what(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Result *r = BODY(l, Result);
	char name[NAME_MAX_LEN + 1];
	int rc;

	name_round(name, r->round, "seal.pb");
	TRY(need_digest(l->in->root, "its seal", name, r->seal, err));
	name_round(name, r->round - 1, "result.pb");
	TRY(need_previous(l->in->root, r->round, name, r->previous, err));
	TRY(need_blob(l->in, "its model", r->model, err));
	if (*r->state)
		TRY(need_blob(l->in, "the strategy's state", r->state, err));
out:
	return rc;
}

static int channel_who(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Channel *c = BODY(l, Channel);
	int rc;

	TRY(in_place(l, c->federation, "serial", c->serial, err));
	TRY(same("name", c->name, l->in->parsed->who, err));
	TRY(by_coordinator(l, err));
out:
	return rc;
}

static int channel_what(const struct rules_look *l, struct fl_err *err)
{
	const Fl__V1__Channel *c = BODY(l, Channel);
	char last[NAME_MAX_LEN + 1];
	int rc;

	name_channel(last, c->name, c->serial - 1);
	TRY(need_previous(l->in->root, c->serial, last, c->previous, err));
	TRY(need_blob(l->in, "its model", c->model, err));
out:
	return rc;
}

static int nothing(const struct rules_look *l, struct fl_err *err)
{
	(void)l;
	(void)err;
	return FL_OK;
}

static const struct rules table[] = {
	[NAME_FEDERATION] = { "Federation", federation_who, nothing },
	[NAME_PLAN] = { "Plan", plan_who, plan_what },
	[NAME_SEAL] = { "Seal", seal_who, seal_what },
	[NAME_RESULT] = { "Result", result_who, result_what },
	[NAME_ENVELOPE] = { "Envelope", envelope_who, envelope_what },
	[NAME_CHANNEL] = { "Channel", channel_who, channel_what },
};

const struct rules *rules_find(enum name_kind kind)
{
	return (size_t)kind < sizeof table / sizeof *table && table[kind].type ? &table[kind] : NULL;
}
