/*
 * adapt.h - which codec, at which rate, for this network: the one by which training gets there soonest.
 *
 * Candidates are judged by the seconds of a round over what a round then achieves,
 *
 *   (local + rtt + encode(R) + d R / bandwidth + decode(R)) / (1 - nmse(R)),
 *
 * since with error feedback a contraction by 1 - nmse slows convergence by 1 / (1 - nmse) at worst (Karimireddy et al. 2019,
 * Theorem II); nmse(R) is what the codec expects of a sample of the very values it is to encode. With a deadline it is the highest
 * rate that fits. The last choice stays unless another is ADAPT_GAIN better.
 */
#ifndef FL_CODEC_ADAPT_H
#define FL_CODEC_ADAPT_H

#include "codec/codec.h"

#define ADAPT_GAIN 1.1
#define ADAPT_SPEED 6e8 /* bytes of float32 a second, encoded and decoded by one core: cautious; see tests/bench */

struct adapt_in {
	double bytes_per_s, rtt_s, local_s; /* of the network, and of what a round does besides */
	double deadline_s;                  /* of all of it; 0: none */
	double head;                        /* bytes of the file besides its values */
	int carry;                          /* something is carried on, and must be added: bf16 at most, never as it is */
	const char *last;                   /* the last choice as codec_parse() reads it, or "none", or NULL */
};

struct adapt_out {
	struct codec_choice how; /* how.codec NULL: as it is, 32 bits a value */
	double bits, nmse;       /* expected */
	double seconds;          /* of a round, expected */
};

/* FL_USAGE, FL_DATA, or an error of s->read(). */
int adapt_choose(struct adapt_out *out, const struct adapt_in *in, const struct codec_source *s, struct fl_err *err);

/* The candidate of this many bits at most: ecsq, int8, bf16, or (its codec NULL) none at all. */
int adapt_rate(struct codec_choice *how, double bits, struct fl_err *err);

/* A choice as codec_parse() reads it, or "none", into text (cap bytes). Returns text. */
char *adapt_text(char *text, size_t cap, const struct codec_choice *how);

#endif
