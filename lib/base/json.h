/*
 * json.h - the few things Jansson does not say by itself: strict reading, one canonical form, numbers as metrics.
 */
#ifndef FL_BASE_JSON_H
#define FL_BASE_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_MAX ((size_t)16 << 20) /* of any JSON document we read */

/* Parse the n bytes at s: one value, UTF-8, no duplicate keys, nothing after it. FL_DATA. The caller json_decref()s. */
int json_parse(json_t **j, const char *s, size_t n, struct fl_err *err);

/* Parse the file path ("-": standard input). FL_NOINPUT, FL_IO, FL_DATA. */
int json_read(json_t **j, const char *path, struct fl_err *err);

/* The canonical form: keys sorted by bytes, no spaces, 17 digits. *text is freed by the caller. */
int json_canonical(char **text, const json_t *j, struct fl_err *err);

/* Write j and a newline: indented if f is a terminal, one line otherwise. FL_IO. */
int json_write(const json_t *j, FILE *f, struct fl_err *err);

/* A number for a metrics object: x, or null where x is NaN or infinite. */
json_t *json_metric(double x);

/* Members by name. FL_DATA "KEY is missing" / "KEY is not a ...". get_ leaves *v alone where the key is absent. */
int json_get_str(const json_t *o, const char *key, const char **v, struct fl_err *err);
int json_get_real(const json_t *o, const char *key, double *v, struct fl_err *err);
int json_get_int(const json_t *o, const char *key, long long *v, struct fl_err *err);
int json_get_bool(const json_t *o, const char *key, int *v, struct fl_err *err);
int json_need_str(const json_t *o, const char *key, const char **v, struct fl_err *err);

#endif
