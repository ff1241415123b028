#include "data/encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/number.h"

#define QUOTE 24 /* bytes of a cell that a sentence may show */

/* FL_DATA: the text in quotes, then what. */
static int fail_text(struct fl_err *err, const char *s, size_t n, const char *what)
{
	char text[QUOTE + 4];

	return fl_fail(err, FL_DATA, "\"%s\" %s", fl_err_quote(text, QUOTE, s, n), what);
}

static int is_word(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(s, word, n);
}

int encode_boolean(const char *s, size_t n, double *x)
{
	double v;

	if (is_word(s, n, "true") || is_word(s, n, "True") || is_word(s, n, "TRUE"))
		*x = 1;
	else if (is_word(s, n, "false") || is_word(s, n, "False") || is_word(s, n, "FALSE"))
		*x = 0;
	else if (number_parse(s, n, &v) && (v == 0 || v == 1))
		*x = v;
	else
		return 0;
	return 1;
}

static void trim(const char **s, size_t *n)
{
	while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
		--*n;
	while (*n && (**s == ' ' || **s == '\t')) {
		++*s;
		--*n;
	}
}

int encode_missing(const char *const *missing, size_t n_missing, const char *s, size_t n)
{
	size_t i;

	trim(&s, &n);
	for (i = 0; i < n_missing; i++)
		if (is_word(s, n, missing[i]))
			return 1;
	return 0;
}

static int missing_cell(const struct encode_field *e, float *out, struct fl_err *err)
{
	const struct field *f = e->field;

	if (f->required || (f->role == ROLE_FEATURE && f->missing == MISSING_ERROR) || f->role == ROLE_WEIGHT ||
	    f->role == ROLE_OFFSET)
		return fl_fail(err, FL_DATA, "value is missing; the schema %s", f->required ? "requires it" : "has no rule for that");
	if (f->role != ROLE_FEATURE) {
		out[0] = NAN;
		return FL_OK;
	}
	if (f->enc != ENC_ONEHOT) {
		if (!isfinite((float)e->fill) && !e->local)
			return fl_fail(err, FL_DATA, "value is missing; the schema has no mean, or one that is too large");
		out[0] = (float)e->fill;
	}
	if (f->missing != MISSING_MEAN)
		out[f->width - 1] = 1;
	return FL_OK;
}

/* The index of the level, or n_levels where it is none. */
static size_t find_level(const struct encode_field *e, const char *s, size_t n)
{
	size_t none = e->field->n_levels, lo = 0, hi = none, at;
	double x;

	if (!e->values) {
		at = texts_find(&e->levels, s, n);
		return at == TEXTS_NONE ? none : at;
	}
	if (!(e->field->type == TYPE_BOOLEAN ? encode_boolean(s, n, &x) : number_parse(s, n, &x)))
		return none;
	while (lo < hi) {
		at = lo + (hi - lo) / 2;
		if (e->values[at] < x)
			lo = at + 1;
		else
			hi = at;
	}
	return lo < none && e->values[lo] == x ? e->order[lo] : none;
}

static int level_cell(const struct encode_field *e, const char *s, size_t n, float *out, struct fl_err *err)
{
	const struct field *f = e->field;
	size_t level = find_level(e, s, n);

	if (level == f->n_levels && f->unknown == UNKNOWN_ERROR)
		return fail_text(err, s, n, "is not a level of this column; the schema lists those it has");
	if (f->role != ROLE_FEATURE || f->enc == ENC_ORDINAL) {
		out[0] = (float)level;
		return FL_OK;
	}
	if (!f->drop_first || level)
		out[level - (size_t)f->drop_first] = 1;
	return FL_OK;
}

static int check_bounds(const struct field *f, double x, const char *s, size_t n, struct fl_err *err)
{
	char text[QUOTE + 4];

	fl_err_quote(text, QUOTE, s, n);
	if (x < f->lo)
		return fl_fail(err, FL_DATA, "\"%s\" is below the minimum of %g", text, f->lo);
	if (x > f->hi)
		return fl_fail(err, FL_DATA, "\"%s\" is above the maximum of %g", text, f->hi);
	if (f->role == ROLE_TIME && x < 0)
		return fl_fail(err, FL_DATA, "\"%s\" is not a time of at least 0", text);
	return fl_fail(err, FL_DATA, "\"%s\" is not a weight of at least 0", text);
}

static int number_cell(const struct encode_field *e, double x, const char *s, size_t n, float *out, struct fl_err *err)
{
	const struct field *f = e->field;

	if (x < f->lo || x > f->hi || ((f->role == ROLE_TIME || f->role == ROLE_WEIGHT) && x < 0))
		return check_bounds(f, x, s, n, err);
	out[0] = (float)((x - e->shift) / e->scale);
	if (!isfinite(out[0]))
		return fail_text(err, s, n, "is too large");
	return FL_OK;
}

static int parse_value(const struct field *f, const char *s, size_t n, double *x)
{
	return f->type == TYPE_BOOLEAN || f->role == ROLE_EVENT ? encode_boolean(s, n, x) : number_parse(s, n, x);
}

static int has_levels(const struct field *f)
{
	return f->enc == ENC_ONEHOT || f->enc == ENC_ORDINAL || (f->role != ROLE_FEATURE && f->n_levels);
}

int encode_cell(const struct encoder *e, size_t i, const char *s, size_t n, float *out, struct fl_err *err)
{
	const struct encode_field *ef = &e->f[i];
	const struct field *f = ef->field;
	int levels = has_levels(f);
	size_t k;
	double x;

	for (k = 0; k < f->width; k++)
		out[k] = 0;
	if (!levels && !e->codes && parse_value(f, s, n, &x)) /* a number, so not missing: nearly every cell */
		return number_cell(ef, x, s, n, out, err);
	if (encode_missing(e->schema->missing_values, e->schema->n_missing, s, n))
		return missing_cell(ef, out, err);
	if (f->type != TYPE_STRING)
		trim(&s, &n);
	if (levels)
		return level_cell(ef, s, n, out, err);
	if (parse_value(f, s, n, &x))
		return number_cell(ef, x, s, n, out, err);
	return fail_text(err, s, n,
			 f->role == ROLE_EVENT	    ? "is not an event: 0, 1, true or false" :
			 f->type == TYPE_BOOLEAN    ? "is not a boolean: true, false, 1 or 0" :
						      "is not a number");
}

struct valued {
	double x;
	size_t level;
};

static int by_value(const void *a, const void *b)
{
	const struct valued *x = a, *y = b;

	return (x->x > y->x) - (x->x < y->x);
}

/* Levels of numbers and booleans, in order of value. */
static int keep_values(struct encode_field *e, struct fl_err *err)
{
	const struct field *f = e->field;
	struct valued *v = NULL;
	size_t i;
	int rc;

	TRY(fl_alloc(&v, f->n_levels, sizeof *v, err));
	TRY(fl_alloc(&e->values, f->n_levels, sizeof *e->values, err));
	TRY(fl_alloc(&e->order, f->n_levels, sizeof *e->order, err));
	for (i = 0; i < f->n_levels; i++) {
		const char *s = f->levels[i];

		v[i].level = i;
		if (!(f->type == TYPE_BOOLEAN ? encode_boolean(s, strlen(s), &v[i].x) : number_parse(s, strlen(s), &v[i].x)))
			rc = fail_text(err, s, strlen(s), "is not a boolean: true, false, 1 or 0");
	}
	if (rc != FL_OK)
		goto out;
	qsort(v, f->n_levels, sizeof *v, by_value);
	for (i = 0; i < f->n_levels; i++) {
		e->values[i] = v[i].x;
		e->order[i] = v[i].level;
	}
out:
	free(v);
	return rc;
}

static int keep_levels(struct encode_field *e, struct fl_err *err)
{
	const struct field *f = e->field;
	size_t i, at;
	int rc = FL_OK;

	if (f->type != TYPE_STRING)
		return keep_values(e, err);
	for (i = 0; i < f->n_levels && rc == FL_OK; i++)
		rc = texts_add(&e->levels, f->levels[i], strlen(f->levels[i]), &at, err);
	return rc;
}

/* shift, scale and fill of a feature that is a number. */
static int set_scale(struct encode_field *e, enum table_scale scale, struct fl_err *err)
{
	const struct field *f = e->field;
	int standard = f->enc == ENC_STANDARD, scaled = standard || f->enc == ENC_MINMAX;
	int known = !isnan(standard ? f->std : f->max);

	if (scaled && scale == TABLE_SCALE_SCHEMA && !known)
		return fl_fail(err, FL_DATA, "field \"%.60s\": the schema has no %s; add them, or scale by the rows at hand",
			       f->name, standard ? "mean and std" : "min and max");
	if (scaled && scale != TABLE_SCALE_NONE && known) {
		e->shift = standard ? f->mean : f->min;
		e->scale = standard ? f->std : f->max - f->min;
	}
	e->local = scaled && scale == TABLE_SCALE_LOCAL;
	e->fill = e->local ? NAN : (f->mean - e->shift) / e->scale;
	return FL_OK;
}

int encoder_init(struct encoder *e, const struct schema *s, enum table_scale scale, struct fl_err *err)
{
	double x;
	size_t i;
	int rc;

	e->schema = s;
	TRY(fl_alloc(&e->f, s->n_fields, sizeof *e->f, err));
	for (i = 0; i < s->n_missing; i++)
		e->codes |= number_parse(s->missing_values[i], strlen(s->missing_values[i]), &x);
	for (i = 0; i < s->n_fields; i++) {
		struct encode_field *ef = &e->f[e->n];
		const struct field *f = &s->fields[i];

		if (f->role == ROLE_IGNORE || f->role == ROLE_ID || f->role == ROLE_GROUP)
			continue;
		*ef = (struct encode_field){ .field = f, .scale = 1, .fill = NAN };
		e->n++;
		if (has_levels(f))
			TRY(keep_levels(ef, err));
		if (f->role == ROLE_FEATURE && f->enc != ENC_ONEHOT)
			TRY(set_scale(ef, scale, err));
	}
out:
	if (rc != FL_OK)
		encoder_clear(e);
	return rc;
}

void encoder_clear(struct encoder *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		texts_clear(&e->f[i].levels);
		free(e->f[i].values);
		free(e->f[i].order);
	}
	free(e->f);
	*e = (struct encoder){ 0 };
}
