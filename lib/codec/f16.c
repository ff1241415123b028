/* f16: IEEE 754 binary16, rounded to nearest, ties to even. Values beyond 65504 do not fit and are refused. */
#include <math.h>
#include <string.h>

#include "codec/halves.h"
#include "codec/trial.h"

extern const struct codec codec_f16;

/* Below 2^-14 the grid is 2^-24; above, 2^(e-10), on which lrintf() finds the nearest. A number beyond is infinite. */
static uint16_t narrow(float f)
{
	uint32_t u, sign;
	int e;
	float a;

	memcpy(&u, &f, sizeof u);
	sign = u >> 16 & 0x8000;
	a = fabsf(f);
	e = (int)(u >> 23 & 255) - 127;
	if (a >= 65520)
		return (uint16_t)(sign | 0x7c00);
	if (e < -14)
		return (uint16_t)(sign | (uint32_t)lrintf(ldexpf(a, 24)));
	u = (uint32_t)lrintf(ldexpf(a, 10 - e)); /* 1024 .. 2048 */
	return (uint16_t)(sign | (((uint32_t)(e + 15) << 10) + (u - 1024)));
}

static float widen(uint16_t h)
{
	int e = h >> 10 & 31, m = h & 1023;
	float a = e == 31 ? (m ? NAN : INFINITY) : e ? ldexpf((float)(m + 1024), e - 25) : ldexpf((float)m, -24);

	return h & 0x8000 ? -a : a;
}

/* Below 2^-14 steps do not shrink any more: what is lost depends on the values. */
static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	return trial_plan(&codec_f16, v, s, p, err);
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	(void)v;
	(void)p;
	return halves_put(narrow, 0x7c00, "f16", x, t->n, out, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	(void)v;
	(void)t;
	return halves_get(widen, in, from, n, x, err);
}

const struct codec codec_f16 = {
	.name = "f16", .summary = "IEEE 754 half precision", .source = "IEEE 754 binary16",
	.flags = CODEC_BLIND, .dtype = DT_F16, .plan = plan, .encode = encode, .decode = decode,
};
