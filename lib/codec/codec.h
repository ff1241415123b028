/*
 * codec.h - how the values of an update are made small: one file and one row of codecs.def for each codec.
 *
 * A codec turns the values of one F32 tensor into bytes and back. It encodes a whole tensor, and decodes any chunk of
 * CODEC_CHUNK values without the others, so that fl-aggregate's memory is a block whatever the file. A tensor's bytes stand
 * alone: what decoding needs is in them, in the codec's parameters (kept in the artefact's compress stage), and in the seed.
 * Bytes come from outside: decoding checks all of them and says FL_DATA, never more than "what is wrong".
 *
 * Files are read and written by codec/encode.h and codec/decode.h; a codec never sees one.
 */
#ifndef FL_CODEC_CODEC_H
#define FL_CODEC_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "tensor/st.h"

#define CODEC_CHUNK ((size_t)1 << 17) /* values */
#define CODEC_PARAMS_MAX 8

/* A number that a codec is told: `topk:0.01` or `topk:part=0.01,bits=4`; the first may come without its name. */
struct codec_param {
	const char *name;
	double def, min, max;
	int whole; /* only whole numbers */
	const char *help;
};

/* One tensor as a codec sees it. */
struct codec_tensor {
	const char *name;
	unsigned ndim;
	const uint64_t *shape;
	uint64_t n;        /* values; may be 0 */
	uint64_t seed;     /* of chance in this tensor: encode and decode get the same one where the codec says CODEC_SEED */
	const float *base; /* (n) the same tensor of the model both ends hold, where the codec says CODEC_BASE; else NULL */
};

/* All tensors of a file, to look at as often as needed before the first is encoded. Seeds are those of encode(), where known. */
struct codec_source {
	const struct codec_tensor *t; /* (n) base is NULL here */
	size_t n;
	int (*read)(void *ctx, size_t i, float *x, struct fl_err *err); /* all values of tensor i */
	void *ctx;
};

/* The encoded bytes of one tensor: len of them, any range by read(). FL_IO. */
struct codec_bytes {
	uint64_t len;
	int (*read)(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err);
	void *ctx;
};

/* What a codec has settled for a file, and what it expects of it. */
struct codec_plan {
	double step;  /* free for the codec, as is more */
	double more[3];
	double bits;  /* expected bits for each value, side information included */
	double nmse;  /* expected |x - x'|^2 / |x|^2 over the file */
};

enum codec_flags {
	CODEC_LINEAR = 1,     /* same shape and scale for all who share seed and parameters: encoded values may be summed, or masked */
	CODEC_BLIND = 2,      /* what is kept does not depend on the values: noise may follow */
	CODEC_UNBIASED = 4,   /* the mean of decoded values over seeds is the value */
	CODEC_EXACT = 8,      /* decoded values are the values, bit for bit */
	CODEC_SEED = 16,      /* decoding needs the seed: it stands in the stage */
	CODEC_BASE = 32       /* both directions need the base model */
};

struct codec {
	const char *name, *summary, *source;
	const struct codec_param *params; /* ended by a NULL name; NULL: none */
	unsigned flags;
	enum dtype dtype; /* of the encoded tensor: DT_U8 of one dimension, or F16 or BF16 of the tensor's own shape */

	/* NULL, or what is wrong with parameters that are each in range. */
	const char *(*check)(const double *v);

	/* E|x - C(x)|^2 <= omega |x|^2 for a tensor of n values. From 1 on the codec expands, and error feedback would diverge: it is
	 * refused. (Sending C(x) / (1 + omega) makes any unbiased codec a contraction.) NULL: a contraction whatever v. */
	double (*omega)(const double *v, uint64_t n);

	/* Settle what depends on all tensors (steps by rate or by error) in *p, which is zero. NULL: nothing to settle, and *p is
	 * what expect() says. Memory: one tensor at a time. */
	int (*plan)(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err);

	/* Append the bytes of tensor t with values x (t->n), all finite. */
	int (*encode)(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		      struct fl_err *err);

	/* Values from .. from + n - 1 into x (n): from is a multiple of CODEC_CHUNK, n is CODEC_CHUNK or up to the end of the
	 * tensor. FL_DATA. t->n and the parameters are checked, and nothing else. */
	int (*decode)(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		      struct fl_err *err);

	/* The same as *k (at most n) pairs, places relative to from in rising order, each once; other values are 0. NULL: dense. */
	int (*sparse)(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		      uint32_t *at, float *x, size_t *k, struct fl_err *err);
};

const struct codec *codec_find(const char *name); /* NULL: none of that name */
const struct codec *codec_at(size_t i);           /* NULL past the last */
const char *codec_name(size_t i);                 /* NULL past the last */

/* A codec with its parameters, in the order of codec->params. */
struct codec_choice {
	const struct codec *codec;
	double v[CODEC_PARAMS_MAX];
};

/* Read NAME[:VALUE][,KEY=VALUE]... FL_USAGE with what would be right. */
int codec_parse(struct codec_choice *c, const char *text, struct fl_err *err);

/* Ranges, whole numbers and check(). FL_USAGE. */
int codec_check(const struct codec_choice *c, struct fl_err *err);

/* The number called name among c's parameters, or NAN. */
double codec_value(const struct codec_choice *c, const char *name);

/* Encoded bytes that lie in memory, as codec_bytes. b is borrowed. */
struct codec_memory {
	const void *p;
	size_t n;
};
struct codec_bytes codec_bytes_of(struct codec_memory *m);

/* Helpers of codecs. Read n bytes at at, or FL_DATA "is cut short" past the end. */
int codec_read(const struct codec_bytes *in, void *p, size_t n, uint64_t at, struct fl_err *err);

/* Number of chunks of n values. */
uint64_t codec_chunks(uint64_t n);

#endif
