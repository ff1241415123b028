/*
 * quota.h - how much a participant may put into a round: bytes and objects, what is under way included.
 */
#ifndef FL_HUB_QUOTA_H
#define FL_HUB_QUOTA_H

#include "hub/exchange.h"

/* Count x's upload of `size` bytes against its participant's quota until quota_release(): 0, or 429. */
int quota_reserve(struct exchange *x, uint64_t size);
void quota_release(struct exchange *x);

#endif
