/* Signed files of any bytes: what is read can be signed by us and read again, and passes for nothing that nobody signed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct key *key, *relay;
static struct signed_msg fed; /* its one admin and coordinator has key; nobody has relay */

static void must(int ok)
{
	if (!ok)
		abort();
}

/* No fuzzer guesses a key that is made anew each time: whatever roster_check() lets pass is wrong. */
static void start(void)
{
	ProtobufCMessage *m = NULL;
	struct buf b = { 0 };
	struct fl_err err;
	char text[KEY_TEXT];
	json_t *j;

	must(key_generate(&key, &err) == FL_OK && key_generate(&relay, &err) == FL_OK);
	key_pub_text(key_public(key), text);
	j = json_pack("{s:i, s:s, s:i, s:i, s:[{s:s, s:s, s:[i, i, i, i]}]}", "version", 1, "name", "heart", "serial", 1, "threshold", 1,
		      "members", "name", "h12", "publicKey", text, "roles", 1, 2, 3, 4);
	must(msg_from_json(&m, msg_find("Federation"), j, &err) == FL_OK);
	must(signed_make(&b, msg_find("Federation"), m, key, &err) == FL_OK);
	must(signed_read(&fed, "Federation", b.data, b.len, &err) == FL_OK);
	must(roster_first(&fed, key_public(key), &err) == FL_OK);
	buf_clear(&b);
	msg_free(m);
	json_decref(j);
}

static void check_read(const struct signed_msg *s)
{
	struct signed_msg again = { 0 };
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	const char *who;
	json_t *j = NULL;

	must(!signed_by(s, key_public(key)) && !signed_by(s, key_public(relay)));
	must(roster_rightful(&fed, s, &who, &err) != FL_OK && err.msg[0]);
	if (s->type->signer == FL__V1__ROLE__ROLE_ADMIN) { /* a roster of its own */
		roster_first(s, NULL, &err);
		must(roster_first(s, key_public(key), &err) != FL_OK);
		must(roster_follows(s, s, &err) != FL_OK);
		roster_fresh(s, 0, &err);
	}
	must(signed_view(&j, s, &fed, &err) == FL_OK && json_is_object(j));
	if (s->outer->n_signatures < SIGNED_SIGNATURES) {
		must(signed_add(&b, s, relay, &err) == FL_OK && signed_read(&again, s->type->name, b.data, b.len, &err) == FL_OK);
		must(signed_by(&again, key_public(relay)) && again.outer->body.len == s->outer->body.len);
		must(msg_unknown(&again.outer->base) == msg_unknown(&s->outer->base));
	}
	signed_clear(&again);
	buf_clear(&b);
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };

	if (!key)
		start();
	signed_looks(data, size);
	if (signed_read(&s, NULL, data, size, &err) == FL_OK)
		check_read(&s);
	else
		must(!s.outer && !s.body && err.msg[0]);
	signed_clear(&s);
	return 0;
}
