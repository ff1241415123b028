/*
 * net.h - a model at work: predictions, the exact objective, and the minibatch engine that solvers drive.
 *
 * The objective of one site, theta0 the parameters it was given:
 *
 *   F(theta) = sum_i w_i l_i / sum_i w_i  +  l2/2 |W|^2  +  l1 |W|_1  +  mu/2 |theta - theta0|^2
 *
 * l_i is the head's loss of row i, w_i its weight. W is theta without its biases: they are not penalised by l1 and l2. The
 * proximal term covers all of theta (FedProx: Li et al. 2020, eq. 2). A minibatch of B rows replaces the first term by
 * sum_B w_i l_i / (B mean(w)), mean over all rows of the site, so that batches stay unbiased. For cox, a batch's loss is the
 * partial likelihood among its own rows, divided by B.
 *
 * theta is always the flat vector of spec.h. Rows come as a struct table, of which n, p, x, y, time, event, weight and
 * offset are read.
 */
#ifndef FL_MODEL_NET_H
#define FL_MODEL_NET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/random.h"
#include "data/table.h"
#include "model/spec.h"

/* Rows that m can be fitted to: at least one and below 2^32, p = inputs, finite features and offsets, labels that fit the head,
 * weights >= 0 that do not sum to 0. FL_DATA says which row, counted from 1. */
int net_check(const struct spec *m, const struct table *t, struct fl_err *err);

/* eta (n, outputs) = the linear predictor of rows x (n, inputs), offset (n) added to every output unless NULL. Any n; memory
 * is one block of rows. FL_IO (memory), FL_CONFIG (FL_KERNEL). head->mean turns eta into predictions. */
int net_eta(const struct spec *m, const float *theta, const float *x, size_t n, const float *offset, float *eta,
	    struct fl_err *err);

/* The first term of F over all rows in double and fixed order, and its gradient. The reference for everything faster, and what
 * full-batch solvers use. t must have passed net_check. Without dropout. FL_IO (memory). */
int net_loss_grad(const struct spec *m, const double *theta, const struct table *t, double *loss, double *grad,
		  struct fl_err *err);

/* Add l2/2 |W|^2 + mu/2 |theta - theta0|^2 to *loss and its gradient to grad. */
void net_penalty(const struct spec *m, const double *theta, const double *theta0, double l2, double prox, double *loss,
		 double *grad);

/* The minibatch engine: single precision, memory taken once. Its weights are kept in a padded layout of its own, so a solver's
 * state (momentum, moments) is elementwise in that layout: net_len() numbers, of which the padding stays 0. */
struct net;
struct kernel; /* kernel.h */

struct net_opts {
	size_t batch;       /* rows of the largest batch */
	double l1, l2, prox;
	uint64_t seed;      /* of dropout */
	size_t vectors;     /* of net_len() numbers to keep: 0 for net_sgd() alone; the first is net_gradient()'s */
};

/* theta is both start and theta0. t and m are borrowed until net_close. FL_IO (memory), FL_CONFIG (FL_KERNEL). */
int net_open(struct net **net, const struct spec *m, const struct table *t, const float *theta, const struct net_opts *o,
	     struct fl_err *err);
void net_close(struct net *net);

/* One step of gradient descent on the n rows listed: theta -= lr gradient, then the l1 prox. Update and gradient are one pass.
 * Returns the batch's mean loss (first term of F) before the step. */
double net_sgd(struct net *net, const uint32_t *rows, size_t n, double lr);

/* The gradient of F without its l1 term at the n rows listed, into net_vector(net, 0). Returns the batch's mean loss. */
double net_gradient(struct net *net, const uint32_t *rows, size_t n);

size_t net_len(const struct net *net);
float *net_weights(struct net *net);
float *net_vector(struct net *net, size_t i); /* starts as zeros; i below vectors */
const struct kernel *net_kernel(const struct net *net);

/* The prox of step * l1 |W|_1: soft threshold (Parikh and Boyd 2014, 6.5.2). Does nothing where l1 is 0. */
void net_shrink(struct net *net, double step);

/* The current parameters as a flat vector. */
void net_theta(const struct net *net, float *theta);

#endif
