/*
 * field.h - the values of a message's field, by its descriptor: what checks and JSON walk over.
 */
#ifndef FL_WIRE_FIELD_H
#define FL_WIRE_FIELD_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#include "base/err.h"

/* Bytes of one value of a type as protobuf-c lays it out; strings and messages are pointers. */
size_t field_size(ProtobufCType type);

/* How many values a field holds: of a single one 0 where it has the default value (an absent message, 0, false, ""). */
size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/* Where value i lies, i < field_count(). */
const void *field_at(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);

/* Value i of a field of strings, or of messages. */
const char *field_str(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
const ProtobufCMessage *field_msg(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);

/* Room for the values of a field that holds none yet: *at is where n of them go, all zero. n is 1 unless it is repeated. */
int field_make(void **at, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t n, struct fl_err *err);

/* Put "FIELD: " or "FIELD[i]: " in front of the sentence. Returns its status. */
int field_prefix(struct fl_err *err, const ProtobufCFieldDescriptor *f, size_t i, int rc);

#endif
