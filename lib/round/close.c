#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aggregate/aggregate.h"
#include "round/cache.h"
#include "round/channel.h"
#include "round/coord.h"
#include "round/delta.h"
#include "round/hook.h"
#include "tensor/meta.h"

/* The payloads that the seal lists, in its order, out of the cache. */
struct paths {
	const struct coord *c;
	const struct stand *s;
	size_t i;
	char path[HOME_PATH];
};

static const char *next_path(void *ctx)
{
	struct paths *p = ctx;
	const Fl__V1__Seal *seal = stand_seal(p->s);

	if (p->i == seal->n_entries || cache_path(p->c->fed, seal->entries[p->i]->payload, p->path, NULL) != FL_OK)
		return NULL;
	p->i++;
	return p->path;
}

/* Have them all: another coordinator may have made the seal. */
static int fetch(const struct coord *c, const struct stand *s, struct fl_err *err)
{
	const Fl__V1__Seal *seal = stand_seal(s);
	char name[NAME_MAX_LEN + 1], path[HOME_PATH];
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < seal->n_entries; i++) {
		name_payload(name, s->number, seal->entries[i]->participant, seal->entries[i]->payload);
		TRY(cache_get(c->fed, name, seal->entries[i]->payload, path, err));
	}
out:
	return rc;
}

static int copy_file(const char *from, const char *to, struct fl_err *err)
{
	int fd = -1, rc;

	TRY(in_open(&fd, from, err));
	TRY(out_file(to, fd, 0, err));
out:
	in_close(fd);
	return rc;
}

/* The result of the round before: what this one is chained to. *r stays empty for the first. */
static int last_result(const struct coord *c, const struct stand *s, struct stand *last, struct fl_err *err)
{
	int rc;

	TRY(stand_read(c->fed, s->number - 1, last, err));
	TRY(stand_follows(&s->plan, &last->result, err));
out:
	return rc;
}

/* What the strategy carried on, as the file at path; no file where there is nothing, or where it belongs to another strategy
 * or to a model that this round does not start from. */
static int old_state(const struct coord *c, const struct stand *s, const struct stand *last, const struct strategy *strategy,
		     const char *path, struct fl_err *err)
{
	const Fl__V1__Result *r = stand_result(last);
	char from[HOME_PATH];
	struct art a = { 0 };
	int rc = FL_OK;

	unlink(path);
	if (!r || !*r->state || strcmp(r->model, stand_plan(s)->base_model))
		goto out;
	TRY(cache_blob(c->fed, r->state, from, err));
	TRY(art_open(&a, from, err));
	if (!strcmp(meta_str(a.fl, "strategy"), strategy->name))
		TRY(copy_file(from, path, err));
out:
	art_close(&a);
	return rc;
}

struct made {
	char model[DIGEST_TEXT], state[DIGEST_TEXT], path[HOME_PATH];
};

static int sum(const struct coord *c, const struct stand *s, const char *to, const char *state, struct fl_err *err)
{
	struct paths paths = { .c = c, .s = s };
	struct agg_opts o = { .threads = c->threads > 0 ? c->threads : 1, .progress = c->progress, .state = state };
	struct agg_result res;
	char base[HOME_PATH];
	struct out out = { 0 };
	int rc;

	TRY(plan_strategy(stand_plan(s), &o.strategy, &o.server, err));
	TRY(cache_blob(c->fed, stand_plan(s)->base_model, base, err));
	o.base = base;
	TRY(out_open(&out, to, OUT_BINARY, err));
	TRY(aggregate(next_path, &paths, &o, &out, &res, err));
	TRY(out_commit(&out, err));
out:
	out_abort(&out);
	return rc;
}

/* The next model and what the strategy carries on, as blobs. */
static int make_model(const struct coord *c, const struct stand *s, const struct stand *last, struct made *m, struct fl_err *err)
{
	char next[HOME_PATH], state[HOME_PATH];
	const struct strategy *strategy;
	struct strategy_opts o;
	int rc, carries;

	TRY(plan_strategy(stand_plan(s), &strategy, &o, err));
	carries = strategy_vectors(strategy) > 0;
	TRY(home_name(&c->fed->home, next, "next.st", err));
	TRY(home_name(&c->fed->home, state, "state.st", err));
	TRY(fetch(c, s, err));
	if (carries)
		TRY(old_state(c, s, last, strategy, state, err));
	TRY(sum(c, s, next, carries ? state : NULL, err));
	if (carries)
		TRY(cache_put_blob(c->fed, state, m->state, err));
	TRY(cache_put_blob(c->fed, next, m->model, err));
	TRY(cache_path(c->fed, m->model, m->path, err));
out:
	return rc;
}

/* An abandoned round leaves everything as it was. */
static int keep_model(const struct coord *c, const struct stand *s, const struct stand *last, struct made *m, struct fl_err *err)
{
	const Fl__V1__Result *r = stand_result(last);

	snprintf(m->model, sizeof m->model, "%s", stand_plan(s)->base_model);
	snprintf(m->state, sizeof m->state, "%s", r && !strcmp(r->model, m->model) ? r->state : "");
	return cache_blob(c->fed, m->model, m->path, err);
}

/* Another coordinator may have closed it first: then with the same model, or something is very wrong. */
static int same_model(const struct stand *s, const struct made *m, struct fl_err *err)
{
	if (strcmp(stand_result(s)->seal, s->seal.digest))
		return fl_fail(err, FL_REFUSED, "round %u: its result is of another seal", s->number);
	if (strcmp(stand_result(s)->model, m->model))
		return fl_fail(err, FL_NO, "round %u: another coordinator made another model of the same seal", s->number);
	return FL_OK;
}

static int put_result(const struct coord *c, struct stand *s, const struct stand *last, struct made *m, struct fl_err *err)
{
	struct fed_want want = { .type = "Result", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	Fl__V1__Result r = FL__V1__RESULT__INIT;
	char name[NAME_MAX_LEN + 1];
	int rc = FL_OK;

	r.version = MESSAGE_VERSION;
	r.federation = fed_roster(c->fed)->name;
	r.round = s->number;
	r.seal = s->seal.digest;
	r.base_model = stand_plan(s)->base_model;
	r.model = m->model;
	r.state = m->state;
	r.previous = (char *)last->result.digest;
	r.abandoned = stand_seal(s)->abandoned;
	r.participants = r.abandoned ? 0 : (uint32_t)stand_seal(s)->n_entries;
	r.made = msg_time(fed_stamp(c->fed, &s->seal));
	r.traceparent = stand_plan(s)->traceparent;
	if (c->eval && !r.abandoned)
		TRY(coord_measure(m->path, c->eval, &r, err));
	name_round(name, s->number, "result.pb");
	TRY(fed_put(c->fed, name, &want, &r.base, c->key, &s->result, err));
	TRY(same_model(s, m, err));
	s->phase = PLAN_CLOSED;
out:
	msg_free((ProtobufCMessage *)r.made);
	coord_measure_free(&r);
	return rc;
}

/* A convenience for participants: a store that does not take it is no reason to stop. */
static void offer_delta(const struct coord *c, const struct stand *s, const struct made *m)
{
	struct fl_err err;

	if (delta_offer(c->fed, m->model, stand_plan(s)->base_model, &err) != FL_OK)
		c->fed->more("the model is not offered as a difference: %s", err.msg);
}

int coord_close(const struct coord *c, struct stand *s, struct fl_err *err)
{
	struct stand last = { 0 };
	struct made m = { 0 };
	int rc;

	TRY(last_result(c, s, &last, err));
	TRY(hook_run(c->hooks, "pre-close", s->seal.body, fed_roster(c->fed)->name, s->number, err));
	if (stand_seal(s)->abandoned) {
		TRY(keep_model(c, s, &last, &m, err));
	} else {
		TRY(make_model(c, s, &last, &m, err));
		offer_delta(c, s, &m);
		/* Before the result, which says: all done. */
		TRY(channel_announce(c->fed, plan_channel(stand_plan(s)), m.model, s->number, c->key, err));
	}
	TRY(put_result(c, s, &last, &m, err));
	TRY(home_note(&c->fed->home, err));
	cache_sweep(c->fed, (const char *[]){ m.model, *m.state ? m.state : m.model }, 2);
	c->fed->more("round %u is closed%s", s->number, stand_result(s)->abandoned ? ", abandoned" : "");
	TRY(hook_run(c->hooks, "post-close", s->result.body, fed_roster(c->fed)->name, s->number, err));
out:
	stand_clear(&last);
	return rc;
}
