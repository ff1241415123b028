/*
 * topk-select.h - the k largest magnitudes of a whole file, without sorting and with one tensor in memory.
 *
 * Zeros are never kept: they decode to what they are. Where several values share the smallest kept magnitude, tensors come in
 * the order of a hash of their names and values in the order of their places, so that exactly min(k, nonzeros) are kept and
 * each tensor knows its own without the others.
 */
#ifndef FL_CODEC_TOPK_SELECT_H
#define FL_CODEC_TOPK_SELECT_H

#include "codec/codec.h"

/* k = ceil(part n), where part n may be off by its rounding. */
uint64_t topk_count(double part, uint64_t n);

struct topk_cut {
	float least;      /* the smallest kept magnitude; 0: nothing is left out but zeros */
	double pivot;     /* of the tensors whose hash is lower all values of magnitude `least` are kept, of those above none */
	double ties;      /* and this many of the one that has it */
	uint64_t n, kept; /* values in the file */
	float most;       /* the largest magnitude */
	double sum, squares, energy; /* of kept magnitudes, of their squares, of all squares */
};

/* Keep part of the values. FL_IO and what reading gives. */
int topk_select(double part, const struct codec_source *s, struct topk_cut *cut, struct fl_err *err);

/* To and from a plan: step and more[0], more[1]. */
void topk_to_plan(const struct topk_cut *cut, struct codec_plan *p);

/* The places in x (n) that the plan keeps, into at (n + TOPK_SLACK). *ties is how many of the smallest magnitude may still be
 * kept in this tensor: topk_ties() at its start. */
size_t topk_kept(const struct codec_plan *p, const float *x, size_t n, uint64_t *ties, uint32_t *at);
uint64_t topk_ties(const struct codec_plan *p, const char *name);

#endif
