#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tensor/describe.h"
#include "tensor/value.h"

static json_t *diff_tensor(const struct tensor *x, const void *dx, const struct tensor *y, const void *dy)
{
	double d, max = 0, squares = 0, norm = 0, vx;
	uint64_t i, n = tensor_len(x), differ = 0;

	if (!y)
		return json_pack("{s:s, s:s}", "name", x->name, "only_in", "A");
	if (x->dtype != y->dtype || x->ndim != y->ndim || memcmp(x->shape, y->shape, x->ndim * sizeof *x->shape))
		return json_pack("{s:s, s:s}", "name", x->name, "differs", "type or shape");
	if (!memcmp((const char *)dx + x->begin, (const char *)dy + y->begin, (size_t)(x->end - x->begin)))
		return NULL;
	for (i = 0; value_readable(x->dtype) && i < n; i++) {
		vx = value_get(x->dtype, (const char *)dx + x->begin, (size_t)i);
		d = fabs(vx - value_get(y->dtype, (const char *)dy + y->begin, (size_t)i));
		differ += !(d == 0);
		max = d > max ? d : max;
		squares += d * d;
		norm += vx * vx;
	}
	return json_pack("{s:s, s:I, s:o, s:o, s:o}", "name", x->name, "differ", (json_int_t)differ, "max_abs", json_metric(max), "norm",
			 json_metric(sqrt(squares)), "norm_a", json_metric(sqrt(norm)));
}

static json_t *diff_tensors(const struct art *a, const void *da, const struct art *b, const void *db)
{
	json_t *list = json_array(), *j;
	size_t i;

	for (i = 0; i < a->st.n; i++)
		if ((j = diff_tensor(&a->st.tensors[i], da, st_find(&b->st, a->st.tensors[i].name), db)))
			json_array_append_new(list, j);
	for (i = 0; i < b->st.n; i++)
		if (!st_find(&a->st, b->st.tensors[i].name))
			json_array_append_new(list, json_pack("{s:s, s:s}", "name", b->st.tensors[i].name, "only_in", "B"));
	return list;
}

/* Names of the members of "fl" that differ. */
static json_t *diff_meta(json_t *a, json_t *b)
{
	json_t *list = json_array(), *v;
	const char *key;

	json_object_foreach(a, key, v)
		if (!json_equal(v, json_object_get(b, key)))
			json_array_append_new(list, json_string(key));
	json_object_foreach(b, key, v)
		if (!json_object_get(a, key))
			json_array_append_new(list, json_string(key));
	return list;
}

int art_diff(json_t **j, struct art *a, struct art *b, int *same, struct fl_err *err)
{
	const void *da, *db;
	json_t *meta = NULL, *list = NULL;
	int rc;

	TRY(art_map(a, &da, err));
	TRY(art_map(b, &db, err));
	meta = diff_meta(a->fl, b->fl);
	list = diff_tensors(a, da, b, db);
	*same = json_array_size(meta) == 0 && json_array_size(list) == 0;
	*j = json_pack("{s:b, s:s, s:s, s:O, s:O}", "same", *same, "a", a->path, "b", b->path, "fl", meta, "tensors", list);
out:
	json_decref(meta);
	json_decref(list);
	return rc;
}
