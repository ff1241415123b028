/*
 * qsgd.h - Elias's recursive code, by which qsgd writes its levels and places.
 *
 * Elias 1975, Universal codeword sets, Sec. 5 (omega); Alistarh et al. 2017, Sec. 3.2: a 0 at the end; while k > 1, put the binary
 * digits of k in front, then go on with k = their number - 1. Of the digits the first, a 1, comes first and the rest low ones
 * first.
 */
#ifndef FL_CODEC_QSGD_H
#define FL_CODEC_QSGD_H

#include "codec/rice-bits.h"

#define ELIAS_MAX 29 /* bits of a number up to 2^17: 18 + 5 + 3 + 2 + 1 */

/* Bits of the code of k >= 1. */
unsigned elias_bits(uint32_t k);

void elias_put(struct bit_writer *w, uint32_t k);

/* The next number, or 0 where it is above max. */
uint32_t elias_get(struct bit_reader *r, uint32_t max);

#endif
