#include "stats/fold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tensor/meta.h"

void stats_fold_clear(struct stats_fold *f)
{
	size_t i;

	for (i = 0; i < f->names.n; i++) {
		free(f->a[i].v);
		free(f->a[i].c);
	}
	free(f->a);
	texts_clear(&f->names);
	json_decref(f->fl);
	*f = (struct stats_fold){ 0 };
}

/* 1 if arrays called name fold by maximum, 0 if by sum. */
static int fold_op(const json_t *fl, const char *name, int *max, struct fl_err *err)
{
	const char *slash = strrchr(name, '/'), *op = NULL;
	int rc;

	*max = 0;
	TRY(json_get_str(json_object_get(fl, "fold"), slash ? slash + 1 : name, &op, err));
	if (op && strcmp(op, "max"))
		return fl_fail(err, FL_VERSION, "folds \"%.60s\" by \"%.20s\", which this build does not know", name, op);
	*max = op != NULL;
out:
	return rc;
}

/* The array of f for tensor t, made where it is new. */
static int find_array(struct stats_fold *f, const struct art *art, const struct tensor *t, struct stats_array **out, struct fl_err *err)
{
	struct stats_array *a;
	size_t i, before = f->names.n, k;
	int rc, max;

	if (t->dtype != DT_F64)
		return fl_fail(err, FL_DATA, "array \"%.60s\" is %s, want F64", t->name, dtype_name(t->dtype));
	TRY(fold_op(art->fl, t->name, &max, err));
	TRY(fl_grow(&f->a, &f->cap, before + 1, sizeof *f->a, err));
	TRY(texts_add(&f->names, t->name, strlen(t->name), &i, err));
	a = &f->a[i];
	if (i == before) {
		*a = (struct stats_array){ .ndim = t->ndim, .len = (size_t)tensor_len(t), .max = max };
		memcpy(a->shape, t->shape, sizeof a->shape);
		f->values += a->len;
		if (f->values > STATS_VALUES_MAX)
			return fl_fail(err, FL_DATA, "more than %zu values", STATS_VALUES_MAX);
		TRY(fl_alloc(&a->v, a->len, sizeof *a->v, err));
		TRY(fl_alloc(&a->c, a->len, sizeof *a->c, err));
		for (k = 0; max && k < a->len; k++)
			a->v[k] = -INFINITY;
	} else if (a->ndim != t->ndim || memcmp(a->shape, t->shape, t->ndim * sizeof *t->shape) || a->max != max) {
		return fl_fail(err, FL_DATA, "array \"%.60s\" has another shape or fold than in the files before it", t->name);
	}
	*out = a;
out:
	return rc;
}

static void add(struct stats_array *a, size_t k, double x)
{
	double s = a->v[k], t = s + x;

	if (a->max) {
		a->v[k] = x > s ? x : s;
		return;
	}
	a->c[k] += fabs(s) >= fabs(x) ? (s - t) + x : (x - t) + s;
	a->v[k] = t;
}

static int add_array(struct stats_fold *f, struct art *art, const struct tensor *t, struct fl_err *err)
{
	struct stats_array *a = NULL;
	double b[512];
	size_t k, m, i;
	int rc;

	if ((rc = find_array(f, art, t, &a, err)) != FL_OK)
		return fl_err_prefix(err, "%s", art->path);
	for (k = 0; k < a->len; k += m) {
		m = a->len - k < 512 ? a->len - k : 512;
		TRY(art_read(art, b, m * sizeof *b, err));
		for (i = 0; i < m; i++) {
			if (isnan(b[i]) || (isinf(b[i]) && !a->max))
				return fl_fail(err, FL_DATA, "%s: array \"%.60s\" holds a value that is not finite", art->path, t->name);
			add(a, k + i, b[i]);
		}
	}
out:
	return rc;
}

static int merge_meta(struct stats_fold *f, const struct art *a, struct fl_err *err)
{
	long long count = 1;
	int rc;

	TRY(json_get_int(a->fl, "count", &count, err));
	if (count < 1 || count > 1ll << 40)
		return fl_fail(err, FL_DATA, "\"count\" is out of range");
	f->count += count;
	if (!f->fl)
		f->fl = json_incref(a->fl);
	else
		TRY(meta_same_round(f->fl, a->fl, err));
out:
	return rc;
}

int stats_fold_add(struct stats_fold *f, struct art *a, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(art_want(a, "stats", err));
	if ((rc = merge_meta(f, a, err)) != FL_OK)
		return fl_err_prefix(err, "%s", a->path);
	for (i = 0; i < a->st.n; i++)
		TRY(add_array(f, a, &a->st.tensors[i], err));
	TRY(art_end(a, err));
out:
	return rc;
}

void stats_fold_end(struct stats_fold *f)
{
	size_t i, k;

	for (i = 0; i < f->names.n; i++) {
		for (k = 0; k < f->a[i].len; k++) {
			f->a[i].v[k] += f->a[i].c[k];
			f->a[i].c[k] = 0;
		}
	}
}

const struct stats_array *stats_fold_find(const struct stats_fold *f, const char *name)
{
	size_t i = texts_find(&f->names, name, strlen(name));

	return i == TEXTS_NONE ? NULL : &f->a[i];
}

int stats_fold_write(const struct stats_fold *f, struct out *o, struct fl_err *err)
{
	const struct stats_array *a;
	struct st h = { 0 };
	json_t *fl = NULL;
	size_t i;
	int rc;

	TRY(meta_derive(&fl, f->fl, "stats", NULL, err));
	if (json_object_set_new(fl, "count", json_integer(f->count)) != 0) {
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
		goto out;
	}
	for (i = 0; i < f->names.n; i++)
		TRY(st_add(&h, f->names.v[i], DT_F64, f->a[i].ndim, f->a[i].shape, err));
	TRY(st_layout(&h, err));
	TRY(art_write_header(o, &h, fl, NULL, err));
	for (i = 0; i < h.n; i++) {
		a = stats_fold_find(f, h.tensors[i].name);
		TRY(out_write(o, a->v, a->len * sizeof *a->v, err));
	}
out:
	json_decref(fl);
	st_clear(&h);
	return rc;
}
