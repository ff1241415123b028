/* f16: IEEE 754 binary16, rounded to nearest, ties to even. Values beyond 65504 do not fit and are refused. */
#include <math.h>
#include <string.h>

#include "codec/trial.h"

extern const struct codec codec_f16;

/* Below 2^-14 the grid is 2^-24; above, 2^(e-10): adding and taking away 1.5 * 2^(e+13) rounds to it in float. */
static uint16_t narrow(float f)
{
	uint32_t u, sign;
	int e;
	float a;

	memcpy(&u, &f, sizeof u);
	sign = u >> 16 & 0x8000;
	a = fabsf(f);
	e = (int)(u >> 23 & 255) - 127;
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
	unsigned char *b;
	uint64_t i;
	uint16_t h;
	int rc;

	(void)v;
	(void)p;
	TRY(buf_reserve(out, t->n * 2, err));
	b = (unsigned char *)out->data + out->len;
	for (i = 0; i < t->n; i++) {
		if (fabsf(x[i]) >= 65520)
			return fl_fail(err, FL_DATA, "holds %g, which f16 cannot; bf16 can", (double)x[i]);
		h = narrow(x[i]);
		b[2 * i] = (unsigned char)h;
		b[2 * i + 1] = (unsigned char)(h >> 8);
	}
	out->len += t->n * 2;
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	unsigned char b[4096];
	size_t i, k, m;
	int rc = FL_OK;

	(void)v;
	(void)t;
	for (i = 0; i < n; i += m) {
		m = n - i < sizeof b / 2 ? n - i : sizeof b / 2;
		TRY(codec_read(in, b, 2 * m, 2 * (from + i), err));
		for (k = 0; k < m; k++) {
			x[i + k] = widen((uint16_t)(b[2 * k] | b[2 * k + 1] << 8));
			if (!isfinite(x[i + k]))
				return fl_fail(err, FL_DATA, "has a value that is not finite");
		}
	}
out:
	return rc;
}

const struct codec codec_f16 = {
	.name = "f16", .summary = "IEEE 754 half precision", .source = "IEEE 754 binary16",
	.flags = CODEC_BLIND, .dtype = DT_F16, .plan = plan, .encode = encode, .decode = decode,
};
