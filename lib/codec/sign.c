/*
 * sign: |x|_1 / n sign(x) of every tensor (Karimireddy et al. 2019, Error feedback fixes SignSGD, Alg. 1), with sign(0) = 1. A
 * contraction: |x - C(x)|^2 = |x|^2 - |x|_1^2 / n.
 *
 * The mean magnitude (F32), then a bit a value, 1 where it is below zero, the first in the lowest bit of the first byte.
 */
#include <math.h>
#include <string.h>

#include "codec/chunks.h"
#include "codec/trial.h"

extern const struct codec codec_sign;

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	return trial_plan(&codec_sign, v, s, p, err);
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	size_t bytes = (size_t)(t->n / 8 + (t->n % 8 > 0));
	unsigned char *b;
	double sum = 0;
	uint64_t i;
	int rc;

	(void)v;
	(void)p;
	TRY(buf_reserve(out, 4 + bytes, err));
	b = (unsigned char *)out->data + out->len;
	memset(b + 4, 0, bytes);
	for (i = 0; i < t->n; i++) {
		sum += (double)fabsf(x[i]);
		b[4 + i / 8] |= (unsigned char)((x[i] < 0) << i % 8);
	}
	chunks_put_float(b, t->n ? (float)(sum / (double)t->n) : 0);
	out->len += 4 + bytes;
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	unsigned char b[CODEC_CHUNK / 8];
	float mean;
	size_t i;
	int rc;

	(void)v;
	if (in->len != 4 + t->n / 8 + (t->n % 8 > 0))
		return fl_fail(err, FL_DATA, "has another length than a sign for each value gives");
	TRY(codec_read(in, b, 4, 0, err));
	TRY(chunks_float(b, &mean, err));
	if (!(mean >= 0))
		return fl_fail(err, FL_DATA, "has a wrong scale");
	TRY(codec_read(in, b, n / 8 + (n % 8 > 0), 4 + from / 8, err));
	if (n % 8 && b[n / 8] >> n % 8)
		return fl_fail(err, FL_DATA, "has bits where there should be none");
	for (i = 0; i < n; i++)
		x[i] = b[i / 8] >> i % 8 & 1 ? -mean : mean;
out:
	return rc;
}

const struct codec codec_sign = {
	.name = "sign", .summary = "the sign of every value, and the mean magnitude of each tensor",
	.source = "Karimireddy et al. 2019, Error feedback fixes SignSGD and other gradient compression schemes, Alg. 1",
	.dtype = DT_U8, .plan = plan, .encode = encode, .decode = decode,
};
