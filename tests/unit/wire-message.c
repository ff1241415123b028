/* What a reader of messages accepts, and the sentence for what it does not. */
#include "check.h"
#include "wire-make.h"

/* TYPE made from JSON is refused with CODE and a sentence that holds TEXT (code FL_OK: it is accepted). */
static void says(const char *type, const char *json, int code, const char *text)
{
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	int rc = from_text(&m, type, json, &err);

	if (rc == FL_OK)
		rc = msg_check(msg_find(type), m, &err);
	if (!CHECK(rc == code && strstr(err.msg, text), "%s: %s", type, *text ? text : "good"))
		printf("# %d: %s\n", rc, err.msg);
	msg_free(m);
}

static void test_table(void)
{
	size_t i;

	for (i = 0; msg_at(i); i++) {
		CHECK(msg_find(msg_at(i)->name) == msg_at(i), "%s is found by its name", msg_at(i)->name);
		CHECK(!strcmp(msg_at(i)->name, msg_at(i)->desc->short_name), "which is that of the .proto file");
		CHECK(msg_at(i)->max <= MESSAGE_MAX - MESSAGE_SIGNATURES, "a file of it fits");
		CHECK(i == 0 || strcmp(msg_at(i - 1)->name, msg_at(i)->name) < 0, "in order");
	}
	CHECK(i == 7 && !msg_find("Signed") && !msg_find("") && !msg_find("plan"), "and no others");
}

static void test_version(void)
{
	says("Plan", "{" PLAN "}", FL_OK, "");
	says("Plan", "{'federation':'heart'}", FL_VERSION, "says no protocol version");
	says("Plan", "{'version':2}", FL_VERSION, "is of protocol version 2, this flkit knows 1");
	says("Plan", "{" PLAN ",'requires':['masks']}", FL_VERSION, "requires 'masks', which this flkit does not have");
	says("Plan", "{'version':1,'requires':['a\\nb']}", FL_VERSION, "requires 'a?b'");
}

static void test_fields(void)
{
	says("Plan", "{'version':1}", FL_DATA, "federation: is missing");
	says("Plan", "{" PLAN ",'previous':'b2-256:12'}", FL_DATA, "previous: \"b2-256:12\" is not a digest");
	says("Plan", "{" PLAN ",'cohort':['h1','H2']}", FL_DATA, "cohort[1]: \"H2\" is not a name");
	says("Plan", "{" PLAN ",'cohort':['h1','h2','h1']}", FL_DATA, "cohort: \"h1\" is there twice");
	says("Plan", "{" PLAN ",'cohort':['h1'],'quorum':2}", FL_DATA, "quorum: 2 of a cohort of 1");
	says("Plan", "{" PLAN ",'train':{'lr':'NaN'}}", FL_DATA, "train: lr: is not a finite number");
	says("Plan", "{" PLAN ",'traceparent':'00-0'}", FL_DATA, "traceparent: \"00-0\" is not a W3C trace context");
	says("Plan", "{" PLAN ",'traceparent':'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'}", FL_OK, "");
	says("Plan", "{" PLAN ",'traceparent':'00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'}", FL_DATA, "W3C");
	says("Plan", "{'version':1,'federation':'heart','round':1,'roster':'" D1 "','baseModel':'" D1
	     "','opened':'2026-11-24T10:00:00Z','deadline':'2026-11-24T10:00:00Z'}", FL_DATA, "deadline: is not after the opening");
	says("Envelope", "{" ENVELOPE "}", FL_OK, "");
	says("Envelope", "{'version':1,'federation':'../x'}", FL_DATA, "federation: \"../x\" is not a name");
	says("Seal", "{'version':1,'federation':'heart','round':1,'sealed':'2026-01-03T00:00:00Z','plan':'" D1 "'}", FL_DATA, "entries: there are none");
	says("Seal", "{'version':1,'federation':'heart','round':1,'sealed':'2026-01-03T00:00:00Z','plan':'" D1 "','abandoned':true}", FL_OK, "");
	says("Seal", "{'version':1,'federation':'heart','round':1,'sealed':'2026-01-03T00:00:00Z','plan':'" D1 "','entries':[{'participant':'b','envelope':'" D1
	     "','payload':'" D1 "','payloadSize':1},{'participant':'a','envelope':'" D1 "','payload':'" D1 "','payloadSize':1}]}",
	     FL_DATA, "entries[1]: \"a\" after \"b\" is not in order");
	says("Result", "{'version':1,'federation':'heart','round':1,'made':'2026-01-03T00:00:00Z','seal':'" D1 "','baseModel':'" D1 "','model':'" D2
	     "','abandoned':true}", FL_DATA, "an abandoned round leaves the model as it was");
	says("Channel", "{'version':1,'federation':'heart','name':'stable','made':'2026-01-03T00:00:00Z','serial':2,'model':'" D1 "'}", FL_DATA,
	     "previous: is missing in serial 2");
	says("Receipt", "{'version':1,'federation':'heart','object':'federation.pb','digest':'" D1 "','received':'2026-01-01T00:00:00Z'}",
	     FL_OK, "");
}

static void test_federation(void)
{
	struct fl_err err;
	struct key *k[2] = { NULL, NULL };
	struct key_pub alias; /* a key under another id */
	char text[2048], gone[128], a[KEY_TEXT], b[KEY_TEXT];

	if (!CHECK(key_generate(&k[0], &err) == FL_OK && key_generate(&k[1], &err) == FL_OK, "two keys"))
		return;
	key_line(k[0], a);
	key_line(k[1], b);
#define FED(threshold, roles, name2, key2, more)                                                                              \
	(snprintf(text, sizeof text, "{'version':1,'name':'heart','serial':1,'threshold':%s,'members':[{'name':'c','publicKey':'%s'," \
		  "'roles':[%s]},{'name':'%s','publicKey':'%s','roles':['ROLE_PARTICIPANT']}]%s}", threshold, a, roles, name2, key2, more), \
	 text)
	says("Federation", FED("1", "'ROLE_ADMIN','ROLE_ADMIN'", "h1", b, ""), FL_OK, "");
	says("Federation", FED("0", "'ROLE_ADMIN'", "h1", b, ""), FL_DATA, "threshold: is missing");
	says("Federation", FED("2", "'ROLE_ADMIN','ROLE_ADMIN'", "h1", b, ""), FL_DATA, "threshold: 2 admins must sign, but there are 1");
	says("Federation", FED("1", "'ROLE_HUB'", "h1", b, ""), FL_DATA, "but there are 0");
	says("Federation", FED("1", "'ROLE_ADMIN',77", "h1", b, ""), FL_OK, "");
	says("Federation", FED("1", "'ROLE_ADMIN',0", "h1", b, ""), FL_DATA, "members[0]: \"c\": has a role that is none");
	says("Federation", FED("1", "'ROLE_ADMIN'", "c", b, ""), FL_DATA, "\"c\" is there twice");
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", a, ""), FL_DATA, "two members have the key");
	alias = *key_public(k[0]);
	alias.id[0] ^= 1;
	key_pub_text(&alias, b);
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", b, ""), FL_DATA, "two members have the key");
	key_line(k[1], b);
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", "RWQ", ""), FL_DATA, "members[1]: public_key: \"RWQ\" is not the second");
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", b, ",'previous':'" D1 "'"), FL_DATA, "the first one has none");
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", b, ",'created':'2026-01-02T00:00:00Z','expires':'2026-01-01T00:00:00Z'"),
	     FL_DATA, "expires: is before it was created");
	snprintf(gone, sizeof gone, ",'revoked':[{'publicKey':'%s'}]", a);
	says("Federation", FED("1", "'ROLE_ADMIN'", "h1", b, gone), FL_DATA, "but there are 0");
	key_close(k[0]);
	key_close(k[1]);
}

static void test_names(void)
{
	static const char *const good[] = { "h12", "0", "a.b-c_d", "a23456789012345678901234567890123456789012345678901234567890123x" };
	static const char *const bad[] = { "", ".a", "-a", "a..b", "A", "a/b", "a b", "\xc3\xa9",
					   "a234567890123456789012345678901234567890123456789012345678901234x" };
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(msg_name_ok(good[i]), "'%s' is a name", good[i]);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!msg_name_ok(bad[i]), "'%s' is none", bad[i]);
}

/* A plan as a later minor version might make it: train (field 16) with epochs 5 and a field 100, and a field 1000. */
static void test_unknown(void)
{
	static const char added[] = "\x82\x01\x07\x10\x05\xa2\x06\x02hi\xc0\x3e\x2a";
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	struct buf b = { 0 }, again = { 0 };

	CHECK(from_text(&m, "Plan", "{" PLAN "}", &err) == FL_OK && msg_pack(&b, m, &err) == FL_OK, "a plan");
	msg_free(m);
	CHECK(buf_add(&b, added, sizeof added - 1, &err) == FL_OK, "with fields that we do not know");
	if (CHECK(msg_unpack(&m, msg_find("Plan"), b.data, b.len, &err) == FL_OK, "is read %s", err.msg)) {
		CHECK(((Fl__V1__Plan *)m)->train->epochs == 5 && msg_unknown(m) == 2, "two fields are unknown");
		CHECK(msg_pack(&again, m, &err) == FL_OK && again.len == b.len && !memcmp(again.data, b.data, b.len),
		      "and written back byte for byte");
	}
	msg_free(m);
	buf_clear(&again);
	buf_clear(&b);
}

static void test_memory(void)
{
	const struct msg_type *t = msg_find("Plan");
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	long k;
	int rc = FL_IO;

	for (k = 1; k < 200 && rc != FL_OK; k++) {
		fl_alloc_fail_at(k);
		rc = from_text(&m, "Plan", "{" PLAN ",'cohort':['a','b'],'train':{'solver':'sgd'}}", &err);
		if (rc == FL_OK)
			rc = msg_check(t, m, &err);
		fl_alloc_fail_at(0);
		msg_free(m);
	}
	CHECK(rc == FL_OK && k > 5, "memory may end anywhere");
	CHECK(msg_seconds(NULL, 5) == 5, "no time");
	msg_free(NULL);
}

int main(void)
{
	test_table();
	test_version();
	test_fields();
	test_federation();
	test_names();
	test_unknown();
	test_memory();
	return check_done();
}
