#include "round/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "round/channel.h"
#include "round/stand.h"
#include "wire/text.h"

/* Who has delivered to a round, and how that counts. */
struct delivery {
	struct fed *f;
	const struct stand *s;
	struct fl_err *err;
	json_t *counted, *late, *left_out;
};

static int in_seal(const Fl__V1__Seal *seal, const char *who)
{
	size_t i;

	for (i = 0; seal && i < seal->n_entries; i++)
		if (!strcmp(seal->entries[i]->participant, who))
			return 1;
	for (i = 0; seal && i < seal->n_left_out; i++)
		if (!strcmp(seal->left_out[i], who))
			return 1;
	return 0;
}

static int add_name(json_t *to, const char *who, struct fl_err *err)
{
	return json_array_append_new(to, json_string(who)) == 0 ? FL_OK : fl_fail(err, FL_IO, "out of memory: status");
}

/* What counts, and what cannot, stands in the seal, once there is one: the rest has come after it. (A hub does not list other
 * participants' updates for everybody.) */
static int add_delivery(void *ctx, const char *name, uint64_t size)
{
	struct delivery *d = ctx;
	struct name place;

	(void)size;
	if (name_parse(&place, name, NULL) != FL_OK || place.kind != NAME_ENVELOPE || in_seal(stand_seal(d->s), place.who))
		return FL_OK;
	return add_name(stand_seal(d->s) ? d->late : d->counted, place.who, d->err);
}

static int add_deliveries(struct delivery *d)
{
	const Fl__V1__Seal *seal = stand_seal(d->s);
	char prefix[NAME_MAX_LEN + 1];
	size_t i;
	int rc = FL_OK;

	for (i = 0; seal && i < seal->n_entries; i++)
		TRY(add_name(d->counted, seal->entries[i]->participant, d->err));
	for (i = 0; seal && i < seal->n_left_out; i++)
		TRY(add_name(d->left_out, seal->left_out[i], d->err));
	name_round(prefix, d->s->number, "updates/");
	TRY(store_list(d->f->store, prefix, add_delivery, d, d->err));
out:
	return rc;
}

static json_t *time_json(const Google__Protobuf__Timestamp *t)
{
	char text[TIME_TEXT];

	if (!t)
		return json_null();
	time_text(text, t->seconds, t->nanos);
	return json_string(text);
}

static json_t *until_json(const Fl__V1__Plan *p, time_t now)
{
	Google__Protobuf__Timestamp t = GOOGLE__PROTOBUF__TIMESTAMP__INIT;

	t.seconds = plan_until(p, now);
	return time_json(&t);
}

static json_t *metrics_json(const Fl__V1__Result *r)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < r->n_metrics; i++)
		json_object_set_new(o, r->metrics[i]->name, json_metric(r->metrics[i]->value));
	return o;
}

static const char *state_name(const struct stand *s, time_t now)
{
	if (s->phase == PLAN_CLOSED)
		return stand_result(s)->abandoned ? "abandoned" : "closed";
	if (s->phase == PLAN_SEALED)
		return "sealed";
	return plan_until(stand_plan(s), now) > msg_seconds(stand_plan(s)->deadline, 0) ? "extended" : "open";
}

static json_t *round_json(const struct stand *s, const struct delivery *d, size_t asked, time_t now)
{
	const Fl__V1__Plan *p = stand_plan(s);
	json_t *o = json_pack("{s:I, s:s, s:o, s:o, s:I, s:I}", "round", (json_int_t)s->number, "state", state_name(s, now), "opened",
			      time_json(p->opened), "deadline", time_json(p->deadline), "quorum", (json_int_t)p->quorum, "asked",
			      (json_int_t)asked);

	json_object_set(o, "delivered", d->counted);
	json_object_set(o, "late", d->late);
	json_object_set(o, "left_out", d->left_out);
	json_object_set_new(o, "base", json_string(p->base_model));
	if (s->phase == PLAN_OPEN)
		json_object_set_new(o, "until", until_json(p, now));
	if (stand_seal(s))
		json_object_set_new(o, "sealed", time_json(stand_seal(s)->sealed));
	if (stand_result(s)) {
		json_object_set_new(o, "closed", time_json(stand_result(s)->made));
		json_object_set_new(o, "model", json_string(stand_result(s)->model));
		json_object_set_new(o, "metrics", metrics_json(stand_result(s)));
	}
	return o;
}

static int add_round(json_t *list, struct fed *f, unsigned number, struct fl_err *err)
{
	struct stand s = { 0 };
	struct delivery d = { f, &s, err, json_array(), json_array(), json_array() };
	int rc;

	TRY(stand_read(f, number, &s, err));
	TRY(add_deliveries(&d));
	if (json_array_append_new(list, round_json(&s, &d, stand_asked(f, stand_plan(&s)), fed_now(f))) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: status");
out:
	json_decref(d.counted);
	json_decref(d.late);
	json_decref(d.left_out);
	stand_clear(&s);
	return rc;
}

/* Names of the channels that the store has. */
static int add_channel(void *ctx, const char *name, uint64_t size)
{
	struct name place;

	(void)size;
	if (name_parse(&place, name, NULL) == FL_OK && place.kind == NAME_CHANNEL)
		json_object_set_new(ctx, place.who, json_integer((json_int_t)place.number)); /* sorted: the last is the newest */
	return FL_OK;
}

static int channels_json(json_t *to, struct fed *f, struct fl_err *err)
{
	struct fed_want want = { .type = "Channel", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	json_t *names = json_object(), *serial;
	struct signed_msg e = { 0 };
	char file[NAME_MAX_LEN + 1];
	const char *name;
	int rc;

	TRY(store_list(f->store, "channels/", add_channel, names, err));
	json_object_foreach(names, name, serial) {
		signed_clear(&e);
		name_channel(file, name, (unsigned)json_integer_value(serial));
		TRY(fed_read(f, file, &want, 0, &e, err));
		json_object_set_new(to, name, json_pack("{s:I, s:I, s:s}", "serial", (json_int_t)channel_entry(&e)->serial, "round",
							(json_int_t)channel_entry(&e)->round, "model", channel_entry(&e)->model));
	}
out:
	json_decref(names);
	signed_clear(&e);
	return rc;
}

int picture_read(json_t **j, struct fed *f, unsigned rounds, struct fl_err *err)
{
	json_t *list = json_array(), *channels = json_object();
	size_t i, participants = 0;
	unsigned newest = 0, n;
	int rc;

	for (i = 0; i < fed_roster(f)->n_members; i++)
		participants += roster_has(fed_roster(f)->members[i], FL__V1__ROLE__ROLE_PARTICIPANT) != 0;
	*j = json_pack("{s:s, s:I, s:I, s:O, s:O}", "federation", fed_roster(f)->name, "roster", (json_int_t)fed_roster(f)->serial,
		       "participants", (json_int_t)participants, "channels", channels, "rounds", list);
	TRY(fed_newest(f, 0, &newest, err));
	for (n = rounds && newest > rounds ? newest - rounds + 1 : 1; n <= newest; n++)
		TRY(add_round(list, f, n, err));
	TRY(channels_json(channels, f, err));
out:
	json_decref(list);
	json_decref(channels);
	if (rc != FL_OK) {
		json_decref(*j);
		*j = NULL;
	}
	return rc;
}

/* ---- for people ---- */

static const char *const shown_metrics[] = { "accuracy", "auc", "log_loss", "rmse", "r2", "deviance", "c_index" };

static int metric_text(struct buf *b, const json_t *round, struct fl_err *err)
{
	const json_t *metrics = json_object_get(round, "metrics"), *v;
	size_t i;
	int rc = FL_OK, n = 0;

	for (i = 0; i < sizeof shown_metrics / sizeof *shown_metrics && n < 2; i++) {
		if (!json_is_number(v = json_object_get(metrics, shown_metrics[i])))
			continue;
		TRY(buf_addf(b, err, "  %s %.4f", shown_metrics[i], json_number_value(v)));
		n++;
	}
out:
	return rc;
}

/* What an open round waits for, and until when: "2026-11-24T13:17:58Z" without year and seconds. */
static int waits_text(struct buf *b, const json_t *round, struct fl_err *err)
{
	const char *until = json_string_value(json_object_get(round, "until"));

	if (!until || strlen(until) < 16)
		return FL_OK;
	return buf_addf(b, err, "  needs %lld by %.5s %.5s UTC", (long long)json_integer_value(json_object_get(round, "quorum")),
			until + 5, until + 11);
}

/* Names that a list holds, as many as fit. */
static int names_text(struct buf *b, const char *what, const json_t *list, unsigned width, struct fl_err *err)
{
	size_t i, from = b->len, n = json_array_size(list);
	int rc;

	if (!n)
		return FL_OK;
	TRY(buf_addf(b, err, "        %s:", what));
	for (i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (b->len - from + strlen(s) + 12 > width) {
			TRY(buf_addf(b, err, " ... %zu more", n - i));
			break;
		}
		TRY(buf_addf(b, err, " %s", s));
	}
	TRY(buf_adds(b, "\n", err));
out:
	return rc;
}

#define BAR 20

static int round_text(struct buf *b, const json_t *r, unsigned width, struct fl_err *err)
{
	size_t asked = (size_t)json_integer_value(json_object_get(r, "asked"));
	size_t got = json_array_size(json_object_get(r, "delivered")), full = asked ? got * BAR / asked : 0;
	char bar[BAR + 1];
	int rc;

	if (full > BAR)
		full = BAR;
	memset(bar, '#', full);
	memset(bar + full, '.', BAR - full);
	bar[BAR] = 0;
	TRY(buf_addf(b, err, "%6lld  %-9s  [%s] %zu of %zu", (long long)json_integer_value(json_object_get(r, "round")),
		     json_string_value(json_object_get(r, "state")), bar, got, asked));
	TRY(waits_text(b, r, err));
	TRY(metric_text(b, r, err));
	TRY(buf_adds(b, "\n", err));
	TRY(names_text(b, "late", json_object_get(r, "late"), width, err));
	TRY(names_text(b, "left out", json_object_get(r, "left_out"), width, err));
out:
	return rc;
}

int picture_text(struct buf *b, const json_t *j, unsigned width, struct fl_err *err)
{
	const json_t *rounds = json_object_get(j, "rounds"), *channel;
	const char *name;
	size_t i;
	int rc;

	TRY(buf_addf(b, err, "%s: %lld participants, roster %lld\n", json_string_value(json_object_get(j, "federation")),
		     (long long)json_integer_value(json_object_get(j, "participants")),
		     (long long)json_integer_value(json_object_get(j, "roster"))));
	for (i = 0; i < json_array_size(rounds); i++)
		TRY(round_text(b, json_array_get(rounds, i), width, err));
	json_object_foreach((json_t *)json_object_get(j, "channels"), name, channel)
		TRY(buf_addf(b, err, "channel %s: entry %lld, of round %lld, %.23s...\n", name,
			     (long long)json_integer_value(json_object_get(channel, "serial")),
			     (long long)json_integer_value(json_object_get(channel, "round")),
			     json_string_value(json_object_get(channel, "model"))));
out:
	return rc;
}
