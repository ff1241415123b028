/*
 * topk-pack.h - the bytes of kept values.
 *
 * Chunks behind a directory (chunks.h); an empty chunk holds nothing, any other
 *   the number of values (LEB128), the Rice parameter (1 byte), the gaps (rice.h),
 *   bits = 32: F32; 16: BF16, rounded to nearest even; 8 or 4: the smallest and the largest magnitude (F32), then a sign and a
 *   level between them each; 1: one magnitude for all (F32), then a sign each.
 */
#ifndef FL_CODEC_TOPK_PACK_H
#define FL_CODEC_TOPK_PACK_H

#include "codec/codec.h"

/* The values that the plan keeps (topk-plan.h), with `one` as their magnitude where bits is 1. */
int topk_encode(unsigned bits, float one, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		struct fl_err *err);

/* As decode and sparse of codec.h. */
int topk_decode(unsigned bits, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		struct fl_err *err);
int topk_sparse(unsigned bits, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, uint32_t *at,
		float *x, size_t *k, struct fl_err *err);

#endif
