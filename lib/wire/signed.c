#include "wire/signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "wire/roster.h"
#include "wire/scan.h"
#include "wire/text.h"

#define CONTEXT_SIZE 32

static void context_of(char out[CONTEXT_SIZE], const Fl__V1__Signed *m)
{
	snprintf(out, CONTEXT_SIZE, "fl-v1-%.20s", m->type);
}

/* The first field of a Signed is its type: 0x0a, a length, a word. As the length of a safetensors header these bytes would
 * be far beyond what one may have. */
int signed_looks(const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i;

	if (n < 6 || s[0] != 0x0a || s[1] < 4 || s[1] > 40 || s[2] < 'A' || s[2] > 'Z')
		return 0;
	for (i = 3; i < n && i < 2u + s[1]; i++)
		if (s[i] < 'a' || s[i] > 'z')
			return 0;
	return 1;
}

static int check_signatures(const Fl__V1__Signed *m, struct fl_err *err)
{
	size_t i, k;

	if (m->n_signatures > SIGNED_SIGNATURES)
		return fl_fail(err, FL_DATA, "has %zu signatures, the limit is %d", m->n_signatures, SIGNED_SIGNATURES);
	for (i = 0; i < m->n_signatures; i++) {
		if (m->signatures[i]->key_id.len != KEY_ID || m->signatures[i]->sig.len != KEY_SIG)
			return fl_fail(err, FL_DATA, "signatures[%zu]: is not Ed25519's", i);
		for (k = 0; k < i; k++)
			if (!memcmp(m->signatures[k]->key_id.data, m->signatures[i]->key_id.data, KEY_ID))
				return fl_fail(err, FL_DATA, "signatures[%zu]: its key has signed once already", i);
	}
	return FL_OK;
}

static int read_outer(struct signed_msg *s, const char *type, const void *p, size_t n, struct fl_err *err)
{
	char shown[44];
	int rc;

	if (n > MESSAGE_MAX)
		return fl_fail(err, FL_DATA, "is longer than the limit of %zu bytes", MESSAGE_MAX);
	TRY(scan_message(&fl__v1__signed__descriptor, p, n, err));
	s->outer = fl__v1__signed__unpack(NULL, n, p);
	if (!s->outer || !*s->outer->type)
		return fl_fail(err, FL_DATA, "is no signed message");
	fl_err_quote(shown, 40, s->outer->type, strlen(s->outer->type));
	if (!(s->type = msg_find(s->outer->type)))
		return fl_fail(err, FL_VERSION, "is a %s, which this flkit does not know; upgrade flkit", shown);
	if (type && strcmp(type, s->type->name))
		return fl_fail(err, FL_DATA, "is a %s, not a %s", shown, type);
	TRY(check_signatures(s->outer, err));
out:
	return rc;
}

int signed_read(struct signed_msg *s, const char *type, const void *p, size_t n, struct fl_err *err)
{
	int rc;

	TRY(read_outer(s, type, p, n, err));
	rc = msg_unpack(&s->body, s->type, s->outer->body.data, s->outer->body.len, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", s->type->name);
	digest_of(p, n, s->digest);
out:
	if (rc != FL_OK)
		signed_clear(s);
	return rc;
}

int signed_read_file(struct signed_msg *s, const char *type, const char *path, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	int rc;

	TRY(in_slurp(&b, path, err));
	rc = signed_read(s, type, b.data, b.len, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
out:
	buf_clear(&b);
	return rc;
}

void signed_clear(struct signed_msg *s)
{
	msg_free(s->body);
	if (s->outer)
		fl__v1__signed__free_unpacked(s->outer, NULL);
	*s = (struct signed_msg){ 0 };
}

/* A message whose parts are borrowed, so nothing in it is freed but the list. */
static int pack_outer(struct buf *out, const Fl__V1__Signed *like, const struct key *k, struct fl_err *err)
{
	Fl__V1__Signature add = FL__V1__SIGNATURE__INIT, **list = NULL;
	Fl__V1__Signed m = *like;
	unsigned char sig[KEY_SIG], id[KEY_ID];
	char context[CONTEXT_SIZE];
	size_t i;
	int rc;

	TRY(fl_alloc(&list, like->n_signatures + 1, sizeof *list, err));
	m.signatures = list;
	for (m.n_signatures = i = 0; i < like->n_signatures; i++)
		if (k && !memcmp(like->signatures[i]->key_id.data, key_public(k)->id, KEY_ID))
			add = *like->signatures[i]; /* made anew, with the fields that we do not know */
		else
			list[m.n_signatures++] = like->signatures[i];
	if (k) {
		context_of(context, like);
		TRY(key_sign(k, context, like->body.data, like->body.len, sig, err));
		memcpy(id, key_public(k)->id, sizeof id);
		add.key_id = (ProtobufCBinaryData){ sizeof id, id };
		add.sig = (ProtobufCBinaryData){ sizeof sig, sig };
		list[m.n_signatures++] = &add;
	}
	TRY(check_signatures(&m, err));
	TRY(msg_pack(out, &m.base, err));
out:
	free(list);
	return rc;
}

int signed_make(struct buf *out, const struct msg_type *t, const ProtobufCMessage *m, const struct key *k, struct fl_err *err)
{
	Fl__V1__Signed outer = FL__V1__SIGNED__INIT;
	struct buf body = { .max = t->max };
	ProtobufCMessage *again = NULL;
	char type[CONTEXT_SIZE];
	int rc;

	TRY(msg_pack(&body, m, err));
	TRY(msg_unpack(&again, t, body.data, body.len, err));
	if (t->desc == &fl__v1__federation__descriptor)
		TRY(roster_keys(again, err));
	snprintf(type, sizeof type, "%s", t->name);
	outer.type = type;
	outer.body = (ProtobufCBinaryData){ body.len, (uint8_t *)body.data };
	TRY(pack_outer(out, &outer, k, err));
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", t->name);
	msg_free(again);
	buf_clear(&body);
	return rc;
}

int signed_add(struct buf *out, const struct signed_msg *s, const struct key *k, struct fl_err *err)
{
	return pack_outer(out, s->outer, signed_by(s, key_public(k)) ? NULL : k, err);
}

int signed_by(const struct signed_msg *s, const struct key_pub *p)
{
	const Fl__V1__Signature *sig;
	char context[CONTEXT_SIZE];
	size_t i;

	context_of(context, s->outer);
	for (i = 0; i < s->outer->n_signatures; i++) {
		sig = s->outer->signatures[i];
		if (!memcmp(sig->key_id.data, p->id, KEY_ID) &&
		    key_good(p, context, s->outer->body.data, s->outer->body.len, sig->sig.data))
			return 1;
	}
	return 0;
}

time_t signed_when(const struct signed_msg *s)
{
	return s->body ? msg_when(s->type, s->body, TIME_FIRST) : TIME_FIRST;
}

int signed_after(const struct signed_msg *s, time_t before, struct fl_err *err)
{
	time_t made = signed_when(s);
	char text[TIME_TEXT], last[TIME_TEXT];

	if (made >= before)
		return FL_OK;
	time_text(text, made, 0);
	time_text(last, before, 0);
	return fl_fail(err, FL_REFUSED, "was made at %s, before the one it follows, of %s", text, last);
}
