/*
 * randk: values at places drawn from a seed that all who send share, so that places are not sent and encoded values add like
 * plain ones: F32, in the order of their places, those of a chunk from where the shares of the chunks before it end.
 *
 * Of a tensor of n values k = ceil(part n) are kept. The chunk of values a .. b-1 has floor((k b + u) / n) - floor((k a + u) / n)
 * of them, u drawn from 0 .. n-1: every value is kept with probability k/n, and times n/k the mean over seeds is the value
 * (Konecny et al. 2016, Federated learning: strategies for improving communication efficiency, Sec. 3, subsampling).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "codec/chunks.h"
#include "codec/topk-plan.h"

#define WORDS (CODEC_CHUNK / 64)
#define AT_ONCE ((size_t)1024) /* values read */

enum { PART, UNBIASED };

__extension__ typedef unsigned __int128 wide;

static const struct codec_param params[] = {
	{ "part", .1, 1e-6, 1, 0, "part of the values of each tensor that is kept" },
	{ "unbiased", 1, 0, 1, 1, "1: decoded values are divided by the part that is kept; 0: as they are" },
	{ NULL, 0, 0, 0, 0, NULL },
};

struct draw {
	uint64_t n, k, u, seed;
};

static struct draw draw_of(const double *v, const struct codec_tensor *t)
{
	struct draw d = { t->n, topk_count(v[PART], t->n), 0, t->seed };
	struct rng r;

	rng_seed(&r, t->seed, 0);
	d.u = t->n ? rng_below(&r, t->n) : 0;
	return d;
}

/* How many are kept of the values before value i. */
static uint64_t before(const struct draw *d, uint64_t i)
{
	return (uint64_t)(((wide)d->k * i + d->u) / d->n);
}

/* k of n places as bits of set (WORDS), each set of k equally likely (Floyd's algorithm: Bentley and Floyd 1987). */
static void pick(struct rng *r, uint64_t *set, size_t n, size_t k)
{
	size_t j, at;

	memset(set, 0, WORDS * sizeof *set);
	for (j = n - k; j < n; j++) {
		at = (size_t)rng_below(r, j + 1);
		if (set[at / 64] >> at % 64 & 1)
			at = j;
		set[at / 64] |= (uint64_t)1 << at % 64;
	}
}

/* The kept places of the chunk of n values from `from`, into at (n); of more than half, those left out are drawn. */
static size_t places(const struct draw *d, uint64_t from, size_t n, uint32_t *at)
{
	size_t k = (size_t)(before(d, from + n) - before(d, from)), i, m = 0;
	int most = k > n / 2;
	uint64_t set[WORDS], w;
	struct rng r;

	rng_seed(&r, d->seed, 1 + from / CODEC_CHUNK);
	pick(&r, set, n, most ? n - k : k);
	for (i = 0; i < n; i += 64) {
		w = most ? ~set[i / 64] : set[i / 64];
		if (n - i < 64)
			w &= ((uint64_t)1 << (n - i)) - 1;
		for (; w; w &= w - 1)
			at[m++] = (uint32_t)i + (uint32_t)__builtin_ctzll(w);
	}
	return m;
}

static double scale_of(const double *v, uint64_t n)
{
	return v[UNBIASED] == 1 && n ? (double)n / (double)topk_count(v[PART], n) : 1;
}

/* E|x - C(x)|^2 = (n/k - 1) |x|^2 where it is unbiased, (1 - k/n) |x|^2 where not; both exactly. */
static double omega(const double *v, uint64_t n)
{
	if (!n)
		return 0;
	return v[UNBIASED] == 1 ? scale_of(v, n) - 1 : 1 - (double)topk_count(v[PART], n) / (double)n;
}

/* The mean over seeds, as if all tensors were kept to the same part. */
static int plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	double n = 0, k = 0;
	size_t i;

	(void)err;
	for (i = 0; i < s->n; i++) {
		n += (double)s->t[i].n;
		k += (double)topk_count(v[PART], s->t[i].n);
	}
	if (!(n > 0))
		return FL_OK;
	p->bits = 32 * k / n;
	p->nmse = v[UNBIASED] == 1 ? n / k - 1 : 1 - k / n;
	return FL_OK;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	struct draw d = draw_of(v, t);
	double scale = scale_of(v, t->n);
	uint32_t *at = NULL;
	uint64_t from;
	size_t n, k, i;
	float y;
	int rc;

	(void)p;
	TRY(fl_alloc(&at, CODEC_CHUNK, sizeof *at, err));
	TRY(buf_reserve(out, d.k * sizeof *x, err));
	for (from = 0; from < t->n; from += n) {
		n = t->n - from < CODEC_CHUNK ? (size_t)(t->n - from) : CODEC_CHUNK;
		k = places(&d, from, n, at);
		for (i = 0; i < k; i++, out->len += sizeof y) {
			y = x[from + at[i]];
			if (!isfinite((float)((double)y * scale)))
				TRY(fl_fail(err, FL_DATA, "holds %g, too large to be divided by the part kept", (double)y));
			chunks_put_float((unsigned char *)out->data + out->len, y);
		}
	}
out:
	free(at);
	return rc;
}

static int read_values(const struct codec_bytes *in, uint64_t first, double scale, float *x, size_t k, struct fl_err *err)
{
	unsigned char b[4 * AT_ONCE];
	size_t i, j, m;
	int rc = FL_OK;

	for (i = 0; i < k; i += m) {
		m = k - i < AT_ONCE ? k - i : AT_ONCE;
		TRY(codec_read(in, b, 4 * m, 4 * (first + i), err));
		for (j = 0; j < m; j++) {
			TRY(chunks_float(b + 4 * j, &x[i + j], err));
			x[i + j] = (float)((double)x[i + j] * scale);
			if (!isfinite(x[i + j]))
				return fl_fail(err, FL_DATA, "has a value too large to be divided by the part kept");
		}
	}
out:
	return rc;
}

static int sparse(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		  uint32_t *at, float *x, size_t *k, struct fl_err *err)
{
	struct draw d = draw_of(v, t);

	*k = 0;
	if (in->len != 4 * d.k)
		return fl_fail(err, FL_DATA, "has another number of values than its seed and parameters give");
	if (!n)
		return FL_OK;
	*k = places(&d, from, n, at);
	return read_values(in, before(&d, from), scale_of(v, t->n), x, *k, err);
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	uint32_t *at = NULL;
	size_t k;
	int rc;

	TRY(fl_alloc(&at, n, sizeof *at, err));
	TRY(sparse(v, t, in, from, n, at, x, &k, err));
	chunks_spread(x, n, at, k);
out:
	free(at);
	return rc;
}

const struct codec codec_randk = {
	.name = "randk", .summary = "values at random places that all draw from one seed: encoded values may be summed",
	.source = "Konecny et al. 2016, Federated learning: strategies for improving communication efficiency, Sec. 3",
	.params = params, .flags = CODEC_LINEAR | CODEC_BLIND | CODEC_UNBIASED | CODEC_SEED, .dtype = DT_U8, .omega = omega,
	.plan = plan, .encode = encode, .decode = decode, .sparse = sparse,
};
