/* Signed messages: what is signed, what is kept, what is refused. */
#include "wire/signed.h"

#include "check.h"
#include "wire-make.h"

static struct key *a, *b;

static void test_round_trip(void)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };

	if (!CHECK(signed_text(&s, "Plan", "{" PLAN "}", a, &err) == FL_OK, "a plan is signed and read %s", err.msg))
		return;
	CHECK(s.type == msg_find("Plan") && ((Fl__V1__Plan *)s.body)->round == 7, "it is the plan");
	CHECK(s.outer->n_signatures == 1 && signed_by(&s, key_public(a)), "signed by a");
	CHECK(!signed_by(&s, key_public(b)), "not by b");
	CHECK(key_good(key_public(a), "fl-v1-Plan", s.outer->body.data, s.outer->body.len, s.outer->signatures[0]->sig.data),
	      "over \"fl-v1-Plan\", a zero byte and the body");
	CHECK(sign_more(&s, b, &err) == FL_OK && s.outer->n_signatures == 2 && signed_by(&s, key_public(a)) &&
	      signed_by(&s, key_public(b)), "b signs too");
	CHECK(sign_more(&s, b, &err) == FL_OK && s.outer->n_signatures == 2, "once");
	signed_clear(&s);
	signed_clear(&s);
	CHECK(signed_text(&s, "Plan", "{" PLAN "}", NULL, &err) == FL_OK && s.outer->n_signatures == 0 && !signed_by(&s, key_public(a)),
	      "without a key it is not signed");
	signed_clear(&s);
	CHECK(signed_text(&s, "Plan", "{}", a, &err) == FL_VERSION && !strcmp(err.msg, "Plan: says no protocol version"),
	      "what a reader would refuse is not made");
	CHECK(signed_text(&s, "Federation", "{'version':1,'name':'heart','serial':1,'threshold':1,'members':[{'name':'a','roles':[1],"
			  "'publicKey':'RWQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]}", a, &err) == FL_DATA &&
	      strstr(err.msg, "Federation: members[0]: public_key: "), "nor a roster with a key that is none");
}

/* A Signed of parts, packed into *out. */
static void outer(struct buf *out, const char *type, const char *body, size_t n, const char *unknown)
{
	struct fl_err err;
	unsigned char k = (unsigned char)strlen(type);

	buf_add(out, "\x0a", 1, &err);
	buf_add(out, &k, 1, &err);
	buf_adds(out, type, &err);
	buf_addf(out, &err, "\x12%c", (int)n);
	buf_add(out, body, n, &err);
	buf_adds(out, unknown, &err);
}

static void refused(const char *type, const char *body, const char *unknown, int code, const char *text)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };
	struct buf file = { 0 };
	int rc;

	outer(&file, type, body, strlen(body), unknown);
	rc = signed_read(&s, "Plan", file.data, file.len, &err);
	if (!CHECK(rc == code && !s.body && !s.outer && strstr(err.msg, text), "%s", text))
		printf("# %d: %s\n", rc, err.msg);
	buf_clear(&file);
	signed_clear(&s);
}

/* A signature's field, of no good. */
#define SIXTEEN "0123456789abcdef"
#define TWICE "\x1a\x4c\x0a\x08" "12345678" "\x12\x40" SIXTEEN SIXTEEN SIXTEEN SIXTEEN

static void test_refused(void)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };

	refused("Plan", "", "", FL_VERSION, "Plan: says no protocol version");
	refused("Plan", "\x08\x02\x1a\x05", "", FL_VERSION, "Plan: is of protocol version 2");
	refused("Plan", "\x08\x01\x1a\x05", "", FL_DATA, "Plan: federation: is cut off");
	refused("Plan", "\x08\x01\x12\x05masks", "", FL_VERSION, "Plan: requires 'masks'");
	refused("Ballot", "", "", FL_VERSION, "is a Ballot, which this flkit does not know");
	refused("Seal", "\x08\x01", "", FL_DATA, "is a Seal, not a Plan");
	refused("", "", "", FL_DATA, "is no signed message");
	refused("Plan", "\x08\x01", "\x1a\x04\x0a\x02id", FL_DATA, "signatures[0]: is not Ed25519's");
	refused("Plan", "\x08\x01", TWICE TWICE, FL_DATA, "signatures[1]: its key has signed once already");
	CHECK(signed_read(&s, NULL, NULL, 0, &err) == FL_DATA, "nothing");
	CHECK(signed_read(&s, NULL, "{\"a\":1}", 7, &err) == FL_DATA, "JSON");
	CHECK(signed_read_file(&s, NULL, "/nonexistent.pb", &err) == FL_NOINPUT, "no file");
	signed_clear(&s);
}

static void test_looks(void)
{
	CHECK(signed_looks("\x0a\x04Plan\x12\x00", 8) && signed_looks("\x0a\x0a""Federation", 12), "messages look like messages");
	CHECK(signed_looks("\x0a\x0a""Fede", 6), "from their start");
	CHECK(!signed_looks("\x0a\x04Pl", 4) && !signed_looks("", 0), "not from too little of it");
	CHECK(!signed_looks("\x10\x04\0\0\0\0\0\0{}", 10) && !signed_looks("\x0a\x04\0\0\0\0\0\0{}", 10), "safetensors do not");
	CHECK(!signed_looks("{\"a\":1}", 7), "nor JSON");
}

/* A relay that knows less adds its signature; all it does not know is still there, and the body is untouched. */
static void test_relay(void)
{
	struct signed_msg s = { 0 };
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	struct buf body = { 0 }, file = { 0 }, out = { 0 };

	CHECK(from_text(&m, "Envelope", "{'version':1,'federation':'heart','round':7,'participant':'h12','plan':'" D1
			"','baseModel':'" D2 "','payload':'" D1 "','payloadSize':'100','made':'2026-01-03T00:00:00Z'}", &err) == FL_OK &&
	      msg_pack(&body, m, &err) == FL_OK, "an envelope");
	buf_add(&body, "\xa2\x06\x02hi", 5, &err); /* field 100: "hi" */
	buf_add(&file, "\x0a\x08""Envelope\x12", 11, &err);
	buf_addf(&file, &err, "%c\x02", (int)(body.len & 127) | 128);
	file.data[file.len - 1] = (char)(body.len >> 7);
	buf_add(&file, body.data, body.len, &err);
	buf_add(&file, "\xa2\x06\x02yo", 5, &err);
	if (CHECK(signed_read(&s, "Envelope", file.data, file.len, &err) == FL_OK, "of a newer minor version %s", err.msg)) {
		CHECK(signed_add(&out, &s, a, &err) == FL_OK, "is signed by a relay");
		signed_clear(&s);
		CHECK(signed_read(&s, "Envelope", out.data, out.len, &err) == FL_OK && signed_by(&s, key_public(a)), "and read");
		CHECK(s.outer->body.len == body.len && !memcmp(s.outer->body.data, body.data, body.len), "its body is the same");
		CHECK(s.outer->base.n_unknown_fields == 1 && msg_unknown(s.body) == 1, "what is not known is there, inside and outside");
	}
	signed_clear(&s);
	msg_free(m);
	buf_clear(&body);
	buf_clear(&file);
	buf_clear(&out);
}

/* Any byte changed: nothing is read, or a's signature is not good, or neither type nor body has changed. */
static void test_flipped(void)
{
	struct signed_msg s = { 0 }, t = { 0 };
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	struct buf b1 = { 0 };
	size_t i, forged = 0;

	from_text(&m, "Plan", "{" PLAN "}", &err);
	CHECK(signed_make(&b1, msg_find("Plan"), m, a, &err) == FL_OK && signed_read(&s, NULL, b1.data, b1.len, &err) == FL_OK, "a plan");
	for (i = 0; i < b1.len * 8; i++) {
		b1.data[i / 8] = (char)(b1.data[i / 8] ^ 1 << i % 8);
		if (signed_read(&t, NULL, b1.data, b1.len, &err) == FL_OK && signed_by(&t, key_public(a)))
			forged += t.type != s.type || t.outer->body.len != s.outer->body.len ||
				  memcmp(t.outer->body.data, s.outer->body.data, s.outer->body.len);
		signed_clear(&t);
		b1.data[i / 8] = (char)(b1.data[i / 8] ^ 1 << i % 8);
	}
	CHECK(forged == 0, "no bit of it can be changed");
	signed_clear(&s);
	msg_free(m);
	buf_clear(&b1);
}

/* Memory may end in any of our own allocations: a status, and nothing leaks (the sanitizers look). */
static void test_memory(void)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };
	long k;
	int rc = FL_IO;

	for (k = 1; k < 200 && rc != FL_OK; k++) {
		signed_clear(&s);
		fl_alloc_fail_at(k);
		rc = signed_text(&s, "Plan", "{" PLAN "}", a, &err);
		if (rc == FL_OK)
			rc = sign_more(&s, b, &err);
		fl_alloc_fail_at(0);
	}
	CHECK(rc == FL_OK && k > 10 && signed_by(&s, key_public(b)), "memory may end anywhere");
	signed_clear(&s);
}

int main(void)
{
	struct fl_err err;

	if (!CHECK(key_generate(&a, &err) == FL_OK && key_generate(&b, &err) == FL_OK, "two keys"))
		return check_done();
	test_round_trip();
	test_refused();
	test_looks();
	test_relay();
	test_flipped();
	test_memory();
	key_close(a);
	key_close(b);
	return check_done();
}
