/*
 * scan.h - a look over the bytes of a message before protobuf-c unpacks them.
 *
 * It refuses what protobuf-c would let pass in silence: strings that are not UTF-8 or hold a NUL (which would cut them), numbers
 * too large for their field, a single field given twice (parsers differ in what they keep), groups, and more fields than
 * memory should be spent on. Encoding: protobuf.dev/programming-guides/encoding.
 */
#ifndef FL_WIRE_SCAN_H
#define FL_WIRE_SCAN_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SCAN_FIELDS ((size_t)1 << 19)   /* of a whole message, those of its parts included */
#define SCAN_MESSAGES ((size_t)1 << 16) /* in a message */

/* FL_DATA with the path of the field. */
int scan_message(const ProtobufCMessageDescriptor *d, const void *p, size_t n, struct fl_err *err);

/* Value of field number 1 where the bytes begin with it as a varint, as `version` does in all messages; else 0. */
uint64_t scan_version(const void *p, size_t n);

#endif
