/*
 * kernel-tile.h - the body of a vector kernel, for one file per instruction set to include.
 *
 * The includer defines VW, floats in a vector; COLS, the most vectors in a row of a tile, and ROWS1 .. ROWS4, the most rows
 * (up to 8) of a tile of 1 .. 4 vectors, such that its sums, a row of b and an element of a fit the registers; SQRT of a vector;
 * KERNEL, NAME and supported(). Vectors are GCC's, of exactly the register's width: wider ones are split badly.
 */
#include <immintrin.h>

#include "model/kernel.h"

typedef float vec __attribute__((vector_size(VW * 4)));
typedef int mask __attribute__((vector_size(VW * 4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

INLINE vec load(const float *p)
{
	return *(const vec *)p;
}

INLINE void store(float *p, vec v)
{
	*(vec *)p = v;
}

/* Weights w, their gradient g, and where they lie. */
INLINE vec stepped(vec w, vec g, const struct kernel_step *s, ptrdiff_t at)
{
	g += s->l2 * w;
	if (s->prox != 0)
		g += s->prox * (w - load(s->c0 + at));
	return w - s->lr * g;
}

/* R rows and C vectors of c, whose first element is c(i, j): stored, or, where STEP, a step of descent. R, C, STEP and ALONG
 * (a_col is 1, else a_row is) are constants once inlined. */
INLINE void tile(const int R, const int C, const int ALONG, const int STEP, const struct kernel_mul *p,
		 const struct kernel_step *s, size_t i, size_t j)
{
	const float *a = p->a + i * p->a_row, *b = p->b + j;
	size_t step = ALONG ? 1 : p->a_col, row = ALONG ? p->a_row : 1, t;
	float *to = p->c + i * p->c_row + j;
	vec sum[8][4], v[4];

	UNROLL for (int r = 0; r < R; r++)
		UNROLL for (int c = 0; c < C; c++)
			sum[r][c] = (vec){ 0 };
	for (t = 0; t < p->k; t++, a += step, b += p->b_row) {
		UNROLL for (int c = 0; c < C; c++)
			v[c] = load(b + c * VW);
		UNROLL for (int r = 0; r < R; r++)
			UNROLL for (int c = 0; c < C; c++)
				sum[r][c] += v[c] * a[(size_t)r * row];
	}
	UNROLL for (int r = 0; r < R; r++)
		UNROLL for (int c = 0; c < C; c++) {
			size_t at = (size_t)r * p->c_row + (size_t)c * VW;

			store(to + at, STEP ? stepped(load(to + at), sum[r][c], s, to + at - p->c) : sum[r][c]);
		}
}

/* All rows of C vectors from column j. Rows are dealt to tiles evenly: 32 are 6 6 5 5 5 5, not 6 6 6 6 6 2. */
INLINE void panel(const int C, const int ALONG, const int STEP, const struct kernel_mul *p, const struct kernel_step *s,
		  size_t j)
{
	const int most = C == 4 ? ROWS4 : C == 3 ? ROWS3 : C == 2 ? ROWS2 : ROWS1;
	size_t i, r, tiles = (p->m + most - 1) / most;

	for (i = 0; i < p->m; i += r, tiles--) {
		r = (p->m - i + tiles - 1) / tiles;
		switch (r) {
#define CASE(R)                                                 \
	case R:                                                 \
		if (R <= most)                                  \
			tile(R, C, ALONG, STEP, p, s, i, j);    \
		break;
			CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
		}
	}
}

INLINE void panels(const int ALONG, const int STEP, const struct kernel_mul *p, const struct kernel_step *s)
{
	size_t j, left;

	for (j = 0; (left = (p->n - j) / VW) > 0; j += (left < COLS ? left : COLS) * VW) {
		if (COLS >= 4 && left >= 4)
			panel(4, ALONG, STEP, p, s, j);
		else if (COLS >= 3 && left >= 3)
			panel(3, ALONG, STEP, p, s, j);
		else if (COLS >= 2 && left >= 2)
			panel(2, ALONG, STEP, p, s, j);
		else
			panel(1, ALONG, STEP, p, s, j);
	}
}

static void mul(const struct kernel_mul *p)
{
	if (p->a_col == 1)
		panels(1, 0, p, NULL);
	else
		panels(0, 0, p, NULL);
}

static void descend(const struct kernel_mul *p, const struct kernel_step *s)
{
	if (p->a_col == 1)
		panels(1, 1, p, s);
	else
		panels(0, 1, p, s);
}

/* An 8 by 8 block through AVX2 registers: pairs, quads, then halves change places. */
static void transpose8(float *to, size_t to_row, const float *from, size_t from_row)
{
	__m256 r[8], q[8];
	int i;

	UNROLL for (i = 0; i < 8; i++)
		r[i] = _mm256_load_ps(from + (size_t)i * from_row);
	UNROLL for (i = 0; i < 8; i += 2) {
		q[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
		q[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
	}
	UNROLL for (i = 0; i < 8; i += 4) {
		r[i] = _mm256_shuffle_ps(q[i], q[i + 2], 0x44);
		r[i + 1] = _mm256_shuffle_ps(q[i], q[i + 2], 0xee);
		r[i + 2] = _mm256_shuffle_ps(q[i + 1], q[i + 3], 0x44);
		r[i + 3] = _mm256_shuffle_ps(q[i + 1], q[i + 3], 0xee);
	}
	UNROLL for (i = 0; i < 4; i++) {
		_mm256_store_ps(to + (size_t)i * to_row, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
		_mm256_store_ps(to + (size_t)(i + 4) * to_row, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
	}
}

static void transpose(float *to, size_t to_row, const float *from, size_t from_row, size_t rows, size_t cols)
{
	size_t i, j;

	for (i = 0; i < rows; i += 8)
		for (j = 0; j < cols; j += 8)
			transpose8(to + j * to_row + i, to_row, from + i * from_row + j, from_row);
}

static void relu(float *h, const float *z, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += VW) {
		vec v = load(z + i);

		store(h + i, (vec)((mask)v & (v > 0)));
	}
}

static void relu_back(float *d, const float *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += VW)
		store(d + i, (vec)((mask)load(d + i) & (load(h + i) > 0)));
}

static void momentum(float *w, float *v, const float *g, size_t n, float lr, float keep)
{
	size_t i;

	for (i = 0; i < n; i += VW) {
		vec x = keep * load(v + i) + load(g + i);

		store(v + i, x);
		store(w + i, load(w + i) - lr * x);
	}
}

static void adam(float *w, float *m, float *v, const float *g, size_t n, const struct kernel_adam *a)
{
	size_t i;

	for (i = 0; i < n; i += VW) {
		vec gi = load(g + i), mi = a->beta1 * load(m + i) + (1 - a->beta1) * gi;
		vec vi = a->beta2 * load(v + i) + (1 - a->beta2) * gi * gi;

		store(m + i, mi);
		store(v + i, vi);
		store(w + i, load(w + i) - a->lr * mi / (a->root * SQRT(vi) + a->eps));
	}
}

const struct kernel KERNEL = { .name = NAME, .supported = supported, .mul = mul, .descend = descend,
	.transpose = transpose, .relu = relu, .relu_back = relu_back, .momentum = momentum, .adam = adam };
