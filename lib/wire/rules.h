/*
 * rules.h - what the fields of our messages must look like, one row for each.
 */
#ifndef FL_WIRE_RULES_H
#define FL_WIRE_RULES_H

#include <protobuf-c/protobuf-c.h>

#include "base/err.h"

#define RULES_TEXT 4096 /* bytes of any string */

/* Every field of m and of the messages inside it. FL_DATA with the path of the field. */
int rules_check(const ProtobufCMessage *m, struct fl_err *err);

#endif
