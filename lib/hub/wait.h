/*
 * wait.h - requests that wait for a name to appear or a list to change (Prefer: wait).
 *
 * A waiter is woken at once by what comes through the hub (waits_wake), within 100 ms by a name that somebody else puts into
 * the folder, within about a second by a list that somebody else changes, and at its deadline. Waking calls wake(ctx) once, after which
 * the waiter is no longer known here; the caller then looks again for itself.
 */
#ifndef FL_HUB_WAIT_H
#define FL_HUB_WAIT_H

#include "hub/access.h"

struct waits;

struct waiter {
	struct waiter *next, **at;
	int root;                    /* the federation's folder; borrowed */
	const char *federation, *name; /* name of an object, or prefix of a list; borrowed */
	int list;
	struct access_who who;       /* of a list: what it may not read does not wake it */
	char state[DIGEST_TEXT];     /* of a list: waits_state() when it was made */
	unsigned long seq;           /* waits_seq() before the caller looked */
	double deadline;             /* clock_s() */
	void (*wake)(void *ctx);
	void *ctx;
};

int waits_open(struct waits **w, struct fl_err *err);
void waits_close(struct waits *w); /* nobody may be waiting */

unsigned long waits_seq(struct waits *w);

/* From now on w may be woken, at any time. */
void waits_add(struct waits *w, struct waiter *r);

/* The object name is there. */
void waits_wake(struct waits *w, const char *federation, const char *name, const struct name *parsed);

/* Several times a second. */
void waits_poll(struct waits *w, double now);
void waits_wake_all(struct waits *w); /* and from now on at the next poll: the hub is stopping */
unsigned waits_count(struct waits *w);

/* A digest of every name and size under prefix: changes when the list does. FL_OK or folder_list()'s failures. */
int waits_state(int root, const char *prefix, char state[DIGEST_TEXT], struct fl_err *err);

#endif
