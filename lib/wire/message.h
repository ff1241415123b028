/*
 * message.h - the messages of share/proto/fl/v1: one table of types, strict reading, no loss of what we do not know.
 *
 * A message is protobuf (proto3, protobuf-c). Reading checks what protobuf-c does not: size, UTF-8 without NUL, enum values
 * known where they matter, digests and names well formed, `version` 1 (0 or higher: FL_VERSION), and every name in `requires`
 * among the features below (FL_VERSION "... requires 'x', which this flkit does not have"). Unknown fields are kept and written
 * back. A message made by a newer minor version that requires nothing we lack is read like any other.
 */
#ifndef FL_WIRE_MESSAGE_H
#define FL_WIRE_MESSAGE_H

#include <fl/v1/channel.pb-c.h>
#include <fl/v1/envelope.pb-c.h>
#include <fl/v1/federation.pb-c.h>
#include <fl/v1/plan.pb-c.h>
#include <fl/v1/receipt.pb-c.h>
#include <fl/v1/result.pb-c.h>
#include <fl/v1/seal.pb-c.h>
#include <fl/v1/signed.pb-c.h>
#include <jansson.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

#define MESSAGE_MAX ((size_t)8 << 20) /* bytes of any message, signatures included; most types have less */
#define MESSAGE_SIGNATURES ((size_t)64 << 10) /* of these, kept free for signatures */
#define MESSAGE_VERSION 1

struct msg_type {
	const char *name; /* "Plan" */
	const ProtobufCMessageDescriptor *desc;
	size_t max; /* bytes */
	Fl__V1__Role signer; /* who signs it */
	const char *when;    /* the field that says when it was made */
	int (*check)(const ProtobufCMessage *m, struct fl_err *err); /* what holds between fields; NULL: nothing */
};

/* The table, NULL after the last; by name, NULL if there is none. */
const struct msg_type *msg_at(size_t i);
const struct msg_type *msg_find(const char *name);

/* Names of features this build has, NULL after the last: what `requires` may hold. */
const char *msg_feature(size_t i);

/* Unpack and check. The caller frees with msg_free(). FL_DATA, FL_VERSION. msg_check() looks at what a message says; that its
 * strings are UTF-8 only msg_unpack() can tell, for it sees the bytes. */
int msg_unpack(ProtobufCMessage **m, const struct msg_type *t, const void *p, size_t n, struct fl_err *err);
int msg_check(const struct msg_type *t, const ProtobufCMessage *m, struct fl_err *err);
int msg_pack(struct buf *b, const ProtobufCMessage *m, struct fl_err *err);
void msg_free(ProtobufCMessage *m); /* NULL is fine */

/* An empty message, or part of one, for msg_free() to free. */
int msg_new(ProtobufCMessage **m, const ProtobufCMessageDescriptor *d, struct fl_err *err);

/* How many fields of m and of its parts we do not know: they are kept when it is packed, and lost in JSON. */
size_t msg_unknown(const ProtobufCMessage *m);

/* proto3 JSON mapping (protobuf.dev/programming-guides/json): lowerCamelCase names, 64-bit numbers as strings, bytes as
 * base64, Timestamp as RFC 3339; fields with default values are left out, as protoc's printer does. Parsing also accepts the
 * names as in the .proto file; an unknown member is FL_DATA with its path. *m must be freed with msg_free(). */
int msg_to_json(json_t **j, const ProtobufCMessage *m, struct fl_err *err);
int msg_from_json(ProtobufCMessage **m, const struct msg_type *t, const json_t *j, struct fl_err *err);

/* Timestamps: a new one to hang into a message (msg_free frees it), and back; absent is `none`. */
Google__Protobuf__Timestamp *msg_time(time_t t);
time_t msg_seconds(const Google__Protobuf__Timestamp *t, time_t none);

/* When a message says that it was made. */
time_t msg_when(const struct msg_type *t, const ProtobufCMessage *m, time_t none);

/* Put a copy of s into the string field *field of a message that msg_free() will free. */
int msg_set(char **field, const char *s, struct fl_err *err);

/* 1: s is a name of a participant, federation or channel: [a-z0-9][a-z0-9._-]{0,63} without "..". */
int msg_name_ok(const char *s);

#endif
