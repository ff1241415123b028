/*
 * adaptive.h - what the adaptive strategies share: Reddi et al. 2021, Algorithm 2, without bias correction, v from tau^2 on.
 *
 *   m = b1 m + (1 - b1) D,  v = second(v, D^2),  x = x + eta m / (sqrt(v) + tau)
 */
#ifndef FL_AGGREGATE_ADAPTIVE_H
#define FL_AGGREGATE_ADAPTIVE_H

#include "aggregate/strategy.h"

void adaptive_step(const struct strategy_in *in, double (*second)(double v, double square, double beta2), float *out);
double adaptive_start(const struct strategy_opts *o, size_t vector);

#endif
