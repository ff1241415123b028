#include "tensor/value.h"

#include <math.h>
#include <string.h>

int value_readable(enum dtype d)
{
	return d == DT_BOOL || d == DT_U8 || d == DT_I8 || (d >= DT_I16 && d != DT_C64 && d < DT_N);
}

/* IEEE 754 binary16. */
static double half(uint16_t h)
{
	int e = h >> 10 & 31;
	double m = h & 1023, x;

	if (e == 31)
		x = m > 0 ? NAN : INFINITY;
	else
		x = e ? ldexp(m + 1024, e - 25) : ldexp(m, -24);
	return h >> 15 ? -x : x;
}

#define LOAD(type)                                                        \
	type x;                                                           \
	memcpy(&x, (const char *)p + i * sizeof x, sizeof x)

double value_get(enum dtype d, const void *p, size_t i)
{
	switch (d) {
	case DT_BOOL: case DT_U8: { LOAD(uint8_t); return x; }
	case DT_I8: { LOAD(int8_t); return x; }
	case DT_I16: { LOAD(int16_t); return x; }
	case DT_U16: { LOAD(uint16_t); return x; }
	case DT_F16: { LOAD(uint16_t); return half(x); }
	case DT_BF16: { LOAD(uint16_t); uint32_t u = (uint32_t)x << 16; float f; memcpy(&f, &u, 4); return (double)f; }
	case DT_I32: { LOAD(int32_t); return x; }
	case DT_U32: { LOAD(uint32_t); return x; }
	case DT_F32: { LOAD(float); return (double)x; }
	case DT_F64: { LOAD(double); return x; }
	case DT_I64: { LOAD(int64_t); return (double)x; }
	case DT_U64: { LOAD(uint64_t); return (double)x; }
	default: return NAN;
	}
}

void value_add(struct value_sum *s, enum dtype d, const void *p, size_t n)
{
	double x;
	size_t i;

	for (i = 0; i < n; i++) {
		x = value_get(d, p, i);
		if (!isfinite(x)) {
			s->bad++;
			continue;
		}
		s->min = s->n > 0 ? fmin(s->min, x) : x;
		s->max = s->n > 0 ? fmax(s->max, x) : x;
		s->n++;
		s->sum += x;
		s->squares += x * x;
	}
}
