/*
 * infer.h - a first schema from CSV files, in one pass that keeps no rows.
 *
 * A column is a number where every value that is not missing is one, and it was not declared categorical; a boolean where
 * every value is true or false; otherwise a string whose levels are its distinct texts in byte order. Then:
 *   number feature    encoding standard with its mean and std (n - 1; 1 where constant), none where it is all 0 and 1
 *   other feature     onehot; declared categorical and all numbers: levels in order of value, compared as numbers, unless
 *                     a text has a leading zero, as codes do
 *   more levels than max_levels, or nothing but missing values: role ignore, with a note
 *   label             a number where some value is not whole or more than 20 are distinct; else levels, ordinal
 *   missing           "indicator" for numbers and booleans and "level" for onehot where the files have missing values
 *   unknown           "error", for features as asked
 * Columns are those of the first file that have a name; the others must have them, in any order.
 */
#ifndef FL_DATA_INFER_H
#define FL_DATA_INFER_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"
#include "data/schema.h"

#define INFER_LABEL_LEVELS 20 /* a label of whole numbers with more distinct values is a number */

struct infer_opts {
	const char *label, *time, *event, *id, *group, *weight, *offset; /* column names, or NULL */
	const char *const *ignore, *const *categorical, *const *missing; /* missing: beside the empty text */
	size_t n_ignore, n_categorical, n_missing;
	size_t max_levels;
	int drop_first;
	enum field_unknown unknown;
	void (*note)(void *arg, const char *sentence); /* what a person should know about the result */
	void *arg;
};

/* *j = the schema, which the caller json_decref()s. FL_NOINPUT, FL_IO, FL_DATA. */
int infer_schema(json_t **j, char *const *files, size_t n_files, const struct infer_opts *o, struct fl_err *err);

#endif
