#include "data/schema-check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/number.h"

static int is_numeric(const struct field *f)
{
	return f->type == TYPE_NUMBER || f->type == TYPE_INTEGER;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_value(const void *a, const void *b)
{
	double x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

int schema_check_unique(const char *const *v, size_t n, const char *what, struct fl_err *err)
{
	const char **sorted;
	char text[64];
	size_t i;
	int rc = fl_alloc(&sorted, n, sizeof *sorted, err);

	if (rc != FL_OK)
		return rc;
	for (i = 0; i < n; i++)
		sorted[i] = v[i];
	qsort(sorted, n, sizeof *sorted, by_text);
	for (i = 1; i < n && rc == FL_OK; i++)
		if (!strcmp(sorted[i - 1], sorted[i]))
			rc = fl_fail(err, FL_DATA, "%s \"%s\" is there twice", what,
				     fl_err_quote(text, 56, sorted[i], strlen(sorted[i])));
	free(sorted);
	return rc;
}

/* Levels of a number must be numbers, and differ as such: "1" and "1.0" are one level. */
static int check_numeric_levels(const struct field *f, struct fl_err *err)
{
	char text[32];
	double *v;
	size_t i;
	int rc = fl_alloc(&v, f->n_levels, sizeof *v, err);

	for (i = 0; rc == FL_OK && i < f->n_levels; i++)
		if (!number_parse(f->levels[i], strlen(f->levels[i]), &v[i]))
			rc = fl_fail(err, FL_DATA, "level \"%s\" is not a number; use type \"string\"",
				     fl_err_quote(text, 24, f->levels[i], strlen(f->levels[i])));
	if (rc == FL_OK)
		qsort(v, f->n_levels, sizeof *v, by_value);
	for (i = 1; rc == FL_OK && i < f->n_levels; i++)
		if (v[i - 1] >= v[i])
			rc = fl_fail(err, FL_DATA, "two levels are the number %.17g", v[i]);
	free(v);
	return rc;
}

static int check_levels(const struct field *f, struct fl_err *err)
{
	int rc;

	TRY(schema_check_unique(f->levels, f->n_levels, "level", err));
	if (is_numeric(f))
		TRY(check_numeric_levels(f, err));
	if (f->type == TYPE_BOOLEAN && f->n_levels && f->n_levels != 2)
		rc = fl_fail(err, FL_DATA, "a boolean has two levels");
out:
	return rc;
}

static int check_numbers(const struct field *f, struct fl_err *err)
{
	if (f->std <= 0)
		return fl_fail(err, FL_DATA, "\"std\" is %g, want more than 0", f->std);
	if (isnan(f->mean) && !isnan(f->std))
		return fl_fail(err, FL_DATA, "\"std\" is there and \"mean\" is not");
	if (f->min >= f->max)
		return fl_fail(err, FL_DATA, "\"min\" is %g and \"max\" %g, want less and more", f->min, f->max);
	if (isnan(f->min) != isnan(f->max))
		return fl_fail(err, FL_DATA, "\"min\" and \"max\" go together");
	return FL_OK;
}

static int check_feature(const struct field *f, int other, struct fl_err *err)
{
	int levels = f->enc == ENC_ONEHOT || f->enc == ENC_ORDINAL;

	if (other)
		return fl_fail(err, FL_DATA,
			       "only number, integer, string and boolean can be a feature; give that \"type\" or ignore it");
	if (levels && !f->n_levels)
		return fl_fail(err, FL_DATA, "encoding \"%s\" needs \"levels\"", schema_encoding_name(f->enc));
	if (!levels && f->type == TYPE_STRING)
		return fl_fail(err, FL_DATA, "a string needs encoding onehot or ordinal");
	if (f->type == TYPE_BOOLEAN && (f->enc == ENC_STANDARD || f->enc == ENC_MINMAX))
		return fl_fail(err, FL_DATA, "a boolean needs encoding none, onehot or ordinal");
	if (!levels && f->unknown == UNKNOWN_BUCKET)
		return fl_fail(err, FL_DATA, "unknown \"bucket\" needs encoding onehot or ordinal");
	if (f->drop_first && f->enc != ENC_ONEHOT)
		return fl_fail(err, FL_DATA, "\"drop_first\" needs encoding onehot");
	if (f->enc == ENC_ONEHOT && (f->missing == MISSING_MEAN || f->missing == MISSING_INDICATOR))
		return fl_fail(err, FL_DATA, "missing \"%s\" needs a number; try \"level\" or \"error\"",
			       f->missing == MISSING_MEAN ? "mean" : "indicator");
	if (f->enc != ENC_ONEHOT && f->missing == MISSING_LEVEL)
		return fl_fail(err, FL_DATA, "missing \"level\" needs encoding onehot; try \"indicator\" or \"error\"");
	return FL_OK;
}

static int check_target(const struct field *f, struct fl_err *err)
{
	const char *role = schema_role_name(f->role);

	if (f->missing != MISSING_ERROR || f->unknown != UNKNOWN_ERROR)
		return fl_fail(err, FL_DATA, "missing and unknown must be \"error\" for role %s", role);
	if (f->role == ROLE_LABEL || f->role == ROLE_EVENT) {
		if (f->n_levels ? f->enc != ENC_ORDINAL && f->enc != ENC_NONE : f->enc != ENC_NONE)
			return fl_fail(err, FL_DATA, "role %s needs encoding ordinal with levels, or none", role);
		if (f->role == ROLE_EVENT && f->n_levels && f->n_levels != 2)
			return fl_fail(err, FL_DATA, "role event needs two levels: censored, event");
		if (f->type == TYPE_STRING && !f->n_levels)
			return fl_fail(err, FL_DATA, "role %s needs \"levels\" or type number", role);
		return FL_OK;
	}
	if (!is_numeric(f) || f->enc != ENC_NONE)
		return fl_fail(err, FL_DATA, "role %s needs type number and encoding none", role);
	return FL_OK;
}

int schema_check_field(const struct field *f, int other, struct fl_err *err)
{
	int rc;

	if (f->role == ROLE_IGNORE || f->role == ROLE_ID || f->role == ROLE_GROUP)
		return FL_OK;
	TRY(check_numbers(f, err));
	TRY(check_levels(f, err));
	TRY(f->role == ROLE_FEATURE ? check_feature(f, other, err) : check_target(f, err));
out:
	return rc;
}
