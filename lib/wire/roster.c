#include "wire/roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/field.h"
#include "wire/text.h"

static const Fl__V1__Federation *federation(const struct signed_msg *fed)
{
	return (const Fl__V1__Federation *)fed->body;
}

const Fl__V1__Member *roster_member(const struct signed_msg *fed, const char *name)
{
	const Fl__V1__Federation *f = federation(fed);
	size_t i;

	for (i = 0; i < f->n_members; i++)
		if (!strcmp(f->members[i]->name, name))
			return f->members[i];
	return NULL;
}

int roster_has(const Fl__V1__Member *m, Fl__V1__Role role)
{
	size_t i;

	for (i = 0; i < m->n_roles; i++)
		if (m->roles[i] == role)
			return 1;
	return 0;
}

int roster_keys(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Federation *f = (const Fl__V1__Federation *)m;
	struct key_pub key;
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < f->n_members && rc == FL_OK; i++)
		if ((rc = key_pub_parse(&key, f->members[i]->public_key, err)) != FL_OK)
			fl_err_prefix(err, "members[%zu]: public_key", i);
	return rc;
}

/* ---- when a key counts ---- */

/* 1: key is revoked from `at` or earlier on; a revocation without a time is from ever. */
static int revoked(const Fl__V1__Federation *f, const char *key, time_t at)
{
	const Fl__V1__Revocation *r;
	size_t i;

	for (i = 0; i < f->n_revoked; i++) {
		r = f->revoked[i];
		if (!strcmp(r->public_key, key) && (!r->at || at >= msg_seconds(r->at, 0)))
			return 1;
	}
	return 0;
}

static int in_force(const Fl__V1__Member *m, time_t at)
{
	return (!m->valid_from || at >= msg_seconds(m->valid_from, 0)) && (!m->valid_until || at < msg_seconds(m->valid_until, 0));
}

static int may(const Fl__V1__Federation *f, const Fl__V1__Member *m, Fl__V1__Role role, time_t at)
{
	return roster_has(m, role) && in_force(m, at) && !revoked(f, m->public_key, at);
}

const char *roster_name(const struct signed_msg *fed, const struct key_pub *p, Fl__V1__Role role, time_t at)
{
	const Fl__V1__Federation *f = federation(fed);
	char text[KEY_TEXT];
	size_t i;

	key_pub_text(p, text);
	for (i = 0; i < f->n_members; i++)
		if (!strcmp(f->members[i]->public_key, text))
			return may(f, f->members[i], role, at) ? f->members[i]->name : NULL;
	return NULL;
}

/* ---- the chain of rosters ---- */

/* How many admins of f have signed s. One whose key f revokes is none, whenever it signed: a thief could name any time. The
 * key must be valid when s was made. */
static size_t admins_of(const Fl__V1__Federation *f, const struct signed_msg *s)
{
	time_t made = msg_seconds(federation(s)->created, 0);
	const Fl__V1__Member *m;
	struct key_pub key;
	size_t i, k, n = 0;

	for (i = 0; i < f->n_members; i++) {
		m = f->members[i];
		if (!roster_has(m, FL__V1__ROLE__ROLE_ADMIN) || (federation(s)->created && !in_force(m, made)))
			continue;
		for (k = 0; k < f->n_revoked && strcmp(f->revoked[k]->public_key, m->public_key); k++)
			;
		n += k == f->n_revoked && key_pub_parse(&key, m->public_key, NULL) == FL_OK && signed_by(s, &key);
	}
	return n;
}

static int enough(const Fl__V1__Federation *f, const struct signed_msg *s, const char *whose, struct fl_err *err)
{
	size_t n = admins_of(f, s);

	if (n < f->threshold)
		return fl_fail(err, FL_REFUSED, "is signed by %zu %sadmins, %u must", n, whose, f->threshold);
	return FL_OK;
}

static int is_federation(const struct signed_msg *s, struct fl_err *err)
{
	if (s->type->desc != &fl__v1__federation__descriptor)
		return fl_fail(err, FL_DATA, "is a %s, not a Federation", s->type->name);
	return FL_OK;
}

int roster_first(const struct signed_msg *fed, const struct key_pub *pin, struct fl_err *err)
{
	const Fl__V1__Federation *f;
	char text[KEY_TEXT], id[KEY_ID_TEXT];
	size_t i;
	int rc;

	TRY(is_federation(fed, err));
	f = federation(fed);
	if (f->serial != 1)
		return fl_fail(err, FL_REFUSED, "has serial %u; trust begins with serial 1", f->serial);
	TRY(enough(f, fed, "", err));
	if (!pin)
		return FL_OK;
	key_pub_text(pin, text);
	key_id_text(pin->id, id);
	for (i = 0; i < f->n_members && strcmp(f->members[i]->public_key, text); i++)
		;
	if (i == f->n_members || !roster_has(f->members[i], FL__V1__ROLE__ROLE_ADMIN))
		return fl_fail(err, FL_REFUSED, "the pinned key %s is none of its admins'", id);
	if (!signed_by(fed, pin))
		return fl_fail(err, FL_REFUSED, "is not signed by the pinned key %s", id);
out:
	return rc;
}

int roster_follows(const struct signed_msg *old, const struct signed_msg *next, struct fl_err *err)
{
	const Fl__V1__Federation *a, *b;
	int rc;

	TRY(is_federation(old, err));
	TRY(is_federation(next, err));
	a = federation(old);
	b = federation(next);
	if (strcmp(a->name, b->name))
		return fl_fail(err, FL_REFUSED, "is of federation \"%s\", not \"%s\"", b->name, a->name);
	if (b->serial - 1 != a->serial)
		return fl_fail(err, FL_REFUSED, "has serial %u, after %u comes %u", b->serial, a->serial, a->serial + 1);
	if (strcmp(b->previous, old->digest))
		return fl_fail(err, FL_REFUSED, "follows %.20s..., the one before it is %.20s...", b->previous, old->digest);
	TRY(signed_after(next, signed_when(old), err));
	TRY(enough(a, next, "of the former ", err));
	TRY(enough(b, next, "of its own ", err));
out:
	return rc;
}

int roster_fresh(const struct signed_msg *fed, time_t now, struct fl_err *err)
{
	const Fl__V1__Federation *f = federation(fed);
	char text[TIME_TEXT];

	if (!f->expires || now < msg_seconds(f->expires, 0))
		return FL_OK;
	time_text(text, f->expires->seconds, f->expires->nanos);
	return fl_fail(err, FL_REFUSED, "federation \"%s\" (serial %u) expired at %s; its admins must sign a new version", f->name,
		       f->serial, text);
}

/* ---- who signed ---- */

/* The first 9 bytes of a key ("Ed" and 7 of the id) are 12 characters of its text, which spares most keys from being parsed. */
const Fl__V1__Member *roster_by_id(const struct signed_msg *fed, const unsigned char id[KEY_ID], struct key_pub *key)
{
	const Fl__V1__Federation *f = federation(fed);
	unsigned char first[9] = "Ed";
	char text[BASE64_SIZE(sizeof first)];
	size_t i;

	memcpy(first + 2, id, 7);
	base64_put(text, first, sizeof first);
	for (i = 0; i < f->n_members; i++)
		if (!strncmp(f->members[i]->public_key, text, strlen(text)) &&
		    key_pub_parse(key, f->members[i]->public_key, NULL) == FL_OK && !memcmp(key->id, id, KEY_ID))
			return f->members[i];
	return NULL;
}

static const char *role_name(Fl__V1__Role role)
{
	static const char *const names[] = { "member", "admin", "coordinator", "participant", "hub" };

	return (unsigned)role < sizeof names / sizeof *names ? names[role] : "member";
}

/* Why m, whose signature is good, may not have signed. */
static int not_allowed(const Fl__V1__Federation *f, const Fl__V1__Member *m, Fl__V1__Role role, const char *name, time_t at,
		       struct fl_err *err)
{
	char text[TIME_TEXT];

	time_text(text, at < TIME_FIRST ? TIME_FIRST : at > TIME_LAST ? TIME_LAST : at, 0);
	if (name && strcmp(name, m->name))
		return fl_fail(err, FL_REFUSED, "is signed by \"%s\", not by \"%s\"", m->name, name);
	if (!roster_has(m, role))
		return fl_fail(err, FL_REFUSED, "is signed by \"%s\", who has not the role of %s", m->name, role_name(role));
	if (revoked(f, m->public_key, at))
		return fl_fail(err, FL_REFUSED, "is signed by \"%s\", whose key is revoked", m->name);
	return fl_fail(err, FL_REFUSED, "is signed by \"%s\", whose key was not valid at %s", m->name, text);
}

static int same_federation(const Fl__V1__Federation *f, const struct signed_msg *s, struct fl_err *err)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(s->type->desc, "federation");
	const char *name = field ? field_str(s->body, field, 0) : ((const Fl__V1__Federation *)s->body)->name;

	if (strcmp(name, f->name))
		return fl_fail(err, FL_REFUSED, "is of federation \"%s\", not \"%s\"", name, f->name);
	return FL_OK;
}

int roster_check(const struct signed_msg *fed, const struct signed_msg *s, Fl__V1__Role role, const char *name, time_t at,
		 const char **who, struct fl_err *err)
{
	const Fl__V1__Federation *f = federation(fed);
	const Fl__V1__Member *m;
	struct key_pub key;
	char id[KEY_ID_TEXT];
	size_t i;
	int rc, good = 0;

	TRY(same_federation(f, s, err));
	rc = fl_fail(err, FL_DATA, "is not signed");
	for (i = 0; i < s->outer->n_signatures; i++) {
		m = roster_by_id(fed, s->outer->signatures[i]->key_id.data, &key);
		key_id_text(s->outer->signatures[i]->key_id.data, id);
		if (!m) {
			if (!good)
				rc = fl_fail(err, FL_DATA, "is signed with %s, which is no member's key", id);
		} else if (!signed_by(s, &key)) {
			if (!good)
				rc = fl_fail(err, FL_DATA, "the signature of \"%s\" (%s) is bad", m->name, id);
		} else if (!may(f, m, role, at) || (name && strcmp(name, m->name))) {
			rc = not_allowed(f, m, role, name, at, err);
			good = 1;
		} else {
			if (who)
				*who = m->name;
			return FL_OK;
		}
	}
out:
	return rc;
}

int roster_rightful(const struct signed_msg *fed, const struct signed_msg *s, const char **who, struct fl_err *err)
{
	const Fl__V1__Envelope *e = (const Fl__V1__Envelope *)s->body;
	Fl__V1__Role role = s->type->signer;

	if (role == FL__V1__ROLE__ROLE_ADMIN)
		return strcmp(fed->digest, s->digest) ? roster_follows(fed, s, err) : enough(federation(fed), s, "", err);
	return roster_check(fed, s, role, role == FL__V1__ROLE__ROLE_PARTICIPANT ? e->participant : NULL,
			    msg_when(s->type, s->body, 0), who, err);
}
