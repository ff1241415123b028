/*
 * trial.h - what a codec makes of a file, found by encoding and decoding it.
 */
#ifndef FL_CODEC_TRIAL_H
#define FL_CODEC_TRIAL_H

#include "codec/codec.h"

/* Fill in p->bits and p->nmse, where encode and decode need nothing else of the plan. Memory: one tensor and its bytes. */
int trial_plan(const struct codec *c, const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err);

#endif
