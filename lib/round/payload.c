#include "round/payload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/aggregate.h"
#include "codec/encoded.h"
#include "model/model.h"
#include "tensor/meta.h"

#define BLOCK 8192                      /* values looked at together */
#define WEIGHT_MAX ((json_int_t)1 << 50) /* of a partial, multiples of 2^-20: 2^12 of these can be added */

int payload_base_open(struct payload_base *b, const char *path, const char *digest, struct fl_err *err)
{
	struct model m = { 0 };
	char spec[DIGEST_TEXT];
	int rc;

	b->path = path;
	TRY(art_open(&b->art, path, err));
	TRY(art_want(&b->art, "model", err));
	TRY(model_read(&m, path, err));
	TRY(model_spec_digest(&m, spec, err));
	b->like = json_pack("{s:s, s:s, s:s}", "base", digest, "schema", meta_str(m.fl, "schema"), "spec_digest", spec);
	if (!b->like)
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
out:
	model_clear(&m);
	return rc;
}

void payload_base_close(struct payload_base *b)
{
	art_close(&b->art);
	json_decref(b->like);
	*b = (struct payload_base){ 0 };
}

static int agrees(const struct payload_base *b, const struct art *a, struct fl_err *err)
{
	static const char *const keys[] = { "base", "schema", "spec_digest" };
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(meta_str(b->like, keys[i]), meta_str(a->fl, keys[i])))
			return fl_fail(err, FL_DATA, "has another %s than the round's model", keys[i]);
	return FL_OK;
}

/* What has been done to it leaves it fit to be added up with others: a codec, which is decoded, but no mask. */
static int stages_ok(const struct art *a, struct fl_err *err)
{
	const json_t *stages = json_object_get(a->fl, "stages");
	const char *op;
	size_t i;

	for (i = 0; i < json_array_size(stages); i++) {
		op = meta_str(json_array_get(stages, i), "op");
		if (strcmp(op, "train") && strcmp(op, "clip") && strcmp(op, "noise") && strcmp(op, "compress") && strcmp(op, "decompress"))
			return fl_fail(err, FL_DATA, "has gone through '%.20s', which the plan does not ask for", op);
	}
	return FL_OK;
}

/* The tensors of the base and no others, F32. */
static int same_tensors(const struct st *want, const struct st *have, struct fl_err *err)
{
	size_t i;

	if (have->n != want->n)
		return fl_fail(err, FL_DATA, "has %zu tensors, the round's model has %zu", have->n, want->n);
	for (i = 0; i < want->n; i++) {
		const struct tensor *w = &want->tensors[i], *h = st_find(have, w->name);

		if (!h || h->dtype != DT_F32 || h->ndim != w->ndim || memcmp(h->shape, w->shape, w->ndim * sizeof *w->shape))
			return fl_fail(err, FL_DATA, "tensor \"%.60s\" is missing, or of another type or shape", w->name);
	}
	return FL_OK;
}

static int in_bounds(const float *x, size_t n, struct fl_err *err)
{
	size_t i, bad = 0;

	for (i = 0; i < n; i++)
		bad += !(fabsf(x[i]) <= (float)UPDATE_MAX);
	return bad ? fl_fail(err, FL_DATA, "holds a value that is not finite or beyond %g", UPDATE_MAX) : FL_OK;
}

static int values_ok(const struct art *a, struct fl_err *err)
{
	float x[BLOCK];
	uint64_t at, n;
	int rc = FL_OK;

	for (at = 0; at < a->st.data_len; at += n) {
		n = a->st.data_len - at < sizeof x ? a->st.data_len - at : sizeof x;
		TRY(art_pread(a, x, (size_t)n, at, err));
		TRY(in_bounds(x, (size_t)n / sizeof *x, err));
	}
out:
	return rc;
}

/* The same of what is in a codec. */
static int coded_ok(const struct encoded *e, const struct art *a, struct fl_err *err)
{
	float *x = NULL;
	uint64_t at, n;
	size_t i;
	int rc;

	if (e->how.codec->flags & CODEC_BASE)
		return fl_fail(err, FL_DATA, "is the difference to a model, not an update");
	TRY(fl_alloc(&x, CODEC_CHUNK, sizeof *x, err));
	for (i = 0; i < e->plain.n; i++) {
		for (at = 0; at < e->v[i].t.n; at += n) {
			n = e->v[i].t.n - at < CODEC_CHUNK ? e->v[i].t.n - at : CODEC_CHUNK;
			TRY(encoded_chunk(e, i, a, NULL, at, (size_t)n, x, err));
			TRY(in_bounds(x, (size_t)n, err));
		}
	}
out:
	free(x);
	return rc;
}

static const char *one(void *ctx)
{
	const char **path = ctx, *p = *path;

	*path = NULL;
	return p;
}

/* A partial is tried: its sum alone must give a model. */
static int partial_ok(const struct payload_base *b, const struct art *a, const char *path, struct fl_err *err)
{
	struct agg_opts o = { .strategy = strategy_find("fedavg"), .server = { .lr = 1 }, .threads = 1, .base = b->path };
	struct agg_result res;
	struct out out = { 0 };
	int rc;

	if (strcmp(meta_str(a->fl, "of"), "update"))
		return fl_fail(err, FL_DATA, "is not a sum of updates");
	if (json_integer_value(json_object_get(a->fl, "weight_sum")) > WEIGHT_MAX)
		return fl_fail(err, FL_DATA, "weighs more than 2^30");
	TRY(out_open(&out, "/dev/null", OUT_BINARY, err));
	TRY(aggregate(one, &path, &o, &out, &res, err));
	TRY(out_commit(&out, err));
out:
	out_abort(&out);
	return rc;
}

static int update_ok(const struct payload_base *b, const struct art *a, struct fl_err *err)
{
	struct encoded e = { 0 };
	int rc;

	TRY(encoded_read(&e, a, err));
	TRY(same_tensors(&b->art.st, e.how.codec ? &e.plain : &a->st, err));
	if (!(json_number_value(json_object_get(a->fl, "weight")) > 0))
		TRY(fl_fail(err, FL_DATA, "has no weight"));
	TRY(e.how.codec ? coded_ok(&e, a, err) : values_ok(a, err));
out:
	encoded_clear(&e);
	return rc;
}

int payload_check(const struct payload_base *b, const char *path, struct fl_err *err)
{
	struct art a = { 0 };
	int rc;

	if ((rc = art_open(&a, path, err)) != FL_OK)
		goto out;
	if (strcmp(art_kind(&a), "update") && strcmp(art_kind(&a), "partial"))
		TRY(fl_fail(err, FL_DATA, "is not an update"));
	TRY(agrees(b, &a, err));
	TRY(stages_ok(&a, err));
	rc = strcmp(art_kind(&a), "update") ? partial_ok(b, &a, path, err) : update_ok(b, &a, err);
out:
	art_close(&a);
	return rc;
}
