/*
 * ecsq-cells-loop.h - the loops of ecsq-cells.h, compiled once for each instruction set: operations on separate numbers in lanes
 * that are named, so that each rounds alike. Define CELLS, the function's name, before including it.
 */
#include <math.h>
#include <string.h>

#include "codec/ecsq-cells.h"
#include "codec/ecsq-scale.h"

#define BLOCK 512
#define LANES 16

/* Magnitudes, and how far above the lower end of its cell each lies. */
static void place(const float *x, size_t n, struct ecsq_scale k, int32_t *m, float *far, uint8_t *sym)
{
	int32_t v, top = 0;
	size_t i;
	float a;

	for (i = 0; i < n; i++) {
		a = ecsq_scaled(x[i], k);
		v = (int32_t)a;
		m[i] = v;
		far[i] = a - (float)v;
		top |= v;
		sym[i] = (uint8_t)(2 * v - (v > 0 && x[i] > 0));
	}
	if (top <= ECSQ_EXACT)
		return;
	for (i = 0; i < n; i++)
		if (m[i] > ECSQ_EXACT)
			sym[i] = (uint8_t)(2 * (ECSQ_EXACT + ecsq_bits((uint32_t)m[i] - ECSQ_EXACT)) - (x[i] > 0));
}

struct lanes {
	int32_t n[ECSQ_SHIFTS][LANES];
	float far[ECSQ_SHIFTS][LANES], square[ECSQ_SHIFTS][LANES], zero[LANES];
};

static void add_up(const int32_t *m, const float *far, float low, struct lanes *to)
{
	struct lanes s;
	size_t i, j;
	float f, q, z;

	memset(&s, 0, sizeof s);
	for (i = 0; i < BLOCK; i += LANES) {
		for (j = 0; j < LANES; j++) {
			f = far[i + j];
			q = f * f;
			z = (f - low) * (f - low);
			s.zero[j] += m[i + j] == 0 ? z : 0;
			s.n[0][j] += m[i + j] == 1;
			s.far[0][j] += m[i + j] == 1 ? f : 0;
			s.square[0][j] += m[i + j] == 1 ? q : 0;
			s.n[1][j] += m[i + j] == 2;
			s.far[1][j] += m[i + j] == 2 ? f : 0;
			s.square[1][j] += m[i + j] == 2 ? q : 0;
			s.n[2][j] += m[i + j] > 2;
			s.far[2][j] += m[i + j] > 2 ? f : 0;
			s.square[2][j] += m[i + j] > 2 ? q : 0;
		}
	}
	*to = s;
}

static void block(const float *x, struct ecsq_scale k, uint8_t *sym, struct ecsq_sums *s)
{
	int32_t m[BLOCK];
	float far[BLOCK];
	struct lanes l;
	unsigned c, j;

	place(x, BLOCK, k, m, far, sym);
	add_up(m, far, k.low, &l);
	for (j = 0; j < LANES; j++) {
		s->zero += l.zero[j];
		for (c = 0; c < ECSQ_SHIFTS; c++) {
			s->n[c] += (uint64_t)l.n[c][j];
			s->far[c] += l.far[c][j];
			s->square[c] += l.square[c][j];
		}
	}
}

/* The last block is filled up with zeros, which add nothing but rounding to .zero: they lie at the middle of cell 0. */
void CELLS(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s)
{
	struct ecsq_scale k = ecsq_scale(step, dead);
	float rest[BLOCK] = { 0 };
	uint8_t cells[BLOCK];
	size_t i;

	for (i = 0; i + BLOCK <= n; i += BLOCK)
		block(x + i, k, sym + i, s);
	if (i == n)
		return;
	memcpy(rest, x + i, (n - i) * sizeof *x);
	block(rest, k, cells, s);
	memcpy(sym + i, cells, n - i);
}
