#include "round/fed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const Fl__V1__Federation *fed_roster(const struct fed *f)
{
	return (const Fl__V1__Federation *)f->roster.body;
}

int fed_knows(const struct fed *f, const char *digest)
{
	size_t i;

	for (i = 0; i < f->n_rosters; i++)
		if (!strcmp(f->rosters[i].digest, digest))
			return 1;
	return 0;
}

/* ---- the chain of rosters ---- */

static int roster_bytes(struct fed *f, unsigned serial, struct buf *b, int *remembered, struct fl_err *err)
{
	char file[64], name[NAME_MAX_LEN + 1];
	int rc = FL_NOINPUT;

	snprintf(file, sizeof file, "federation-%06u.pb", serial);
	if (f->home.path)
		rc = home_read(&f->home, file, b, err);
	*remembered = rc == FL_OK;
	if (rc != FL_NOINPUT)
		return rc;
	name_federation(name, serial);
	return store_read(f->store, name, 0, b, err);
}

/* s is version n_rosters + 1 and has been checked: it becomes the newest. */
static int take_roster(struct fed *f, struct signed_msg *s, const struct buf *b, int remembered, struct fl_err *err)
{
	char file[64];
	int rc;

	TRY(fl_grow(&f->rosters, &f->cap_rosters, f->n_rosters + 1, sizeof *f->rosters, err));
	if (f->home.path && !remembered) {
		snprintf(file, sizeof file, "federation-%06zu.pb", f->n_rosters + 1);
		TRY(home_write(&f->home, file, b->data, b->len, 0, err));
	}
	f->roster = f->rosters[f->n_rosters++] = *s;
	*s = (struct signed_msg){ 0 };
out:
	return rc;
}

static int first_roster(struct fed *f, const struct fed_opts *o, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	struct signed_msg s = { 0 };
	int remembered, rc;

	rc = roster_bytes(f, 1, &b, &remembered, err);
	if (rc == FL_NOINPUT)
		fl_fail(err, rc, "%s: no federation there; fl-round init makes one", store_url(f->store));
	TRY(rc);
	if (!remembered && !o->pin && !o->trusting)
		TRY(fl_fail(err, FL_USAGE, "first contact with %s: give --trust, the public key of one of its admins",
			    store_url(f->store)));
	if ((rc = signed_read(&s, "Federation", b.data, b.len, err)) == FL_OK)
		rc = roster_first(&s, o->pin, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s: roster 1", store_url(f->store));
	TRY(rc);
	TRY(take_roster(f, &s, &b, remembered, err));
out:
	signed_clear(&s);
	buf_clear(&b);
	return rc;
}

/* *end: there is no next one. */
static int next_roster(struct fed *f, int *end, struct fl_err *err)
{
	unsigned serial = fed_roster(f)->serial + 1;
	struct buf b = { .max = MESSAGE_MAX };
	struct signed_msg s = { 0 };
	int remembered, rc;

	rc = roster_bytes(f, serial, &b, &remembered, err);
	*end = rc == FL_NOINPUT;
	if (*end)
		rc = FL_OK;
	if (rc != FL_OK || *end)
		goto out;
	TRY(signed_read(&s, "Federation", b.data, b.len, err));
	TRY(roster_follows(&f->roster, &s, err));
	TRY(take_roster(f, &s, &b, remembered, err));
out:
	if (rc == FL_DATA || rc == FL_REFUSED || rc == FL_VERSION)
		fl_err_prefix(err, "roster %u", serial);
	signed_clear(&s);
	buf_clear(&b);
	return rc;
}

int fed_refresh(struct fed *f, struct fl_err *err)
{
	int end = 0, rc = FL_OK;

	while (!end)
		TRY(next_roster(f, &end, err));
	TRY(roster_fresh(&f->roster, time(NULL), err));
	TRY(roster_fresh(&f->roster, fed_now(f), err));
out:
	return rc;
}

int fed_open(struct fed *f, const struct fed_opts *o, struct fl_err *err)
{
	int rc;

	f->say = o->say;
	f->more = o->more;
	TRY(store_open(&f->store, o->url, o->store, err));
	if (o->state)
		TRY(home_open(&f->home, o->state, o->lock_wait, err));
	TRY(first_roster(f, o, err));
	TRY(fed_refresh(f, err));
out:
	return rc;
}

void fed_close(struct fed *f)
{
	size_t i;

	for (i = 0; i < f->n_rosters; i++)
		signed_clear(&f->rosters[i]);
	free(f->rosters);
	texts_clear(&f->verified);
	home_close(&f->home);
	store_close(f->store);
	*f = (struct fed){ 0 };
}

/* ---- the clock ---- */

/* A hub may be right where we are wrong, but it does not move our clock by more than honest clocks differ. */
time_t fed_now(const struct fed *f)
{
	double skew = store_skew(f->store);

	if (skew > FED_SKEW_MAX || skew < -FED_SKEW_MAX)
		skew = skew > 0 ? FED_SKEW_MAX : -FED_SKEW_MAX;
	return time(NULL) + (time_t)skew;
}

time_t fed_stamp(const struct fed *f, const struct signed_msg *last)
{
	time_t now = fed_now(f), then = signed_when(last);

	return now > then ? now : then;
}

int fed_clock(const struct fed *f, struct fl_err *err)
{
	double skew = store_skew(f->store);
	time_t here = time(NULL), there = here + (time_t)(fabs(skew) < 1e10 ? skew : 0);
	char a[32], b[32];
	struct tm tm;

	if (skew <= FED_SKEW_MAX && skew >= -FED_SKEW_MAX)
		return FL_OK;
	strftime(a, sizeof a, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&here, &tm));
	strftime(b, sizeof b, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&there, &tm));
	return fl_fail(err, FL_LATER, "this machine's clock says %s, that of %s %s: set the one that is wrong", a,
		       store_url(f->store), b);
}

/* ---- messages ---- */

/* A field that most messages have, by its name; NULL where this one has not. */
static const void *field(const ProtobufCMessage *m, const char *name)
{
	const ProtobufCFieldDescriptor *d = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);

	return d ? (const char *)m + d->offset : NULL;
}

/* The message says that it is what its name says. */
static int agrees(const struct fed *f, const struct name *n, const ProtobufCMessage *m, struct fl_err *err)
{
	char *const *federation = field(m, "federation");
	const uint32_t *round = field(m, "round"), *serial = field(m, "serial");
	int numbered = n->kind == NAME_PLAN || n->kind == NAME_SEAL || n->kind == NAME_RESULT || n->kind == NAME_ENVELOPE;

	if (federation && strcmp(*federation, fed_roster(f)->name))
		return fl_fail(err, FL_REFUSED, "is of federation '%s', not of '%s'", *federation, fed_roster(f)->name);
	if (numbered && round && *round != n->number)
		return fl_fail(err, FL_REFUSED, "is of round %u", *round);
	if (n->kind == NAME_CHANNEL && serial && *serial != n->number)
		return fl_fail(err, FL_REFUSED, "is entry %u", *serial);
	return FL_OK;
}

/* The newest roster revokes the key of this member of an older one, before `at`. */
static int revoked_since(const struct fed *f, const Fl__V1__Member *m, time_t at)
{
	const Fl__V1__Federation *now = fed_roster(f);
	size_t i;

	for (i = 0; m && i < now->n_revoked; i++)
		if (!strcmp(now->revoked[i]->public_key, m->public_key) && at >= msg_seconds(now->revoked[i]->at, at))
			return 1;
	return 0;
}

/* The sentence is that of the newest roster. */
static int check_signer(const struct fed *f, const struct fed_want *w, const struct signed_msg *s, struct fl_err *err)
{
	time_t made = msg_when(s->type, s->body, 0);
	const char *who;
	size_t i;
	int rc = roster_check(&f->roster, s, w->role, w->who, w->at ? w->at : made, NULL, err);

	for (i = f->n_rosters; rc != FL_OK && !w->at && i-- > 1;)
		if (roster_check(&f->rosters[i - 1], s, w->role, w->who, made, &who, NULL) == FL_OK &&
		    !revoked_since(f, roster_member(&f->rosters[i - 1], who), made))
			rc = FL_OK;
	return rc;
}

int fed_check(const struct fed *f, const char *name, const struct fed_want *w, const void *p, size_t n, struct signed_msg *s,
	      struct fl_err *err)
{
	struct name place;
	int rc;

	TRY(name_parse(&place, name, err));
	TRY(signed_read(s, w->type, p, n, err));
	TRY(agrees(f, &place, s->body, err));
	TRY(check_signer(f, w, s, err));
out:
	return rc == FL_OK ? rc : fl_err_prefix(err, "%s", name);
}

void fed_evidence(const struct fed *f, const char *name, const void *p, size_t n)
{
	char flat[NAME_MAX_LEN + 1];
	size_t i;

	snprintf(flat, sizeof flat, "%s", name);
	for (i = 0; flat[i]; i++)
		if (flat[i] == '/')
			flat[i] = '-';
	home_evidence(&f->home, flat, p, n);
}

int fed_read(struct fed *f, const char *name, const struct fed_want *w, double wait, struct signed_msg *s, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	int rc;

	TRY(store_read(f->store, name, wait, &b, err));
	rc = fed_check(f, name, w, b.data, b.len, s, err);
	if (rc == FL_DATA || rc == FL_REFUSED)
		fed_evidence(f, name, b.data, b.len);
out:
	buf_clear(&b);
	return rc;
}

int fed_put(struct fed *f, const char *name, const struct fed_want *w, const ProtobufCMessage *m, const struct key *k,
	    struct signed_msg *s, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	struct signed_msg mine = { 0 };
	int rc;

	TRY(signed_make(&b, msg_find(w->type), m, k, err));
	TRY(fed_check(f, name, w, b.data, b.len, &mine, err)); /* nothing goes out that others would refuse */
	rc = store_write(f->store, name, b.data, b.len, err);
	if (rc == FL_NO && s) {
		rc = fed_read(f, name, w, 0, s, err);
	} else if (rc == FL_OK && s) {
		*s = mine;
		mine = (struct signed_msg){ 0 };
	}
out:
	signed_clear(&mine);
	buf_clear(&b);
	return rc;
}

static int is_there(struct fed *f, fed_namer *namer, const char *which, unsigned n, int *yes, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct store_info info;
	int rc;

	*yes = 0;
	if (n > NAME_ROUND_MAX)
		return FL_OK;
	namer(name, which, n);
	rc = store_head(f->store, name, &info, err);
	*yes = rc == FL_OK;
	return rc == FL_NOINPUT ? FL_OK : rc;
}

int fed_last(struct fed *f, fed_namer *namer, const char *which, unsigned from, unsigned *n, struct fl_err *err)
{
	unsigned lo = from, hi, step = 1; /* lo is there, or where we begin; hi is not */
	int yes, rc;

	for (;; lo = hi, step *= 2) {
		hi = lo + step;
		TRY(is_there(f, namer, which, hi, &yes, err));
		if (!yes)
			break;
	}
	while (hi - lo > 1) {
		unsigned mid = lo + (hi - lo) / 2;

		TRY(is_there(f, namer, which, mid, &yes, err));
		*(yes ? &lo : &hi) = mid;
	}
	*n = lo;
out:
	return rc;
}

static void plan_name(char out[NAME_MAX_LEN + 1], const char *which, unsigned n)
{
	(void)which;
	name_round(out, n, "plan.pb");
}

int fed_newest(struct fed *f, unsigned from, unsigned *n, struct fl_err *err)
{
	return fed_last(f, plan_name, NULL, from, n, err);
}
