#include "data/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 19 /* the most that always fit 64 bits */
#define EXP_MAX 99999

struct decimal {
	uint64_t w; /* the digits, meaningful where there are at most DIGITS_MAX */
	size_t digits;
	int exp10, neg;
};

static int is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

/* [+-] digits at s, which must reach end. The value stops at EXP_MAX: beyond it everything is 0 or infinite. */
static int parse_exponent(const char *s, const char *end, int *e)
{
	int neg = s < end && *s == '-', x = 0;

	if (s < end && (*s == '-' || *s == '+'))
		s++;
	if (s == end)
		return 0;
	for (; s < end && is_digit(*s); s++)
		x = x >= EXP_MAX / 10 ? EXP_MAX : x * 10 + (*s - '0');
	*e = neg ? -x : x;
	return s == end;
}

/* The parts of the trimmed text; 0 where it is not a number. */
static int parse_decimal(const char *s, const char *end, struct decimal *d)
{
	const char *start, *dot;
	uint64_t w = 0;
	size_t digits;
	int e = 0;

	d->neg = s < end && *s == '-';
	if (s < end && (*s == '-' || *s == '+'))
		s++;
	for (start = s; s < end && is_digit(*s); s++)
		w = w * 10 + (unsigned char)(*s - '0');
	digits = (size_t)(s - start);
	d->exp10 = 0;
	if (s < end && *s == '.') {
		for (dot = ++s; s < end && is_digit(*s); s++)
			w = w * 10 + (unsigned char)(*s - '0');
		d->exp10 = -(int)(s - dot);
		digits += (size_t)(s - dot);
	}
	if (!digits || (s < end && ((*s | 0x20) != 'e' || !parse_exponent(s + 1, end, &e))))
		return 0;
	d->w = w;
	d->digits = digits;
	d->exp10 += e;
	return 1;
}

static int exact_double(const struct decimal *d, double *x)
{
	static const double p10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,	1e7,  1e8,  1e9,  1e10, 1e11,
				      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

	if (d->w > (uint64_t)1 << 53 || d->exp10 < -22 || d->exp10 > 22)
		return 0;
	*x = d->exp10 < 0 ? (double)d->w / p10[-d->exp10] : (double)d->w * p10[d->exp10];
	return 1;
}

#ifdef __x86_64__
/* The product or quotient is rounded to 64 bits, then to 53. That differs from one rounding only where the 64 bits lie
 * exactly half way between two doubles: then say no. */
static int exact_extended(const struct decimal *d, double *x)
{
	static const long double p10[] = { 1e0L,  1e1L,	 1e2L,	1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
					   1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
					   1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L };
	long double q;
	uint64_t bits;

	if (d->exp10 < -27 || d->exp10 > 27)
		return 0;
	q = d->exp10 < 0 ? (long double)d->w / p10[-d->exp10] : (long double)d->w * p10[d->exp10];
	memcpy(&bits, &q, sizeof bits);
	if ((bits & 0x7ff) == 0x400)
		return 0;
	*x = (double)q;
	return 1;
}
#else
static int exact_extended(const struct decimal *d, double *x)
{
	(void)d, (void)x;
	return 0;
}
#endif

static int by_strtod(const char *s, size_t n, double *x)
{
	char text[NUMBER_TEXT_MAX + 1];

	memcpy(text, s, n);
	text[n] = 0;
	*x = strtod(text, NULL);
	return isfinite(*x);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int number_parse(const char *s, size_t n, double *x)
{
	const char *end = s + n;
	struct decimal d;
	double v;

	while (s < end && is_blank(*s))
		s++;
	while (s < end && is_blank(end[-1]))
		end--;
	if (end - s > NUMBER_TEXT_MAX || !parse_decimal(s, end, &d))
		return 0;
	if (d.digits <= DIGITS_MAX && (exact_double(&d, &v) || exact_extended(&d, &v)))
		*x = d.neg ? -v : v;
	else if (by_strtod(s, (size_t)(end - s), &v))
		*x = v;
	else
		return 0;
	return 1;
}

char *number_text(char out[NUMBER_SIZE], double x)
{
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		snprintf(out, NUMBER_SIZE, "%.*g", digits, x);
		if (strtod(out, NULL) == x)
			break;
	}
	return out;
}
