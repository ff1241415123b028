#include <stdlib.h>
#include <string.h>

#include "round/coord.h"
#include "round/hook.h"

/* The entries that count, in order; the texts are g's. */
static int entries(const struct gather *g, Fl__V1__Seal *seal, Fl__V1__Sealed **v, Fl__V1__Sealed ***list, struct fl_err *err)
{
	size_t i, n = 0;
	int rc;

	TRY(fl_alloc(v, g->good, sizeof **v, err));
	TRY(fl_alloc(list, g->good, sizeof **list, err));
	for (i = 0; i < g->n; i++) {
		const struct gathered *one = &g->v[i];

		if (!one->good)
			continue;
		fl__v1__sealed__init(&(*v)[n]);
		(*v)[n].participant = one->who;
		(*v)[n].envelope = (char *)one->envelope;
		(*v)[n].payload = (char *)one->payload;
		(*v)[n].payload_size = one->size;
		(*list)[n] = &(*v)[n];
		n++;
	}
	seal->entries = *list;
	seal->n_entries = n;
out:
	return rc;
}

/* The others: they can see that what they sent does not count. */
static int left_out(const struct gather *g, Fl__V1__Seal *seal, char ***names, struct fl_err *err)
{
	size_t i, n = 0;
	int rc;

	TRY(fl_alloc(names, g->n - g->good, sizeof **names, err));
	for (i = 0; i < g->n; i++)
		if (!g->v[i].good)
			(*names)[n++] = g->v[i].who;
	seal->left_out = *names;
	seal->n_left_out = n;
out:
	return rc;
}

int coord_seal(const struct coord *c, struct stand *s, const struct gather *g, int abandon, struct fl_err *err)
{
	struct fed_want want = { .type = "Seal", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	Fl__V1__Seal seal = FL__V1__SEAL__INIT;
	Fl__V1__Sealed *v = NULL, **list = NULL;
	char **names = NULL;
	struct signed_msg made = { 0 };
	char name[NAME_MAX_LEN + 1];
	int rc;

	seal.version = MESSAGE_VERSION;
	seal.federation = fed_roster(c->fed)->name;
	seal.round = s->number;
	seal.plan = s->plan.digest;
	seal.abandoned = abandon;
	seal.sealed = msg_time(fed_stamp(c->fed, &s->plan));
	TRY(entries(g, &seal, &v, &list, err));
	TRY(left_out(g, &seal, &names, err));
	TRY(hook_run(c->hooks, "pre-seal", &seal.base, seal.federation, s->number, err));
	name_round(name, s->number, "seal.pb");
	TRY(fed_put(c->fed, name, &want, &seal.base, c->key, &made, err));
	s->seal = made;
	made = (struct signed_msg){ 0 };
	s->phase = PLAN_SEALED;
	if (strcmp(stand_seal(s)->plan, s->plan.digest))
		TRY(fl_fail(err, FL_REFUSED, "round %u: its seal is of another plan", s->number));
	c->fed->more("round %u is sealed with %zu updates%s", s->number, stand_seal(s)->n_entries,
		     stand_seal(s)->abandoned ? ", abandoned" : "");
	TRY(hook_run(c->hooks, "post-seal", s->seal.body, seal.federation, s->number, err));
out:
	msg_free((ProtobufCMessage *)seal.sealed);
	signed_clear(&made);
	free(v);
	free(list);
	free(names);
	return rc;
}

int coord_seal_now(const struct coord *c, struct stand *s, int abandon, struct fl_err *err)
{
	struct gather g = { 0 };
	int rc;

	TRY(gather_open(&g, c->fed, s, err));
	TRY(gather_look(&g, c->fed, s, err));
	if (!abandon && !plan_enough(stand_plan(s), g.good))
		TRY(fl_fail(err, FL_LATER, "round %u: %zu of the %u updates that it needs; --abandon gives it up", s->number, g.good,
			    stand_plan(s)->quorum));
	TRY(coord_seal(c, s, &g, abandon, err));
out:
	gather_clear(&g);
	return rc;
}
