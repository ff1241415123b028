/*
 * halves.h - floats in 16 bits, little-endian: all that bf16 and f16 have in common.
 */
#ifndef FL_CODEC_HALVES_H
#define FL_CODEC_HALVES_H

#include "codec/codec.h"

/* Append n of them. narrow() rounds to nearest, ties to even; `inf` are the bits that all infinities have, in
 * place of which a number that does not fit is FL_DATA: "holds 1e+38, which NAME cannot". */
int halves_put(uint16_t (*narrow)(float x), uint16_t inf, const char *name, const float *x, uint64_t n, struct buf *out,
	       struct fl_err *err);

/* n of them, from number `from` on. FL_DATA where one is not finite. */
int halves_get(float (*widen)(uint16_t h), const struct codec_bytes *in, uint64_t from, size_t n, float *x, struct fl_err *err);

#endif
