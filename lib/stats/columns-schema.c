#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/number.h"
#include "stats/columns.h"

/* What the sums say of one column. */
struct column {
	char *name;
	const struct stats_array *moments, *range;
	double missing, counted; /* rows missing; rows in counts */
	char **levels;           /* (n) in order; borrowed texts */
	size_t n, cap;
};

struct columns {
	struct texts names;
	struct column *v;
	size_t cap;
};

static void columns_clear(struct columns *c)
{
	size_t i;

	for (i = 0; i < c->names.n; i++)
		free(c->v[i].levels);
	free(c->v);
	texts_clear(&c->names);
}

static int get_column(struct columns *c, const char *name, size_t n, struct column **out, struct fl_err *err)
{
	size_t before = c->names.n, at;
	int rc;

	TRY(fl_grow(&c->v, &c->cap, before + 1, sizeof *c->v, err));
	TRY(texts_add(&c->names, name, n, &at, err));
	*out = &c->v[at];
	if (at == before)
		**out = (struct column){ .name = c->names.v[at] };
out:
	return rc;
}

/* Sort one array into its column by the end of its name; what is not ours is left alone. */
static int add_array(struct columns *c, char *name, const struct stats_array *a, struct fl_err *err)
{
	const char *count = strstr(name, "/count/"), *slash = count ? count : strrchr(name, '/');
	struct column *k;
	int rc;

	if (!slash || slash == name)
		return FL_OK;
	TRY(get_column(c, name, (size_t)(slash - name), &k, err));
	if (count && a->len == 1) {
		TRY(fl_grow(&k->levels, &k->cap, k->n + 1, sizeof *k->levels, err));
		k->levels[k->n++] = name + (count - name) + strlen("/count/");
		k->counted += a->v[0];
	} else if (!strcmp(slash, "/moments") && a->len == 3) {
		k->moments = a;
	} else if (!strcmp(slash, "/range") && a->len == 2) {
		k->range = a;
	} else if (!strcmp(slash, "/missing") && a->len == 1) {
		k->missing = a->v[0];
	}
out:
	return rc;
}

static int is_number(const char *s)
{
	double x;

	return number_parse(s, strlen(s), &x);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_value(const void *a, const void *b)
{
	double x = strtod(*(char *const *)a, NULL), y = strtod(*(char *const *)b, NULL);

	return x != y ? (x > y ? 1 : -1) : by_text(a, b);
}

static int all_numbers(const struct column *c)
{
	size_t i, yes = 0;

	for (i = 0; i < c->n; i++)
		yes += is_number(c->levels[i]);
	return yes == c->n;
}

/* Numbers count 0 and 1 only, and only at sites where there is nothing else; other levels beside moments are text. */
static int is_mixed(const struct column *c)
{
	size_t i;

	for (i = 0; c->moments && i < c->n; i++)
		if (strcmp(c->levels[i], "0") && strcmp(c->levels[i], "1"))
			return 1;
	return c->moments && c->counted > c->moments->v[0];
}

static int check_column(struct column *c, struct fl_err *err)
{
	const struct stats_array *m = c->moments;

	if ((m && (m->v[0] < 0 || m->v[2] < 0)) || is_mixed(c))
		return fl_fail(err, FL_DATA, "column \"%.60s\": is text at some sites and numbers at others", c->name);
	if (c->n)
		qsort(c->levels, c->n, sizeof *c->levels, all_numbers(c) ? by_value : by_text);
	return FL_OK;
}

/* Mean and standard deviation of all sites' rows together, n - 1 in the denominator; 1 where nothing varies. */
static void moments(const struct column *c, double *mean, double *std)
{
	double n = c->moments->v[0], s = c->moments->v[1], q = c->moments->v[2], var;

	*mean = n > 0 ? s / n : 0;
	var = n > 1 ? (q - s * *mean) / (n - 1) : 0;
	*std = var > 1e-14 * q / (n > 0 ? n : 1) ? sqrt(var) : 1; /* below that, the difference is rounding */
}

static json_t *level_list(const struct column *c)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < c->n; i++)
		json_array_append_new(a, json_string(c->levels[i]));
	return a;
}

/* A level that the list lacks goes behind: the places of the others are part of models that exist. */
static void merge_levels(json_t *fl, const struct column *c)
{
	json_t *list = json_object_get(fl, "levels");
	size_t i, k;

	if (!json_is_array(list)) {
		json_object_set_new(fl, "levels", level_list(c));
		return;
	}
	for (i = 0; i < c->n; i++) {
		for (k = 0; k < json_array_size(list); k++)
			if (json_is_string(json_array_get(list, k)) && !strcmp(json_string_value(json_array_get(list, k)), c->levels[i]))
				break;
		if (k == json_array_size(list))
			json_array_append_new(list, json_string(c->levels[i]));
	}
}

/* Put the numbers that the field's encoding uses into its "fl". */
static void fill_field(json_t *fl, const struct column *c)
{
	const char *enc = json_string_value(json_object_get(fl, "encoding"));
	double mean, std;

	if (c->moments && (!enc || !strcmp(enc, "standard") || json_object_get(fl, "mean"))) {
		moments(c, &mean, &std);
		json_object_set_new(fl, "mean", json_real(mean));
		if (enc && !strcmp(enc, "standard"))
			json_object_set_new(fl, "std", json_real(std));
	}
	if (c->range && enc && !strcmp(enc, "minmax")) {
		json_object_set_new(fl, "min", json_real(-c->range->v[0]));
		json_object_set_new(fl, "max", json_real(c->range->v[1]));
	}
	if (!c->moments)
		merge_levels(fl, c);
}

static const char *role(const char *name, const char *label, const char *time, const char *event)
{
	if (label && !strcmp(name, label))
		return "label";
	if (time && !strcmp(name, time))
		return "time";
	return event && !strcmp(name, event) ? "event" : "feature";
}

/* A field for a column of which nothing but the sums is known. */
static json_t *new_field(const struct column *c, const char *as)
{
	int feature = !strcmp(as, "feature"), label = !strcmp(as, "label");
	int binary = c->moments && c->counted == c->moments->v[0], levels = !c->moments || (label && binary);
	const char *enc = levels ? label ? "ordinal" : "onehot" : feature && !binary ? "standard" : "none";
	json_t *fl = json_pack("{s:s, s:s}", "role", as, "encoding", enc);

	if (!levels || !c->moments)
		fill_field(fl, c);
	if (binary && !(feature && c->missing > 0))
		json_object_del(fl, "mean"); /* 0 and 1 stay as they are */
	if (levels && c->moments)
		merge_levels(fl, c);
	if (feature && c->missing > 0)
		json_object_set_new(fl, "missing", json_string(levels ? "level" : "indicator"));
	return json_pack("{s:s, s:s, s:o}", "name", c->name, "type", levels && !all_numbers(c) ? "string" : "number", "fl", fl);
}

static int new_schema(json_t **j, const struct columns *c, const char *label, const char *time, const char *event,
		      struct fl_err *err)
{
	json_t *fields = json_array(), *f;
	size_t i;

	*j = json_pack("{s:o}", "fields", fields);
	for (i = 0; *j && i < c->names.n; i++) {
		f = new_field(&c->v[i], role(c->v[i].name, label, time, event));
		if (json_array_append_new(fields, f) != 0)
			return fl_fail(err, FL_IO, "out of memory: schema");
	}
	return *j ? FL_OK : fl_fail(err, FL_IO, "out of memory: schema");
}

static int fill_schema(json_t **j, const struct columns *c, const json_t *from, struct fl_err *err)
{
	json_t *field, *fl;
	const char *name;
	size_t i, at;

	*j = json_deep_copy(from);
	if (!*j)
		return fl_fail(err, FL_IO, "out of memory: schema");
	json_array_foreach(json_object_get(*j, "fields"), i, field) {
		name = json_string_value(json_object_get(field, "name"));
		fl = json_object_get(field, "fl");
		at = name ? texts_find(&c->names, name, strlen(name)) : TEXTS_NONE;
		if (fl && at != TEXTS_NONE)
			fill_field(fl, &c->v[at]);
	}
	return FL_OK;
}

int columns_schema(json_t **j, const struct stats_fold *f, const json_t *from, const char *label, const char *time,
		   const char *event, struct fl_err *err)
{
	const char *const named[] = { label, time, event };
	struct columns c = { 0 };
	size_t i;
	int rc = FL_OK;

	*j = NULL;
	for (i = 0; i < f->names.n; i++)
		TRY(add_array(&c, f->names.v[i], &f->a[i], err));
	for (i = 0; i < c.names.n; i++)
		TRY(check_column(&c.v[i], err));
	for (i = 0; i < 3; i++) {
		if (named[i] && texts_find(&c.names, named[i], strlen(named[i])) == TEXTS_NONE) {
			rc = fl_fail(err, FL_DATA, "the statistics have no column \"%.60s\"", named[i]);
			goto out;
		}
	}
	TRY(from ? fill_schema(j, &c, from, err) : new_schema(j, &c, label, time, event, err));
out:
	if (rc != FL_OK) {
		json_decref(*j);
		*j = NULL;
	}
	columns_clear(&c);
	return rc;
}
