/*
 * payload.h - may this file be added to a round's sum? Asked before the seal, because afterwards it is too late.
 */
#ifndef FL_ROUND_PAYLOAD_H
#define FL_ROUND_PAYLOAD_H

#include "tensor/artefact.h"

/* What updates must agree with: the model that a round starts from. */
struct payload_base {
	struct art art;
	json_t *like; /* base, schema and spec_digest as its updates have them */
	const char *path;
};

/* *b must be {0}; payload_base_close() frees, also after failure. */
int payload_base_open(struct payload_base *b, const char *path, const char *digest, struct fl_err *err);
void payload_base_close(struct payload_base *b);

/* FL_OK: the file at path is an update of this base, or a partial sum of such, which aggregate() will take: tensors, types,
 * weight, and every value finite and within bounds. FL_DATA says what is wrong. */
int payload_check(const struct payload_base *b, const char *path, struct fl_err *err);

#endif
