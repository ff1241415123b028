/*
 * fed.h - a federation as one machine sees it: its store, what is remembered of it, and its newest roster.
 *
 * Everything read through here is checked: name and federation agree, and a member signed who had the role. The chain of
 * rosters is followed from a first version that a pinned admin key vouches for, and then from what is remembered.
 */
#ifndef FL_ROUND_FED_H
#define FL_ROUND_FED_H

#include <time.h>

#include "data/texts.h"
#include "round/home.h"
#include "store/name.h"
#include "store/store.h"
#include "wire/roster.h"

#define FED_SKEW_MAX 300 /* seconds between the store's clock and ours before nothing is done */

struct fed {
	struct store *store;
	struct home home;
	struct signed_msg *rosters; /* (n_rosters) every version, by serial */
	size_t n_rosters, cap_rosters;
	struct signed_msg roster; /* the newest of them; not owned */
	struct texts verified;    /* digests of files in the cache whose content this process has seen to */
	void (*say)(const char *fmt, ...) __attribute__((format(printf, 1, 2)));  /* what people should see */
	void (*more)(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* what they see with -v */
};

struct fed_opts {
	const char *url;
	const struct store_opts *store;
	const char *state;         /* folder, or NULL: remember nothing */
	double lock_wait;          /* seconds */
	const struct key_pub *pin; /* an admin's key; NULL: what is remembered */
	int trusting;              /* without pin and memory believe the store: only for looking */
	void (*say)(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
	void (*more)(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
};

/* Open store and home and follow the rosters. FL_USAGE: a first contact without pin; FL_REFUSED; FL_NOINPUT: no federation
 * there; and those of store_open() and home_open(). *f must be {0}; fed_close() frees, also after failure. */
int fed_open(struct fed *f, const struct fed_opts *o, struct fl_err *err);
void fed_close(struct fed *f);

/* Follow versions that have appeared since. */
int fed_refresh(struct fed *f, struct fl_err *err);

const Fl__V1__Federation *fed_roster(const struct fed *f);
int fed_knows(const struct fed *f, const char *digest); /* 1: of one of the versions followed */

/* Seconds by the store's clock; and FL_LATER where ours is too far from it. */
time_t fed_now(const struct fed *f);
int fed_clock(const struct fed *f, struct fl_err *err);

/* When a new message that follows `last` ({0}: none) is made: now, yet not before that one, by whoever's clock it was. */
time_t fed_stamp(const struct fed *f, const struct signed_msg *last);

/* What a message must be: of this type, by a member with this role (who: and no other). A message of now (`at` is not 0) is
 * held against the newest roster; one of the past against the one in whose time it was made, since keys change, but what the
 * newest says of revoked keys holds for it too. */
struct fed_want {
	const char *type; /* "Plan" */
	Fl__V1__Role role;
	const char *who;  /* or NULL */
	time_t at;        /* 0: when the message says that it was made */
};

/* Read object `name` and check it. wait: seconds to wait for it. *s must be {0}; signed_clear() frees, also after failure.
 * FL_NOINPUT: not there. What is refused (FL_DATA, FL_REFUSED, FL_VERSION) is kept as evidence. */
int fed_read(struct fed *f, const char *name, const struct fed_want *w, double wait, struct signed_msg *s, struct fl_err *err);

/* The same checks for bytes at hand. */
int fed_check(const struct fed *f, const char *name, const struct fed_want *w, const void *p, size_t n, struct signed_msg *s,
	      struct fl_err *err);

/* Keep the bytes of object `name` in the home, as evidence/rounds-000007-plan.pb. */
void fed_evidence(const struct fed *f, const char *name, const void *p, size_t n);

/* Sign m as w->type and put it. *s, if not NULL, is what lies under the name afterwards: ours, or, with FL_OK too, what
 * another had put there first, checked as fed_read() does. */
int fed_put(struct fed *f, const char *name, const struct fed_want *w, const ProtobufCMessage *m, const struct key *k,
	    struct signed_msg *s, struct fl_err *err);

/* The last number n, `from` or later, whose object name(out, which, n) is there; 0: none. What is numbered has no gaps, so few
 * are looked at. */
typedef void fed_namer(char out[NAME_MAX_LEN + 1], const char *which, unsigned n);
int fed_last(struct fed *f, fed_namer *namer, const char *which, unsigned from, unsigned *n, struct fl_err *err);

/* The number of the newest round that has a plan, so. */
int fed_newest(struct fed *f, unsigned from, unsigned *n, struct fl_err *err);

#endif
