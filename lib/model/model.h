/*
 * model.h - a model file in memory, and the two files made from one: another model, an update.
 *
 * A model file is an artefact of kind "model" whose "fl" object carries the spec and, under "table", the whole schema, so
 * that a model is all a site needs. Its tensors are F32, finite, exactly those of the spec. See fl-artefact(5).
 */
#ifndef FL_MODEL_MODEL_H
#define FL_MODEL_MODEL_H

#include "base/file.h"
#include "data/schema.h"
#include "model/spec.h"
#include "tensor/artefact.h"

struct model {
	json_t *fl;          /* the metadata object, unknown members included */
	struct st_meta *meta; /* other people's metadata, carried along */
	size_t n_meta;
	struct spec spec;
	struct schema schema;
	size_t n;            /* spec_params(&spec) */
	float *theta;        /* (n) flat, in the order of spec.h */
	char digest[DIGEST_TEXT]; /* of the file it was read from; "" if it was not */
};

/* Read a model file ("-": standard input). FL_NOINPUT, FL_IO, FL_DATA, FL_VERSION. *m must be {0}, and is after failure. */
int model_read(struct model *m, const char *path, struct fl_err *err);

/* A new model of spec for schema, theta all 0. The schema's JSON is shared, not copied. */
int model_new(struct model *m, const struct spec *spec, const struct schema *s, struct fl_err *err);

/* Write theta (n floats) as a model: m's metadata with stages replaced by the given list (borrowed). */
int model_write(const struct model *m, const float *theta, json_t *stages, struct out *o, struct fl_err *err);

/* Write theta - m->theta as an update of m: base = m's digest, weight, one stage (borrowed). FL_DATA where the difference
 * is not finite or beyond +-10^6. */
int model_write_update(const struct model *m, const float *theta, double weight, json_t *stage, struct out *o, struct fl_err *err);

/* Digest of the canonical JSON of m's spec. */
int model_spec_digest(const struct model *m, char text[DIGEST_TEXT], struct fl_err *err);

void model_clear(struct model *m);

#define UPDATE_MAX 1e6 /* |x| of any value in an update */

#endif
