/* act.h - the activations of hidden layers: relu, tanh, gelu (exact, x Phi(x): Hendrycks and Gimpel 2016, eq. 1). */
#ifndef FL_MODEL_ACT_H
#define FL_MODEL_ACT_H

#include "model/spec.h"

/* The value at z, and the derivative there; relu's at 0 is 0. */
double act_at(enum spec_act act, double z, double *slope);

#endif
