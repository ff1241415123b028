#include "codec/encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "tensor/meta.h"

/* ---- what comes in ---- */

static int check_finite(const struct encode *e, const float *x, uint64_t n, struct fl_err *err)
{
	uint64_t i, bad = 0;

	for (i = 0; i < n; i++)
		bad += !(fabsf(x[i]) <= 0x1.fffffep127f);
	return bad ? fl_fail(err, FL_DATA, "%s: holds a value that is not finite", in_name(e->a.path)) : FL_OK;
}

/* Values of tensor i as they are. */
static int read_raw(const struct encode *e, size_t i, float *x, struct fl_err *err)
{
	const struct tensor *t = &e->a.st.tensors[i];

	return art_pread(&e->a, x, t->end - t->begin, t->begin, err);
}

/* The same with what is carried on. */
static int read_values(void *ctx, size_t i, float *x, struct fl_err *err)
{
	const struct encode *e = ctx;
	int rc;

	TRY(read_raw(e, i, x, err));
	TRY(residual_add(&e->residual, &e->a.st.tensors[i], 0, e->t[i].n, x, err));
	TRY(check_finite(e, x, e->t[i].n, err));
out:
	return rc;
}

static int look(struct encode *e, struct fl_err *err)
{
	uint64_t most = 0;
	size_t i;
	int rc;

	TRY(fl_alloc(&e->t, e->a.st.n, sizeof *e->t, err));
	TRY(fl_alloc(&e->v, e->a.st.n, sizeof *e->v, err));
	for (i = 0; i < e->a.st.n; i++) {
		const struct tensor *t = &e->a.st.tensors[i];
		if (t->dtype != DT_F32)
			TRY(fl_fail(err, FL_DATA, "%s: tensor \"%.60s\" is %s; codecs take F32", in_name(e->a.path), t->name, dtype_name(t->dtype)));
		e->t[i] = (struct codec_tensor){ .name = t->name, .ndim = t->ndim, .shape = t->shape, .n = tensor_len(t) };
		e->values += e->t[i].n;
		most = e->t[i].n > most ? e->t[i].n : most;
	}
	e->bytes_in = e->a.data_at + e->a.st.data_len;
	e->source = (struct codec_source){ e->t, e->a.st.n, read_values, e };
	TRY(fl_alloc(&e->x, most, sizeof *e->x, err));
	TRY(fl_alloc(&e->y, CODEC_CHUNK, sizeof *e->y, err));
out:
	return rc;
}

/* May a codec follow on what has been done? Said before anything is: the tensors of an encoded file are not F32 either. */
static int check_chain(const struct encode *e, struct fl_err *err)
{
	json_t *fl = json_deep_copy(e->a.fl);
	int rc = fl ? meta_add_stage(fl, json_pack("{s:s}", "op", "compress"), err) : fl_fail(err, FL_IO, "out of memory: metadata");

	json_decref(fl);
	return rc;
}

int encode_open(struct encode *e, const char *path, const struct encode_opts *o, struct fl_err *err)
{
	int rc;

	e->o = o;
	e->scratch = -1;
	TRY(art_open_seekable(&e->a, path, err));
	if (!e->a.fl)
		TRY(fl_fail(err, FL_DATA, "%s: is not an artefact of flkit", in_name(path)));
	TRY(check_chain(e, err));
	if (o->residual)
		TRY(art_end(&e->a, err));
	TRY(look(e, err));
	if (o->residual && strcmp(art_kind(&e->a), "update"))
		TRY(fl_fail(err, FL_USAGE, "--residual: error feedback is for updates; this is a %s", art_kind(&e->a)));
	if (o->residual)
		TRY(residual_open(&e->residual, o->residual, e->a.fl, e->a.digest, &e->a.st, err));
	if (o->base) {
		TRY(art_open_seekable(&e->base, o->base, err));
		TRY(art_end(&e->base, err));
	}
out:
	return rc;
}

/* A stage with two numbers for each dimension, and offsets as before. */
double encode_head(const struct encode *e)
{
	return (double)e->a.data_at + 360 + 40 * (double)e->a.st.n;
}

void encode_close(struct encode *e)
{
	if (e->scratch >= 0)
		close(e->scratch);
	free(e->t);
	free(e->v);
	free(e->x);
	free(e->y);
	residual_close(&e->residual);
	art_close(&e->base);
	art_close(&e->a);
	json_decref(e->fl);
	st_clear(&e->st);
	*e = (struct encode){ .scratch = -1 };
}

/* ---- does the codec fit ---- */

static int check_fit(const struct encode *e, const struct codec_choice *how, struct fl_err *err)
{
	const struct codec *c = how->codec;
	size_t i;

	if (strcmp(art_kind(&e->a), "update") && !(c->flags & CODEC_EXACT))
		return fl_fail(err, FL_USAGE, "codec %s loses something, and a %s must not: use planes or ulp", c->name, art_kind(&e->a));
	if (e->o->residual && c->flags & CODEC_EXACT)
		return fl_fail(err, FL_USAGE, "codec %s gives back the very file, and --residual would have it add to that", c->name);
	if (c->flags & CODEC_BASE && !e->base.path)
		return fl_fail(err, FL_USAGE, "codec %s needs the model to subtract: %s:MODEL", c->name, c->name);
	for (i = 0; e->o->residual && c->omega && i < e->a.st.n; i++)
		if (e->t[i].n && c->omega(how->v, e->t[i].n) >= 1)
			return fl_fail(err, FL_USAGE, "codec %s expands with these parameters, and error feedback would diverge: see its "
				       "parameters in fl-compress --list", c->name);
	return FL_OK;
}

/* ---- one tensor ---- */

/* A chunk decoded again into e->y: count what was lost, and keep it. */
static int measure(struct encode *e, size_t i, uint64_t from, size_t n, struct fl_err *err)
{
	const struct tensor *t = &e->a.st.tensors[i];
	const float *x = e->x + from;
	float *added = NULL;
	size_t k;
	int rc = FL_OK;

	for (k = 0; k < n; k++) {
		e->v[i].had += (double)x[k] * (double)x[k];
		e->y[k] = x[k] - e->y[k];
		e->v[i].lost += (double)e->y[k] * (double)e->y[k];
	}
	if (!e->o->residual)
		return FL_OK;
	TRY(fl_alloc(&added, n, sizeof *added, err));
	TRY(residual_add(&e->residual, t, from, n, added, err));
	TRY(residual_keep(&e->residual, t, from, n, added, e->y, err));
out:
	free(added);
	return rc;
}

static int decode_again(struct encode *e, const struct codec_choice *how, size_t i, const struct codec_tensor *t, const struct buf *b,
			struct fl_err *err)
{
	struct codec_memory m = { b->data, b->len };
	struct codec_bytes in = codec_bytes_of(&m);
	uint64_t at, n;
	int rc = FL_OK;

	for (at = 0; at < t->n; at += n) {
		n = t->n - at < CODEC_CHUNK ? t->n - at : CODEC_CHUNK;
		TRY(how->codec->decode(how->v, t, &in, at, (size_t)n, e->y, err));
		TRY(measure(e, i, at, (size_t)n, err));
	}
out:
	return rc;
}

static int encode_tensor(struct encode *e, const struct codec_choice *how, size_t i, struct fl_err *err)
{
	struct codec_tensor t = e->t[i];
	struct buf b = { .max = SIZE_MAX / 2 };
	float *base = NULL;
	int rc;

	TRY(how->codec->flags & CODEC_EXACT ? read_raw(e, i, e->x, err) : read_values(e, i, e->x, err));
	if (how->codec->flags & CODEC_BASE) {
		TRY(encoded_base(&base, &e->base, &t, err));
		t.base = base;
	}
	TRY(how->codec->encode(how->v, &e->plan, &t, e->x, &b, err));
	if (e->o->measure || e->o->residual)
		TRY(decode_again(e, how, i, &t, &b, err));
	e->v[i].at = i ? e->v[i - 1].at + e->v[i - 1].len : 0;
	e->v[i].len = b.len;
	TRY(file_write(e->scratch, b.data, b.len, err));
out:
	if (rc == FL_DATA)
		fl_err_prefix(err, "%s: tensor \"%.60s\"", in_name(e->a.path), t.name);
	free(base);
	buf_clear(&b);
	return rc;
}

/* ---- what goes out ---- */

/* Would the header be written in the same words? Else the stage keeps it. */
static int keep_header(json_t *stage, const struct encode *e, struct fl_err *err)
{
	struct buf own = { 0 }, was = { 0 };
	struct st h = { 0 };
	char *text = NULL;
	size_t i;
	int rc;

	for (i = 0; i < e->a.st.n; i++)
		TRY(st_add(&h, e->t[i].name, DT_F32, e->t[i].ndim, e->t[i].shape, err));
	TRY(st_layout(&h, err));
	TRY(art_copy_meta(&h, &e->a, err));
	TRY(json_canonical(&text, e->a.fl, err));
	TRY(st_add_meta(&h, "fl", text, err));
	TRY(st_format(&h, &own, err));
	TRY(buf_reserve(&was, e->a.data_at + 1, err));
	TRY(art_pread(&(struct art){ .path = e->a.path, .fd = e->a.fd }, was.data, e->a.data_at, 0, err));
	was.data[e->a.data_at] = 0;
	if (own.len != e->a.data_at || memcmp(own.data, was.data, own.len))
		json_object_set_new(stage, "header", json_stringn(was.data + 8, e->a.data_at - 8));
out:
	free(text);
	st_clear(&h);
	buf_clear(&own);
	buf_clear(&was);
	return rc;
}

static int make_stage(json_t **stage, const struct encode *e, const struct codec_choice *how, uint64_t seed, const char *note,
		      struct fl_err *err)
{
	int rc;

	TRY(encoded_describe(stage, how, seed, &e->a.st, err));
	if (note) {
		json_object_set_new(*stage, "chosen_by", json_string(note));
		json_object_set_new(*stage, "nmse", json_real(e->plan.nmse));
	}
	if (how->codec->flags & CODEC_BASE)
		json_object_set_new(*stage, "base", json_string(e->base.digest));
	if (how->codec->flags & CODEC_EXACT) {
		json_object_set_new(*stage, "file", json_string(e->a.digest));
		TRY(keep_header(*stage, e, err));
	}
out:
	return rc;
}

/* Metadata and tensors of the encoded file, and so its length. */
static int make_header(struct encode *e, const struct codec_choice *how, uint64_t seed, const char *note, struct fl_err *err)
{
	int halves = how->codec->dtype != DT_U8;
	struct buf head = { 0 };
	json_t *stage = NULL;
	char *text = NULL;
	size_t i;
	int rc;

	TRY(make_stage(&stage, e, how, seed, note, err));
	e->fl = json_deep_copy(e->a.fl);
	TRY(meta_add_stage(e->fl, json_incref(stage), err));
	for (i = 0; i < e->a.st.n; i++)
		TRY(st_add(&e->st, e->t[i].name, how->codec->dtype, halves ? e->t[i].ndim : 1, halves ? e->t[i].shape : &e->v[i].len, err));
	TRY(st_layout(&e->st, err));
	TRY(art_copy_meta(&e->st, &e->a, err));
	TRY(json_canonical(&text, e->fl, err));
	TRY(st_add_meta(&e->st, "fl", text, err));
	TRY(st_format(&e->st, &head, err));
	e->bytes_out = head.len + e->st.data_len;
out:
	free(text);
	json_decref(stage);
	buf_clear(&head);
	return rc;
}

/* Forget an earlier try. */
static int start_over(struct encode *e, struct fl_err *err)
{
	if (e->scratch >= 0)
		close(e->scratch);
	e->scratch = -1;
	json_decref(e->fl);
	e->fl = NULL;
	st_clear(&e->st);
	e->plan = (struct codec_plan){ 0 };
	if (e->a.st.n)
		memset(e->v, 0, e->a.st.n * sizeof *e->v);
	return file_scratch(&e->scratch, err);
}

int encode_make(struct encode *e, const struct codec_choice *how, uint64_t seed, const char *note, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(check_fit(e, how, err));
	TRY(start_over(e, err));
	if (how->codec->flags & CODEC_EXACT && !*e->a.digest)
		TRY(art_end(&e->a, err));
	for (i = 0; i < e->a.st.n; i++)
		e->t[i].seed = encoded_seed(seed, e->t[i].name);
	if (how->codec->plan)
		TRY(how->codec->plan(how->v, &e->source, &e->plan, err));
	for (i = 0; i < e->a.st.n; i++) {
		TRY(encode_tensor(e, how, i, err));
		if (e->o->progress)
			e->o->progress("compress", (double)e->a.st.tensors[i].end, (double)e->a.st.data_len);
	}
	TRY(make_header(e, how, seed, note, err));
out:
	return rc;
}

int encode_write(struct encode *e, struct out *out, struct fl_err *err)
{
	struct buf head = { 0 };
	size_t k;
	int rc;

	TRY(st_format(&e->st, &head, err));
	TRY(out_write(out, head.data, head.len, err));
	for (k = 0; k < e->st.n; k++) {
		const struct encode_tensor *v = &e->v[st_find(&e->a.st, e->st.tensors[k].name) - e->a.st.tensors];
		TRY(out_copy(out, e->scratch, (off_t)v->at, v->len, err));
	}
	if (e->o->residual)
		TRY(residual_commit(&e->residual, err));
out:
	buf_clear(&head);
	return rc;
}
