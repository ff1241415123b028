/*
 * ecsq-cells.h - a number as a cell of a uniform grid: sign and magnitude m = floor(|x| / step + 1/2 - dead).
 *
 * A cell is a symbol: 0, and 2 k - 1 for positive or 2 k for negative numbers, of magnitude m = k up to ECSQ_EXACT. Above, k =
 * ECSQ_EXACT + j stands for the 2^(j-1) magnitudes from ECSQ_EXACT + 2^(j-1) on, and the j - 1 lower bits are kept beside it.
 * A number is rebuilt at (m + shift) step, where the shift of magnitudes 1, 2 and above is in 128ths and moves the cell's
 * middle to where its numbers are in the mean: (m - 1/2 + dead) step is the lower end of a cell.
 */
#ifndef FL_CODEC_ECSQ_CELLS_H
#define FL_CODEC_ECSQ_CELLS_H

#include <stddef.h>
#include <stdint.h>

#define ECSQ_EXACT 15
#define ECSQ_CLASSES 30
#define ECSQ_SYMBOLS (1 + 2 * (ECSQ_EXACT + ECSQ_CLASSES))
#define ECSQ_SHIFTS 3
#define ECSQ_MOST (1u << ECSQ_CLASSES) /* the largest magnitude made; more is decoded */

/* What cells did to numbers, in units of the step: how many of magnitude 1, 2 and above, the sums of how far above a cell's
 * lower end they lie and of its square, and the sum of squares of those in cell 0. */
struct ecsq_sums {
	uint64_t n[ECSQ_SHIFTS];
	double far[ECSQ_SHIFTS], square[ECSQ_SHIFTS], zero;
};

/* Cells of the n numbers at x, and add to *s. The same on every machine. */
void ecsq_cells(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s);

/* The magnitude of one number, to find what was left out of its symbol. */
uint32_t ecsq_magnitude(float x, float step, float dead);

/* The best shifts, and |x - x'|^2 with them in units of step^2. */
void ecsq_shifts(const struct ecsq_sums *s, float dead, int8_t *shift);
double ecsq_error(const struct ecsq_sums *s, float dead, const int8_t *shift);

/* The number of magnitude m > 0: never beyond what a float holds. */
float ecsq_rebuild(uint32_t m, float step, const int8_t *shift);

#endif
