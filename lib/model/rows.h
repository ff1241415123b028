/*
 * rows.h - the rows of CSV files as a model wants them: what the options --data, --schema and --scale mean.
 */
#ifndef FL_MODEL_ROWS_H
#define FL_MODEL_ROWS_H

#include "data/table.h"
#include "model/model.h"

/* The words of --scale, NULL after the last, in the order of enum table_scale; and the value of one of them. */
const char *rows_scale_name(size_t i);
enum table_scale rows_scale(const char *name);

/* The words of --schema (NULL: none) and --data: there must be data, and neither may be standard input, which is the
 * model. FL_USAGE. */
int rows_check(const char *schema, const char *files, struct fl_err *err);

/* Read the CSV files under m's schema or, where schema is not NULL, under the schema file of that name, which must
 * encode alike. Errors are those of schema_read and table_read. */
int rows_read(struct table *t, const struct model *m, const char *schema, const char *files,
		  const struct table_opts *o, struct fl_err *err);

#endif
