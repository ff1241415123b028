/*
 * stands.h - what a place in a store stands for: a channel for its newest entry's model, a participant's folder for the update
 * in it, a name for itself.
 */
#ifndef FL_ROUND_STANDS_H
#define FL_ROUND_STANDS_H

#include "round/fed.h"

struct stands {
	struct store *store;
	struct fed *fed; /* NULL: signatures are not checked */
	void (*more)(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
};

/* The object that `place`, as name_place() writes it, stands for, and its digest ("" where only the store could tell).
 * message: an entry of a channel is meant itself, not its model. FL_NOINPUT: there is none yet; FL_DATA, FL_REFUSED, FL_NO. */
int stands_for(const struct stands *f, const char *place, int message, char object[NAME_MAX_LEN + 1], char digest[DIGEST_TEXT],
	       struct fl_err *err);

/* The same for the envelope of this name. */
int stands_payload(const struct stands *f, const char *envelope, char object[NAME_MAX_LEN + 1], char digest[DIGEST_TEXT],
		   struct fl_err *err);

#endif
