/*
 * value.h - elements of any whole-byte type as doubles, for looking at files.
 */
#ifndef FL_TENSOR_VALUE_H
#define FL_TENSOR_VALUE_H

#include <stddef.h>

#include "tensor/st.h"

/* 1 if elements of type d can be read as doubles: all but the 4-, 6- and 8-bit floats and C64. */
int value_readable(enum dtype d);

/* Element i of the packed little-endian array at p, which need not be aligned. 64-bit integers are rounded to a double. */
double value_get(enum dtype d, const void *p, size_t i);

/* Running summary of elements. */
struct value_sum {
	double n, bad, min, max, sum, squares; /* bad: not finite, and not in the others */
};

void value_add(struct value_sum *s, enum dtype d, const void *p, size_t n);

#endif
