/*
 * ecsq-scale.h - |x| / step + 1/2 - dead, rounded alike wherever it is computed, for any float and any step.
 *
 * Dividing is multiplying by 1 / step, in two factors that floats hold even for the smallest and largest steps.
 */
#ifndef FL_CODEC_ECSQ_SCALE_H
#define FL_CODEC_ECSQ_SCALE_H

#include <math.h>
#include <stdint.h>

#include "codec/ecsq-cells.h"

struct ecsq_scale {
	float power, rest, low; /* a power of two, 1 / (step power), 1/2 - dead */
};

static inline struct ecsq_scale ecsq_scale(float step, float dead)
{
	int e;

	(void)frexpf(step, &e);
	e = e > 100 ? 100 : e < -100 ? -100 : e;
	return (struct ecsq_scale){ ldexpf(1, -e), 1 / ldexpf(step, -e), 0.5f - dead };
}

static inline float ecsq_scaled(float x, struct ecsq_scale k)
{
	float a = fabsf(x) * k.power * k.rest;

	return (a < (float)ECSQ_MOST ? a : (float)ECSQ_MOST) + k.low;
}

static inline unsigned ecsq_bits(uint32_t v)
{
	unsigned n = 0;

	for (; v; v >>= 1)
		n++;
	return n;
}

#endif
