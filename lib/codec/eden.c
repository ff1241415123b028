/*
 * eden: blocks are rotated by chance, which makes their values look Gaussian, and each value becomes one of 2^bits levels.
 *
 * Vargaftik et al. 2022, "EDEN: Communication-efficient and robust distributed mean estimation for federated learning" (ICML),
 * Algorithm 1; with 1 bit it is DRIVE (Vargaftik et al. 2021, NeurIPS). y = H D x is the rotated block of d values, q the levels
 * nearest to sqrt(d) y / |y|, and the decoded block is D H S q. S = |y|^2 / <y, q>, the paper's, makes it unbiased over
 * rotations; S = <y, q> / |q|^2, DRIVE's other scale, makes its error least: y's projection on q, a contraction for every x.
 *
 * Here blocks are of 4096 values, so that no padding is needed; what is left at the end is cut into powers of two from 2048 to 32
 * and, below that, stays F32. A block is its S (F32) and d codes of `bits` bits, lowest first: the highest bit of a code is the
 * sign, the others say which level. The paper's rotation is uniform over all; one Hadamard transform comes near to that unless
 * a few values are almost all of a block: they may hide the others at every seed, and two equal ones beside zeros are the worst
 * for 1 bit, where omega is 1 instead of .571.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "codec/chunks.h"
#include "codec/codec.h"
#include "codec/eden-levels.h"
#include "codec/fwht.h"

#define BLOCK_MIN 32 /* values; shorter ones would be mostly scale */
#define LEVELS_MAX ((size_t)1 << EDEN_BITS_MAX)
#define GRID 64         /* cells of the grid for 1: narrower than the narrowest of 8 bits' 0.0168 */
#define GRID_CELLS (5 * GRID)
#define BLOCK_BYTES (4 + FWHT_MAX * EDEN_BITS_MAX / 8)

/* Everything that is the same for all blocks of a tensor. */
struct eden {
	unsigned bits;
	int least; /* the scale of least error */
	uint64_t seed;
	const struct fwht *rotate;
	float level[LEVELS_MAX];         /* of a code */
	float bound[LEVELS_MAX / 2 + 1]; /* above bound[i], level i or more */
	uint8_t first[GRID_CELLS];       /* the level where a cell of the grid begins; there is at most one bound in it */
};

static void start(struct eden *e, const double *v, uint64_t seed)
{
	const float *level;
	size_t i, k = 0, half;

	e->bits = (unsigned)v[0];
	e->least = v[1] != 0;
	e->seed = seed;
	e->rotate = fwht_pick();
	half = (size_t)1 << (e->bits - 1);
	level = eden_levels(e->bits);
	for (i = 0; i < half; i++) {
		e->level[i] = level[i];
		e->level[half + i] = -level[i];
		e->bound[i] = i ? (level[i - 1] + level[i]) / 2 : 0;
	}
	e->bound[half] = INFINITY;
	for (i = 0; i < GRID_CELLS; i++) {
		while (e->bound[k + 1] < (float)i / GRID)
			k++;
		e->first[i] = (uint8_t)k;
	}
}

/* Values in the block that begins where rest are left: a power of two, or fewer than BLOCK_MIN, which are not rotated. */
static size_t block_size(uint64_t rest)
{
	size_t d = FWHT_MAX;

	while (d > rest)
		d /= 2;
	return d < BLOCK_MIN ? (size_t)rest : d;
}

static size_t block_bytes(size_t d, unsigned bits)
{
	return d < BLOCK_MIN ? 4 * d : 4 + d * bits / 8;
}

static uint64_t bytes(uint64_t n, unsigned bits)
{
	uint64_t sum = n / FWHT_MAX * block_bytes(FWHT_MAX, bits), rest;
	size_t d;

	for (rest = n % FWHT_MAX; rest; rest -= d)
		sum += block_bytes(d = block_size(rest), bits);
	return sum;
}

/* y (d) = x times a power of two that makes the largest about 1, so that no sum overflows. Returns its exponent. */
static int normalise(float *y, const float *x, size_t d)
{
	float max = 0, by;
	size_t i;
	int e;

	for (i = 0; i < d; i++)
		max = fabsf(x[i]) > max ? fabsf(x[i]) : max;
	frexpf(max, &e);
	e = e < -126 ? -126 : e > 126 ? 126 : e;
	by = ldexpf(1, -e);
	for (i = 0; i < d; i++)
		y[i] = x[i] * by;
	return e;
}

/* Four sums at a time, each in order: the same bits everywhere. */
static double square(const float *y, size_t d)
{
	double s[4] = { 0 };
	size_t i, l;

	for (i = 0; i < d; i += 4)
		for (l = 0; l < 4; l++)
			s[l] += (double)y[i + l] * (double)y[i + l];
	return (s[0] + s[1]) + (s[2] + s[3]);
}

/* code (d) = the levels nearest to y (d) times by. */
static void quantise(const struct eden *e, const float *y, size_t d, float by, uint8_t *code)
{
	unsigned sign = e->bits - 1, k;
	size_t i;
	float a;
	int g;

	for (i = 0; i < d; i++) {
		a = fabsf(y[i]) * by; /* at most sqrt(d) */
		g = (int)(a * GRID);
		k = e->first[g < GRID_CELLS ? g : GRID_CELLS - 1];
		k += a > e->bound[k + 1];
		code[i] = (uint8_t)(k | (unsigned)(y[i] < 0) << sign);
	}
}

/* S for y (d), whose |y|^2 is yy. */
static double scale_of(const struct eden *e, const float *y, const uint8_t *code, size_t d, double yy)
{
	double yq[4] = { 0 }, qq[4] = { 0 }, q, dot, norm;
	size_t i, l;

	for (i = 0; i < d; i += 4)
		for (l = 0; l < 4; l++) {
			q = (double)e->level[code[i + l]];
			yq[l] += (double)y[i + l] * q;
			qq[l] += q * q;
		}
	dot = (yq[0] + yq[1]) + (yq[2] + yq[3]);
	norm = (qq[0] + qq[1]) + (qq[2] + qq[3]);
	return e->least ? dot / norm : yy / dot;
}

static void pack(const uint8_t *code, size_t d, unsigned bits, unsigned char *out)
{
	uint64_t w;
	size_t i;
	unsigned k;

	for (i = 0; i < d; i += 8, out += bits) {
		for (w = 0, k = 0; k < 8; k++)
			w |= (uint64_t)code[i + k] << k * bits;
		for (k = 0; k < bits; k++)
			out[k] = (unsigned char)(w >> 8 * k);
	}
}

/* The d values at x, which stand at `at` in their tensor, into out. */
static void encode_block(const struct eden *e, uint64_t at, const float *x, size_t d, unsigned char *out)
{
	uint64_t signs[FWHT_WORDS];
	uint8_t code[FWHT_MAX] = { 0 };
	float y[FWHT_MAX];
	double yy, s = 0;
	int exp = normalise(y, x, d);

	fwht_signs(signs, e->seed, at);
	e->rotate->forward(y, d, signs);
	yy = square(y, d);
	if (yy > 0) {
		quantise(e, y, d, (float)sqrt((double)d / yy), code);
		s = ldexp(scale_of(e, y, code, d, yy), exp);
	}
	chunks_put_float(out, s < (double)FLT_MAX ? (float)s : FLT_MAX);
	pack(code, d, e->bits, out + 4);
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	struct eden e;
	unsigned char *b;
	uint64_t i;
	size_t d, k;
	int rc;

	(void)p;
	start(&e, v, t->seed);
	TRY(buf_reserve(out, bytes(t->n, e.bits), err));
	for (i = 0; i < t->n; i += d) {
		b = (unsigned char *)out->data + out->len;
		d = block_size(t->n - i);
		if (d >= BLOCK_MIN)
			encode_block(&e, i, x + i, d, b);
		else
			for (k = 0; k < d; k++)
				chunks_put_float(b + 4 * k, x[i + k]);
		out->len += block_bytes(d, e.bits);
	}
out:
	return rc;
}

static void unpack(const struct eden *e, const unsigned char *in, size_t d, float *q)
{
	uint64_t w, mask = ((uint64_t)1 << e->bits) - 1;
	size_t i;
	unsigned k;

	for (i = 0; i < d; i += 8, in += e->bits) {
		for (w = 0, k = 0; k < e->bits; k++)
			w |= (uint64_t)in[k] << 8 * k;
		for (k = 0; k < 8; k++)
			q[i + k] = e->level[w >> k * e->bits & mask];
	}
}

static int decode_block(const struct eden *e, uint64_t at, const unsigned char *in, size_t d, float *x, struct fl_err *err)
{
	uint64_t signs[FWHT_WORDS];
	size_t i;
	float s;
	int rc;

	TRY(chunks_float(in, &s, err));
	if (s < 0)
		return fl_fail(err, FL_DATA, "has a negative scale");
	unpack(e, in + 4, d, x);
	fwht_signs(signs, e->seed, at);
	e->rotate->back(x, d, signs);
	for (i = 0; i < d; i++) {
		x[i] *= s; /* near FLT_MAX the error may lead beyond it */
		x[i] = x[i] > FLT_MAX ? FLT_MAX : x[i] < -FLT_MAX ? -FLT_MAX : x[i];
	}
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	unsigned char b[BLOCK_BYTES];
	struct eden e;
	size_t i, d, k, len;
	uint64_t at;
	int rc = FL_OK;

	start(&e, v, t->seed);
	if (in->len != bytes(t->n, e.bits))
		return fl_fail(err, FL_DATA, in->len < bytes(t->n, e.bits) ? "is cut short" : "is longer than its values");
	at = from / FWHT_MAX * block_bytes(FWHT_MAX, e.bits);
	for (i = 0; i < n; i += d, at += len) {
		d = block_size(t->n - from - i);
		len = block_bytes(d, e.bits);
		TRY(codec_read(in, b, len, at, err));
		if (d >= BLOCK_MIN)
			TRY(decode_block(&e, from + i, b, d, x + i, err));
		else
			for (k = 0; k < d; k++)
				TRY(chunks_float(b + 4 * k, &x[i + k], err));
	}
out:
	return rc;
}

/* The vNMSE of the paper, which for large blocks is a function of the quantiser's distortion D: D / (1 - D) for the unbiased
 * scale, D for the other. */
static double omega(const double *v, uint64_t n)
{
	double d = eden_distortion((unsigned)v[0]);

	(void)n;
	return v[1] != 0 ? d : d / (1 - d);
}

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	double sum = 0, n = 0;
	size_t i;

	(void)err;
	for (i = 0; i < s->n; i++) {
		sum += 8 * (double)bytes(s->t[i].n, (unsigned)v[0]);
		n += (double)s->t[i].n;
	}
	p->bits = n > 0 ? sum / n : 0;
	p->nmse = omega(v, 0);
	return FL_OK;
}

static const struct codec_param params[] = {
	{ "bits", 4, 1, EDEN_BITS_MAX, 1, "bits for a value" },
	{ "scale", 0, 0, 1, 1, "0: unbiased; 1: the least error" },
	{ NULL, 0, 0, 0, 0, NULL },
};

const struct codec codec_eden = {
	.name = "eden", .summary = "rotated blocks, every value one of 2^bits levels",
	.source = "Vargaftik et al. 2022 (EDEN), Algorithm 1; 1 bit: Vargaftik et al. 2021 (DRIVE)", .params = params,
	.flags = CODEC_UNBIASED | CODEC_SEED, .dtype = DT_U8, .omega = omega, .plan = plan, .encode = encode, .decode = decode,
};
