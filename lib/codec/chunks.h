/*
 * chunks.h - a tensor's bytes as chunks that decode alone, of CODEC_CHUNK values each.
 *
 * First a directory: the end of every chunk but the last (u32, little-endian, counted from the end of the directory), then the
 * chunks. A tensor all of whose chunks are empty has no bytes at all.
 */
#ifndef FL_CODEC_CHUNKS_H
#define FL_CODEC_CHUNKS_H

#include "codec/codec.h"

/* Begin at the end of out: *start is where. */
int chunks_start(struct buf *out, uint64_t n, size_t *start, struct fl_err *err);

/* Chunk i ends at the end of out. FL_DATA where its end does not fit. */
int chunks_end(struct buf *out, uint64_t n, size_t start, uint64_t i, struct fl_err *err);

/* *p = a copy of the chunk of the values from `from`, *len bytes and 8 zeros; the caller frees it, also on failure. FL_DATA
 * where the directory is wrong or the chunk is longer than max. */
int chunks_read(const struct codec_bytes *in, uint64_t n, uint64_t from, size_t max, unsigned char **p, size_t *len,
		struct fl_err *err);

/* The first k of x (n) are the values of the rising places at: put them there, and 0 elsewhere. */
void chunks_spread(float *x, size_t n, const uint32_t *at, size_t k);

/* Little-endian numbers. chunks_float() is FL_DATA where the number is not finite. */
void chunks_put32(unsigned char *p, uint32_t u);
uint32_t chunks_get32(const unsigned char *p);
void chunks_put_float(unsigned char *p, float x);
int chunks_float(const unsigned char *p, float *x, struct fl_err *err);

#endif
