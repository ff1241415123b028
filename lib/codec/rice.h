/*
 * rice.h - rising places as Golomb-Rice codes of their gaps (Golomb 1966, Rice 1979).
 *
 * The gap before a place is the number of places left out since the one before it (or the start), so no place can be
 * repeated. A gap g under parameter r is g >> r zeros, a one, and the low r bits of g. For places that are each taken with
 * probability p the best r is about log2(.69 / p); at r = 0 the codes are a bitmap of the places up to the last.
 *
 * Large values of real updates come in clusters: then each RICE_BLOCK gaps have an r of their own, in 4 bits before them.
 */
#ifndef FL_CODEC_RICE_H
#define FL_CODEC_RICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RICE_MAX 15
#define RICE_BLOCKS 16 /* as a parameter: an r for each block */
#define RICE_BLOCK 16

/* The parameter of the fewest bits for k places, found by counting; *bits is how many. */
unsigned rice_best(const uint32_t *at, size_t k, uint64_t *bits);

/* Write them to p, which has room for their bytes and BITS_SLACK more. Returns the byte after the last. */
unsigned char *rice_write(unsigned char *p, const uint32_t *at, size_t k, unsigned r);

/* Read k places below n from the len bytes at p, which BITS_SLACK bytes follow; *used is how many bytes they took. FL_DATA. */
int rice_read(const unsigned char *p, size_t len, unsigned r, uint32_t n, uint32_t *at, size_t k, size_t *used, struct fl_err *err);

#endif
