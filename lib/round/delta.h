/*
 * delta.h - models on their way down, as the exact difference to a model that the other end holds.
 *
 * A delta is an object of the store of its own name (deltas/TO/FROM), not signed: what it is decoded to has the digest TO, or it
 * is no good. Whoever does not have FROM, or finds no delta, gets the model whole.
 */
#ifndef FL_ROUND_DELTA_H
#define FL_ROUND_DELTA_H

#include "round/cache.h"

#define DELTA_MIN 65536   /* bytes of a model for which it is worth the request */
#define DELTA_GAIN 0.9    /* of the model, at most */

/* Offer the model of digest `to` as its difference to that of digest `from`, both in the cache or to be had. Nothing is offered that
 * gains nothing. */
int delta_offer(struct fed *f, const char *to, const char *from, struct fl_err *err);

/* Get model `to` by way of the file `have` of digest `from`, verified, into a scratch file, *fd at its start. *size: bytes of the
 * delta. FL_NOINPUT: no delta is there. */
int delta_get(struct store *s, const char *to, const char *from, const char *have, int *fd, uint64_t *size, struct fl_err *err);

/* cache_blob() of a model, by way of any other model in the cache where there is a delta. */
int delta_model(struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err);

#endif
