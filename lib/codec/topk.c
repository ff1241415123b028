/* topk: the values of largest magnitude, part of all of the file, and where they are. */
#include "codec/topk-pack.h"
#include "codec/topk-select.h"

enum { PART, BITS };

static const struct codec_param params[] = {
	{ "part", .01, 1e-6, 1, 0, "part of the values of the file that is kept" },
	{ "bits", 16, 4, 32, 1, "of each kept value: 32 (float), 16 (bf16), 8 or 4 (levels)" },
	{ NULL, 0, 0, 0, 0, NULL },
};

static const char *check(const double *v)
{
	return v[BITS] == 4 || v[BITS] == 8 || v[BITS] == 16 || v[BITS] == 32 ? NULL : "bits are 4, 8, 16 or 32";
}

/* Squares lost by rounding. BF16 has steps of 2^-7 at mantissas m from 1 to 2, which are spread by log m: 2^-14/12 E(1/m^2).
 * Levels are no wider apart than those of the whole file would be. */
static double rounding(const double *v, const struct topk_cut *cut, const struct topk_sums *sums)
{
	double d;

	if (v[BITS] == 32)
		return 0;
	if (v[BITS] == 16)
		return 0x1p-14 / 12 * .541 * sums->squares;
	d = ((double)sums->most - (double)cut->least) / (v[BITS] == 8 ? 127 : 7);
	return (double)sums->kept * d * d / 12;
}

static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	struct topk_cut cut;
	struct topk_sums sums;
	int rc;

	TRY(topk_select(v[PART], (unsigned)v[BITS], s, &cut, &sums, err));
	topk_to_plan(&cut, p);
	p->bits = sums.n ? 8 * sums.bytes / (double)sums.n : 0;
	p->nmse = sums.energy > 0 ? (sums.energy - sums.squares + rounding(v, &cut, &sums)) / sums.energy : 0;
	p->nmse = p->nmse > 0 ? p->nmse : 0;
out:
	return rc;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	return topk_encode((unsigned)v[BITS], 0, p, t, x, out, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	return topk_decode((unsigned)v[BITS], t, in, from, n, x, err);
}

static int sparse(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		  uint32_t *at, float *x, size_t *k, struct fl_err *err)
{
	return topk_sparse((unsigned)v[BITS], t, in, from, n, at, x, k, err);
}

const struct codec codec_topk = {
	.name = "topk", .summary = "the largest values of the file and their places",
	.source = "Aji and Heafield 2017, Sparse communication for distributed gradient descent, Sec. 3",
	.params = params, .dtype = DT_U8, .check = check, .plan = plan, .encode = encode, .decode = decode, .sparse = sparse,
};
