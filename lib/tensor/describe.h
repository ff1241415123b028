/*
 * describe.h - a safetensors file as a JSON object, and what two of them differ in: what fl-show prints.
 */
#ifndef FL_TENSOR_DESCRIBE_H
#define FL_TENSOR_DESCRIBE_H

#include "tensor/artefact.h"

struct describe {
	int all;            /* read to the end, even where only the header is asked for */
	int digest;         /* and say the digest */
	int tensors;        /* list them, with the range and norm of their values */
	int finite;         /* FL_DATA where a file of ours holds a number that is not */
	const char *values; /* the tensor whose values to list, or NULL. FL_DATA if there is none */
};

/* a has been opened and not been read from. The caller json_decref()s *j, which is set even when reading fails. */
int art_describe(json_t **j, struct art *a, const struct describe *want, struct fl_err *err);

/* Compare a and b, which are mapped, by name: {"same":, "a":, "b":, "fl": [...], "tensors": [...]}. */
int art_diff(json_t **j, struct art *a, struct art *b, int *same, struct fl_err *err);

#endif
