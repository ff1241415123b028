/*
 * found.h - a federation from a small JSON file, and its next version.
 *
 *   {"name": "demo", "schema": "schema.json", "threshold": 1, "expires": "2027-11-24T00:00:00Z",
 *    "members": [{"name": "north", "key": "north.pub", "roles": ["admin", "coordinator"], "operator": "North University"},
 *                {"name": "h01", "key": "h01.pub", "roles": ["participant"], "valid_until": "2027-01-01T00:00:00Z"}],
 *    "revoked": [{"key": "old.pub", "at": "2026-11-01T00:00:00Z"}]}
 *
 * A key is the base64 line of a minisign public key, or the name of a file with one; names of files are relative to the JSON
 * file. Without "schema" it is the model's; without "threshold", one admin signs.
 */
#ifndef FL_ROUND_FOUND_H
#define FL_ROUND_FOUND_H

#include "model/model.h"
#include "round/fed.h"

/* The JSON file as a Federation, without serial, previous and created; freed with msg_free(). m: the first model, or NULL.
 * FL_NOINPUT, FL_CONFIG. */
int found_read(Fl__V1__Federation **fed, const char *path, const struct model *m, struct fl_err *err);

/* Put fed as the first version where f has none; nothing to do where the newest says the same; with update, put it as the
 * next. It is signed by k, and by those who have signed the draft before. draft: a file where it waits for more admins, or NULL.
 * FL_LATER: it waits. *put: a version was. */
int found_roster(struct fed *f, Fl__V1__Federation *fed, const struct key *k, int update, const char *draft, int *put,
		 struct fl_err *err);

/* Put the model, read from path, and its schema as blobs, and announce it as the first entry of a channel that has none.
 * k: a coordinator's. *put: the entry was. */
int found_model(struct fed *f, const struct model *m, const char *path, const char *channel, const struct key *k, int *put,
		struct fl_err *err);

#endif
