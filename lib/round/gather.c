#include "round/gather.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "round/cache.h"

#define SIZE_FACTOR 4 /* a partial holds 128 bits for each 32 of the model */
#define SIZE_EXTRA ((uint64_t)1 << 20)

int gather_open(struct gather *g, struct fed *f, const struct stand *s, struct fl_err *err)
{
	const Fl__V1__Plan *p = stand_plan(s);
	int rc;

	TRY(cache_blob(f, p->base_model, g->base_path, err));
	TRY(payload_base_open(&g->base, g->base_path, p->base_model, err));
out:
	return rc;
}

void gather_clear(struct gather *g)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		free(g->v[i].who);
	free(g->v);
	payload_base_close(&g->base);
	*g = (struct gather){ 0 };
}

static int by_who(const void *a, const void *b)
{
	return strcmp(((const struct gathered *)a)->who, ((const struct gathered *)b)->who);
}

/* Names of those whose envelopes are there and new. */
struct news {
	const struct gather *g;
	char **v;
	size_t n, cap;
	struct fl_err *err;
};

static int add_name(void *ctx, const char *name, uint64_t size)
{
	struct news *w = ctx;
	struct name place;
	int rc;

	(void)size;
	if (name_parse(&place, name, NULL) != FL_OK || place.kind != NAME_ENVELOPE)
		return FL_OK;
	if (w->g->n && bsearch(&(struct gathered){ .who = place.who }, w->g->v, w->g->n, sizeof *w->g->v, by_who))
		return FL_OK;
	TRY(fl_grow(&w->v, &w->cap, w->n + 1, sizeof *w->v, w->err));
	TRY(fl_strdup(&w->v[w->n], place.who, w->err));
	w->n++;
out:
	return rc;
}

static int check_envelope(const struct gather *g, struct fed *f, const struct stand *s, const Fl__V1__Envelope *e, const char *who,
			  struct fl_err *err)
{
	const Fl__V1__Plan *p = stand_plan(s);
	uint64_t most = p->max_update_bytes ? p->max_update_bytes : g->base.art.st.data_len * SIZE_FACTOR + SIZE_EXTRA;

	if (strcmp(e->participant, who))
		return fl_fail(err, FL_DATA, "is %s's", e->participant);
	if (!stand_asks(f, p, who))
		return fl_fail(err, FL_DATA, "%s was not asked", who);
	if (strcmp(e->plan, s->plan.digest))
		return fl_fail(err, FL_DATA, "answers another plan");
	if (strcmp(e->base_model, p->base_model))
		return fl_fail(err, FL_DATA, "starts from another model");
	if (e->payload_size > most)
		return fl_fail(err, FL_DATA, "%llu bytes, more than the %llu allowed", (unsigned long long)e->payload_size,
			       (unsigned long long)most);
	return FL_OK;
}

/* What was fetched and is no good leaves the cache for the evidence. */
static void set_aside(struct fed *f, const char *path, const char *digest)
{
	char to[HOME_PATH], name[128];

	snprintf(name, sizeof name, "evidence/%s.st", strchr(digest, ':') + 1);
	if (home_name(&f->home, to, name, NULL) == FL_OK)
		rename(path, to);
}

static int check_payload(const struct gather *g, struct fed *f, const struct stand *s, const Fl__V1__Envelope *e, const char *who,
			 struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1], path[HOME_PATH];
	struct store_info info;
	int rc;

	name_payload(name, s->number, who, e->payload);
	TRY(store_head(f->store, name, &info, err));
	if (info.size != e->payload_size)
		return fl_fail(err, FL_DATA, "%s: %llu bytes, the envelope says %llu", name, (unsigned long long)info.size,
			       (unsigned long long)e->payload_size);
	TRY(cache_get(f, name, e->payload, path, err));
	if ((rc = payload_check(&g->base, path, err)) == FL_DATA || rc == FL_REFUSED)
		set_aside(f, path, e->payload);
out:
	return rc;
}

/* FL_DATA, FL_REFUSED, FL_VERSION: the envelope or its payload is no good. FL_NOINPUT: not whole yet. */
static int look_at(const struct gather *g, struct fed *f, const struct stand *s, const char *who, struct gathered *to,
		   struct fl_err *err)
{
	struct fed_want want = { "Envelope", FL__V1__ROLE__ROLE_PARTICIPANT, who, fed_now(f) };
	struct signed_msg m = { 0 };
	char name[NAME_MAX_LEN + 1];
	const Fl__V1__Envelope *e;
	int rc;

	name_envelope(name, s->number, who);
	TRY(fed_read(f, name, &want, 0, &m, err));
	e = (const Fl__V1__Envelope *)m.body;
	memcpy(to->envelope, m.digest, sizeof to->envelope);
	memcpy(to->payload, e->payload, strlen(e->payload) + 1); /* a digest: msg_check() saw to it */
	to->size = e->payload_size;
	TRY(check_envelope(g, f, s, e, who, err));
	TRY(check_payload(g, f, s, e, who, err));
out:
	signed_clear(&m);
	return rc;
}

/* *who is taken over. */
static int take(struct gather *g, struct fed *f, const struct stand *s, char **who, struct fl_err *err)
{
	struct gathered one = { 0 };
	int rc;

	rc = look_at(g, f, s, *who, &one, err);
	if (rc == FL_NOINPUT)
		return FL_OK;
	if (rc == FL_DATA || rc == FL_REFUSED || rc == FL_VERSION) {
		f->say("round %u: the update of %s does not count: %s", s->number, *who, err->msg);
		rc = FL_OK;
	} else {
		one.good = rc == FL_OK;
	}
	TRY(rc);
	TRY(fl_grow(&g->v, &g->cap, g->n + 1, sizeof *g->v, err));
	one.who = *who;
	*who = NULL;
	g->v[g->n++] = one;
	g->good += one.good != 0;
out:
	return rc;
}

int gather_look(struct gather *g, struct fed *f, const struct stand *s, struct fl_err *err)
{
	struct news w = { .g = g, .err = err };
	char prefix[NAME_MAX_LEN + 1];
	size_t i;
	int rc;

	name_round(prefix, s->number, "updates/");
	rc = store_list(f->store, prefix, add_name, &w, err);
	for (i = 0; i < w.n && rc == FL_OK; i++)
		rc = take(g, f, s, &w.v[i], err);
	if (g->n)
		qsort(g->v, g->n, sizeof *g->v, by_who);
	for (i = 0; i < w.n; i++)
		free(w.v[i]);
	free(w.v);
	return rc;
}
