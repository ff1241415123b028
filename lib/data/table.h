/*
 * table.h - rows as a model sees them: CSV files read under a schema, encoded, in memory.
 *
 * Everything is row-major. A column that the schema does not have is absent (NULL). Rows keep the order of the files.
 * The caller owns nothing inside; table_clear() frees it all and leaves {0}.
 */
#ifndef FL_DATA_TABLE_H
#define FL_DATA_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/schema.h"

struct table {
	size_t n, p;       /* rows; encoded feature columns (schema_width) */
	float *x;          /* (n, p) encoded and scaled features */
	float *y;          /* (n) label: the value, or the index of the level; NULL for survival */
	float *time;       /* (n) survival: time >= 0; NULL otherwise */
	float *event;      /* (n) survival: 1 event, 0 censored; NULL otherwise */
	float *weight;     /* (n) row weights >= 0, or NULL: all 1 */
	float *offset;     /* (n) added to the linear predictor, or NULL: all 0 */
	uint32_t *group;   /* (n) index into groups for the column asked for, or NULL */
	char **groups;     /* (n_groups) its distinct texts in order of first appearance */
	size_t n_groups;
	char **ids;        /* (n) text of the id column if asked for and the schema has one, or NULL */
};

enum table_scale { TABLE_SCALE_SCHEMA, TABLE_SCALE_LOCAL, TABLE_SCALE_NONE };

struct table_opts {
	enum table_scale scale; /* LOCAL: mean and sd (n-1), or min and max, of these rows */
	int need_label;         /* label (or time and event) must be there and complete; else it is read where present */
	const char *group_by;   /* NULL, or any column of the CSV (also one the schema ignores or lacks) */
	int want_ids;
};

/* Read the comma-separated list of CSV files ("-": standard input) under the schema. *t must be {0}, and is after failure.
 * FL_NOINPUT, FL_IO, or FL_DATA as `FILE:LINE: column "NAME": "TEXT" is not a number`. */
int table_read(struct table *t, const char *files, const struct schema *s, const struct table_opts *o, struct fl_err *err);

void table_clear(struct table *t);

#endif
