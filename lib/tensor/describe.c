#include "tensor/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tensor/meta.h"
#include "tensor/value.h"

#define PIECE 65536

/* One pass over the file, a piece at a time. */

/* Read tensor t, summing it up into *s and, if list is given, appending its values there. */
static int read_tensor(struct art *a, const struct tensor *t, struct value_sum *s, json_t *list, struct fl_err *err)
{
	unsigned char b[PIECE];
	size_t size = dtype_bits(t->dtype) / 8, n, k;
	uint64_t left = t->end - t->begin;
	int rc = FL_OK, readable = value_readable(t->dtype);

	for (; left; left -= n) {
		n = left < PIECE ? (size_t)left : PIECE;
		TRY(art_read(a, b, n, err));
		if (readable)
			value_add(s, t->dtype, b, n / size);
		for (k = 0; list && k < n / size; k++)
			json_array_append_new(list, json_metric(value_get(t->dtype, b, k)));
	}
out:
	return rc;
}

static json_t *shape_json(const struct tensor *t)
{
	json_t *a = json_array();
	unsigned i;

	for (i = 0; i < t->ndim; i++)
		json_array_append_new(a, json_integer((json_int_t)t->shape[i]));
	return a;
}

static json_t *tensor_json(const struct tensor *t, const struct value_sum *s)
{
	json_t *j = json_pack("{s:s, s:s, s:o, s:I}", "name", t->name, "dtype", dtype_name(t->dtype), "shape", shape_json(t), "bytes",
			      (json_int_t)(t->end - t->begin));

	if (s->n > 0) {
		json_object_set_new(j, "min", json_metric(s->min));
		json_object_set_new(j, "max", json_metric(s->max));
		json_object_set_new(j, "mean", json_metric(s->sum / s->n));
		json_object_set_new(j, "norm", json_metric(sqrt(s->squares)));
	}
	if (s->bad > 0)
		json_object_set_new(j, "not_finite", json_integer((json_int_t)s->bad));
	return j;
}

/* Everything after the header: the list of tensors, the values asked for, the digest. */
static int read_data(struct art *a, const struct describe *want, json_t *list, json_t **vals, struct fl_err *err)
{
	const struct tensor *t;
	struct value_sum s;
	json_t *v;
	size_t i;
	int rc = FL_OK, found = 0;

	for (i = 0; i < a->st.n; i++) {
		t = &a->st.tensors[i];
		s = (struct value_sum){ 0 };
		v = NULL;
		if (want->values && !strcmp(want->values, t->name)) {
			if (!value_readable(t->dtype))
				return fl_fail(err, FL_DATA, "%s: cannot print values of type %s", in_name(a->path), dtype_name(t->dtype));
			found = 1;
			*vals = json_pack("{s:s, s:o, s:o}", "name", t->name, "shape", shape_json(t), "values", v = json_array());
		}
		TRY(read_tensor(a, t, &s, v, err));
		if (want->finite && s.bad > 0 && *art_kind(a))
			return fl_fail(err, FL_DATA, "%s: tensor \"%.60s\" holds %g values that are not finite", in_name(a->path), t->name, s.bad);
		json_array_append_new(list, tensor_json(t, &s));
	}
	TRY(art_end(a, err));
	if (want->values && !found)
		rc = fl_fail(err, FL_DATA, "%s: has no tensor \"%.60s\"; --tensors lists them", in_name(a->path), want->values);
out:
	return rc;
}

static json_t *header_json(const struct art *a)
{
	json_t *j = json_pack("{s:s, s:s}", "file", a->path, "kind", *art_kind(a) ? art_kind(a) : "safetensors"), *others;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < a->st.n; i++)
		n += tensor_len(&a->st.tensors[i]);
	json_object_set_new(j, "bytes", json_integer((json_int_t)(a->data_at + a->st.data_len)));
	json_object_set_new(j, "n_tensors", json_integer((json_int_t)a->st.n));
	json_object_set_new(j, "n_values", json_integer((json_int_t)n));
	if (a->fl)
		json_object_set(j, "fl", a->fl);
	others = json_object();
	for (i = 0; i < a->st.n_meta; i++)
		if (strcmp(a->st.meta[i].key, "fl"))
			json_object_set_new(others, a->st.meta[i].key, json_string(a->st.meta[i].val));
	if (json_object_size(others))
		json_object_set(j, "metadata", others);
	json_decref(others);
	return j;
}

int art_describe(json_t **j, struct art *a, const struct describe *want, struct fl_err *err)
{
	json_t *list = json_array(), *vals = NULL;
	int rc = FL_OK;

	*j = header_json(a);
	if (want->all || want->digest || want->tensors || want->finite || want->values)
		TRY(read_data(a, want, list, &vals, err));
	if (want->digest)
		json_object_set_new(*j, "digest", json_string(a->digest));
	if (want->finite)
		json_object_set_new(*j, "ok", json_true());
	if (want->tensors)
		json_object_set(*j, "tensors", list);
	if (vals)
		json_object_set(*j, "tensor", vals);
out:
	json_decref(list);
	json_decref(vals);
	return rc;
}
