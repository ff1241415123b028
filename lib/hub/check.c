#include "hub/check.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hub/object.h"
#include "hub/round.h"
#include "hub/roster-cache.h"
#include "hub/rules.h"
#include "wire/roster.h"

struct checker {
	pthread_mutex_t lock;
	struct roster_cache rosters;
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

int check_is_message(enum name_kind kind)
{
	return rules_find(kind) != NULL;
}

size_t check_max(enum name_kind kind)
{
	return check_is_message(kind) ? msg_find(rules_find(kind)->type)->max + OBJECT_SIGNATURES : 0;
}

/* The file's bytes into l->msg. */
static int read_message(struct rules_look *l, struct fl_err *err)
{
	struct buf b = { .max = check_max(l->in->parsed->kind) };
	int rc;

	TRY(object_slurp(l->in->fd, l->in->size, &b, err));
	TRY(signed_read(&l->msg, rules_find(l->in->parsed->kind)->type, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

/* Who made it, by the newest roster; with the lock held. */
static int check_who(struct checker *c, struct rules_look *l, struct fl_err *err)
{
	int is_roster = l->in->parsed->kind == NAME_FEDERATION;
	int rc = roster_cache_get(&c->rosters, l->in->root, l->in->federation, &l->roster, err);

	if (rc == FL_NOINPUT && is_roster)
		rc = FL_OK;
	if (rc == FL_OK && !is_roster)
		rc = roster_fresh(l->roster, l->now, err);
	if (rc == FL_OK)
		rc = rules_find(l->in->parsed->kind)->who(l, err);
	l->roster = NULL; /* valid with the lock only */
	return rc;
}

static int look(struct checker *c, struct rules_look *l, struct fl_err *err)
{
	int rc;

	TRY(read_message(l, err));
	pthread_mutex_lock(&c->lock);
	rc = check_who(c, l, err);
	pthread_mutex_unlock(&c->lock);
	if (rc == FL_OK)
		rc = rules_find(l->in->parsed->kind)->what(l, err);
out:
	return rc;
}

int check_message(struct checker *c, const struct check_in *in, struct refusal *no)
{
	struct rules_look l = { .in = in, .now = time(NULL) };
	struct fl_err err = { 0 };
	int rc = look(c, &l, &err);

	signed_clear(&l.msg);
	if (rc == FL_OK)
		return 0;
	if (rc == FL_IO || rc == FL_BUG)
		return request_refuse(no, 500, "%s cannot be checked", in->name);
	if (rc == FL_NET || rc == FL_LATER) {
		no->retry = 5;
		return request_refuse(no, 503, "%s cannot be checked now: the store of large objects does not answer", in->name);
	}
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

int check_round(int root, const struct name *n, uint64_t size, struct refusal *no)
{
	struct signed_msg plan = { 0 };
	struct round_state state;
	struct fl_err err = { 0 };
	int rc;

	rc = object_message(root, n->number, "plan.pb", "Plan", &plan, &err);
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
