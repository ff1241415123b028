/*
 * view.h - a signed message as a JSON object: what fl-show prints.
 */
#ifndef FL_WIRE_VIEW_H
#define FL_WIRE_VIEW_H

#include <jansson.h>

#include "wire/roster.h"

/* {"type":, "digest":, "signatures": [{"key_id":}], "body": {proto3 JSON}}; "unknown_fields" says how many fields of a newer
 * version are in the file and not in the object. With fed (NULL: none) a signature of a member has "member" and "good" too. */
int signed_view(json_t **j, const struct signed_msg *s, const struct signed_msg *fed, struct fl_err *err);

#endif
