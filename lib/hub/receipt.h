/* receipt.h - the hub's signed word that it has stored an object: the header FL-Receipt, where the hub has a key. */
#ifndef FL_HUB_RECEIPT_H
#define FL_HUB_RECEIPT_H

#include "hub/exchange.h"

void receipt_add(struct MHD_Response *r, const struct exchange *x, const char *digest, uint64_t size);

#endif
