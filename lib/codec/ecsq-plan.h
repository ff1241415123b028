/*
 * ecsq-plan.h - the step of a file: the smallest that keeps to a rate, or the largest that keeps to an error.
 *
 * A first step comes from a sample, with contexts of its own; then whole tensors are cut into cells and counted at a few steps
 * near it. A rate or error that is asked for is not exceeded, as far as heads of tensors and 0 for every number allow.
 */
#ifndef FL_CODEC_ECSQ_PLAN_H
#define FL_CODEC_ECSQ_PLAN_H

#include "codec/codec.h"

enum ecsq_params { ECSQ_BITS, ECSQ_NMSE, ECSQ_DEAD };

int ecsq_plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err);

#endif
