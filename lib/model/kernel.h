/*
 * kernel.h - the inner loops of training, once for each instruction set.
 *
 * Matrices are row-major float with a row length; rows of b and c start on 64 bytes and n is a multiple of KERNEL_PAD, so
 * vectors never straddle cache lines or the end of a row. kernel-plain.c is the reference: double sums, index order. The others
 * keep many sums in registers, each of them still in index order over k, so a result does not depend on the tile it fell into.
 * No kernel allocates or fails. Arguments may not overlap unless said.
 */
#ifndef FL_MODEL_KERNEL_H
#define FL_MODEL_KERNEL_H

#include <stddef.h>

#include "base/err.h"

#define KERNEL_PAD 16

/* c (m, n) and the product a b over k. a(i, t) is a[i * a_row + t * a_col], and one of a_row and a_col is 1. */
struct kernel_mul {
	size_t m, n, k;
	const float *a;
	size_t a_row, a_col;
	const float *b;
	size_t b_row;
	float *c;
	size_t c_row;
};

/* A step of gradient descent where c are weights: c -= lr (a b + l2 c + prox (c - c0)); c0 is laid out as c, and
 * not read where prox is 0. */
struct kernel_step {
	float lr, l2, prox;
	const float *c0;
};

/* Steps on n numbers whose gradient is known; n is a multiple of KERNEL_PAD. */
struct kernel_adam {
	float lr, beta1, beta2, eps; /* lr / (1 - beta1^t) */
	float root;                  /* 1 / sqrt(1 - beta2^t) */
};

struct kernel {
	const char *name;
	int (*supported)(void);
	void (*mul)(const struct kernel_mul *p);                                  /* c = a b */
	void (*descend)(const struct kernel_mul *p, const struct kernel_step *s); /* nothing of a b is ever stored */
	/* to (cols, rows) = from (rows, cols) transposed; rows and cols are multiples of KERNEL_PAD. */
	void (*transpose)(float *to, size_t to_row, const float *from, size_t from_row, size_t rows, size_t cols);
	void (*relu)(float *h, const float *z, size_t n);      /* h = max(z, 0); n a multiple of KERNEL_PAD */
	void (*relu_back)(float *d, const float *h, size_t n); /* d = h > 0 ? d : 0 */
	/* v = momentum v + g; w -= lr v */
	void (*momentum)(float *w, float *v, const float *g, size_t n, float lr, float momentum);
	/* m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; w -= lr m / (root sqrt v + eps) */
	void (*adam)(float *w, float *m, float *v, const float *g, size_t n, const struct kernel_adam *a);
};

extern const struct kernel kernel_plain, kernel_avx2, kernel_avx512;

/* The fastest one this processor has, or the one that FL_KERNEL in the environment names. FL_CONFIG where there is no such
 * kernel or the processor cannot run it. */
int kernel_pick(const struct kernel **k, struct fl_err *err);

/* In order from slow to fast; NULL after the last. Names include kernels this processor lacks. */
const struct kernel *kernel_at(size_t i);

#endif
