/* bf16: the upper half of every float, rounded to nearest, ties to even. Values that round to more than 3.39e38 are refused. */
#include <math.h>
#include <string.h>

#include "codec/codec.h"

static uint16_t narrow(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof u);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
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
	unsigned char *b;
	uint64_t i;
	uint16_t h;
	int rc;

	(void)v;
	(void)p;
	TRY(buf_reserve(out, t->n * 2, err));
	b = (unsigned char *)out->data + out->len;
	for (i = 0; i < t->n; i++) {
		h = narrow(x[i]);
		if ((h & 0x7f80) == 0x7f80)
			return fl_fail(err, FL_DATA, "holds %g, which bf16 cannot", (double)x[i]);
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
	uint32_t u;
	int rc = FL_OK;

	(void)v;
	(void)t;
	for (i = 0; i < n; i += m) {
		m = n - i < sizeof b / 2 ? n - i : sizeof b / 2;
		TRY(codec_read(in, b, 2 * m, 2 * (from + i), err));
		for (k = 0; k < m; k++) {
			u = (uint32_t)b[2 * k] << 16 | (uint32_t)b[2 * k + 1] << 24;
			memcpy(&x[i + k], &u, sizeof u);
			if (!isfinite(x[i + k]))
				return fl_fail(err, FL_DATA, "has a value that is not finite");
		}
	}
out:
	return rc;
}

const struct codec codec_bf16 = {
	.name = "bf16", .summary = "the upper 16 bits of every value, rounded", .source = "IEEE 754 binary32, upper half",
	.flags = CODEC_BLIND, .dtype = DT_BF16, .plan = plan, .encode = encode, .decode = decode,
};
