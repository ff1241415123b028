/* put.h - what whole uploads (put.c) and resumable ones (part.c) have in common. */
#ifndef FL_HUB_PUT_H
#define FL_HUB_PUT_H

#include "hub/exchange.h"

/* May x put `size` bytes under its name now? Opens the federation, reserves quota. 0; 200: it is here; or a refusal. */
int put_allowed(struct exchange *x, uint64_t size);

/* x->put holds everything: check it, give it its name, answer. 0 or a refusal. */
int put_commit(struct exchange *x);

/* A failed step of x->put as a refusal. */
int put_failed(struct exchange *x, const struct fl_err *err);

#endif
