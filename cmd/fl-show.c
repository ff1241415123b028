/* fl-show - what an artefact is, what has been done to it, what is in it.  Manual: man/fl-show.1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "tensor/artefact.h"
#include "tensor/meta.h"
#include "tensor/value.h"

#define PIECE 65536

static int check, tensors, diff;
static const char *values;

static const struct opt opts[] = {
	OPT_FLAG(0, "check", &check, "read everything and say whether it is sound; exit 1 if one is not"),
	OPT_FLAG(0, "tensors", &tensors, "list the tensors with the range and norm of their values"),
	OPT_STR(0, "values", &values, "NAME", "print the values of this tensor"),
	OPT_FLAG(0, "diff", &diff, "compare two files: exit 1 if metadata or values differ"),
	OPT_END
};

/* ---- data: one pass over the file, a piece at a time ---- */

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
static int read_data(struct art *a, json_t *list, json_t **vals, struct fl_err *err)
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
		if (values && !strcmp(values, t->name)) {
			if (!value_readable(t->dtype))
				return fl_fail(err, FL_DATA, "%s: cannot print values of type %s", in_name(a->path), dtype_name(t->dtype));
			found = 1;
			*vals = json_pack("{s:s, s:o, s:o}", "name", t->name, "shape", shape_json(t), "values", v = json_array());
		}
		TRY(read_tensor(a, t, &s, v, err));
		if (check && s.bad > 0 && *art_kind(a))
			return fl_fail(err, FL_DATA, "%s: tensor \"%.60s\" holds %g values that are not finite", in_name(a->path), t->name, s.bad);
		json_array_append_new(list, tensor_json(t, &s));
	}
	TRY(art_end(a, err));
	if (values && !found)
		rc = fl_fail(err, FL_DATA, "%s: has no tensor \"%.60s\"; --tensors lists them", in_name(a->path), values);
out:
	return rc;
}

/* ---- one file as JSON ---- */

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

static int is_stream(const struct art *a)
{
	struct stat st;

	return fstat(a->fd, &st) == 0 && !S_ISREG(st.st_mode);
}

static int show_json(struct art *a, json_t **out, struct fl_err *err)
{
	json_t *list = json_array(), *vals = NULL;
	int rc = FL_OK;

	*out = header_json(a);
	if (check || tensors || values || is_stream(a)) /* a writer is not cut off, and what follows the header is looked at */
		TRY(read_data(a, list, &vals, err));
	if (check || tensors)
		json_object_set_new(*out, "digest", json_string(a->digest));
	if (check)
		json_object_set_new(*out, "ok", json_true());
	if (tensors)
		json_object_set(*out, "tensors", list);
	if (vals)
		json_object_set(*out, "tensor", vals);
out:
	json_decref(list);
	json_decref(vals);
	return rc;
}

/* ---- one file as a table, for people ---- */

/* Texts of a file may hold anything; a terminal gets no control bytes of theirs, and not too much of them. */
#define SAFE_MAX 120

static const char *safe(const char *text)
{
	static char out[SAFE_MAX + 4];

	return fl_err_quote(out, SAFE_MAX, text, strlen(text));
}

static void print_line(const char *what, const char *text)
{
	if (text && *text)
		printf("  %-10s %s\n", what, safe(text));
}

static void print_stages(const json_t *stages)
{
	const char *key;
	json_t *s, *v;
	size_t i;
	char *text;

	json_array_foreach(stages, i, s) {
		printf("  %-10s %s", i ? "" : "stages", safe(meta_str(s, "op")));
		json_object_foreach(s, key, v) {
			if (!strcmp(key, "op"))
				continue;
			text = json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
			printf(" %s", safe(key));
			printf("=%s", safe(text ? text : json_string_value(v)));
			free(text);
		}
		putchar('\n');
	}
}

static void print_tensor(const json_t *t)
{
	char *shape = json_dumps(json_object_get(t, "shape"), JSON_COMPACT);

	printf("  %-28s %-5s %-14s", meta_str(t, "name"), meta_str(t, "dtype"), shape);
	if (json_object_get(t, "norm"))
		printf(" %11.4g .. %-11.4g norm %.4g", json_number_value(json_object_get(t, "min")),
		       json_number_value(json_object_get(t, "max")), json_number_value(json_object_get(t, "norm")));
	putchar('\n');
	free(shape);
}

static void print_table(const struct art *a, const json_t *j)
{
	const json_t *spec = json_object_get(a->fl, "spec"), *list = json_object_get(j, "tensors");
	char text[128];
	size_t i;

	printf("%s: %s\n", in_name(a->path), safe(meta_str(j, "kind")));
	snprintf(text, sizeof text, "%llu in %zu tensors, %lld bytes", (unsigned long long)json_integer_value(json_object_get(j, "n_values")),
		 a->st.n, (long long)json_integer_value(json_object_get(j, "bytes")));
	print_line("values", text);
	if (spec) {
		snprintf(text, sizeof text, "%s, %lld inputs, %lld outputs", meta_str(spec, "family"),
			 (long long)json_integer_value(json_object_get(spec, "inputs")),
			 (long long)json_integer_value(json_object_get(spec, "outputs")));
		print_line("model", text);
	}
	if (json_object_get(a->fl, "round")) {
		snprintf(text, sizeof text, "%lld", meta_round(a->fl));
		print_line("round", text);
	}
	if (json_object_get(a->fl, "weight")) {
		snprintf(text, sizeof text, "%g", json_number_value(json_object_get(a->fl, "weight")));
		print_line("weight", text);
	}
	print_line("base", meta_str(a->fl, "base"));
	print_line("schema", meta_str(a->fl, "schema"));
	print_stages(json_object_get(a->fl, "stages"));
	print_line("digest", meta_str(j, "digest"));
	for (i = 0; json_is_array(list) && i < json_array_size(list); i++)
		print_tensor(json_array_get(list, i));
	if (check)
		print_line("check", "ok");
}

/* With --check a bad file is an answer, not a failure: it is said on stdout and the others are still looked at. */
static int show_file(const char *path, int *sound, struct fl_err *err)
{
	struct art a = { 0 };
	json_t *j = NULL;
	int rc, table = isatty(STDOUT_FILENO) && !values;

	if ((rc = art_open(&a, path, err)) == FL_OK)
		rc = show_json(&a, &j, err);
	if (check && (rc == FL_DATA || rc == FL_VERSION || rc == FL_REFUSED)) {
		*sound = 0;
		json_decref(j);
		j = json_pack("{s:s, s:b, s:s}", "file", path, "ok", 0, "reason", err->msg);
		if (table)
			printf("%s: NOT SOUND: %s\n", in_name(path), err->msg);
		rc = table ? FL_OK : json_write(j, stdout, err);
	} else if (rc == FL_OK && table) {
		print_table(&a, j);
	} else if (rc == FL_OK) {
		rc = json_write(j, stdout, err);
	}
	json_decref(j);
	art_close(&a);
	return rc;
}

/* ---- two files ---- */

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

static int show_diff(const char *pa, const char *pb, struct fl_err *err)
{
	struct art a = { 0 }, b = { 0 };
	const void *da, *db;
	json_t *meta = NULL, *list = NULL, *j = NULL;
	int rc, same;

	TRY(art_open(&a, pa, err));
	TRY(art_open(&b, pb, err));
	TRY(art_map(&a, &da, err));
	TRY(art_map(&b, &db, err));
	meta = diff_meta(a.fl, b.fl);
	list = diff_tensors(&a, da, &b, db);
	same = json_array_size(meta) == 0 && json_array_size(list) == 0;
	j = json_pack("{s:b, s:s, s:s, s:o, s:o}", "same", same, "a", pa, "b", pb, "fl", json_incref(meta), "tensors", json_incref(list));
	TRY(json_write(j, stdout, err));
	rc = same ? FL_OK : FL_NO;
out:
	json_decref(meta);
	json_decref(list);
	json_decref(j);
	art_close(&a);
	art_close(&b);
	return rc;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	int i, rc = FL_OK, sound = 1;

	if (diff && argc != 3)
		return fl_fail(err, FL_USAGE, "--diff wants two files: fl-show --diff A B");
	if (diff)
		return show_diff(argv[1], argv[2], err);
	if (argc == 1)
		rc = show_file("-", &sound, err);
	for (i = 1; i < argc && rc == FL_OK; i++)
		rc = show_file(argv[i], &sound, err);
	if (rc == FL_OK && !sound) {
		err->msg[0] = 0; /* it has been said, on stdout */
		rc = FL_NO;
	}
	return rc;
}

static const struct cmd cmd = { .name = "fl-show", .synopsis = "[OPTION]... [FILE]...",
	.summary = "Show what an artefact is, what has been done to it and what is in it", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
