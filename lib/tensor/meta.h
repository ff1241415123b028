/*
 * meta.h - the "fl" object of an artefact: what it is, what it belongs to, what has been done to it.
 *
 *   v       1: the version of this object; a reader refuses a higher one (FL_VERSION)
 *   kind    model, update, partial, stats, state ...
 *   schema  digest of the canonical schema;  base: digest of the model file an update starts from
 *   spec    the model's shape (spec.h), in models;  spec_digest: its digest, in what belongs to a model
 *   table   the schema itself, in models
 *   parent  digest of the model that an aggregated model came from
 *   round   0 for a new model, +1 at each aggregation;  weight: of an update, a multiple of 2^-20 below 2^24
 *   stages  [{"op": "train", ...}, ...] in the order in which they were done
 *
 * Unknown members are carried along. Nothing here may tell anything about data.
 */
#ifndef FL_TENSOR_META_H
#define FL_TENSOR_META_H

#include <jansson.h>

#include "base/err.h"

#define META_VERSION 1

/* Types and ranges of the members above, then stage_check(). FL_DATA or FL_VERSION. */
int meta_check(const json_t *fl, struct fl_err *err);

/* {"v":1,"kind":KIND,"stages":[]}: a new reference, or NULL without memory. */
json_t *meta_new(const char *kind);

/* A copy of fl as kind KIND, without the members named in drop (NULL-ended). FL_IO. */
int meta_derive(json_t **out, const json_t *fl, const char *kind, const char *const *drop, struct fl_err *err);

/* Append a stage (taking over its reference) and check the chain. FL_REFUSED with the rule. */
int meta_add_stage(json_t *fl, json_t *stage, struct fl_err *err);

/* FL_OK if what may be summed agrees: kind of chain, base, schema, spec_digest. FL_DATA names the member that differs. */
int meta_same_round(const json_t *a, const json_t *b, struct fl_err *err);

/* Members with defaults: "" or 0 where absent. */
const char *meta_str(const json_t *fl, const char *key);
long long meta_round(const json_t *fl);

/* The chain is a type: FL_OK, or FL_REFUSED with the sentence of the first rule of the table in stage.c that it breaks. */
int stage_check(const json_t *stages, struct fl_err *err);

#endif
