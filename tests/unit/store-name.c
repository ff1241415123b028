#include "store/name.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "store/store.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define A80 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void check_good(void)
{
	static const struct {
		const char *s;
		enum name_kind kind;
		unsigned number;
		const char *who, *digest;
	} good[] = {
		{ "federation.pb", NAME_FEDERATION, 1, "", "" },
		{ "federation/000002.pb", NAME_FEDERATION, 2, "", "" },
		{ "blobs/b2-256-" HEX, NAME_BLOB, 0, "", "b2-256:" HEX },
		{ "rounds/000007/plan.pb", NAME_PLAN, 7, "", "" },
		{ "rounds/000007/seal.pb", NAME_SEAL, 7, "", "" },
		{ "rounds/999999/result.pb", NAME_RESULT, 999999, "", "" },
		{ "rounds/000001/updates/h12/b2-256-" HEX, NAME_PAYLOAD, 1, "h12", "b2-256:" HEX },
		{ "rounds/000001/updates/h12/envelope.pb", NAME_ENVELOPE, 1, "h12", "" },
		{ "rounds/000001/updates/" A80 "/envelope.pb", NAME_ENVELOPE, 1, A80, "" },
		{ "channels/stable/000012.pb", NAME_CHANNEL, 12, "stable", "" },
		{ "deltas/b2-256-" HEX "/b2-256-" HEX, NAME_DELTA, 0, "", "" },
	};
	struct name n;
	char back[NAME_MAX_LEN + 1] = "";
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK(name_parse(&n, good[i].s, NULL) == FL_OK && n.kind == good[i].kind && n.number == good[i].number &&
		      !strcmp(n.who, good[i].who) && !strcmp(n.digest, good[i].digest), "%.60s", good[i].s);
		switch (n.kind) {
		case NAME_FEDERATION: name_federation(back, n.number); break;
		case NAME_BLOB: name_blob(back, n.digest); break;
		case NAME_PLAN: name_round(back, n.number, "plan.pb"); break;
		case NAME_SEAL: name_round(back, n.number, "seal.pb"); break;
		case NAME_RESULT: name_round(back, n.number, "result.pb"); break;
		case NAME_PAYLOAD: name_payload(back, n.number, n.who, n.digest); break;
		case NAME_ENVELOPE: name_envelope(back, n.number, n.who); break;
		case NAME_DELTA: name_delta(back, n.to, n.from); break;
		default: name_channel(back, n.who, n.number); break;
		}
		CHECK(!strcmp(back, good[i].s), "and it is written the same way");
	}
}

static void check_bad(void)
{
	static const char *const bad[] = {
		"", "/", "federation", "federation.pb/", "/federation.pb", "./federation.pb", "../federation.pb",
		"federation/000001.pb", "federation/2.pb", "federation/0000002.pb", "federation/00000a.pb", "federation/000002.PB",
		"blobs", "blobs/", "blobs/b2-256:" HEX, "blobs/b2-256-", "blobs/b2-256-" HEX "0", "blobs/B2-256-" HEX, "blobs/x",
		"blobs//b2-256-" HEX, "deltas/b2-256-" HEX, "deltas/b2-256-" HEX "/x", "deltas/x/b2-256-" HEX,
		"rounds/000000/plan.pb", "rounds/7/plan.pb", "rounds/-00007/plan.pb", "rounds/+00007/plan.pb",
		"rounds/000007/plan", "rounds/000007/plan.pb/x", "rounds/000007/other.pb", "rounds/000007", "rounds/000007/updates",
		"rounds/000007/updates/h12", "rounds/000007/updates/../envelope.pb", "rounds/000007/updates/./envelope.pb",
		"rounds/000007/updates/.h/envelope.pb", "rounds/000007/updates/-h/envelope.pb", "rounds/000007/updates/H/envelope.pb",
		"rounds/000007/updates/h%2e/envelope.pb", "rounds/000007/updates/h\\x/envelope.pb", "rounds/000007/updates//envelope.pb",
		"rounds/000007/updates/h..x/envelope.pb", "rounds/000007/updates/h/envelope.pb.", "rounds/000007/updates/h/x",
		"rounds/000007/updates/a" A80 "/envelope.pb", "rounds/000007/updates/h/i/envelope.pb", "channels/stable/12.pb",
		"channels/stable", "channels//000012.pb", "channels/stable/000000.pb", "channels/stable/000012", "federation.pb\n",
		"federation.pb?list", "channels/st able/000001.pb", "\xc3\xa9/000001.pb",
	};
	struct fl_err err;
	struct name n;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(name_parse(&n, bad[i], &err) == FL_DATA && n.kind == NAME_NONE && !n.who[0] && !n.digest[0], "no name: %.50s", bad[i]);
}

static void check_prefixes(void)
{
	static const char *const good[] = { "", "blobs/", "rounds/", "rounds/000007/", "rounds/000007/updates/",
		"rounds/000007/updates/h12/", "channels/", "channels/stable/", "federation/" };
	static const char *const bad[] = { "/", "blobs", "b/", "rounds/7/", "rounds/000000/", "rounds/000007/x/",
		"rounds/000007/updates/h12/x/", "rounds/000007/updates//", "channels/../", "channels/stable/x/", "../", "blobs//" };
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(name_prefix_ok(good[i]), "a prefix: '%s'", good[i]);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!name_prefix_ok(bad[i]), "no prefix: '%s'", bad[i]);
}

static void check_split(void)
{
	static const struct {
		const char *whole, *url, *name;
	} t[] = {
		{ "http://h:1/v1/fed/rounds/7/updates/h12", "http://h:1/v1/fed", "rounds/000007/updates/h12" },
		{ "http://h:1/v1/fed/rounds/7/updates/", "http://h:1/v1/fed", "rounds/000007/updates" },
		{ "http://h:1/v1/fed/rounds/7/plan", "http://h:1/v1/fed", "rounds/000007/plan.pb" },
		{ "http://h/v1/f/rounds/000007/updates/plan", "http://h/v1/f", "rounds/000007/updates/plan" },
		{ "http://h/v1/f/rounds/7/updates/h1/envelope", "http://h/v1/f", "rounds/000007/updates/h1/envelope.pb" },
		{ "https://h/v1/fed/channels/stable", "https://h/v1/fed", "channels/stable" },
		{ "https://h/v1/fed/channels/stable/12", "https://h/v1/fed", "channels/stable/000012.pb" },
		{ "https://h/v1/fed/federation.pb", "https://h/v1/fed", "federation.pb" },
		{ "https://h/v1/fed/federation/1", "https://h/v1/fed", "federation.pb" },
		{ "https://h/v1/fed/federation/3", "https://h/v1/fed", "federation/000003.pb" },
		{ "s3://b/p/q/blobs/b2-256:" HEX, "s3://b/p/q", "blobs/b2-256-" HEX },
		{ "/srv/fed/blobs", "/srv/fed", "blobs" },
		{ "rounds/1/seal.pb", ".", "rounds/000001/seal.pb" },
		{ "/rounds/1", "/", "rounds/000001" },
		{ "/srv/rounds/fed/rounds/7/seal", "/srv/rounds/fed", "rounds/000007/seal.pb" },
		{ "file:///srv/fed/rounds/7", "file:///srv/fed", "rounds/000007" },
		{ "/srv/fed/", "/srv/fed", "" },
		{ "https://h/v1/fed/rounds/0/plan", "https://h/v1/fed/rounds/0/plan", "" },
		{ "https://h/v1/fed/rounds/1000000/plan", "https://h/v1/fed/rounds/1000000/plan", "" },
		{ "https://h/b/k?X-Amz-Signature=1", "https://h/b/k?X-Amz-Signature=1", "" },
		{ "https://h", "https://h", "" },
		{ "s3:///blobs", "s3://", "blobs" },
		{ "//rounds/1", "/", "rounds/000001" },
	};
	struct fl_err err;
	char *url, *name;
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		CHECK(store_split(&url, &name, t[i].whole, &err) == FL_OK && !strcmp(url, t[i].url) && !strcmp(name, t[i].name), "%s",
		      t[i].whole);
		free(url);
		free(name);
	}
}

int main(void)
{
	check_good();
	check_bad();
	check_prefixes();
	check_split();
	return check_done();
}
