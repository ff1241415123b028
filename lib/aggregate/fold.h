/*
 * fold.h - exact sums over participants: any order, any tree, the same bytes.
 *
 * A term is weight x value, rounded once, half to even, to the grid 2^-40 and added in 128-bit integers. Weights are whole
 * multiples of 2^-20 below 2^24 and come as that multiple (so 1.0 is 1 << 20); values are finite with |x| <= 10^6. A term is
 * below 2^84 on the grid, so 2^40 terms fit. The end is one division, rounded half to even to F32.
 *
 * The fast path never touches 128-bit integers: a term is split into lo + hi * 2^34 with both parts exact in double, the
 * conversion to integers is the addition of 1.5 * 2^52, and both parts are summed in 64-bit lanes that are carried into
 * 128 bits every FOLD_TERMS terms. fold_add_plain() is the reference it is tested against.
 */
#ifndef FL_AGGREGATE_FOLD_H
#define FL_AGGREGATE_FOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

__extension__ typedef __int128 fold_int;
__extension__ typedef unsigned __int128 fold_uint;

#define FOLD_GRID 40        /* fractional bits of a sum */
#define FOLD_WEIGHT_BITS 20 /* fractional bits of a weight */
#define FOLD_WEIGHT_MAX ((uint64_t)1 << 44)
#define FOLD_VALUE_MAX 1e6f
#define FOLD_TERMS 2048

/* Sums of n values. Owned; fold_clear() frees and leaves {0}. */
struct fold {
	size_t n;
	unsigned terms; /* in lo and hi since the last carry */
	int64_t *lo, *hi;
	fold_int *sum;
};

int fold_new(struct fold *f, size_t n, struct fl_err *err);
void fold_zero(struct fold *f, size_t n); /* n <= the n of fold_new(): reuse for a block of n */
void fold_clear(struct fold *f);

/* Add w * x, x of f->n. Returns f->n, or the index of the first value that is not finite or too large (then *f is spoilt). */
size_t fold_add(struct fold *f, const float *x, uint64_t w);
size_t fold_add_plain(struct fold *f, const float *x, uint64_t w);

/* Add w * x at k places, each once, in time proportional to k. Returns k, or the index of the first value that may not be. */
size_t fold_add_sparse(struct fold *f, const uint32_t *at, const float *x, size_t k, uint64_t w);

/* Add sums of this total weight made elsewhere, as limbs: value = lo + hi * 2^64. Returns f->n, or the index of the first
 * that values within FOLD_VALUE_MAX cannot have given. */
size_t fold_add_limbs(struct fold *f, const uint64_t *lo, const int64_t *hi, uint64_t weights);

/* Carry everything into f->sum; then f->sum[i] is the sum. */
void fold_carry(struct fold *f);

/* sum / (2^40 * weights), rounded half to even: weights is the sum of the w, > 0 and below 2^62. */
float fold_mean(fold_int sum, uint64_t weights);

#endif
