/*
 * int8: blocks of 256 values as whole multiples -127 .. 127 of 1/127 of the largest magnitude in the block, rounded to nearest
 * (Dettmers 2016, 8-bit approximations for parallelism in deep learning, Sec. 2.1: linear quantisation by the absolute maximum).
 *
 * A block: its largest magnitude (F32), then a byte a value (two's complement). The last block of a tensor may be shorter.
 */
#include <math.h>

#include "codec/chunks.h"
#include "codec/trial.h"

#define BLOCK ((size_t)256)
#define BLOCK_BYTES (4 + BLOCK)

extern const struct codec codec_int8;

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	return trial_plan(&codec_int8, v, s, p, err);
}

static uint64_t bytes_of(uint64_t n)
{
	return n / BLOCK * BLOCK_BYTES + (n % BLOCK ? 4 + n % BLOCK : 0);
}

/* Adding and taking away 1.5 * 2^52 rounds to nearest, ties to even. */
static void put_block(unsigned char *b, const float *x, size_t n)
{
	double scale, q;
	float most = 0;
	size_t i;

	for (i = 0; i < n; i++)
		most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
	scale = most > 0 ? 127 / (double)most : 0;
	chunks_put_float(b, most);
	for (i = 0; i < n; i++) {
		q = (double)x[i] * scale + 0x1.8p52 - 0x1.8p52;
		b[4 + i] = (unsigned char)(int)q;
	}
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	unsigned char *b;
	uint64_t i;
	int rc;

	(void)v;
	(void)p;
	TRY(buf_reserve(out, (size_t)bytes_of(t->n), err));
	b = (unsigned char *)out->data + out->len;
	for (i = 0; i < t->n; i += BLOCK, b += BLOCK_BYTES)
		put_block(b, x + i, t->n - i < BLOCK ? (size_t)(t->n - i) : BLOCK);
	out->len += (size_t)bytes_of(t->n);
out:
	return rc;
}

static int read_block(const struct codec_bytes *in, uint64_t at, float *x, size_t n, struct fl_err *err)
{
	unsigned char b[BLOCK_BYTES], low = 0;
	double scale;
	float most;
	size_t i;
	int rc;

	TRY(codec_read(in, b, 4 + n, at, err));
	TRY(chunks_float(b, &most, err));
	scale = (double)most / 127;
	for (i = 0; i < n; i++) {
		low |= b[4 + i] == 0x80;
		x[i] = (float)((double)(signed char)b[4 + i] * scale);
	}
	if (low || !(most >= 0))
		rc = fl_fail(err, FL_DATA, "has a level out of range");
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	(void)v;
	if (in->len != bytes_of(t->n))
		return fl_fail(err, FL_DATA, "has another length than a byte for each value gives");
	for (i = 0; i < n; i += BLOCK)
		TRY(read_block(in, bytes_of(from + i), x + i, n - i < BLOCK ? n - i : BLOCK, err));
out:
	return rc;
}

const struct codec codec_int8 = {
	.name = "int8", .summary = "a byte a value, scaled by the largest of 256",
	.source = "Dettmers 2016, 8-bit approximations for parallelism in deep learning, Sec. 2.1",
	.dtype = DT_U8, .plan = plan, .encode = encode, .decode = decode,
};
