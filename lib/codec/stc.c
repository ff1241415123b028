/* stc, sparse ternary compression: the places of the largest magnitudes, their signs, and one magnitude, the mean of them. */
#include "codec/topk-pack.h"
#include "codec/topk-select.h"

enum { PART };
enum { MEAN = 2 }; /* of plan's more; topk-plan.h has the others */

static const struct codec_param params[] = {
	{ "part", .01, 1e-6, 1, 0, "part of the values of the file that is kept" },
	{ NULL, 0, 0, 0, 0, NULL },
};

/* Sattler et al. 2019, Alg. 1: k = max(n p, 1), v = top_k(|T|), masked = (|T| >= v) T, mu = 1/k sum |masked|, T* = mu sign(masked).
 * T is the whole update; of magnitudes equal to v, k are kept, not all. What is lost is |T|^2 - k mu^2. */
static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	struct topk_cut cut;
	struct topk_sums sums;
	double mean;
	int rc;

	TRY(topk_select(v[PART], 1, s, &cut, &sums, err));
	topk_to_plan(&cut, p);
	mean = sums.kept ? sums.sum / (double)sums.kept : 0;
	p->more[MEAN] = mean;
	p->bits = sums.n ? 8 * sums.bytes / (double)sums.n : 0;
	p->nmse = sums.energy > 0 ? 1 - (double)sums.kept * mean * mean / sums.energy : 0;
	p->nmse = p->nmse > 0 ? p->nmse : 0;
out:
	return rc;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	(void)v;
	return topk_encode(1, (float)p->more[MEAN], p, t, x, out, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	(void)v;
	return topk_decode(1, t, in, from, n, x, err);
}

static int sparse(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		  uint32_t *at, float *x, size_t *k, struct fl_err *err)
{
	(void)v;
	return topk_sparse(1, t, in, from, n, at, x, k, err);
}

const struct codec codec_stc = {
	.name = "stc", .summary = "signs and places of the largest values, and their mean magnitude",
	.source = "Sattler et al. 2019, Robust and communication-efficient federated learning from non-iid data, Alg. 1",
	.params = params, .dtype = DT_U8, .plan = plan, .encode = encode, .decode = decode, .sparse = sparse,
};
