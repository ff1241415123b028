/* object.h - objects in a federation's folder: is it there, how long, which bytes. Absent: FL_NOINPUT. */
#ifndef FL_HUB_OBJECT_H
#define FL_HUB_OBJECT_H

#include <stdint.h>

#include "wire/signed.h"

#define OBJECT_SIGNATURES ((size_t)64 << 10) /* what signatures may add to a message */

int object_size(int root, const char *name, uint64_t *size, struct fl_err *err); /* size may be NULL */
int object_digest(int root, const char *name, char digest[DIGEST_TEXT], struct fl_err *err);

/* Sync the folder that an object is in: whoever put it may not have come that far. 0, or -1. */
int object_settle(int root, const char *name);

/* The digest of an open file, whatever its offset; and its bytes, at most b->max. */
int object_sum(int fd, char digest[DIGEST_TEXT], struct fl_err *err);
int object_slurp(int fd, uint64_t size, struct buf *b, struct fl_err *err);

/* rounds/ROUND/FILE as a message of the type. *m must be {0}; signed_clear() frees, also after failure. */
int object_message(int root, unsigned round, const char *file, const char *type, struct signed_msg *m, struct fl_err *err);

/* Any message by its name. */
int object_read(int root, const char *name, const char *type, struct signed_msg *m, struct fl_err *err);

#endif
