/*
 * rans.h - symbols of a skewed alphabet in as many bits as they are worth: interleaved rANS with static tables.
 *
 * Duda 2013, "Asymmetric numeral systems", arXiv:1311.2540, section 3 (the range variant), with several states that share
 * one stream of words as in Giesen 2014, "Interleaved entropy coders", arXiv:1402.3392. A model has up to 16 contexts, each
 * with frequencies of up to 256 symbols that sum to 4096. States stay in [2^15, 2^31) and give or take 16 bits at a time:
 * one bit less than a word so that dividing by multiplying is exact.
 *
 * A stream of n symbols has L lanes, each a state of its own. Step s codes one symbol of each lane; in the last step only
 * the first n - s L lanes are left. Two orders:
 *   RANS_GIVEN  symbol i is step i / L of lane i mod L; contexts come from the caller, or all are 0.
 *   RANS_LEFT   a lane holds neighbours: n / L of them, one more in each of the first n mod L lanes. The context of a symbol
 *               is min(2 m + m', contexts - 1), with m of the one before it and m' of the one before that in the same lane,
 *               where m = (symbol + 1) / 2 is the magnitude of a signed number coded 0, 1, -1, 2, -2 .. and 0 is before the first.
 *
 * Stream:  u8 L (1, 2, 4, 8, 16 or 32) | L x u32 states | u16 words, in the order they are read; all little-endian.
 * In a step lanes go up, and one whose state fell below 2^15 takes the next word as its new lower half. At the end no word is
 * left and every state is 2^15 again, which is where the encoder, that goes backwards, began.
 *
 * Tables:  u8 symbols - 1 | u8 contexts - 1 | bits, lowest first, up to a whole byte. A context is 4 bits, 0 if it is never
 * used, else k + 1: its frequencies are given in units of 2^(12-k). Each is its bit length, as the zigzagged difference from
 * the one before (k + 1 before the first) plus 1 in Elias' gamma code, and its bits below the highest. They stop where the
 * sum is reached.
 */
#ifndef FL_CODEC_RANS_H
#define FL_CODEC_RANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define RANS_BITS 12
#define RANS_TOTAL (1u << RANS_BITS)
#define RANS_CONTEXTS 16
#define RANS_SYMBOLS 256
#define RANS_LANES 32

enum rans_order { RANS_GIVEN, RANS_LEFT };

struct rans_model {
	unsigned contexts, symbols;
	uint16_t freq[RANS_CONTEXTS][RANS_SYMBOLS]; /* a context's sum is RANS_TOTAL, or 0 if nothing was counted in it */
};

/* Frequencies for count (m->contexts x m->symbols), as finely given as pays. Returns the bits of the table and of coding what
 * was counted. The same on every machine. */
double rans_fit(struct rans_model *m, const uint64_t *count);

/* log2 of v > 0 to 1e-9, the same on every machine. */
double rans_log2(double v);

int rans_put_model(const struct rans_model *m, struct buf *out, struct fl_err *err);

/* Read a model from the n bytes at p, of which *used were its own. FL_DATA. */
int rans_get_model(struct rans_model *m, const unsigned char *p, size_t n, size_t *used, struct fl_err *err);

/* How many lanes a stream of this many bits should have, so that what they cost is small beside it. */
unsigned rans_lanes(double bits);

/* Where lane l of n symbols in RANS_LEFT order begins. */
size_t rans_lane_start(size_t n, unsigned lanes, unsigned l);

/* The contexts of n symbols in RANS_LEFT order. */
void rans_left(const uint8_t *sym, size_t n, unsigned lanes, unsigned contexts, uint8_t *ctx);

/* Working tables, owned; clear frees them and leaves {0}. */
struct rans_encoder {
	unsigned symbols;
	struct rans_code *code; /* (contexts, symbols) */
	uint32_t *pair;         /* (contexts, symbols) frequency and, from bit 16, where its slots begin */
	int plain;              /* 1: no vector instructions; the bytes are the same */
};
int rans_encoder_make(struct rans_encoder *e, const struct rans_model *m, struct fl_err *err);
void rans_encoder_clear(struct rans_encoder *e);

struct rans_decoder {
	unsigned contexts;
	uint32_t *slot; /* (contexts, RANS_TOTAL) symbol << 24 | (frequency - 1) << 12 | place among the symbol's slots */
	int plain;
};
int rans_decoder_make(struct rans_decoder *d, const struct rans_model *m, struct fl_err *err);
void rans_decoder_clear(struct rans_decoder *d);

/* Append a stream of n symbols with contexts ctx (NULL: all 0; with RANS_LEFT from rans_left() for the same number of lanes).
 * Each must have been counted in its context when the model was fit. Bytes on the way: 2 n. */
int rans_encode(const struct rans_encoder *e, enum rans_order order, const uint8_t *sym, const uint8_t *ctx, size_t n,
		unsigned lanes, struct buf *out, struct fl_err *err);

/* The n symbols of the stream that is the len bytes at p. ctx: as for encoding; RANS_LEFT takes none. FL_DATA. */
int rans_decode(const struct rans_decoder *d, enum rans_order order, const unsigned char *p, size_t len, const uint8_t *ctx,
		size_t n, uint8_t *sym, struct fl_err *err);

/* All in one for plain bytes. u8 0 and the bytes as they are, or u8 1, a table and a stream: never more than n + 1 bytes. The
 * reader must know n. FL_DATA. */
int rans_put_bytes(const uint8_t *x, size_t n, struct buf *out, struct fl_err *err);
int rans_get_bytes(const unsigned char *p, size_t len, uint8_t *x, size_t n, struct fl_err *err);

#endif
