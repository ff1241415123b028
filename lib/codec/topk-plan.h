/*
 * topk-plan.h - which values of a tensor are among the largest of the file.
 *
 * Zeros are never kept: they decode to what they are. Where several values share the smallest kept magnitude, tensors come in
 * the order of a hash of their names and values in the order of their places, so that exactly min(k, nonzeros) are kept and
 * each tensor knows its own without the others.
 */
#ifndef FL_CODEC_TOPK_PLAN_H
#define FL_CODEC_TOPK_PLAN_H

#include "codec/codec.h"

struct topk_cut {
	float least;   /* the smallest kept magnitude; 0: nothing is left out but zeros */
	double pivot;  /* of the tensors whose hash is lower all values of magnitude `least` are kept, of those above none */
	uint64_t ties; /* and this many of the one that has it */
};

#define TOPK_ALL_TIES 0x1p53 /* a pivot above every hash */

double topk_hash(const char *name);

/* k = ceil(part n), where part n may be off by its rounding. */
uint64_t topk_count(double part, uint64_t n);

/* step, more[0] and more[1]. */
void topk_to_plan(const struct topk_cut *cut, struct codec_plan *p);

/* How many values of the smallest kept magnitude are kept in a tensor; UINT64_MAX: all. */
uint64_t topk_ties(const struct codec_plan *p, const char *name);

/* The places in x (n), a part of a tensor, that the plan keeps, into at (n + TOPK_SLACK); *ties is topk_ties() at its start and
 * counts down. */
size_t topk_kept(const struct codec_plan *p, const float *x, size_t n, uint64_t *ties, uint32_t *at);

#endif
