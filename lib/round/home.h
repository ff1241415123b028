/*
 * home.h - what a machine remembers of a federation: one private folder, each of its files whole or not there.
 *
 *   lock                        held while a command is at work here
 *   notes.json                  small facts: rounds answered, channel entries seen
 *   federation-000001.pb ...    the rosters that were followed
 *   cache/<64 hex>              models and payloads by content
 *   answer.st, answer.pb        an answer until it has been sent
 *   residual.st, link.json      what codecs carry on: pack.h
 *   evidence/                   messages that were refused, for people to look at
 *
 * Losing the folder loses no data of the federation; it is then met anew.
 */
#ifndef FL_ROUND_HOME_H
#define FL_ROUND_HOME_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

#define HOME_PATH 4096

struct home {
	char *path;    /* NULL: no home, nothing is remembered */
	int lock;
	json_t *notes; /* an object; home_note() writes it */
};

/* Open or make the folder path (its parents too) and lock it. wait: seconds to wait for the lock. FL_LATER: held by another;
 * FL_CREATE, FL_IO. *h must be {0}; home_close() frees, also after failure. */
int home_open(struct home *h, const char *path, double wait, struct fl_err *err);
void home_close(struct home *h);

/* Where path is not given: $XDG_STATE_HOME or ~/.local/state, flkit, and a folder named after who and url. Freed by the caller.
 * FL_CONFIG without a home directory. */
int home_default(char **path, const char *who, const char *url, struct fl_err *err);

/* PATH/NAME. FL_CONFIG where it is too long. */
int home_name(const struct home *h, char out[HOME_PATH], const char *name, struct fl_err *err);

/* A file of the folder. read: FL_NOINPUT where there is none. write: whole; lax: as struct out has it, for what can be made
 * anew. forget: no error where there is none. */
int home_read(const struct home *h, const char *name, struct buf *b, struct fl_err *err);
int home_write(const struct home *h, const char *name, const void *p, size_t n, int lax, struct fl_err *err);
void home_forget(const struct home *h, const char *name);

/* Write the notes, durably. */
int home_note(struct home *h, struct fl_err *err);

/* Keep the bytes of a message that was refused as evidence/NAME, once: an older one of that name stays. Failure to do so
 * is not reported: there is a refusal to report already. */
void home_evidence(const struct home *h, const char *name, const void *p, size_t n);

#endif
