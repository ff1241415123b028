#include "hub/check.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hub/object.h"
#include "hub/offload.h"
#include "hub/round.h"
#include "hub/roster-cache.h"
#include "wire/roster.h"

struct checker {
	pthread_mutex_t lock;
	struct roster_cache rosters;
};

/* A message being checked, with what it is held against. */
struct look {
	const struct check_in *in;
	const struct signed_msg *roster; /* NULL: the federation is new */
	struct signed_msg msg;
	time_t now;
};

int checker_open(struct checker **c, struct fl_err *err)
{
	int rc = fl_alloc(c, 1, sizeof **c, err);

	if (rc == FL_OK)
		pthread_mutex_init(&(*c)->lock, NULL);
	return rc;
}

void checker_close(struct checker *c)
{
	if (!c)
		return;
	roster_cache_clear(&c->rosters);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

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

static int same_number(const char *what, uint32_t have, unsigned want, struct fl_err *err)
{
	return have == want ? FL_OK : fl_fail(err, FL_DATA, "%s is %u, its place says %u", what, (unsigned)have, want);
}

static int by_coordinator(const struct look *l, struct fl_err *err)
{
	return roster_check(l->roster, &l->msg, FL__V1__ROLE__ROLE_COORDINATOR, NULL, l->now, NULL, err);
}

static int check_federation(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Federation *f = (const Fl__V1__Federation *)(const void *)l->msg.body;
	int rc;

	TRY(same("name", f->name, l->in->federation, err));
	TRY(same_number("serial", f->serial, l->in->parsed->number, err));
	if (f->serial == 1)
		return roster_first(&l->msg, NULL, err);
	if (!l->roster)
		return fl_fail(err, FL_DATA, "there is no federation.pb here yet");
	TRY(roster_follows(l->roster, &l->msg, err));
out:
	return rc;
}

static int check_plan(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)(const void *)l->msg.body;
	char last[NAME_MAX_LEN + 1];
	int rc;

	TRY(same("federation", p->federation, l->in->federation, err));
	TRY(same_number("round", p->round, l->in->parsed->number, err));
	TRY(by_coordinator(l, err));
	TRY(same("roster", p->roster, l->roster->digest, err));
	TRY(need_blob(l->in, "its model", p->base_model, err));
	name_round(last, p->round - 1, "result.pb");
	TRY(need_previous(l->in->root, p->round, last, p->previous, err));
out:
	return rc;
}

static int check_envelope(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Envelope *e = (const Fl__V1__Envelope *)(const void *)l->msg.body;
	char plan[NAME_MAX_LEN + 1], payload[NAME_MAX_LEN + 1];
	uint64_t size = 0;
	int rc;

	TRY(same("federation", e->federation, l->in->federation, err));
	TRY(same_number("round", e->round, l->in->parsed->number, err));
	TRY(same("participant", e->participant, l->in->parsed->who, err));
	TRY(roster_check(l->roster, &l->msg, FL__V1__ROLE__ROLE_PARTICIPANT, e->participant, l->now, NULL, err));
	name_round(plan, e->round, "plan.pb");
	TRY(need_digest(l->in->root, "the plan it answers", plan, e->plan, err));
	name_payload(payload, e->round, e->participant, e->payload);
	TRY(need_object(l->in, "its payload", payload, &size, err));
	if (size != e->payload_size)
		rc = fl_fail(err, FL_DATA, "it says %" PRIu64 " bytes of payload, %" PRIu64 " are here", e->payload_size, size);
out:
	return rc;
}

static int check_seal(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Seal *s = (const Fl__V1__Seal *)(const void *)l->msg.body;
	char name[NAME_MAX_LEN + 1];
	size_t i;
	int rc;

	TRY(same("federation", s->federation, l->in->federation, err));
	TRY(same_number("round", s->round, l->in->parsed->number, err));
	TRY(by_coordinator(l, err));
	name_round(name, s->round, "plan.pb");
	TRY(need_digest(l->in->root, "its plan", name, s->plan, err));
	for (i = 0; i < s->n_entries; i++) {
		name_envelope(name, s->round, s->entries[i]->participant);
		TRY(need_digest(l->in->root, "an envelope", name, s->entries[i]->envelope, err));
	}
out:
	return rc;
}

static int check_result(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Result *r = (const Fl__V1__Result *)(const void *)l->msg.body;
	char name[NAME_MAX_LEN + 1];
	int rc;

	TRY(same("federation", r->federation, l->in->federation, err));
	TRY(same_number("round", r->round, l->in->parsed->number, err));
	TRY(by_coordinator(l, err));
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

static int check_channel(const struct look *l, struct fl_err *err)
{
	const Fl__V1__Channel *c = (const Fl__V1__Channel *)(const void *)l->msg.body;
	char last[NAME_MAX_LEN + 1];
	int rc;

	TRY(same("federation", c->federation, l->in->federation, err));
	TRY(same("name", c->name, l->in->parsed->who, err));
	TRY(same_number("serial", c->serial, l->in->parsed->number, err));
	TRY(by_coordinator(l, err));
	name_channel(last, c->name, c->serial - 1);
	TRY(need_previous(l->in->root, c->serial, last, c->previous, err));
	TRY(need_blob(l->in, "its model", c->model, err));
out:
	return rc;
}

static const struct kind {
	const char *type;
	int (*check)(const struct look *l, struct fl_err *err);
} kinds[] = {
	[NAME_FEDERATION] = { "Federation", check_federation },
	[NAME_PLAN] = { "Plan", check_plan },
	[NAME_SEAL] = { "Seal", check_seal },
	[NAME_RESULT] = { "Result", check_result },
	[NAME_ENVELOPE] = { "Envelope", check_envelope },
	[NAME_CHANNEL] = { "Channel", check_channel },
};

int check_is_message(enum name_kind kind)
{
	return (size_t)kind < sizeof kinds / sizeof *kinds && kinds[kind].type;
}

size_t check_max(enum name_kind kind)
{
	return check_is_message(kind) ? msg_find(kinds[kind].type)->max + OBJECT_SIGNATURES : 0;
}

/* The file's bytes are those of a good message of its kind. */
static int look(struct checker *c, const struct check_in *in, struct fl_err *err)
{
	struct look l = { .in = in, .now = time(NULL) };
	const struct kind *k = &kinds[in->parsed->kind];
	struct buf b = { .max = check_max(in->parsed->kind) };
	int rc;

	TRY(object_slurp(in->fd, in->size, &b, err));
	TRY(signed_read(&l.msg, k->type, b.data, b.len, err));
	rc = roster_cache_get(&c->rosters, in->root, in->federation, &l.roster, err);
	if (rc == FL_NOINPUT && in->parsed->kind == NAME_FEDERATION)
		rc = FL_OK;
	if (rc != FL_OK)
		goto out;
	if (in->parsed->kind != NAME_FEDERATION)
		TRY(roster_fresh(l.roster, l.now, err));
	TRY(k->check(&l, err));
out:
	signed_clear(&l.msg);
	buf_clear(&b);
	return rc;
}

int check_message(struct checker *c, const struct check_in *in, struct refusal *no)
{
	struct fl_err err = { 0 };
	int rc;

	pthread_mutex_lock(&c->lock);
	rc = look(c, in, &err);
	pthread_mutex_unlock(&c->lock);
	if (rc == FL_OK)
		return 0;
	if (rc == FL_IO || rc == FL_BUG)
		return request_refuse(no, 500, "%s cannot be checked", in->name);
	return request_refuse(no, 422, "%s: %s", in->name, err.msg);
}

static int asked(const Fl__V1__Plan *p, const char *who)
{
	size_t i;

	for (i = 0; i < p->n_cohort; i++)
		if (!strcmp(p->cohort[i], who))
			return 1;
	return !p->n_cohort;
}

static int round_takes(const Fl__V1__Plan *p, unsigned newest, const struct name *n, uint64_t size, struct refusal *no)
{
	if (newest > n->number && newest - n->number > p->late_rounds)
		return request_refuse(no, 404, "round %u is over; round %u is open", n->number, newest);
	if (!asked(p, n->who))
		return request_refuse(no, 403, "round %u does not ask %s", n->number, n->who);
	if (n->kind == NAME_PAYLOAD && p->max_update_bytes && size > p->max_update_bytes)
		return request_refuse(no, 413, "round %u takes updates of at most %" PRIu64 " bytes", n->number, p->max_update_bytes);
	return 0;
}

int check_round(struct checker *c, int root, const struct name *n, uint64_t size, struct refusal *no)
{
	struct signed_msg plan = { 0 };
	struct round_state state;
	struct fl_err err = { 0 };
	int rc;

	pthread_mutex_lock(&c->lock);
	rc = object_message(root, n->number, "plan.pb", "Plan", &plan, &err);
	pthread_mutex_unlock(&c->lock);
	if (rc == FL_OK) {
		round_look(root, n->number, &state);
		rc = round_takes((const Fl__V1__Plan *)(const void *)plan.body, state.newest, n, size, no);
	} else if (rc == FL_NOINPUT) {
		rc = request_refuse(no, 404, "round %u is not open", n->number);
	} else {
		rc = request_refuse(no, 500, "the plan of round %u cannot be read", n->number);
	}
	signed_clear(&plan);
	return rc;
}
