/*
 * schema-check.h - whether what a schema says of one field makes sense together.
 *
 * Part of schema.c, which parses; here each rule of schema.h that names two members of a field is one line. FL_DATA with a
 * sentence that says what would help, FL_IO.
 */
#ifndef FL_DATA_SCHEMA_CHECK_H
#define FL_DATA_SCHEMA_CHECK_H

#include <stddef.h>

#include "base/err.h"
#include "data/schema.h"

/* other: the type is one of Table Schema's that no encoding takes. Of ids, groups and ignored fields nothing is asked. */
int schema_check_field(const struct field *f, int other, struct fl_err *err);

/* FL_DATA where one of the n texts is there twice; what names them: "level", "field". */
int schema_check_unique(const char *const *v, size_t n, const char *what, struct fl_err *err);

#endif
