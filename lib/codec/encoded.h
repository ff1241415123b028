/*
 * encoded.h - an artefact whose tensors have gone through a codec: what they were, and their values a chunk at a time.
 *
 * Each tensor keeps its name; what it holds are encoded bytes (U8, one dimension), or halves of its own shape. The last stage
 * says the rest:
 *
 *   {"op":"compress", "codec":NAME, "params":{NAME:NUMBER, ...}, "shapes":{TENSOR:[...], ...}}
 *
 * and "seed" where decoding needs it, "linear" and "data_independent" where later stages may know; of an exact codec "file", the
 * digest of the file it was made from, with "header" where flkit would have written that file's header in other words; and
 * "base", the digest of the model that was subtracted. Where a rule has chosen the codec, "chosen_by" names it, and "nmse" is the
 * error that it expected; nothing else tells about the values.
 */
#ifndef FL_CODEC_ENCODED_H
#define FL_CODEC_ENCODED_H

#include "codec/codec.h"
#include "tensor/artefact.h"

struct encoded_tensor {
	uint64_t at, len;      /* encoded bytes, from the first data byte on */
	struct codec_tensor t; /* name and shape are borrowed from plain */
};

struct encoded {
	struct codec_choice how;  /* how.codec NULL: not encoded, and the rest is empty */
	struct st plain;          /* the tensors as they were: F32, laid out */
	struct encoded_tensor *v; /* (plain.n), in the order of plain */
	const json_t *stage;      /* borrowed from the artefact */
};

/* Is the last codec of these stages still on? Its stage, or NULL. */
const json_t *encoded_stage(const json_t *fl);

/* What a's header says. FL_DATA; FL_VERSION where it is a codec that this flkit does not have. *e must be {0}. */
int encoded_read(struct encoded *e, const struct art *a, struct fl_err *err);
void encoded_clear(struct encoded *e);

/* Values from .. from + n - 1 of tensor i, a whole chunk: see codec.h. base is the whole tensor of the base model, where the
 * codec needs it. a need only have path, fd and data_at. FL_DATA with the tensor's name. */
int encoded_chunk(const struct encoded *e, size_t i, const struct art *a, const float *base, uint64_t from, size_t n, float *x,
		  struct fl_err *err);

/* The same of a codec with sparse(): *k pairs. */
int encoded_sparse(const struct encoded *e, size_t i, const struct art *a, uint64_t from, size_t n, uint32_t *at, float *x, size_t *k,
		   struct fl_err *err);

/* Tensor t of the base model a, which can seek, whole: *base is freed by the caller. FL_DATA where it has none of that size. */
int encoded_base(float **base, const struct art *a, const struct codec_tensor *t, struct fl_err *err);

/* The stage of a file that is encoded so, without what only exact codecs and rules add. plain are the tensors as they were. */
int encoded_describe(json_t **stage, const struct codec_choice *how, uint64_t seed, const struct st *plain, struct fl_err *err);

/* The seed of chance in one tensor of a file with this seed. */
uint64_t encoded_seed(uint64_t seed, const char *name);

#endif
