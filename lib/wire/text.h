/*
 * text.h - bytes and instants as JSON has them: base64 (RFC 4648, sections 4 and 5) and RFC 3339.
 */
#ifndef FL_WIRE_TEXT_H
#define FL_WIRE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a Timestamp may hold. */
#define TIME_FIRST INT64_C(-62135596800)
#define TIME_LAST INT64_C(253402300799)
#define TIME_TEXT 80

/* "2026-11-24T10:32:55Z", with 3, 6 or 9 digits of a fraction where nanos needs them. seconds within the range above. */
void time_text(char out[TIME_TEXT], int64_t seconds, int32_t nanos);

/* The same back; any number of digits up to 9, and offsets as +01:00, are accepted. FL_DATA. */
int time_parse(int64_t *seconds, int32_t *nanos, const char *s, struct fl_err *err);

/* Standard alphabet, padded, and NUL: BASE64_SIZE(n) bytes at text. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
void base64_put(char *text, const void *p, size_t n);

/* The same; *text is freed by the caller. */
int base64_text(char **text, const void *p, size_t n, struct fl_err *err);

/* Either alphabet, padded or not. *p is freed by the caller. FL_DATA. */
int base64_parse(unsigned char **p, size_t *n, const char *s, size_t len, struct fl_err *err);

#endif
