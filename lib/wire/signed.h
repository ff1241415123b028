/*
 * signed.h - a message with its signatures: the form in which messages lie in the store.
 *
 * The signature is over "fl-v1-TYPE", a zero byte, and the body as received. Reading gives no trust by itself: ask
 * signed_by() or roster_check() (roster.h) who signed.
 */
#ifndef FL_WIRE_SIGNED_H
#define FL_WIRE_SIGNED_H

#include "base/digest.h"
#include "secure/key.h"
#include "wire/message.h"

#define SIGNED_SIGNATURES 256 /* of one message */

struct signed_msg {
	const struct msg_type *type;
	Fl__V1__Signed *outer;
	ProtobufCMessage *body;   /* cast to the type's struct */
	char digest[DIGEST_TEXT]; /* of the whole file: what chains refer to */
};

/* 1: the n first bytes of a file look like a Signed rather than an artefact. */
int signed_looks(const void *p, size_t n);

/* Read a file's bytes. type NULL: any. *s must be {0}; signed_clear() frees, also after failure. FL_DATA, FL_VERSION. */
int signed_read(struct signed_msg *s, const char *type, const void *p, size_t n, struct fl_err *err);
int signed_read_file(struct signed_msg *s, const char *type, const char *path, struct fl_err *err);
void signed_clear(struct signed_msg *s);

/* Pack m as t, check it as a reader would, sign it with k (NULL: not at all) and append the file's bytes to *out. */
int signed_make(struct buf *out, const struct msg_type *t, const ProtobufCMessage *m, const struct key *k, struct fl_err *err);

/* Append to *out the same file with one more signature, if k has not signed it yet. Unknown fields and the body stay as they
 * are. */
int signed_add(struct buf *out, const struct signed_msg *s, const struct key *k, struct fl_err *err);

/* When s says that it was made; TIME_FIRST (text.h) where it does not say, or is {0}. */
time_t signed_when(const struct signed_msg *s);

/* FL_REFUSED where that is before `before`, when what s follows in a chain was made: who has stolen a key that was revoked
 * since may write any time, but none that others' messages have left behind. */
int signed_after(const struct signed_msg *s, time_t before, struct fl_err *err);

/* 1: one of the signatures is p's, and good. */
int signed_by(const struct signed_msg *s, const struct key_pub *p);

#endif
