/*
 * encode.h - from the text of one cell to the numbers a model sees, as the schema says and by nothing else.
 *
 * Features (x the value, NAN never leaves but where it is said):
 *   standard   (x - mean) / std                    minmax   (x - min) / (max - min), which may leave [0, 1]
 *   none       x; a boolean is 0 or 1              ordinal  the index of the level; unknown bucket: the number of levels
 *   onehot     1 at the level, the unknown bucket or the missing column; drop_first: nothing for the first level
 *   missing    mean and indicator put x = mean; indicator puts 1 in the column behind, which is 0 otherwise
 * With TABLE_SCALE_NONE standard and minmax are as none. With TABLE_SCALE_LOCAL they are encoded by the schema's numbers,
 * if it has them, and missing is NAN: whoever has all rows finishes the work.
 *
 * The other roles give one number: a label its value or the index of its level, an event 0 or 1, a time and a weight
 * of at least 0, an offset its value.
 */
#ifndef FL_DATA_ENCODE_H
#define FL_DATA_ENCODE_H

#include <stddef.h>

#include "base/err.h"
#include "data/schema.h"
#include "data/table.h"
#include "data/texts.h"

struct encode_field {
	const struct field *field; /* borrowed */
	double shift, scale;	   /* (x - shift) / scale */
	double fill;		   /* x where missing; NAN: nothing to put there */
	int local;		   /* scaled by whoever has all rows */
	struct texts levels;	   /* of strings */
	double *values;		   /* (n_levels) of numbers and booleans, ascending */
	size_t *order;		   /* (n_levels) the level of each value */
};

struct encoder {
	const struct schema *schema; /* borrowed */
	struct encode_field *f;	     /* (n) fields with roles feature, label, time, event, weight, offset */
	size_t n;
	int codes; /* some missing value is a number, such as -9 */
};

/* FL_DATA where scale needs numbers that the schema lacks. *e must be {0}, and is after failure. */
int encoder_init(struct encoder *e, const struct schema *s, enum table_scale scale, struct fl_err *err);

/* Encode the n bytes at s for field i into out: its width numbers for a feature, else one, NAN where a label, time or
 * event is missing. FL_DATA with a sentence that starts with the text or says what is missing. */
int encode_cell(const struct encoder *e, size_t i, const char *s, size_t n, float *out, struct fl_err *err);

void encoder_clear(struct encoder *e);

/* 1 if the n bytes at s, blanks around them aside, are one of the missing values. */
int encode_missing(const char *const *missing, size_t n_missing, const char *s, size_t n);

/* 1 and *x = 0 or 1 for true, True, TRUE, false, False, FALSE (Table Schema's words) and the numbers 0 and 1; else 0. */
int encode_boolean(const char *s, size_t n, double *x);

#endif
