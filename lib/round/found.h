/*
 * found.h - a federation from a small JSON file, and its next version.
 *
 *   {"name": "demo", "schema": "schema.json", "threshold": 1, "expires": "2027-11-24T00:00:00Z",
 *    "members": [{"name": "north", "key": "north.pub", "roles": ["admin", "coordinator"], "operator": "North University"},
 *                {"name": "h01", "key": "h01.pub", "roles": ["participant"], "validUntil": "2027-01-01T00:00:00Z"}],
 *    "revoked": [{"key": "old.pub", "at": "2026-11-01T00:00:00Z"}]}
 *
 * A key is the base64 line of a minisign public key, or the name of a file with one; names of files are relative to the JSON
 * file. The schema may be left out: it is the model's.
 */
#ifndef FL_ROUND_FOUND_H
#define FL_ROUND_FOUND_H

#include "round/fed.h"

struct found {
	const char *json;      /* path */
	const char *model;     /* path of the first model */
	const char *channel;   /* "stable" */
	const char *draft;     /* where a roster waits for the signatures of more admins; NULL: threshold 1 */
	const struct key *key; /* an admin's; and a coordinator's, to put the model into the channel */
	int update;            /* make the next version of the roster */
};

/* Do what is missing: roster, schema, model, the channel's first entry. *done: 0 where all was there. FL_LATER: more admins
 * must sign the draft. Without a federation in the store f->roster may be empty. FL_CONFIG for the JSON file. */
int found_federation(const struct found *a, struct store *store, struct fl_err *err);

#endif
