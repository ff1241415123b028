/* Messages for the tests of lib/wire, written as JSON. Single quotes stand for double ones. */
#ifndef FL_TESTS_WIRE_MAKE_H
#define FL_TESTS_WIRE_MAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/roster.h"

#define D1 "b2-256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "b2-256:2222222222222222222222222222222222222222222222222222222222222222"
#define PLAN "'version':1,'federation':'heart','round':7,'roster':'" D1 "','baseModel':'" D2 \
	"','opened':'2026-11-24T10:00:00Z','deadline':'2026-11-24T11:00:00Z'"
#define ENVELOPE "'version':1,'federation':'heart','round':7,'participant':'h12','plan':'" D1 "','baseModel':'" D2 \
	"','payload':'" D1 "','payloadSize':'100','made':'2026-01-03T00:00:00Z'"

static inline int from_text(ProtobufCMessage **m, const char *type, const char *text, struct fl_err *err)
{
	json_t *j = NULL;
	char *t, *p;
	int rc;

	*m = NULL;
	TRY(fl_strdup(&t, text, err));
	for (p = t; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	TRY(json_parse(&j, t, strlen(t), err));
	TRY(msg_from_json(m, msg_find(type), j, err));
out:
	free(t);
	json_decref(j);
	return rc;
}

/* A file as signed_make() writes it, read again. */
static inline int signed_text(struct signed_msg *s, const char *type, const char *text, const struct key *k, struct fl_err *err)
{
	ProtobufCMessage *m = NULL;
	struct buf b = { 0 };
	int rc;

	*s = (struct signed_msg){ 0 };
	TRY(from_text(&m, type, text, err));
	TRY(signed_make(&b, msg_find(type), m, k, err));
	TRY(signed_read(s, type, b.data, b.len, err));
out:
	buf_clear(&b);
	msg_free(m);
	return rc;
}

/* s with one more signature. */
static inline int sign_more(struct signed_msg *s, const struct key *k, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc;

	TRY(signed_add(&b, s, k, err));
	signed_clear(s);
	TRY(signed_read(s, NULL, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

static inline const char *key_line(const struct key *k, char text[KEY_TEXT])
{
	key_pub_text(key_public(k), text);
	return text;
}

#endif
