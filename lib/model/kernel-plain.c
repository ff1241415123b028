#include "model/kernel.h"

#include <math.h>

static int supported(void)
{
	return 1;
}

/* sum (KERNEL_PAD) = columns j .. j+15 of row i of the product. */
static void product(const struct kernel_mul *p, size_t i, size_t j, double *restrict sum)
{
	size_t t, l;

	for (l = 0; l < KERNEL_PAD; l++)
		sum[l] = 0;
	for (t = 0; t < p->k; t++) {
		double a = (double)p->a[i * p->a_row + t * p->a_col];
		const float *b = p->b + t * p->b_row + j;

		for (l = 0; l < KERNEL_PAD; l++)
			sum[l] += a * (double)b[l];
	}
}

static void mul(const struct kernel_mul *p)
{
	double sum[KERNEL_PAD];
	size_t i, j, l;

	for (i = 0; i < p->m; i++)
		for (j = 0; j < p->n; j += KERNEL_PAD) {
			product(p, i, j, sum);
			for (l = 0; l < KERNEL_PAD; l++)
				p->c[i * p->c_row + j + l] = (float)sum[l];
		}
}

static void descend(const struct kernel_mul *p, const struct kernel_step *s)
{
	double sum[KERNEL_PAD], lr = (double)s->lr, l2 = (double)s->l2, prox = (double)s->prox;
	size_t i, j, l, at;

	for (i = 0; i < p->m; i++)
		for (j = 0; j < p->n; j += KERNEL_PAD) {
			product(p, i, j, sum);
			for (l = 0; l < KERNEL_PAD; l++) {
				double c = (double)p->c[at = i * p->c_row + j + l], g = sum[l] + l2 * c;

				if (prox != 0)
					g += prox * (c - (double)s->c0[at]);
				p->c[at] = (float)(c - lr * g);
			}
		}
}

static void transpose(float *to, size_t to_row, const float *from, size_t from_row, size_t rows, size_t cols)
{
	size_t i, j;

	for (i = 0; i < rows; i++)
		for (j = 0; j < cols; j++)
			to[j * to_row + i] = from[i * from_row + j];
}

static void relu(float *h, const float *z, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		h[i] = z[i] > 0 ? z[i] : 0;
}

static void relu_back(float *d, const float *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = h[i] > 0 ? d[i] : 0;
}

static void momentum(float *w, float *v, const float *g, size_t n, float lr, float keep)
{
	size_t i;

	for (i = 0; i < n; i++) {
		v[i] = keep * v[i] + g[i];
		w[i] -= lr * v[i];
	}
}

static void adam(float *w, float *m, float *v, const float *g, size_t n, const struct kernel_adam *a)
{
	size_t i;

	for (i = 0; i < n; i++) {
		m[i] = a->beta1 * m[i] + (1 - a->beta1) * g[i];
		v[i] = a->beta2 * v[i] + (1 - a->beta2) * g[i] * g[i];
		w[i] -= a->lr * m[i] / (a->root * sqrtf(v[i]) + a->eps);
	}
}

const struct kernel kernel_plain = { .name = "plain", .supported = supported, .mul = mul, .descend = descend,
	.transpose = transpose, .relu = relu, .relu_back = relu_back, .momentum = momentum, .adam = adam };
