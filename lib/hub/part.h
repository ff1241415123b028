/*
 * part.h - resumable uploads, tus 1.0's core in shape (https://tus.io/protocols/resumable-upload): POST begins or finds one, HEAD
 * says how far it is, PATCH appends, and the PATCH that completes it is answered as a PUT would be.
 *
 * What has come lies in the federation's folder as .part-OWNER-ID, and what it is to become as .part-OWNER-ID.meta. The id is
 * a digest of owner, name and content, so that asking again after a crash on either side finds it. How far it is, is the
 * file's length; nothing else is remembered.
 */
#ifndef FL_HUB_PART_H
#define FL_HUB_PART_H

#include "hub/exchange.h"

/* Operations. */
int part_create(struct exchange *x);
int part_head(struct exchange *x);
int part_begin(struct exchange *x); /* PATCH, before its body */
int part_end(struct exchange *x);   /* and behind it */

/* Let go of the part; it stays for another time. */
void part_drop(struct exchange *x);

/* Bytes and number of x's owner's parts, but for the one that x is about. */
void part_used(const struct exchange *x, uint64_t *bytes, unsigned *n);

/* Remove the parts in a federation's folder that are older than age seconds. */
void part_sweep(int root, double age);

#endif
