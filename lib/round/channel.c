#include "round/channel.h"

#include <string.h>

#include "base/json.h"

#define LOOK_BACK 8 /* entries that people may have added while a round was being closed */
#define TRIES 16

const Fl__V1__Channel *channel_entry(const struct signed_msg *e)
{
	return (const Fl__V1__Channel *)e->body;
}

static int read_entry(struct fed *f, const char *channel, unsigned serial, struct signed_msg *e, struct fl_err *err)
{
	struct fed_want want = { .type = "Channel", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	char name[NAME_MAX_LEN + 1];
	int rc;

	name_channel(name, channel, serial);
	rc = fed_read(f, name, &want, 0, e, err);
	if (rc == FL_OK && strcmp(channel_entry(e)->name, channel))
		return fl_fail(err, FL_REFUSED, "%s: is of channel '%s'", name, channel_entry(e)->name);
	return rc;
}

/* notes.channels[channel] = {serial, digest, made (seconds)}. */
static json_t *noted(const struct fed *f, const char *channel)
{
	return json_object_get(json_object_get(f->home.notes, "channels"), channel);
}

static int note(struct fed *f, const char *channel, const struct signed_msg *e, struct fl_err *err)
{
	json_t *all = json_object_get(f->home.notes, "channels"), *v;

	if (!f->home.path)
		return FL_OK;
	if (!all && json_object_set_new(f->home.notes, "channels", all = json_object()) != 0)
		return fl_fail(err, FL_IO, "out of memory: notes");
	v = json_pack("{s:I, s:s, s:I}", "serial", (json_int_t)channel_entry(e)->serial, "digest", e->digest, "made",
		      (json_int_t)signed_when(e));
	return json_object_set_new(all, channel, v) == 0 ? FL_OK : fl_fail(err, FL_IO, "out of memory: notes");
}

/* The entry after one of this serial, digest and time, into *e. *end: there is none yet, and *e stays. */
static int step(struct fed *f, const char *channel, unsigned serial, const char *digest, time_t made, struct signed_msg *e, int *end,
		struct fl_err *err)
{
	struct signed_msg next = { 0 };
	int rc;

	rc = read_entry(f, channel, serial + 1, &next, err);
	*end = rc == FL_NOINPUT;
	if (rc == FL_OK && strcmp(channel_entry(&next)->previous, digest)) {
		rc = fl_fail(err, FL_NO, "channel %s: entry %u does not follow the entry %u that was seen here before", channel,
			     serial + 1, serial);
	} else if (rc == FL_OK && (rc = signed_after(&next, made, err)) != FL_OK) {
		fl_err_prefix(err, "channel %s: entry %u", channel, serial + 1);
	} else if (rc == FL_OK) {
		signed_clear(e);
		*e = next;
		next = (struct signed_msg){ 0 };
	}
	signed_clear(&next);
	return *end ? FL_OK : rc;
}

/* The entry remembered, which must still be there and be the same. */
static int remembered(struct fed *f, const char *channel, unsigned serial, const char *digest, struct signed_msg *e,
		      struct fl_err *err)
{
	int rc = read_entry(f, channel, serial, e, err);

	if (rc == FL_NOINPUT)
		return fl_fail(err, FL_REFUSED, "channel %s: entry %u, which was there before, is gone: the store has gone back", channel,
			       serial);
	if (rc == FL_OK && strcmp(e->digest, digest))
		return fl_fail(err, FL_NO, "channel %s: entry %u is not the one that was seen here before", channel, serial);
	return rc;
}

/* At the first meeting there is nothing to hold the entries against: begin with the newest. */
static int meet(struct fed *f, const char *channel, struct signed_msg *e, struct fl_err *err)
{
	unsigned serial;
	int rc;

	TRY(fed_last(f, name_channel, channel, 0, &serial, err));
	if (serial)
		TRY(read_entry(f, channel, serial, e, err));
out:
	return rc;
}

int channel_newest(struct fed *f, const char *channel, struct signed_msg *e, struct fl_err *err)
{
	const json_t *seen = noted(f, channel);
	unsigned serial = (unsigned)json_integer_value(json_object_get(seen, "serial"));
	const char *digest = serial ? json_string_value(json_object_get(seen, "digest")) : NULL;
	int end = 0, rc;

	if (digest) {
		TRY(step(f, channel, serial, digest, (time_t)json_integer_value(json_object_get(seen, "made")), e, &end, err));
		if (end)
			TRY(remembered(f, channel, serial, digest, e, err));
	} else {
		TRY(meet(f, channel, e, err));
		end = !e->body;
	}
	while (!end)
		TRY(step(f, channel, channel_entry(e)->serial, e->digest, signed_when(e), e, &end, err));
	if (e->body && channel_entry(e)->serial != serial)
		TRY(note(f, channel, e, err));
out:
	return rc;
}

int channel_offers(struct fed *f, const char *channel, const char *model, unsigned round, int *found, struct fl_err *err)
{
	struct signed_msg e = { 0 };
	const Fl__V1__Channel *c;
	unsigned serial;
	int rc;

	*found = 0;
	TRY(channel_newest(f, channel, &e, err));
	while ((c = channel_entry(&e))) {
		*found = c->round < round && !strcmp(c->model, model);
		if (*found || c->round < round || c->serial == 1)
			break;
		serial = c->serial - 1;
		signed_clear(&e);
		TRY(read_entry(f, channel, serial, &e, err));
	}
out:
	signed_clear(&e);
	return rc;
}

/* Has an entry of this round been made? People may have added some since. */
static int announced(struct fed *f, const char *channel, unsigned round, const struct signed_msg *newest, int *yes,
		     struct fl_err *err)
{
	unsigned serial = newest->body ? channel_entry(newest)->serial : 0, back;
	struct signed_msg e = { 0 };
	int rc = FL_OK;

	*yes = serial && channel_entry(newest)->round == round;
	for (back = 1; !*yes && back < serial && back <= LOOK_BACK; back++) {
		signed_clear(&e);
		TRY(read_entry(f, channel, serial - back, &e, err));
		*yes = channel_entry(&e)->round == round;
	}
out:
	signed_clear(&e);
	return rc;
}

static int put_entry(struct fed *f, const char *channel, const char *model, unsigned round, const struct signed_msg *last,
		     const struct key *k, struct fl_err *err)
{
	struct fed_want want = { .type = "Channel", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	Fl__V1__Channel c = FL__V1__CHANNEL__INIT;
	char name[NAME_MAX_LEN + 1];
	int rc;

	c.version = MESSAGE_VERSION;
	c.federation = fed_roster(f)->name;
	c.name = (char *)channel;
	c.serial = last->body ? channel_entry(last)->serial + 1 : 1;
	c.previous = (char *)last->digest;
	c.model = (char *)model;
	c.round = round;
	c.made = msg_time(fed_stamp(f, last));
	name_channel(name, channel, c.serial);
	rc = fed_put(f, name, &want, &c.base, k, NULL, err);
	msg_free((ProtobufCMessage *)c.made);
	return rc;
}

/* Add an entry, unless the round has one or, by hand, the newest says so. */
static int add_entry(struct fed *f, const char *channel, const char *model, unsigned round, const struct key *k, int by_hand,
		     struct fl_err *err)
{
	struct signed_msg e = { 0 };
	int done = 0, try, rc = FL_NO;

	for (try = 0; try < TRIES && rc == FL_NO; try++) { /* FL_NO: somebody else was quicker */
		signed_clear(&e);
		TRY(channel_newest(f, channel, &e, err));
		done = by_hand && e.body && !strcmp(channel_entry(&e)->model, model);
		if (!by_hand)
			TRY(announced(f, channel, round, &e, &done, err));
		if (done) {
			rc = FL_OK;
			break;
		}
		rc = put_entry(f, channel, model, round, &e, k, err);
	}
	if (rc == FL_NO)
		rc = fl_fail(err, FL_LATER, "channel %s: others write to it all the time", channel);
out:
	signed_clear(&e);
	return rc;
}

int channel_announce(struct fed *f, const char *channel, const char *model, unsigned round, const struct key *k, struct fl_err *err)
{
	return add_entry(f, channel, model, round, k, 0, err);
}

int channel_offer(struct fed *f, const char *channel, const char *model, unsigned round, const struct key *k, struct fl_err *err)
{
	return add_entry(f, channel, model, round, k, 1, err);
}
