/*
 * ecsq-fit.h - which contexts suit the symbols of a tensor: the fewest bits, found by counting.
 *
 * ECSQ_ONE    none.
 * ECSQ_LEFT   magnitudes of the two left neighbours (RANS_LEFT of codec/rans.h), in 2, 4, 8 or 16 contexts.
 * ECSQ_ENERGY how large rows and columns are, for tensors of two dimensions or more: each row (first dimension) and column (the
 *             others) has a class, 8 + its mean magnitude over the tensor's in half octaves, 0 .. 15, which are written beside
 *             the table; the context of a number is the sum of its two classes less 10, from 0 to ECSQ_ENERGIES - 1.
 * ECSQ_SHORT  none and no table either, for the smallest tensors.
 */
#ifndef FL_CODEC_ECSQ_FIT_H
#define FL_CODEC_ECSQ_FIT_H

#include "codec/codec.h"
#include "codec/ecsq-cells.h"
#include "codec/rans.h"

#define ECSQ_ENERGIES 12
#define ECSQ_SHORT_MAX 1024 /* values */
#define ECSQ_SIDES_MAX 65536 /* rows and columns */

enum ecsq_kind { ECSQ_ZERO, ECSQ_ONE, ECSQ_LEFT, ECSQ_ENERGY, ECSQ_SHORT };

struct ecsq_fit {
	enum ecsq_kind kind;
	struct rans_model m;
	double rate;    /* bits for each symbol, roughly, which lanes are chosen by */
	double bits;    /* of everything */
	uint8_t *sides; /* (rows + columns) classes, for ECSQ_ENERGY */
};

/* Fit to symbols sym (t->n) of which s was counted. Owned; clear frees it. */
int ecsq_fit(struct ecsq_fit *f, const struct codec_tensor *t, const uint8_t *sym, const struct ecsq_sums *s, struct fl_err *err);
void ecsq_fit_clear(struct ecsq_fit *f);

/* Rows and columns of t. 0 if ECSQ_ENERGY is not for it. */
int ecsq_sides(const struct codec_tensor *t, size_t *rows, size_t *cols);

/* Contexts of the n numbers from `from`. */
void ecsq_energy(const uint8_t *sides, size_t rows, size_t cols, uint64_t from, size_t n, uint8_t *ctx);

/* Bits left out of a symbol. */
unsigned ecsq_more(unsigned sym);

#endif
