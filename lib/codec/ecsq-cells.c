#include "codec/ecsq-cells.h"

#include <float.h>

#include "codec/rans-parts.h"

#define CELLS ecsq_cells_plain
void ecsq_cells_plain(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s);
#include "codec/ecsq-cells-loop.h"

#if defined __x86_64__
void ecsq_cells_avx512(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s);
#endif

void ecsq_cells(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s)
{
#if defined __x86_64__
	if (rans_has_avx512()) {
		ecsq_cells_avx512(x, n, step, dead, sym, s);
		return;
	}
#endif
	ecsq_cells_plain(x, n, step, dead, sym, s);
}

uint32_t ecsq_magnitude(float x, float step, float dead)
{
	return (uint32_t)ecsq_scaled(x, ecsq_scale(step, dead));
}

void ecsq_shifts(const struct ecsq_sums *s, float dead, int8_t *shift)
{
	unsigned c;

	for (c = 0; c < ECSQ_SHIFTS; c++)
		shift[c] = s->n[c] ? (int8_t)lrint((s->far[c] / (double)s->n[c] + dead - 0.5) * 128) : 0;
}

double ecsq_error(const struct ecsq_sums *s, float dead, const int8_t *shift)
{
	double e = s->zero, at;
	unsigned c;

	for (c = 0; c < ECSQ_SHIFTS; c++) {
		at = shift[c] / 128. + 0.5 - dead;
		e += s->square[c] - 2 * at * s->far[c] + at * at * (double)s->n[c];
	}
	return e > 0 ? e : 0;
}

float ecsq_rebuild(uint32_t m, float step, const int8_t *shift)
{
	double v = ((double)m + shift[m < 3 ? m - 1 : 2] / 128.) * step;

	return v < FLT_MAX ? (float)v : FLT_MAX;
}
