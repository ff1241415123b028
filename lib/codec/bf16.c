/* bf16: the upper half of every float, rounded to nearest, ties to even. Values that round to more than 3.39e38 are refused. */
#include <string.h>

#include "codec/halves.h"

static uint16_t narrow(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof u);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static float widen(uint16_t h)
{
	uint32_t u = (uint32_t)h << 16;
	float f;

	memcpy(&f, &u, sizeof f);
	return f;
}

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	(void)v;
	(void)s;
	(void)err;
	p->bits = 16;
	p->nmse = 0x1p-14 / 22; /* a step of 2^-7 on mantissas from 1 to 2: a twelfth of its square over their mean square */
	return FL_OK;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	(void)v;
	(void)p;
	return halves_put(narrow, 0x7f80, "bf16", x, t->n, out, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	(void)v;
	(void)t;
	return halves_get(widen, in, from, n, x, err);
}

const struct codec codec_bf16 = {
	.name = "bf16", .summary = "the upper 16 bits of every value, rounded", .source = "IEEE 754 binary32, upper half",
	.flags = CODEC_BLIND, .dtype = DT_BF16, .plan = plan, .encode = encode, .decode = decode,
};
