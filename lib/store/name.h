/*
 * name.h - the names a store has, and nothing else: architecture's layout as a grammar.
 *
 *   federation.pb                              federation/000002.pb ...
 *   blobs/b2-256-<64 hex>                      content-addressed ("b2-256:" becomes "b2-256-": ':' is no good in a file name)
 *   deltas/b2-256-<64 hex>/b2-256-<64 hex>     a model as its difference to another (ulp): it leads to the first digest, which proves it
 *   rounds/000007/plan.pb  seal.pb  result.pb
 *   rounds/000007/updates/h12/b2-256-<64 hex>  payload
 *   rounds/000007/updates/h12/envelope.pb      its presence is the commit
 *   channels/stable/000012.pb
 *
 * A name that does not parse is never looked up. Segments are [a-z0-9][a-z0-9._-]*, at most 80 bytes, without "..".
 */
#ifndef FL_STORE_NAME_H
#define FL_STORE_NAME_H

#include "base/digest.h"
#include "base/err.h"

#define NAME_MAX_LEN 255
#define NAME_SEG 81
#define NAME_ROUND_MAX 999999u

enum name_kind {
	NAME_NONE, NAME_FEDERATION, NAME_BLOB, NAME_PLAN, NAME_SEAL, NAME_RESULT, NAME_PAYLOAD, NAME_ENVELOPE, NAME_CHANNEL, NAME_DELTA
};

struct name {
	enum name_kind kind;
	unsigned number;          /* round, or serial */
	char who[NAME_SEG];       /* participant, or channel */
	char digest[DIGEST_TEXT]; /* of blobs and payloads */
	char to[DIGEST_TEXT], from[DIGEST_TEXT]; /* of the models that a delta leads to and starts from */
};

/* Parse s whole. FL_DATA. */
int name_parse(struct name *n, const char *s, struct fl_err *err);

/* 1: s is a prefix that may be listed: "", "blobs/", "rounds/", "rounds/000007/", "rounds/000007/updates/",
 * "rounds/000007/updates/h12/", "channels/", "channels/stable/", "federation/",
 * "deltas/", "deltas/b2-256-<64 hex>/". */
int name_prefix_ok(const char *s);

int name_segment_ok(const char *s, size_t n); /* [a-z0-9][a-z0-9._-]{0,79} without ".." */

/* Spell out a place as people write it: "rounds/7/updates/h12" -> "rounds/000007/updates/h12", "rounds/7/plan" ->
 * "rounds/000007/plan.pb", "channels/stable/12" -> "channels/stable/000012.pb", "blobs/b2-256:..." -> "blobs/b2-256-...".
 * 1: out is a name, or a prefix that may be listed, without its last slash. 0: s is neither. */
int name_place(char out[NAME_MAX_LEN + 1], const char *s);

/* Write names. */
void name_blob(char out[NAME_MAX_LEN + 1], const char *digest);
void name_delta(char out[NAME_MAX_LEN + 1], const char *to, const char *from);
void name_round(char out[NAME_MAX_LEN + 1], unsigned round, const char *file); /* rounds/000007/FILE */
void name_payload(char out[NAME_MAX_LEN + 1], unsigned round, const char *who, const char *digest);
void name_envelope(char out[NAME_MAX_LEN + 1], unsigned round, const char *who);
void name_channel(char out[NAME_MAX_LEN + 1], const char *channel, unsigned serial);
void name_federation(char out[NAME_MAX_LEN + 1], unsigned serial); /* 1: federation.pb */

#endif
