#include <stdlib.h>
#include <string.h>

#include "wire/roster.h"
#include "wire/text.h"

/* What holds between the fields of a message. What holds of one field stands in rules.c. */

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int cmp_id(const void *a, const void *b)
{
	return memcmp(((const struct key_pub *)a)->id, ((const struct key_pub *)b)->id, KEY_ID);
}

static int cmp_pub(const void *a, const void *b)
{
	return memcmp(((const struct key_pub *)a)->pub, ((const struct key_pub *)b)->pub, KEY_PUB);
}

static int names_differ(char *const *names, size_t n, struct fl_err *err)
{
	char **sorted = NULL;
	size_t i;
	int rc;

	TRY(fl_alloc(&sorted, n, sizeof *sorted, err));
	if (n)
		memcpy(sorted, names, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, cmp_text);
	for (i = 1; i < n && rc == FL_OK; i++)
		if (!strcmp(sorted[i - 1], sorted[i]))
			rc = fl_fail(err, FL_DATA, "\"%s\" is there twice", sorted[i]);
out:
	free(sorted);
	return rc;
}

/* A key's text has been checked; key_pub_parse() would ask once more whether it is a point of the curve. */
static int read_key(struct key_pub *key, const char *text, struct fl_err *err)
{
	unsigned char *bytes = NULL;
	size_t n;
	int rc;

	TRY(base64_parse(&bytes, &n, text, strlen(text), err));
	memcpy(key->id, bytes + 2, KEY_ID);
	memcpy(key->pub, bytes + 2 + KEY_ID, KEY_PUB);
out:
	free(bytes);
	return rc;
}

static int keys_differ(struct key_pub *keys, size_t n, int (*cmp)(const void *, const void *), struct fl_err *err)
{
	char id[KEY_ID_TEXT];
	size_t i;

	qsort(keys, n, sizeof *keys, cmp);
	for (i = 1; i < n; i++) {
		if (cmp(&keys[i - 1], &keys[i]))
			continue;
		key_id_text(keys[i].id, id);
		return fl_fail(err, FL_DATA, "two members have the key %s", id);
	}
	return FL_OK;
}

/* Names are folders, key ids tell who signed, and who has one key is one signer: all three must be one member's alone. */
static int members_differ(const Fl__V1__Federation *f, struct fl_err *err)
{
	struct key_pub *keys = NULL;
	char **names = NULL;
	size_t i;
	int rc;

	TRY(fl_alloc(&names, f->n_members, sizeof *names, err));
	TRY(fl_alloc(&keys, f->n_members, sizeof *keys, err));
	for (i = 0; i < f->n_members; i++) {
		names[i] = f->members[i]->name;
		TRY(read_key(&keys[i], f->members[i]->public_key, err));
	}
	TRY(names_differ(names, f->n_members, err));
	TRY(keys_differ(keys, f->n_members, cmp_id, err));
	TRY(keys_differ(keys, f->n_members, cmp_pub, err));
out:
	free(names);
	free(keys);
	return rc;
}

static int is_revoked(const Fl__V1__Federation *f, const char *key)
{
	size_t i;

	for (i = 0; i < f->n_revoked; i++)
		if (!strcmp(f->revoked[i]->public_key, key))
			return 1;
	return 0;
}

static int later(const Google__Protobuf__Timestamp *a, const Google__Protobuf__Timestamp *b)
{
	return !a || !b || b->seconds > a->seconds || (b->seconds == a->seconds && b->nanos > a->nanos);
}

static int check_member(const Fl__V1__Member *m, struct fl_err *err)
{
	if (roster_has(m, FL__V1__ROLE__ROLE_UNSPECIFIED))
		return fl_fail(err, FL_DATA, "has a role that is none");
	if (!later(m->valid_from, m->valid_until))
		return fl_fail(err, FL_DATA, "is valid until before it is valid from");
	return FL_OK;
}

static int check_members(const Fl__V1__Federation *f, struct fl_err *err)
{
	size_t i, admins = 0;
	int rc;

	for (i = 0; i < f->n_members; i++) {
		if ((rc = check_member(f->members[i], err)) != FL_OK) {
			fl_err_prefix(err, "members[%zu]: \"%s\"", i, f->members[i]->name);
			return rc;
		}
		admins += roster_has(f->members[i], FL__V1__ROLE__ROLE_ADMIN) && !is_revoked(f, f->members[i]->public_key);
	}
	if (admins < f->threshold)
		return fl_fail(err, FL_DATA, "threshold: %u admins must sign, but there are %zu", f->threshold, admins);
	return FL_OK;
}

static int check_chained(uint32_t serial, const char *previous, struct fl_err *err)
{
	if (serial == 1 && *previous)
		return fl_fail(err, FL_DATA, "previous: the first one has none");
	if (serial > 1 && !*previous)
		return fl_fail(err, FL_DATA, "previous: is missing in serial %u", serial);
	return FL_OK;
}

static int check_federation(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Federation *f = (const Fl__V1__Federation *)m;
	int rc;

	TRY(check_chained(f->serial, f->previous, err));
	TRY(members_differ(f, err));
	TRY(check_members(f, err));
	if (!later(f->created, f->expires))
		rc = fl_fail(err, FL_DATA, "expires: is before it was created");
out:
	return rc;
}

static int check_channel(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Channel *c = (const Fl__V1__Channel *)m;

	return check_chained(c->serial, c->previous, err);
}

static int check_plan(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Plan *p = (const Fl__V1__Plan *)m;
	int rc;

	if (!later(p->opened, p->deadline))
		return fl_fail(err, FL_DATA, "deadline: is not after the opening");
	if (p->n_cohort && p->quorum > p->n_cohort)
		return fl_fail(err, FL_DATA, "quorum: %u of a cohort of %zu", p->quorum, p->n_cohort);
	if ((rc = names_differ(p->cohort, p->n_cohort, err)) != FL_OK)
		fl_err_prefix(err, "cohort");
	return rc;
}

/* One order only, so that the same envelopes make the same bytes. */
static int check_seal(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Seal *s = (const Fl__V1__Seal *)m;
	size_t i;

	if (!s->n_entries && !s->abandoned)
		return fl_fail(err, FL_DATA, "entries: there are none, and yet the round is not abandoned");
	for (i = 1; i < s->n_entries; i++)
		if (strcmp(s->entries[i - 1]->participant, s->entries[i]->participant) >= 0)
			return fl_fail(err, FL_DATA, "entries[%zu]: \"%s\" after \"%s\" is not in order", i, s->entries[i]->participant,
				       s->entries[i - 1]->participant);
	return FL_OK;
}

static int check_result(const ProtobufCMessage *m, struct fl_err *err)
{
	const Fl__V1__Result *r = (const Fl__V1__Result *)m;

	if (r->abandoned && strcmp(r->model, r->base_model))
		return fl_fail(err, FL_DATA, "model: an abandoned round leaves the model as it was");
	return FL_OK;
}

#define SIGNER(role) FL__V1__ROLE__ROLE_##role

static const struct msg_type types[] = {
	{ "Channel", &fl__v1__channel__descriptor, 64 << 10, SIGNER(COORDINATOR), "made", check_channel },
	{ "Envelope", &fl__v1__envelope__descriptor, 64 << 10, SIGNER(PARTICIPANT), "made", NULL },
	{ "Federation", &fl__v1__federation__descriptor, 4 << 20, SIGNER(ADMIN), "created", check_federation },
	{ "Plan", &fl__v1__plan__descriptor, 1 << 20, SIGNER(COORDINATOR), "opened", check_plan },
	{ "Receipt", &fl__v1__receipt__descriptor, 64 << 10, SIGNER(HUB), "received", NULL },
	{ "Result", &fl__v1__result__descriptor, 64 << 10, SIGNER(COORDINATOR), "made", check_result },
	{ "Seal", &fl__v1__seal__descriptor, MESSAGE_MAX - MESSAGE_SIGNATURES, SIGNER(COORDINATOR), "sealed", check_seal },
};

enum { N_TYPES = sizeof types / sizeof *types };

const struct msg_type *msg_at(size_t i)
{
	return i < N_TYPES ? &types[i] : NULL;
}

const struct msg_type *msg_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_TYPES; i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}
