/*
 * rans-parts.h - what the files of rans share: steps over symbols that lie step by step, each with all its lanes.
 */
#ifndef FL_CODEC_RANS_PARTS_H
#define FL_CODEC_RANS_PARTS_H

#include "codec/rans.h"

#define RANS_LOW 0x8000u
#define RANS_AHEAD 64 /* bytes that a step of decoding may read, and the most it takes */

/* Dividing x < 2^31 by a frequency: (x * rcp >> 32) >> shift (Alverson 1991, "Integer division using reciprocals"). */
struct rans_code {
	uint32_t limit, rcp, bias;
	uint16_t comp, shift;
};

struct rans_run {
	uint32_t x[RANS_LANES];
	uint32_t m1[RANS_LANES], m2[RANS_LANES]; /* magnitudes of the last symbol and the one before, for RANS_LEFT */
	const unsigned char *p, *limit;          /* next word; RANS_AHEAD bytes from limit are readable */
};

/* Decode up to steps steps of the first active of lanes lanes into sym, one row of lanes for each; stop before one that
 * begins past r->limit. Returns how many were done. */
size_t rans_steps_plain(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx,
			unsigned lanes, unsigned active, size_t steps, uint8_t *sym);

/* Encode steps steps backwards, words downwards from p, of which 32 bytes below the last may be overwritten. Returns where
 * they begin. */
unsigned char *rans_back_plain(const struct rans_encoder *e, uint32_t *x, const uint8_t *sym, const uint8_t *ctx,
			       unsigned lanes, unsigned active, size_t steps, unsigned char *p);

/* Rows of lanes symbols, one for each step, from or to lanes that begin at start. */
void rans_interleave(const uint8_t *from, const size_t *start, unsigned lanes, size_t steps, uint8_t *to);
void rans_separate(const uint8_t *from, const size_t *start, unsigned lanes, size_t steps, uint8_t *to);

#if defined __x86_64__
int rans_has_avx512(void);
/* The same for 16 or 32 lanes, all active. */
size_t rans_steps_avx512(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx,
			 unsigned lanes, size_t steps, uint8_t *sym);
unsigned char *rans_back_avx512(const struct rans_encoder *e, uint32_t *x, const uint8_t *sym, const uint8_t *ctx,
				unsigned lanes, size_t steps, unsigned char *p);
#endif

#endif
