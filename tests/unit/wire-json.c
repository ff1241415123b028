/* The proto3 JSON mapping, both ways; against Google's own reader in tests/cmd/fl-show-message.bats. */
#include "check.h"
#include "wire-make.h"

static char *text_of(const ProtobufCMessage *m)
{
	json_t *j = NULL;
	char *s = NULL;

	if (m && msg_to_json(&j, m, NULL) == FL_OK)
		s = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(17));
	json_decref(j);
	return s;
}

/* TYPE read from JSON is printed as `as`, and that is read as the same. */
static void becomes(const char *type, const char *json, const char *as)
{
	ProtobufCMessage *m = NULL;
	struct fl_err err = { 0 };
	char want[1024], *got, *p;

	snprintf(want, sizeof want, "%s", as);
	for (p = want; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	from_text(&m, type, json, &err);
	got = text_of(m);
	if (!CHECK(got && !strcmp(got, want), "%s", json))
		printf("# %s: %s\n", err.msg, got ? got : "");
	msg_free(m);
	from_text(&m, type, want, &err);
	free(got);
	got = text_of(m);
	CHECK(got && !strcmp(got, want), "and back");
	msg_free(m);
	free(got);
}

static void refused(const char *type, const char *json, const char *text)
{
	ProtobufCMessage *m;
	struct fl_err err = { 0 };
	int rc = from_text(&m, type, json, &err);

	if (!CHECK(rc == FL_DATA && !m && strstr(err.msg, text), "%s: %s", json, text))
		printf("# %d: %s\n", rc, err.msg);
	msg_free(m);
}

static void test_names(void)
{
	becomes("Plan", "{}", "{}");
	becomes("Plan", "{'base_model':'x','extend_s':3,'late_rounds':1}", "{'baseModel':'x','extendS':3,'lateRounds':1}");
	becomes("Plan", "{'baseModel':'x','intervalS':3}", "{'baseModel':'x','intervalS':3}");
	becomes("Plan", "{'train':{'classWeight':'balanced'},'aggregate':{'server_lr':0.5,'beta1':0.9}}",
		"{'train':{'classWeight':'balanced'},'aggregate':{'serverLr':0.5,'beta1':0.90000000000000002}}");
	becomes("Plan", "{'train':{},'round':null,'cohort':[],'channel':''}", "{'train':{}}");
	refused("Plan", "{'rond':7}", "no field \"rond\" in a Plan");
	refused("Plan", "{'train':{'lr':1,'LR':1}}", "train: no field \"LR\" in a Train");
	refused("Plan", "{'baseModel':'x','base_model':'x'}", "base_model: is given twice");
	refused("Plan", "{'channel':'','Channel':'x'}", "no field \"Channel\"");
	becomes("Plan", "{'baseModel':'','base_model':'x'}", "{'baseModel':'x'}");
	refused("Plan", "[]", "is not an object");
	refused("Plan", "{'train':1}", "train: is not an object");
}

static void test_numbers(void)
{
	becomes("Plan", "{'round':4294967295}", "{'round':4294967295}");
	becomes("Plan", "{'round':'7','quorum':7.0,'rounds':1e3}", "{'round':7,'quorum':7,'rounds':1000}");
}

static void test_range(void)
{
	refused("Plan", "{'round':4294967296}", "round: is out of range");
	refused("Plan", "{'round':-1}", "round: is out of range");
	refused("Plan", "{'round':'-1'}", "round: is out of range");
	refused("Plan", "{'round':1.5}", "round: is not a whole number");
	refused("Plan", "{'round':' 7'}", "round: is not a whole number");
	refused("Plan", "{'round':''}", "round: is not a whole number");
	refused("Plan", "{'round':true}", "round: is not a number");
	refused("Plan", "{'maxUpdateBytes':'18446744073709551616'}", "max_update_bytes: is out of range");
	refused("Plan", "{'maxUpdateBytes':'-0x1'}", "max_update_bytes: is not a whole number");
	becomes("Plan", "{'maxUpdateBytes':'18446744073709551615'}", "{'maxUpdateBytes':'18446744073709551615'}");
	becomes("Plan", "{'maxUpdateBytes':9007199254740993}", "{'maxUpdateBytes':'9007199254740993'}");
	becomes("Result", "{'metrics':[{'name':'a','value':'NaN'},{'value':'Infinity'},{'value':'-Infinity'},{'value':'-1.5e3'}]}",
		"{'metrics':[{'name':'a','value':'NaN'},{'value':'Infinity'},{'value':'-Infinity'},{'value':-1500.0}]}");
	refused("Result", "{'metrics':[{'value':1},{'value':'inf'}]}", "metrics[1]: value: is not a number");
	refused("Result", "{'metrics':[{'value':'0x10'}]}", "metrics[0]: value: is not a number");
	refused("Result", "{'metrics':[{'value':'1e999'}]}", "is not a number");
	refused("Result", "{'metrics':{}}", "metrics: is not an array");
	becomes("Result", "{'abandoned':true}", "{'abandoned':true}");
	becomes("Result", "{'abandoned':false}", "{}");
	refused("Result", "{'abandoned':'true'}", "abandoned: is not true or false");
}

static void test_other(void)
{
	becomes("Federation", "{'members':[{'roles':['ROLE_ADMIN',2,99,-1]}]}",
		"{'members':[{'roles':['ROLE_ADMIN','ROLE_COORDINATOR',99,-1]}]}");
	refused("Federation", "{'members':[{'roles':['ADMIN']}]}", "members[0]: roles[0]: \"ADMIN\" is no Role");
	refused("Federation", "{'members':[null]}", "members[0]: is not an object");
	refused("Federation", "{'name':7}", "name: is not a string");
	refused("Federation", "{'name':'a\\u0000b'}", ""); /* Jansson refuses it by itself */
	becomes("Plan", "{'opened':'2026-11-24T12:00:00.5+02:00'}", "{'opened':'2026-11-24T10:00:00.500Z'}");
	becomes("Plan", "{'opened':'1970-01-01T00:00:00Z'}", "{'opened':'1970-01-01T00:00:00Z'}");
	refused("Plan", "{'opened':'soon'}", "opened: \"soon\" is not a time");
	refused("Plan", "{'opened':7}", "opened: is not a string");
}

/* Bytes: no message of the table has any, but Signed does. */
static void test_bytes(void)
{
	static const struct msg_type outer = { "Signed", &fl__v1__signed__descriptor, MESSAGE_MAX, FL__V1__ROLE__ROLE_UNSPECIFIED, NULL, NULL };
	json_t *j = json_pack("{s:s, s:s, s:[{s:s}]}", "type", "Plan", "body", "aGk=", "signatures", "keyId", "-_8");
	ProtobufCMessage *m = NULL;
	char *got = NULL;

	CHECK(msg_from_json(&m, &outer, j, NULL) == FL_OK && (got = text_of(m)) &&
	      !strcmp(got, "{\"type\":\"Plan\",\"body\":\"aGk=\",\"signatures\":[{\"keyId\":\"+/8=\"}]}"), "bytes are base64");
	free(got);
	msg_free(m);
	json_object_set_new(j, "body", json_string("?"));
	CHECK(msg_from_json(&m, &outer, j, NULL) == FL_DATA && !m, "and nothing else");
	json_decref(j);
}

int main(void)
{
	test_names();
	test_numbers();
	test_range();
	test_other();
	test_bytes();
	return check_done();
}
