/*
 * fwht.h - a random rotation of a block: signs by chance, then the fast Walsh-Hadamard transform.
 *
 * forward: x <- H D x, back: x <- D H x, with H the Hadamard matrix of order n in its natural (Sylvester) order divided by sqrt(n)
 * and D a diagonal of signs. Both are orthonormal, and each undoes the other up to rounding. Every sum is made in the same order
 * (pairs at distance 1, then 2, 4 .. n/2, then the multiplication by 1 / sqrt(n)) in every version, so that all give the same bits.
 */
#ifndef FL_CODEC_FWHT_H
#define FL_CODEC_FWHT_H

#include <stddef.h>
#include <stdint.h>

#define FWHT_MAX 4096 /* floats in a block: 16 KiB, half of a first-level cache */
#define FWHT_WORDS (FWHT_MAX / 64)

struct fwht {
	const char *name;
	int (*supported)(void);
	/* x (n), n a power of two of at most FWHT_MAX; bit i of signs: x[i] changes its sign. Values whose sum over the block
	 * overflows give infinities. */
	void (*forward)(float *x, size_t n, const uint64_t *signs);
	void (*back)(float *x, size_t n, const uint64_t *signs);
};

extern const struct fwht fwht_plain, fwht_avx2, fwht_avx512;

const struct fwht *fwht_at(size_t i); /* plain first; NULL past the last */
const struct fwht *fwht_pick(void);   /* the last that this processor has */

/* The signs of block number block for this seed. */
void fwht_signs(uint64_t signs[FWHT_WORDS], uint64_t seed, uint64_t block);

#endif
