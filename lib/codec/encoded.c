#include "codec/encoded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"
#include "tensor/meta.h"

const json_t *encoded_stage(const json_t *fl)
{
	const json_t *stages = json_object_get(fl, "stages"), *s;
	size_t i;

	for (i = json_array_size(stages); i-- > 0;) {
		s = json_array_get(stages, i);
		if (!strcmp(meta_str(s, "op"), "decompress"))
			return NULL;
		if (!strcmp(meta_str(s, "op"), "compress"))
			return s;
	}
	return NULL;
}

uint64_t encoded_seed(uint64_t seed, const char *name)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a: names of one file are few */
	struct rng r;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	rng_seed(&r, seed, h);
	return rng_u64(&r);
}

static int read_params(struct codec_choice *c, const json_t *stage, struct fl_err *err)
{
	const json_t *given = json_object_get(stage, "params");
	const struct codec_param *p;
	size_t i;
	int rc = FL_OK;

	c->codec = codec_find(meta_str(stage, "codec"));
	if (!c->codec)
		return fl_fail(err, FL_VERSION, "is compressed by \"%.40s\", which this flkit does not know", meta_str(stage, "codec"));
	for (i = 0, p = c->codec->params; p && p[i].name; i++) {
		c->v[i] = p[i].def;
		TRY(json_get_real(given, p[i].name, &c->v[i], err));
	}
	if (codec_check(c, err) != FL_OK)
		rc = err->status = FL_DATA;
out:
	return rc;
}

static int read_shape(uint64_t shape[ST_DIMS_MAX], unsigned *ndim, const json_t *list, const char *name, struct fl_err *err)
{
	size_t i, n = json_array_size(list);
	json_int_t d;

	if (!json_is_array(list) || n > ST_DIMS_MAX)
		return fl_fail(err, FL_DATA, "the compress stage does not say the shape of tensor \"%.60s\"", name);
	for (i = 0; i < n; i++) {
		d = json_integer_value(json_array_get(list, i));
		if (!json_is_integer(json_array_get(list, i)) || d < 0)
			return fl_fail(err, FL_DATA, "the compress stage gives tensor \"%.60s\" no shape", name);
		shape[i] = (uint64_t)d;
	}
	*ndim = (unsigned)n;
	return FL_OK;
}

/* Names, types and shapes of what is encoded, and so of what it was. */
static int read_tensors(struct encoded *e, const struct st *st, struct fl_err *err)
{
	const json_t *shapes = json_object_get(e->stage, "shapes");
	enum dtype d = e->how.codec->dtype;
	uint64_t shape[ST_DIMS_MAX];
	const struct tensor *t;
	unsigned ndim = 0;
	size_t i;
	int rc;

	for (i = 0; i < st->n; i++) {
		t = &st->tensors[i];
		if (t->dtype != d || (d == DT_U8 && t->ndim != 1))
			return fl_fail(err, FL_DATA, "tensor \"%.60s\" is not what codec %s makes", t->name, e->how.codec->name);
		if (d == DT_U8) {
			TRY(read_shape(shape, &ndim, json_object_get(shapes, t->name), t->name, err));
			TRY(st_add(&e->plain, t->name, DT_F32, ndim, shape, err));
		} else {
			TRY(st_add(&e->plain, t->name, DT_F32, t->ndim, t->shape, err));
		}
	}
	rc = st_layout(&e->plain, err);
out:
	return rc;
}

/* The header of the file that an exact codec was given, where the stage keeps it, gives order and shapes as well. */
static int read_header(struct encoded *e, const struct st *st, const char *text, struct fl_err *err)
{
	const struct tensor *t;
	size_t i;
	int rc;

	TRY(st_parse(&e->plain, text, strlen(text), err));
	for (i = 0; i < e->plain.n; i++) {
		t = st_find(st, e->plain.tensors[i].name);
		if (e->plain.n != st->n || !t || e->plain.tensors[i].dtype != DT_F32 || t->dtype != e->how.codec->dtype)
			return fl_fail(err, FL_DATA, "the compress stage keeps the header of another file");
	}
out:
	return rc;
}

int encoded_read(struct encoded *e, const struct art *a, struct fl_err *err)
{
	const struct tensor *was, *is;
	const char *header = NULL;
	long long seed = 0;
	size_t i;
	int rc = FL_OK;

	e->stage = encoded_stage(a->fl);
	if (!e->stage)
		return FL_OK;
	TRY(read_params(&e->how, e->stage, err));
	TRY(json_get_int(e->stage, "seed", &seed, err));
	TRY(json_get_str(e->stage, "header", &header, err));
	TRY(header && e->how.codec->flags & CODEC_EXACT ? read_header(e, &a->st, header, err) : read_tensors(e, &a->st, err));
	TRY(fl_alloc(&e->v, e->plain.n, sizeof *e->v, err));
	for (i = 0; i < e->plain.n; i++) {
		was = &e->plain.tensors[i];
		is = st_find(&a->st, was->name);
		e->v[i] = (struct encoded_tensor){ is->begin, is->end - is->begin,
			{ was->name, was->ndim, was->shape, tensor_len(was), encoded_seed((uint64_t)seed, was->name), NULL } };
	}
out:
	if (rc != FL_OK)
		encoded_clear(e);
	return rc;
}

void encoded_clear(struct encoded *e)
{
	free(e->v);
	st_clear(&e->plain);
	*e = (struct encoded){ 0 };
}

struct place {
	const struct art *a;
	uint64_t at;
};

static int read_place(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	const struct place *x = ctx;

	return art_pread(x->a, p, n, x->at + at, err);
}

static int named(int rc, const struct encoded_tensor *t, struct fl_err *err)
{
	return rc == FL_DATA ? fl_err_prefix(err, "tensor \"%.60s\"", t->t.name) : rc;
}

int encoded_chunk(const struct encoded *e, size_t i, const struct art *a, const float *base, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	struct place p = { a, e->v[i].at };
	struct codec_bytes in = { e->v[i].len, read_place, &p };
	struct codec_tensor t = e->v[i].t;

	t.base = base;
	return named(e->how.codec->decode(e->how.v, &t, &in, from, n, x, err), &e->v[i], err);
}

int encoded_sparse(const struct encoded *e, size_t i, const struct art *a, uint64_t from, size_t n, uint32_t *at, float *x, size_t *k,
		   struct fl_err *err)
{
	struct place p = { a, e->v[i].at };
	struct codec_bytes in = { e->v[i].len, read_place, &p };

	return named(e->how.codec->sparse(e->how.v, &e->v[i].t, &in, from, n, at, x, k, err), &e->v[i], err);
}

int encoded_base(float **base, const struct art *a, const struct codec_tensor *t, struct fl_err *err)
{
	const struct tensor *b = st_find(&a->st, t->name);
	int rc;

	if (!b || b->dtype != DT_F32 || b->ndim != t->ndim || memcmp(b->shape, t->shape, b->ndim * sizeof *b->shape))
		return fl_fail(err, FL_DATA, "%s has no tensor \"%.60s\" of that shape", in_name(a->path), t->name);
	TRY(fl_alloc(base, b->end - b->begin, 1, err));
	TRY(art_pread(a, *base, b->end - b->begin, b->begin, err));
out:
	return rc;
}

static json_t *shapes_of(const struct st *plain)
{
	json_t *all = json_object(), *s;
	size_t i, k;

	for (i = 0; i < plain->n; i++) {
		s = json_array();
		for (k = 0; k < plain->tensors[i].ndim; k++)
			json_array_append_new(s, json_integer((json_int_t)plain->tensors[i].shape[k]));
		json_object_set_new(all, plain->tensors[i].name, s);
	}
	return all;
}

int encoded_describe(json_t **stage, const struct codec_choice *how, uint64_t seed, const struct st *plain, struct fl_err *err)
{
	const struct codec *c = how->codec;
	json_t *params = json_object(), *s;
	size_t i;

	for (i = 0; c->params && c->params[i].name; i++)
		json_object_set_new(params, c->params[i].name, json_real(how->v[i]));
	s = json_pack("{s:s, s:s, s:o}", "op", "compress", "codec", c->name, "params", params);
	if (!s)
		return fl_fail(err, FL_IO, "out of memory: metadata");
	if (c->dtype == DT_U8)
		json_object_set_new(s, "shapes", shapes_of(plain));
	if (c->flags & CODEC_SEED)
		json_object_set_new(s, "seed", json_integer((json_int_t)seed));
	if (c->flags & CODEC_LINEAR)
		json_object_set_new(s, "linear", json_true());
	if (c->flags & CODEC_BLIND)
		json_object_set_new(s, "data_independent", json_true());
	*stage = s;
	return FL_OK;
}
