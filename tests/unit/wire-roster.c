/* Who may sign what, when: rosters, their chain, and what the keys in them are good for. */
#include "wire/roster.h"

#include <stdarg.h>

#include "check.h"
#include "wire-make.h"

enum { ANN, BEN, CAT, HUB, H12, STRANGER, N_KEYS };

static struct key *keys[N_KEYS];
static char lines[N_KEYS][KEY_TEXT];

#define DAY(n) (1767225600 + (n) * 86400) /* of January 2026, from 0 */
#define AT(n) "2026-01-0" #n "T00:00:00Z"

/* A roster of serial n after `before`: admins Ann, Ben and Cat, two of whom must sign; Ann is also coordinator, h12 a
 * participant from day 2 to day 8. `more` are further members of the object. Signed by those listed, -1 after the last. */
static int roster(struct signed_msg *s, unsigned serial, const struct signed_msg *before, const char *more, ...)
{
	char text[4096], previous[128] = "";
	struct fl_err err = { 0 };
	va_list ap;
	int who, rc;

	if (before)
		snprintf(previous, sizeof previous, "'previous':'%s',", before->digest);
	snprintf(text, sizeof text,
		 "{'version':1,'name':'heart','serial':%u,%s'threshold':2,%s'members':["
		 "{'name':'ann','publicKey':'%s','roles':['ROLE_ADMIN','ROLE_COORDINATOR']},"
		 "{'name':'ben','publicKey':'%s','roles':['ROLE_ADMIN']},"
		 "{'name':'cat','publicKey':'%s','roles':['ROLE_ADMIN'],'validUntil':'" AT(5) "'},"
		 "{'name':'hub','publicKey':'%s','roles':['ROLE_HUB']},"
		 "{'name':'h12','publicKey':'%s','roles':['ROLE_PARTICIPANT'],'validFrom':'" AT(2) "','validUntil':'" AT(8) "'}]}",
		 serial, previous, more, lines[ANN], lines[BEN], lines[CAT], lines[HUB], lines[H12]);
	rc = signed_text(s, "Federation", text, NULL, &err);
	va_start(ap, more);
	while (rc == FL_OK && (who = va_arg(ap, int)) >= 0)
		rc = sign_more(s, keys[who], &err);
	va_end(ap);
	if (rc != FL_OK)
		printf("# roster: %s\n", err.msg);
	return rc == FL_OK;
}

static void is(int rc, const struct fl_err *err, int code, const char *text)
{
	if (!CHECK(rc == code && (code == FL_OK || strstr(err->msg, text)), "%s", text))
		printf("# %d: %s\n", rc, err->msg);
}

static void test_first(void)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };

	CHECK(roster(&s, 1, NULL, "", ANN, BEN, -1), "a first roster, signed by two of three");
	is(roster_first(&s, NULL, &err), &err, FL_OK, "is trusted");
	is(roster_first(&s, key_public(keys[ANN]), &err), &err, FL_OK, "with a pin too");
	is(roster_first(&s, key_public(keys[CAT]), &err), &err, FL_REFUSED, "is not signed by the pinned key");
	is(roster_first(&s, key_public(keys[HUB]), &err), &err, FL_REFUSED, "is none of its admins'");
	is(roster_first(&s, key_public(keys[STRANGER]), &err), &err, FL_REFUSED, "is none of its admins'");
	signed_clear(&s);
	CHECK(roster(&s, 1, NULL, "", ANN, HUB, STRANGER, -1), "one signed by one admin, the hub and a stranger");
	is(roster_first(&s, NULL, &err), &err, FL_REFUSED, "is signed by 1 admins, 2 must");
	signed_clear(&s);
	CHECK(roster(&s, 1, NULL, "'created':'" AT(6) "',", ANN, CAT, -1), "one that an admin signed whose time was over");
	is(roster_first(&s, NULL, &err), &err, FL_REFUSED, "is signed by 1 admins, 2 must");
	signed_clear(&s);
}

static void test_follows(void)
{
	struct signed_msg a = { 0 }, b = { 0 }, other = { 0 };
	struct fl_err err = { 0 };
	char revoke[256];

	CHECK(roster(&a, 1, NULL, "'created':'" AT(2) "',", ANN, BEN, -1), "a roster");
#define NEXT(what, code, sentence, serial, more, ...)                                     \
	do {                                                                              \
		CHECK(roster(&b, serial, &a, more, __VA_ARGS__, -1), "a next one: " what); \
		is(roster_follows(&a, &b, &err), &err, code, sentence);                   \
		signed_clear(&b);                                                         \
	} while (0)
	NEXT("signed by two", FL_OK, "follows", 2, "'created':'" AT(2) "',", ANN, CAT);
	NEXT("signed by one", FL_REFUSED, "is signed by 1 of the former admins, 2 must", 2, "'created':'" AT(3) "',", ANN);
	NEXT("serial 3", FL_REFUSED, "has serial 3, after 1 comes 2", 3, "'created':'" AT(3) "',", ANN, BEN);
	NEXT("older", FL_REFUSED, "was made at " AT(1) ", before the one it follows, of " AT(2), 2, "'created':'" AT(1) "',", ANN, BEN);
	NEXT("of no time", FL_REFUSED, "was made at 0001-01-01T00:00:00Z, before the one it follows, of " AT(2), 2, "", ANN, BEN);
	snprintf(revoke, sizeof revoke, "'created':'" AT(3) "','revoked':[{'publicKey':'%s','at':'" AT(9) "'}],", lines[BEN]);
	NEXT("that revokes one who signs", FL_REFUSED, "is signed by 1 of its own admins, 2 must", 2, revoke, ANN, BEN);
	NEXT("that revokes one, signed by two others", FL_OK, "follows", 2, revoke, ANN, CAT);
	CHECK(roster(&other, 1, NULL, "", ANN, BEN, -1) && roster(&b, 2, &other, "'created':'" AT(3) "',", ANN, BEN, -1),
	      "one that follows another");
	is(roster_follows(&a, &b, &err), &err, FL_REFUSED, "the one before it is");
	is(roster_first(&b, NULL, &err), &err, FL_REFUSED, "has serial 2; trust begins with serial 1");
	signed_clear(&other);
	signed_clear(&b);
	signed_clear(&a);
}

static void check(const struct signed_msg *fed, int signer, const char *type, const char *text, Fl__V1__Role role, const char *name,
		  time_t at, int code, const char *sentence)
{
	struct signed_msg s = { 0 };
	struct fl_err err = { 0 };
	const char *who = NULL;

	if (CHECK(signed_text(&s, type, text, signer < 0 ? NULL : keys[signer], &err) == FL_OK, "a message %s", err.msg)) {
		is(roster_check(fed, &s, role, name, at, &who, &err), &err, code, sentence);
		CHECK((who != NULL) == (code == FL_OK), "by whom");
	}
	signed_clear(&s);
}

#define COORDINATOR FL__V1__ROLE__ROLE_COORDINATOR
#define PARTICIPANT FL__V1__ROLE__ROLE_PARTICIPANT

static void test_check(void)
{
	struct signed_msg fed = { 0 };
	char revoke[256], foreign[1024];

	CHECK(roster(&fed, 1, NULL, "", ANN, BEN, -1), "a roster");
	check(&fed, ANN, "Plan", "{" PLAN "}", COORDINATOR, NULL, DAY(3), FL_OK, "the coordinator signs a plan");
	check(&fed, ANN, "Plan", "{" PLAN "}", COORDINATOR, "ann", DAY(3), FL_OK, "by name");
	check(&fed, BEN, "Plan", "{" PLAN "}", COORDINATOR, NULL, DAY(3), FL_REFUSED, "\"ben\", who has not the role of coordinator");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(3), FL_OK, "h12 signs an envelope");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h13", DAY(3), FL_REFUSED, "is signed by \"h12\", not by \"h13\"");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(0), FL_REFUSED, "was not valid at " AT(1));
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(1), FL_OK, "from the first second");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(7), FL_REFUSED, "was not valid at " AT(8));
	check(&fed, STRANGER, "Plan", "{" PLAN "}", COORDINATOR, NULL, DAY(3), FL_DATA, "which is no member's key");
	check(&fed, -1, "Plan", "{" PLAN "}", COORDINATOR, NULL, DAY(3), FL_DATA, "is not signed");
	snprintf(foreign, sizeof foreign, "{%s}", ENVELOPE);
	memcpy(strstr(foreign, "heart"), "lungs", 5);
	check(&fed, H12, "Envelope", foreign, PARTICIPANT, NULL, DAY(3), FL_REFUSED, "is of federation \"lungs\", not \"heart\"");
	signed_clear(&fed);
	snprintf(revoke, sizeof revoke, "'revoked':[{'publicKey':'%s','at':'" AT(4) "'},{'publicKey':'%s'}],", lines[H12], lines[HUB]);
	CHECK(roster(&fed, 1, NULL, revoke, ANN, BEN, -1), "a roster that revokes");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(2), FL_OK, "what was signed before stays good");
	check(&fed, H12, "Envelope", "{" ENVELOPE "}", PARTICIPANT, "h12", DAY(3), FL_REFUSED, "\"h12\", whose key is revoked");
	check(&fed, HUB, "Receipt", "{'version':1,'federation':'heart','object':'x','digest':'" D1 "','received':'" AT(1) "'}",
	      FL__V1__ROLE__ROLE_HUB, NULL, DAY(-900), FL_REFUSED, "\"hub\", whose key is revoked");
	signed_clear(&fed);
}

/* What each type calls for, at the time it says. */
static void test_rightful(void)
{
	struct signed_msg fed = { 0 }, next = { 0 }, s = { 0 };
	struct fl_err err = { 0 };
	const char *who = "";

	CHECK(roster(&fed, 1, NULL, "'created':'" AT(2) "',", ANN, BEN, -1), "a roster");
	is(roster_rightful(&fed, &fed, NULL, &err), &err, FL_OK, "is itself");
	CHECK(roster(&next, 2, &fed, "'created':'" AT(2) "',", ANN, -1), "one that follows");
	is(roster_rightful(&fed, &next, NULL, &err), &err, FL_REFUSED, "is signed by 1 of the former admins");
	signed_clear(&next);
	CHECK(signed_text(&s, "Envelope", "{" ENVELOPE "}", keys[H12], &err) == FL_OK, "an envelope");
	is(roster_rightful(&fed, &s, &who, &err), &err, FL_OK, "is that participant's");
	CHECK(!strcmp(who, "h12"), "h12's");
	signed_clear(&s);
	CHECK(signed_text(&s, "Envelope", "{" ENVELOPE "}", keys[ANN], &err) == FL_OK, "an envelope");
	is(roster_rightful(&fed, &s, &who, &err), &err, FL_REFUSED, "is signed by \"ann\", not by \"h12\"");
	signed_clear(&s);
	CHECK(signed_text(&s, "Plan", "{" PLAN "}", keys[ANN], &err) == FL_OK, "a plan");
	is(roster_rightful(&fed, &s, &who, &err), &err, FL_OK, "is a coordinator's");
	signed_clear(&s);
	signed_clear(&fed);
}

/* Several signatures: one good one of somebody with the role is enough, and a forged one beside it changes nothing. */
static void test_several(void)
{
	struct signed_msg fed = { 0 }, s = { 0 };
	struct fl_err err = { 0 };
	const char *who = "";

	CHECK(roster(&fed, 1, NULL, "", ANN, BEN, -1) && signed_text(&s, "Plan", "{" PLAN "}", keys[STRANGER], &err) == FL_OK &&
	      sign_more(&s, keys[BEN], &err) == FL_OK && sign_more(&s, keys[ANN], &err) == FL_OK, "a plan with three signatures");
	s.outer->signatures[1]->sig.data[0] ^= 1;
	is(roster_check(&fed, &s, COORDINATOR, NULL, DAY(3), &who, &err), &err, FL_OK, "one of which is the coordinator's");
	CHECK(!strcmp(who, "ann"), "Ann's");
	is(roster_check(&fed, &s, COORDINATOR, "ben", DAY(3), NULL, &err), &err, FL_REFUSED, "is signed by \"ann\", not by \"ben\"");
	s.outer->signatures[2]->sig.data[0] ^= 1;
	is(roster_check(&fed, &s, COORDINATOR, NULL, DAY(3), NULL, &err), &err, FL_DATA, "the signature of \"ann\"");
	signed_clear(&s);
	signed_clear(&fed);
}

static void test_lookup(void)
{
	struct signed_msg fed = { 0 };
	struct fl_err err = { 0 };
	const char *name;

	CHECK(roster(&fed, 1, NULL, "'expires':'" AT(9) "',", ANN, BEN, -1), "a roster");
	CHECK(roster_member(&fed, "h12") && !roster_member(&fed, "h1"), "members by name");
	CHECK(roster_has(roster_member(&fed, "ann"), FL__V1__ROLE__ROLE_ADMIN) &&
	      !roster_has(roster_member(&fed, "h12"), FL__V1__ROLE__ROLE_ADMIN), "roles");
	name = roster_name(&fed, key_public(keys[H12]), PARTICIPANT, DAY(3));
	CHECK(name && !strcmp(name, "h12"), "members by key");
	CHECK(!roster_name(&fed, key_public(keys[H12]), PARTICIPANT, DAY(30)), "when their time is over");
	CHECK(!roster_name(&fed, key_public(keys[H12]), COORDINATOR, DAY(3)), "in another role");
	CHECK(!roster_name(&fed, key_public(keys[STRANGER]), PARTICIPANT, DAY(3)), "strangers");
	is(roster_fresh(&fed, DAY(8) - 1, &err), &err, FL_OK, "in force to the last second");
	is(roster_fresh(&fed, DAY(8), &err), &err, FL_REFUSED, "expired at " AT(9));
	signed_clear(&fed);
}

int main(void)
{
	struct fl_err err;
	int i;

	for (i = 0; i < N_KEYS; i++) {
		if (!CHECK(key_generate(&keys[i], &err) == FL_OK, "a key"))
			return check_done();
		key_line(keys[i], lines[i]);
	}
	test_first();
	test_follows();
	test_check();
	test_rightful();
	test_several();
	test_lookup();
	for (i = 0; i < N_KEYS; i++)
		key_close(keys[i]);
	return check_done();
}
