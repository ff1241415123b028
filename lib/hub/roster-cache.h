/*
 * roster-cache.h - the newest roster of each federation, kept while it is the newest.
 *
 * The chain is followed from federation.pb on by roster_first() and roster_follows(); a file that does not follow ends it.
 * Not thread-safe: check.c holds a lock.
 */
#ifndef FL_HUB_ROSTER_CACHE_H
#define FL_HUB_ROSTER_CACHE_H

#include <sys/stat.h>

#include "store/name.h"
#include "wire/signed.h"

struct roster_entry {
	char federation[NAME_SEG];
	struct timespec made; /* of federation.pb, and its inode: another file is another federation */
	ino_t inode;
	unsigned serial;
	struct signed_msg roster;
};

struct roster_cache {
	struct roster_entry **v; /* (n) */
	size_t n, cap;
};

/* *roster stays valid until the next call. FL_NOINPUT: the federation has none yet. FL_DATA, FL_REFUSED: its first is bad. */
int roster_cache_get(struct roster_cache *c, int root, const char *federation, const struct signed_msg **roster, struct fl_err *err);
void roster_cache_clear(struct roster_cache *c);

#endif
