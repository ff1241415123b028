/*
 * head.h - what the outputs of a model mean: a loss of the linear predictor eta, its derivative, and the prediction.
 *
 * One file and one row of heads.def for each head. Losses are negative log likelihoods without the terms that do not
 * depend on eta:
 *
 *   gaussian     (y - eta)^2 / 2
 *   bernoulli    log(1 + exp eta) - y eta,              y in {0, 1}
 *   categorical  log(sum_j exp eta_j) - eta_y,          y in {0 .. outputs-1}
 *   poisson      exp(eta) - y eta,                      y >= 0
 *   cox          minus the log partial likelihood of the rows given, ties by Efron or Breslow
 *
 * All but cox are sums over rows. Everything here is double, in fixed order, and never allocates.
 */
#ifndef FL_MODEL_HEAD_H
#define FL_MODEL_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "data/schema.h"

enum head_label { HEAD_NUMBER, HEAD_TWO_CLASSES, HEAD_CLASSES, HEAD_SURVIVAL };

struct head_rows {
	size_t n, k;           /* rows, outputs */
	const double *eta;     /* (n, k) */
	const float *y;        /* (n) label; NULL for survival */
	const float *time;     /* (n) survival only */
	const float *event;    /* (n) survival only: 1 event, 0 censored */
	const float *weight;   /* (n) >= 0, or NULL: all 1 */
	int efron;             /* survival: ties by Efron (1) or Breslow (0) */
	uint32_t *order;       /* (n) scratch; survival only */
	double *work;          /* (2n) scratch; survival only */
};

struct head {
	const char *name, *summary, *source;
	enum head_label label;
	/* The loss of one row, and its derivative by eta into d (k). NULL where rows do not stand alone; then all is set. */
	double (*row)(double y, const double *eta, size_t k, double *d);
	double (*all)(const struct head_rows *r, double *d);
	/* NULL, or what is wrong with the label y ("is negative"). NULL for survival. */
	const char *(*misfit)(double y, size_t k);
	/* Prediction from eta, both (n, k), in double (a float probability is 1 from eta = 17 on): mean, probability of
	 * class 1, class probabilities, rate; for cox the log of the risk relative to baseline, which is eta (exp of it
	 * overflows and would tie large risks). */
	void (*mean)(const float *eta, size_t n, size_t k, double *mu);
};

/* The weighted sum of the losses; d (n, k), its derivative by eta, may not be NULL. */
double head_loss(const struct head *h, const struct head_rows *r, double *d);

/* By name or index; NULL if there is none. Names in order of heads.def, for lists: NULL after the last. */
const struct head *head_find(const char *name);
const struct head *head_at(size_t i);
const char *head_name(size_t i);

/* NULL, or why the label of schema s does not fit h, as "needs a label of two classes". */
const char *head_misfit(const struct head *h, const struct schema *s);

/* The head that the label of s asks for: categorical, bernoulli, gaussian or cox. NULL if s has no label. */
const struct head *head_for(const struct schema *s);

#define HEAD(name) extern const struct head head_##name;
#include "model/heads.def"
#undef HEAD

#endif
