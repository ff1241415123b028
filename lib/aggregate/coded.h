/*
 * coded.h - updates that are still in a codec, read as flat values: the part of inputs.h that knows of codecs.
 */
#ifndef FL_AGGREGATE_CODED_H
#define FL_AGGREGATE_CODED_H

#include "aggregate/inputs.h"
#include "codec/encoded.h"

/* Remember where the tensors of in->ref lie in a file as they are encoded. FL_DATA where that needs a base model. free() it. */
int coded_new(struct coded **c, const struct inputs *in, const struct encoded *e, struct fl_err *err);

/* Let tensor i be what was tensor perm[i] of n; spare has room for 2 n. */
void coded_reorder(struct coded *c, const size_t *perm, size_t n, uint64_t *spare);

/* Flat values of a source, from the start of a chunk or of a tensor to such an end. */
int coded_read(const struct inputs *in, const struct source *s, int fd, uint64_t from, size_t n, float *x, struct fl_err *err);

#endif
