/*
 * topk-places.h - where the large values are: one loop over all values, the rest of top-k touches only what it finds.
 *
 * A magnitude is the bits of |x|, which rise with |x|. Every version gives the same.
 */
#ifndef FL_CODEC_TOPK_PLACES_H
#define FL_CODEC_TOPK_PLACES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TOPK_SLACK 16 /* places that may be written past the last */

static inline uint32_t topk_magnitude(float x)
{
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	return u & 0x7fffffff;
}

/* The places of the magnitudes >= floor among the n < 2^32 of x, into at (n + TOPK_SLACK). Returns how many. */
size_t topk_places(const float *x, size_t n, uint32_t floor, uint32_t *at);
size_t topk_places_plain(const float *x, size_t n, uint32_t floor, uint32_t *at);
size_t topk_places_avx2(const float *x, size_t n, uint32_t floor, uint32_t *at);
size_t topk_places_avx512(const float *x, size_t n, uint32_t floor, uint32_t *at);

#endif
