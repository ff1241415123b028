/*
 * topk-select.h - the k largest magnitudes of a whole file, without sorting and with one tensor in memory.
 */
#ifndef FL_CODEC_TOPK_SELECT_H
#define FL_CODEC_TOPK_SELECT_H

#include "codec/codec.h"
#include "codec/topk-plan.h"

struct topk_sums {
	uint64_t n, kept;        /* values in the file */
	float most;              /* the largest magnitude */
	double sum, squares;     /* of the kept magnitudes */
	double energy;           /* squares of all */
	double bytes;            /* of all tensors, encoded with `bits` */
};

/* Keep part of the values, each sent with bits as topk-pack.h has it. FL_IO and what reading gives. */
int topk_select(double part, unsigned bits, const struct codec_source *s, struct topk_cut *cut, struct topk_sums *sums,
		struct fl_err *err);

#endif
