/*
 * Synthetic(alpha, beta) of T. Li et al., "Federated Optimization in Heterogeneous Networks", MLSys 2020, section 5.1,
 * as the authors' code draws it (litian96/FedProx, data/synthetic_1_1/generate_synthetic.py):
 *
 *   u_k ~ N(0, alpha), B_k ~ N(0, beta), W_k[60 x 10], b_k[10] ~ N(u_k, 1), v_k[60] ~ N(B_k, 1)
 *   x ~ N(v_k, S), S diagonal, S_jj = j^-1.2, y = argmax softmax(x' W_k + b_k), n_k = floor(exp(N(4, 2))) + 50
 *
 * alpha and beta are standard deviations, as in that code; read as the paper writes them, N(0, alpha), they would be
 * variances, which is the same at 0 and 1 only. u_k shifts the logits of all classes alike, so alpha changes no label,
 * here or there. The first 90 % of the rows train, the others test. At skew 0 truth and inputs are those of the code's
 * synthetic_iid: one W and b for all, every v_k 0; and all silos have the same size.
 */
#include <string.h>

#include "data/synth.h"

enum { DIM = 60, CLASSES = 10 };

#define X(n) { .name = "x" #n, .title = "Input " #n, .type = TYPE_NUMBER, .enc = ENC_NONE, .decimals = -1 }
static const struct synth_col cols[DIM + 1] = {
	X(1),  X(2),  X(3),  X(4),  X(5),  X(6),  X(7),  X(8),  X(9),  X(10), X(11), X(12), X(13), X(14), X(15),
	X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
	X(31), X(32), X(33), X(34), X(35), X(36), X(37), X(38), X(39), X(40), X(41), X(42), X(43), X(44), X(45),
	X(46), X(47), X(48), X(49), X(50), X(51), X(52), X(53), X(54), X(55), X(56), X(57), X(58), X(59), X(60),
	SYNTH_LABEL("y", "Class", "0 1 2 3 4 5 6 7 8 9"),
};

struct site {
	double w[DIM][CLASSES], b[CLASSES], v[DIM], sd[DIM];
};

/* W and b: k parts of the silo's own, around u, and 1 - k parts of the one that all share. */
static void draw_truth(struct site *s, double k, double u, struct rng *own, struct rng *shared)
{
	int j, c;

	for (j = 0; j < DIM; j++)
		for (c = 0; c < CLASSES; c++)
			s->w[j][c] = k * (u + rng_normal(own)) + (1 - k) * rng_normal(shared);
	for (c = 0; c < CLASSES; c++)
		s->b[c] = k * (u + rng_normal(own)) + (1 - k) * rng_normal(shared);
}

static void draw_size(const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	double n = floor(o->rows * exp(o->skew * 2 * rng_normal(r))) + 50;
	size_t all = (size_t)(n < 1e12 ? n : 1e12);

	size->train = (size_t)(0.9 * (double)all);
	size->test = all - size->train;
	if (o->test_rows) {
		size->train = all;
		size->test = o->test_rows;
	}
}

static void site(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	struct site *s = state;
	struct rng shared;
	double u, centre;
	int j;

	rng_seed(&shared, o->seed, 1);
	draw_size(o, r, size);
	u = o->alpha * rng_normal(r);
	centre = o->beta * rng_normal(r);
	for (j = 0; j < DIM; j++) {
		s->v[j] = o->skew * (centre + rng_normal(r));
		s->sd[j] = pow(j + 1, -0.6);
	}
	draw_truth(s, o->skew, u, r, &shared);
}

static void row(void *state, struct rng *r, double *v)
{
	const struct site *s = state;
	double out[CLASSES];
	int j, c, best = 0;

	memcpy(out, s->b, sizeof out);
	for (j = 0; j < DIM; j++) {
		v[j] = s->v[j] + s->sd[j] * rng_normal(r);
		for (c = 0; c < CLASSES; c++)
			out[c] += v[j] * s->w[j][c];
	}
	for (c = 1; c < CLASSES; c++)
		if (out[c] > out[best])
			best = c;
	v[DIM] = best;
}

const struct scenario synth_leaf = {
	.name = "leaf-synthetic",
	.summary = "Synthetic(alpha, beta): ten classes, every device with its own inputs and its own truth",
	.source = "Li et al. 2020 (FedProx), section 5.1, and the authors' code; LEAF",
	.silos = 30,
	.rows = 54.598150033144236, /* exp(4) */
	.takes_alpha_beta = 1,
	.cols = cols,
	.n_cols = DIM + 1,
	.state_size = sizeof(struct site),
	.site = site,
	.row = row,
};
