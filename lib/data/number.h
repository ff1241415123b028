/*
 * number.h - decimal numbers in text, exactly rounded and fast.
 *
 * Accepted: [+-] digits [. digits] [e|E [+-] digits] with at least one digit before e, as in "7", "-.5", "1.", "6.02e23".
 * Spaces and tabs around it are ignored. Refused: everything else that strtod() would take (hexadecimal, "nan", "inf"),
 * decimal commas, digit grouping, more than NUMBER_TEXT_MAX bytes, and what is too large for a double.
 *
 * The result is the double nearest to the decimal, ties to even, bit for bit what strtod() gives: at most 19 digits and a
 * power of ten that is exact take one rounding (Clinger 1990, "How to read floating point numbers accurately", sec. 4:
 * 53 bits in double up to 10^22, 64 bits in x87 extended up to 10^27); the rest goes through strtod(), in the C locale,
 * which no command ever leaves.
 */
#ifndef FL_DATA_NUMBER_H
#define FL_DATA_NUMBER_H

#include <stddef.h>

#define NUMBER_TEXT_MAX 400

/* 1 and *x, or 0 with *x untouched where the n bytes at s are not a number. */
int number_parse(const char *s, size_t n, double *x);

/* The shortest text of 15 to 17 digits that number_parse() reads back as x, which is finite. Returns out. */
#define NUMBER_SIZE 32
char *number_text(char out[NUMBER_SIZE], double x);

#endif
