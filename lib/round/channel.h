/*
 * channel.h - the entries of a channel, followed one by one: each names the digest of the one before.
 *
 * The newest entry seen is remembered in the home, so that a store that has gone back, or tells another story, is noticed.
 */
#ifndef FL_ROUND_CHANNEL_H
#define FL_ROUND_CHANNEL_H

#include "round/fed.h"

/* The newest entry of `channel` into *e ({0}: it has none), from the one remembered, if any, on; then this one is remembered (write it
 * down with home_note()). FL_REFUSED: the store has gone back; FL_NO: it shows another entry than before. */
int channel_newest(struct fed *f, const char *channel, struct signed_msg *e, struct fl_err *err);

/* *found: an entry of `channel` that says it came from a round before `round` offers this model; only the entries since then
 * are looked at. */
int channel_offers(struct fed *f, const char *channel, const char *model, unsigned round, int *found, struct fl_err *err);

/* Announce model as what round came to. Nothing is done where an entry says so already. */
int channel_announce(struct fed *f, const char *channel, const char *model, unsigned round, const struct key *k, struct fl_err *err);

/* The same by hand: an entry that offers model from now on, for the rounds after `round`, unless the newest does. */
int channel_offer(struct fed *f, const char *channel, const char *model, unsigned round, const struct key *k, struct fl_err *err);

const Fl__V1__Channel *channel_entry(const struct signed_msg *e); /* NULL: none */

#endif
