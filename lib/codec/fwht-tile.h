/*
 * fwht-tile.h - the body of a vector transform, for one file per instruction set to include.
 *
 * The includer defines VW, floats in a vector; LANES, the numbers 0 .. VW-1; SHUFFLE; FWHT, NAME and supported(). The first
 * pass works inside a vector; each other does log2(VW) distances on VW vectors that stay in registers, so that 4096 floats are
 * read and written 3 or 4 times, not 12.
 */
#include <math.h>
#include <string.h>

#include "codec/fwht.h"

typedef float vec __attribute__((vector_size(VW * 4)));
typedef uint32_t bits __attribute__((vector_size(VW * 4)));
typedef int32_t lane __attribute__((vector_size(VW * 4)));
typedef vec loose __attribute__((aligned(4), may_alias)); /* wherever a float may lie */

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

/* v with its sign bits changed where s says so. */
INLINE vec signed_by(vec v, bits s)
{
	return (vec)((bits)v ^ s);
}

/* Distance h < VW within a vector: lanes l and l ^ h become a + b and a - b. */
INLINE vec inside(vec v, const int h)
{
	const lane l = { LANES };

	return SHUFFLE(v, l ^ h) + signed_by(v, (bits)((l & h) != 0) & 0x80000000);
}

/* Distances h, 2h .. h R/2, of vectors h apart: R of them, from x. R is a constant once inlined. */
INLINE void across(float *x, size_t h, const int R)
{
	vec v[VW], a;

	UNROLL for (int i = 0; i < R; i++)
		v[i] = *(const loose *)(x + (size_t)i * h);
	UNROLL for (int d = 1; d < R; d *= 2)
		UNROLL for (int i = 0; i < R; i++)
			if (!(i & d)) {
				a = v[i];
				v[i] = a + v[i + d];
				v[i + d] = a - v[i + d];
			}
	UNROLL for (int i = 0; i < R; i++)
		*(loose *)(x + (size_t)i * h) = v[i];
}

INLINE void pass(float *x, size_t n, size_t h, const int R)
{
	size_t i, j;

	for (i = 0; i < n; i += h * R)
		for (j = i; j < i + h; j += VW)
			across(x + j, h, R);
}

static void flip(float *x, size_t n, const uint64_t *signs)
{
	const bits shift = 31 - (bits){ LANES };
	size_t i;

	for (i = 0; i < n; i += VW) {
		uint32_t w = (uint32_t)(signs[i / 64] >> i % 64);

		*(loose *)(x + i) = signed_by(*(loose *)(x + i), w << shift & 0x80000000);
	}
}

static void transform(float *x, size_t n)
{
	float scale = 1 / sqrtf((float)n);
	size_t i, h;
	vec v;

	for (i = 0; i < n; i += VW) {
		v = *(loose *)(x + i);
		UNROLL for (int d = 1; d < VW; d *= 2)
			v = inside(v, d);
		*(loose *)(x + i) = v;
	}
	for (h = VW; n / h >= VW; h *= VW)
		pass(x, n, h, VW);
	if (n / h == 2)
		pass(x, n, h, 2);
	else if (n / h == 4)
		pass(x, n, h, 4);
	else if (n / h == 8)
		pass(x, n, h, 8);
	for (i = 0; i < n; i += VW)
		*(loose *)(x + i) *= scale;
}

static void forward(float *x, size_t n, const uint64_t *signs)
{
	if (n < VW) {
		fwht_plain.forward(x, n, signs);
		return;
	}
	flip(x, n, signs);
	transform(x, n);
}

static void back(float *x, size_t n, const uint64_t *signs)
{
	if (n < VW) {
		fwht_plain.back(x, n, signs);
		return;
	}
	transform(x, n);
	flip(x, n, signs);
}

const struct fwht FWHT = { NAME, supported, forward, back };
