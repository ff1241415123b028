#include "round/stands.h"

#include <stdio.h>
#include <string.h>

#include "round/channel.h"

/* The message of this type under name, its signature checked where that was asked for. */
static int read_message(const struct stands *f, const char *name, const char *type, const char *who, struct signed_msg *m,
			struct fl_err *err)
{
	struct fed_want want = { .type = type, .who = who,
		.role = who ? FL__V1__ROLE__ROLE_PARTICIPANT : FL__V1__ROLE__ROLE_COORDINATOR };
	struct buf b = { .max = MESSAGE_MAX };
	int rc;

	if (f->fed)
		return fed_read(f->fed, name, &want, 0, m, err);
	TRY(store_read(f->store, name, 0, &b, err));
	if ((rc = signed_read(m, type, b.data, b.len, err)) != FL_OK)
		fl_err_prefix(err, "%s/%s", store_url(f->store), name);
out:
	buf_clear(&b);
	return rc;
}

static int keep_last(void *ctx, const char *name, uint64_t size)
{
	(void)size;
	snprintf(ctx, NAME_MAX_LEN + 1, "%s", name);
	return FL_OK;
}

static int newest_entry(const struct stands *f, const char *place, struct signed_msg *m, struct fl_err *err)
{
	char prefix[NAME_MAX_LEN + 2], last[NAME_MAX_LEN + 1] = "";
	int rc;

	snprintf(prefix, sizeof prefix, "%s/", place);
	if (f->fed) {
		TRY(channel_newest(f->fed, place + strlen("channels/"), m, err));
	} else {
		TRY(store_list(f->store, prefix, keep_last, last, err));
		if (*last)
			TRY(read_message(f, last, "Channel", NULL, m, err));
	}
	if (!m->body)
		rc = fl_fail(err, FL_NOINPUT, "%s/%s: has no entry yet", store_url(f->store), place);
out:
	return rc;
}

/* The model of a channel's newest entry, or of the one named. */
static int find_model(const struct stands *f, const char *place, int newest, char object[NAME_MAX_LEN + 1], char digest[DIGEST_TEXT],
		      struct fl_err *err)
{
	struct signed_msg m = { 0 };
	const Fl__V1__Channel *c;
	int rc;

	TRY(newest ? newest_entry(f, place, &m, err) : read_message(f, place, "Channel", NULL, &m, err));
	c = channel_entry(&m);
	memcpy(digest, c->model, DIGEST_TEXT);
	name_blob(object, digest);
	if (f->more)
		f->more("entry %u of channel %s, of round %u", c->serial, c->name, c->round);
out:
	signed_clear(&m);
	return rc;
}

int stands_payload(const struct stands *f, const char *envelope, char object[NAME_MAX_LEN + 1], char digest[DIGEST_TEXT],
		   struct fl_err *err)
{
	struct signed_msg m = { 0 };
	const Fl__V1__Envelope *e;
	struct name n;
	int rc;

	TRY(name_parse(&n, envelope, err));
	TRY(read_message(f, envelope, "Envelope", n.who, &m, err));
	e = (const Fl__V1__Envelope *)m.body;
	if (e->round != n.number || strcmp(e->participant, n.who))
		TRY(fl_fail(err, FL_DATA, "%s: is of %s in round %u", envelope, e->participant, e->round));
	memcpy(digest, e->payload, DIGEST_TEXT);
	name_payload(object, n.number, n.who, digest);
out:
	signed_clear(&m);
	return rc;
}

int stands_for(const struct stands *f, const char *place, int message, char object[NAME_MAX_LEN + 1], char digest[DIGEST_TEXT],
	       struct fl_err *err)
{
	char envelope[NAME_MAX_LEN + 16];
	struct name n = { 0 };

	digest[0] = 0;
	snprintf(envelope, sizeof envelope, "%s/envelope.pb", place);
	if (name_parse(&n, envelope, NULL) == FL_OK && n.kind == NAME_ENVELOPE)
		return stands_payload(f, envelope, object, digest, err);
	if (*place && name_parse(&n, place, NULL) != FL_OK)
		return find_model(f, place, 1, object, digest, err);
	if (n.kind == NAME_CHANNEL && !message)
		return find_model(f, place, 0, object, digest, err);
	snprintf(object, NAME_MAX_LEN + 1, "%s", place);
	memcpy(digest, n.digest, DIGEST_TEXT);
	return FL_OK;
}
