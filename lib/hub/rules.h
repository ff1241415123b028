/*
 * rules.h - what must hold of a message before it counts, kind by kind.
 *
 * who: it says the place that it is for, and is signed by who may sign it, now. what: everything it names by digest is here.
 * The first needs the roster; the second may take a while, for large objects may lie in another store.
 */
#ifndef FL_HUB_RULES_H
#define FL_HUB_RULES_H

#include <time.h>

#include "hub/check.h"
#include "wire/signed.h"

struct rules_look {
	const struct check_in *in;
	const struct signed_msg *roster; /* NULL: the federation is new */
	struct signed_msg msg;
	time_t now;
};

struct rules {
	const char *type; /* of the message */
	int (*who)(const struct rules_look *l, struct fl_err *err);  /* FL_DATA, FL_REFUSED */
	int (*what)(const struct rules_look *l, struct fl_err *err); /* FL_DATA; FL_NET, FL_LATER: cannot be told now */
};

/* NULL: names of this kind are not messages. */
const struct rules *rules_find(enum name_kind kind);

#endif
