#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "codec/decode.h"
#include "model/head.h"
#include "tensor/meta.h"

void model_clear(struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_meta; i++) {
		free(m->meta[i].key);
		free(m->meta[i].val);
	}
	free(m->meta);
	json_decref(m->fl);
	schema_clear(&m->schema);
	free(m->theta);
	*m = (struct model){ 0 };
}

static int find_param(const struct spec *spec, const struct tensor *t, struct spec_tensor *p, struct fl_err *err)
{
	size_t i;

	for (i = 0; i < spec_tensors(spec); i++) {
		spec_tensor(spec, i, p);
		if (strcmp(p->name, t->name))
			continue;
		if (t->dtype != DT_F32 || t->ndim != p->ndim || t->shape[0] != p->shape[0] ||
		    (p->ndim == 2 && t->shape[1] != p->shape[1]))
			return fl_fail(err, FL_DATA, "tensor \"%.60s\" has another shape or type than the model's spec", t->name);
		return FL_OK;
	}
	return fl_fail(err, FL_DATA, "tensor \"%.60s\" is not part of the model's spec", t->name);
}

static int read_params(struct model *m, struct art *a, struct fl_err *err)
{
	struct spec_tensor p;
	size_t i, k;
	int rc;

	if (a->st.n != spec_tensors(&m->spec))
		return fl_fail(err, FL_DATA, "has %zu tensors, its spec wants %zu", a->st.n, spec_tensors(&m->spec));
	for (i = 0; i < a->st.n; i++) {
		TRY(find_param(&m->spec, &a->st.tensors[i], &p, err));
		TRY(art_read(a, m->theta + p.at, p.len * sizeof *m->theta, err));
		for (k = 0; k < p.len; k++)
			if (!isfinite(m->theta[p.at + k]))
				return fl_fail(err, FL_DATA, "tensor \"%s\": value %zu is not finite", p.name, k);
	}
	TRY(art_end(a, err));
	memcpy(m->digest, a->digest, sizeof m->digest);
out:
	return rc;
}

/* A spec and a schema that came in one file need not fit. */
static int check_fit(const struct model *m, struct fl_err *err)
{
	const char *why = head_misfit(m->spec.head, &m->schema);

	if (m->spec.inputs != m->schema.width)
		return fl_fail(err, FL_DATA, "spec has %zu inputs, its schema gives %zu", m->spec.inputs, m->schema.width);
	if (why)
		return fl_fail(err, FL_DATA, "the model's head %s %s", m->spec.head->name, why);
	if (m->spec.head->label == HEAD_CLASSES && m->spec.outputs != schema_classes(&m->schema))
		return fl_fail(err, FL_DATA, "the model has %zu outputs for %zu classes", m->spec.outputs, schema_classes(&m->schema));
	return FL_OK;
}

static int read_meta(struct model *m, struct art *a, struct fl_err *err)
{
	const json_t *table = json_object_get(a->fl, "table"), *spec = json_object_get(a->fl, "spec");
	int rc;

	if (!table || !spec)
		return fl_fail(err, FL_DATA, "carries no %s; is it an update?", table ? "spec" : "schema");
	TRY(schema_from_json(&m->schema, json_object_get(a->fl, "table"), err));
	if (strcmp(m->schema.digest, meta_str(a->fl, "schema"))) {
		rc = fl_fail(err, FL_DATA, "its schema does not have the digest it says");
		goto out;
	}
	TRY(spec_from_json(&m->spec, spec, err));
	TRY(check_fit(m, err));
	m->n = spec_params(&m->spec);
	if (a->st.data_len != (uint64_t)m->n * sizeof *m->theta) {
		rc = fl_fail(err, FL_DATA, "tensors are not those of its spec");
		goto out;
	}
	TRY(fl_alloc(&m->theta, m->n, sizeof *m->theta, err));
	m->fl = json_incref(a->fl);
	m->meta = a->st.meta;
	m->n_meta = a->st.n_meta;
	a->st.meta = NULL;
	a->st.n_meta = a->st.cap_meta = 0;
out:
	return rc;
}

int model_read(struct model *m, const char *path, struct fl_err *err)
{
	struct art a = { 0 };
	int rc;

	TRY(art_open(&a, path, err));
	TRY(decode_in_place(&a, err));
	TRY(art_want(&a, "model", err));
	if ((rc = read_meta(m, &a, err)) != FL_OK || (rc = read_params(m, &a, err)) != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
out:
	art_close(&a);
	if (rc != FL_OK)
		model_clear(m);
	return rc;
}

int model_new(struct model *m, const struct spec *spec, const struct schema *s, struct fl_err *err)
{
	int rc;

	m->spec = *spec;
	m->n = spec_params(spec);
	TRY(fl_alloc(&m->theta, m->n, sizeof *m->theta, err));
	TRY(schema_from_json(&m->schema, s->json, err));
	m->fl = meta_new("model");
	if (!m->fl || json_object_set_new(m->fl, "schema", json_string(s->digest)) != 0 ||
	    json_object_set(m->fl, "table", s->json) != 0 || json_object_set_new(m->fl, "spec", spec_to_json(spec)) != 0 ||
	    json_object_set_new(m->fl, "round", json_integer(0)) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
out:
	if (rc != FL_OK)
		model_clear(m);
	return rc;
}

/* Header of the model's tensors and, in *order, their places in theta in file order. */
static int lay_out(const struct model *m, struct st *h, struct fl_err *err)
{
	struct spec_tensor p;
	uint64_t shape[2];
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < spec_tensors(&m->spec); i++) {
		spec_tensor(&m->spec, i, &p);
		shape[0] = p.shape[0];
		shape[1] = p.shape[1];
		TRY(st_add(h, p.name, DT_F32, (unsigned)p.ndim, shape, err));
	}
	for (i = 0; i < m->n_meta; i++)
		if (strcmp(m->meta[i].key, "fl"))
			TRY(st_add_meta(h, m->meta[i].key, m->meta[i].val, err));
out:
	return rc;
}

static int write_params(const struct model *m, const float *theta, const json_t *fl, struct out *o, struct fl_err *err)
{
	struct st h = { 0 };
	struct spec_tensor p;
	size_t i;
	int rc;

	TRY(lay_out(m, &h, err));
	TRY(st_layout(&h, err));
	TRY(art_write_header(o, &h, fl, NULL, err));
	for (i = 0; i < h.n; i++) {
		TRY(find_param(&m->spec, &h.tensors[i], &p, err));
		TRY(out_write(o, theta + p.at, p.len * sizeof *theta, err));
	}
out:
	st_clear(&h);
	return rc;
}

int model_write(const struct model *m, const float *theta, json_t *stages, struct out *o, struct fl_err *err)
{
	json_t *fl = NULL;
	int rc;

	TRY(meta_derive(&fl, m->fl, "model", NULL, err));
	if (json_object_set(fl, "stages", stages) != 0) {
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
		goto out;
	}
	TRY(write_params(m, theta, fl, o, err));
out:
	json_decref(fl);
	return rc;
}

int model_spec_digest(const struct model *m, char text[DIGEST_TEXT], struct fl_err *err)
{
	char *s = NULL;
	int rc = json_canonical(&s, json_object_get(m->fl, "spec"), err);

	if (rc == FL_OK)
		digest_of(s, strlen(s), text);
	free(s);
	return rc;
}

static int update_meta(const struct model *m, double weight, json_t *stage, json_t **fl, struct fl_err *err)
{
	static const char *const drop[] = { "table", "spec", "stages", NULL };
	char spec[DIGEST_TEXT];
	int rc;

	TRY(meta_derive(fl, m->fl, "update", drop, err));
	TRY(model_spec_digest(m, spec, err));
	if (json_object_set_new(*fl, "base", json_string(m->digest)) != 0 ||
	    json_object_set_new(*fl, "spec_digest", json_string(spec)) != 0 ||
	    json_object_set_new(*fl, "weight", weight == floor(weight) ? json_integer((json_int_t)weight) : json_real(weight)) != 0) {
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
		goto out;
	}
	TRY(meta_add_stage(*fl, json_incref(stage), err));
out:
	return rc;
}

int model_write_update(const struct model *m, const float *theta, double weight, json_t *stage, struct out *o, struct fl_err *err)
{
	json_t *fl = NULL;
	float *d = NULL;
	size_t i;
	int rc;

	TRY(fl_alloc(&d, m->n, sizeof *d, err));
	for (i = 0; i < m->n; i++) {
		d[i] = theta[i] - m->theta[i];
		if (!(fabsf(d[i]) <= (float)UPDATE_MAX)) {
			rc = fl_fail(err, FL_DATA, "the update is not finite or beyond %g; training diverged: try a smaller --lr", UPDATE_MAX);
			goto out;
		}
	}
	TRY(update_meta(m, weight, stage, &fl, err));
	TRY(write_params(m, d, fl, o, err));
out:
	free(d);
	json_decref(fl);
	return rc;
}
