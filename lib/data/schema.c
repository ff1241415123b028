#include "data/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "data/schema-check.h"

static const char *const roles[] = { "feature", "label", "id",	   "group", "time",
				     "event",	"weight", "offset", "ignore", NULL };
static const char *const encodings[] = { "standard", "minmax", "onehot", "ordinal", "none", NULL };
static const char *const unknowns[] = { "error", "bucket", NULL };
static const char *const missings[] = { "error", "mean", "indicator", "level", NULL };
static const char *const types[] = { "number", "integer", "string", "boolean", NULL };

/* What else Table Schema has; such a column is text to us. */
static const char *const other_types[] = { "any",    "date",   "datetime", "time",    "year", "yearmonth", "duration",
					   "object", "array", "geopoint", "geojson", "list", NULL };

const char *schema_role_name(enum field_role r)
{
	return roles[r];
}

const char *schema_encoding_name(enum field_encoding e)
{
	return encodings[e];
}

const char *schema_type_name(enum field_type t)
{
	return types[t];
}

static int find_word(const char *const *words, const char *s)
{
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], s))
			return i;
	return -1;
}

/* *v = the number of the word under key, or what it was where the key is absent. */
static int get_word(const json_t *o, const char *key, const char *const *words, int *v, struct fl_err *err)
{
	char list[128] = "", text[32];
	const char *s = NULL;
	int i, rc;

	if ((rc = json_get_str(o, key, &s, err)) != FL_OK || !s)
		return rc;
	if ((i = find_word(words, s)) >= 0) {
		*v = i;
		return FL_OK;
	}
	for (i = 0; words[i]; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", words[i]);
	return fl_fail(err, FL_DATA, "\"%s\": no '%s'; try %s", key, fl_err_quote(text, 24, s, strlen(s)), list);
}

static int is_numeric(const struct field *f)
{
	return f->type == TYPE_NUMBER || f->type == TYPE_INTEGER;
}

/* *n strings of the array under key, borrowed from it. FL_DATA where it is anything else. */
static int get_strings(const json_t *o, const char *key, size_t max, const char ***v, size_t *n, struct fl_err *err)
{
	const json_t *a = json_object_get(o, key), *j;
	size_t i;
	int rc;

	if (!a)
		return FL_OK;
	if (!json_is_array(a) || json_array_size(a) > max)
		return fl_fail(err, FL_DATA, "\"%s\" is not an array of at most %zu strings", key, max);
	TRY(fl_alloc(v, json_array_size(a), sizeof **v, err));
	for (i = 0; i < json_array_size(a); i++) {
		j = json_array_get(a, i);
		if (!json_is_string(j) || strlen(json_string_value(j)) != json_string_length(j))
			return fl_fail(err, FL_DATA, "\"%s\" holds something that is not a string", key);
		(*v)[i] = json_string_value(j);
	}
	*n = i;
out:
	return rc;
}

static int parse_type(struct field *f, const json_t *j, int *other, struct fl_err *err)
{
	const char *s = NULL;
	int i = TYPE_STRING, rc = json_get_str(j, "type", &s, err);

	if (rc != FL_OK)
		return rc;
	*other = !s || find_word(other_types, s) >= 0;
	if (!*other && (rc = get_word(j, "type", types, &i, err)) != FL_OK)
		return rc;
	f->type = (enum field_type)i;
	return FL_OK;
}

static int parse_constraints(struct field *f, const json_t *j, struct fl_err *err)
{
	const json_t *c = json_object_get(j, "constraints");
	int rc = FL_OK;

	f->lo = -INFINITY;
	f->hi = INFINITY;
	if (!c)
		return FL_OK;
	if (!json_is_object(c))
		return fl_fail(err, FL_DATA, "\"constraints\" is not an object");
	if (is_numeric(f)) {
		TRY(json_get_real(c, "minimum", &f->lo, err));
		TRY(json_get_real(c, "maximum", &f->hi, err));
	}
	TRY(json_get_bool(c, "required", &f->required, err));
	if (f->lo > f->hi)
		rc = fl_fail(err, FL_DATA, "\"minimum\" is over \"maximum\"");
out:
	return rc;
}

static enum field_encoding default_encoding(const struct field *f)
{
	if (f->role == ROLE_LABEL && f->n_levels)
		return ENC_ORDINAL;
	return f->role == ROLE_FEATURE && f->type == TYPE_STRING ? ENC_ONEHOT : ENC_NONE;
}

static int parse_fl(struct field *f, const json_t *fl, struct fl_err *err)
{
	int role = -1, enc, unknown = UNKNOWN_ERROR, missing = MISSING_ERROR, rc;

	if (!json_is_object(fl))
		return fl_fail(err, FL_DATA, "\"fl\" is not an object");
	TRY(json_get_real(fl, "mean", &f->mean, err));
	TRY(json_get_real(fl, "std", &f->std, err));
	TRY(json_get_real(fl, "min", &f->min, err));
	TRY(json_get_real(fl, "max", &f->max, err));
	TRY(json_get_bool(fl, "drop_first", &f->drop_first, err));
	TRY(get_word(fl, "role", roles, &role, err));
	if (role < 0)
		return fl_fail(err, FL_DATA, "\"role\" is missing; try feature, label or ignore");
	f->role = (enum field_role)role;
	TRY(get_strings(fl, "levels", SCHEMA_LEVELS_MAX, &f->levels, &f->n_levels, err));
	if (f->type == TYPE_BOOLEAN && f->role == ROLE_LABEL && !f->n_levels) {
		free(f->levels);
		TRY(fl_alloc(&f->levels, 2, sizeof *f->levels, err));
		f->levels[f->n_levels++] = "0";
		f->levels[f->n_levels++] = "1";
	}
	enc = (int)default_encoding(f);
	TRY(get_word(fl, "encoding", encodings, &enc, err));
	TRY(get_word(fl, "unknown", unknowns, &unknown, err));
	TRY(get_word(fl, "missing", missings, &missing, err));
	f->enc = (enum field_encoding)enc;
	f->unknown = (enum field_unknown)unknown;
	f->missing = (enum field_missing)missing;
out:
	return rc;
}

static size_t field_width(const struct field *f)
{
	size_t extra = (size_t)(f->missing == MISSING_INDICATOR || f->missing == MISSING_LEVEL);

	if (f->role != ROLE_FEATURE)
		return 0;
	if (f->enc == ENC_ONEHOT)
		return f->n_levels - (size_t)f->drop_first + (size_t)(f->unknown == UNKNOWN_BUCKET) + extra;
	return 1 + extra;
}

static int parse_field(struct field *f, const json_t *j, size_t number, struct fl_err *err)
{
	const json_t *fl = json_object_get(j, "fl");
	char text[64];
	int other = 0, rc;

	f->mean = f->std = f->min = f->max = NAN;
	f->role = ROLE_IGNORE;
	f->enc = ENC_NONE;
	if (!json_is_object(j))
		rc = fl_fail(err, FL_DATA, "is not an object");
	else if ((rc = json_need_str(j, "name", &f->name, err)) == FL_OK && !*f->name)
		rc = fl_fail(err, FL_DATA, "\"name\" is empty");
	if (rc != FL_OK) {
		fl_err_prefix(err, "field %zu", number);
		return rc;
	}
	TRY(parse_type(f, j, &other, err));
	TRY(parse_constraints(f, j, err));
	if (fl)
		TRY(parse_fl(f, fl, err));
	TRY(schema_check_field(f, other, err));
	f->width = field_width(f);
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "field \"%s\"", fl_err_quote(text, 56, f->name, strlen(f->name)));
	return rc;
}

static int *index_of_role(struct schema *s, enum field_role role)
{
	switch (role) {
	case ROLE_LABEL:
		return &s->label;
	case ROLE_ID:
		return &s->id;
	case ROLE_TIME:
		return &s->time;
	case ROLE_EVENT:
		return &s->event;
	case ROLE_WEIGHT:
		return &s->weight;
	case ROLE_OFFSET:
		return &s->offset;
	default:
		return NULL;
	}
}

/* Where each field's columns start, and which field has a role that only one may have. */
static int place_fields(struct schema *s, struct fl_err *err)
{
	size_t i;
	int *at;

	s->label = s->id = s->time = s->event = s->weight = s->offset = -1;
	for (i = 0; i < s->n_fields; i++) {
		s->fields[i].at = s->width;
		s->width += s->fields[i].width;
		if (s->width > SCHEMA_WIDTH_MAX)
			return fl_fail(err, FL_DATA, "more than %zu encoded columns", SCHEMA_WIDTH_MAX);
		if (!(at = index_of_role(s, s->fields[i].role)))
			continue;
		if (*at >= 0)
			return fl_fail(err, FL_DATA, "two fields have the role %s", roles[s->fields[i].role]);
		*at = (int)i;
	}
	if ((s->time >= 0) != (s->event >= 0))
		return fl_fail(err, FL_DATA, "the roles time and event go together");
	if (s->time >= 0 && s->label >= 0)
		return fl_fail(err, FL_DATA, "the roles label and time exclude each other; ignore one");
	return FL_OK;
}

static int parse_missing(struct schema *s, struct fl_err *err)
{
	int rc = get_strings(s->json, "missingValues", SCHEMA_LEVELS_MAX, &s->missing_values, &s->n_missing, err);

	if (rc != FL_OK || s->missing_values)
		return rc;
	if ((rc = fl_alloc(&s->missing_values, 1, sizeof *s->missing_values, err)) == FL_OK)
		s->missing_values[s->n_missing++] = "";
	return rc;
}

static int parse_fields(struct schema *s, struct fl_err *err)
{
	const json_t *a = json_object_get(s->json, "fields");
	const char **names = NULL;
	size_t i;
	int rc;

	if (!json_is_array(a) || !json_array_size(a) || json_array_size(a) > SCHEMA_FIELDS_MAX)
		return fl_fail(err, FL_DATA, "\"fields\" is not an array of 1 to %d fields", SCHEMA_FIELDS_MAX);
	s->n_fields = json_array_size(a);
	TRY(fl_alloc(&s->fields, s->n_fields, sizeof *s->fields, err));
	TRY(fl_alloc(&names, s->n_fields, sizeof *names, err));
	for (i = 0; i < s->n_fields; i++) {
		TRY(parse_field(&s->fields[i], json_array_get(a, i), i + 1, err));
		names[i] = s->fields[i].name;
	}
	TRY(schema_check_unique(names, s->n_fields, "field", err));
	TRY(place_fields(s, err));
out:
	free(names);
	return rc;
}

int schema_from_json(struct schema *s, json_t *j, struct fl_err *err)
{
	char *text = NULL;
	int rc;

	s->json = json_incref(j);
	if (!json_is_object(j)) {
		rc = fl_fail(err, FL_DATA, "a schema is a JSON object");
		goto out;
	}
	TRY(parse_missing(s, err));
	TRY(parse_fields(s, err));
	TRY(json_canonical(&text, j, err));
	digest_of(text, strlen(text), s->digest);
out:
	free(text);
	if (rc != FL_OK)
		schema_clear(s);
	return rc;
}

int schema_read(struct schema *s, const char *path, struct fl_err *err)
{
	json_t *j = NULL;
	int rc;

	TRY(json_read(&j, path, err));
	if ((rc = schema_from_json(s, j, err)) != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	json_decref(j);
	return rc;
}

void schema_clear(struct schema *s)
{
	size_t i;

	for (i = 0; s->fields && i < s->n_fields; i++)
		free(s->fields[i].levels);
	free(s->fields);
	free(s->missing_values);
	json_decref(s->json);
	*s = (struct schema){ 0 };
}

static const struct field *field_at(const struct schema *s, size_t column)
{
	size_t i;

	for (i = 0; i < s->n_fields; i++)
		if (column - s->fields[i].at < s->fields[i].width)
			return &s->fields[i];
	return NULL;
}

void schema_column_name(const struct schema *s, size_t i, char *out, size_t size)
{
	const struct field *f = field_at(s, i);
	size_t k, levels;

	if (!f) {
		snprintf(out, size, "%zu", i);
		return;
	}
	k = i - f->at;
	levels = f->enc == ENC_ONEHOT ? f->n_levels - (size_t)f->drop_first : 1;
	if (k < levels && f->enc == ENC_ONEHOT)
		snprintf(out, size, "%s=%s", f->name, f->levels[k + (size_t)f->drop_first]);
	else if (k < levels)
		snprintf(out, size, "%s", f->name);
	else
		snprintf(out, size, "%s?%s", f->name,
			 f->enc == ENC_ONEHOT && k == levels && f->unknown == UNKNOWN_BUCKET ? "unknown" : "missing");
}

static const struct field *next_feature(const struct schema *s, size_t *i)
{
	while (*i < s->n_fields)
		if (s->fields[(*i)++].role == ROLE_FEATURE)
			return &s->fields[*i - 1];
	return NULL;
}

static int same_field(const struct field *a, const struct field *b, struct fl_err *err)
{
	char text[64];
	size_t i;
	int same;

	fl_err_quote(text, 56, a->name, strlen(a->name));
	if (strcmp(a->name, b->name))
		return fl_fail(err, FL_DATA, "field \"%s\" stands where the other schema has another", text);
	same = a->role == b->role && a->enc == b->enc && a->unknown == b->unknown && a->missing == b->missing &&
	       a->drop_first == b->drop_first && is_numeric(a) == is_numeric(b) && a->n_levels == b->n_levels;
	for (i = 0; same && i < a->n_levels; i++)
		same = !strcmp(a->levels[i], b->levels[i]);
	return same ? FL_OK : fl_fail(err, FL_DATA, "field \"%s\" is encoded differently", text);
}

static int same_target(const struct schema *a, int i, const struct schema *b, int k, struct fl_err *err)
{
	if ((i >= 0) != (k >= 0))
		return fl_fail(err, FL_DATA, "only one schema has a field with the role %s",
			       roles[i >= 0 ? a->fields[i].role : b->fields[k].role]);
	return i >= 0 ? same_field(&a->fields[i], &b->fields[k], err) : FL_OK;
}

int schema_same_encoding(const struct schema *a, const struct schema *b, struct fl_err *err)
{
	const struct field *f, *g;
	size_t i = 0, k = 0;
	int rc;

	do {
		f = next_feature(a, &i);
		g = next_feature(b, &k);
		if (!f != !g)
			return fl_fail(err, FL_DATA, "only one schema has the feature \"%.60s\"", f ? f->name : g->name);
		if (f)
			TRY(same_field(f, g, err));
	} while (f);
	TRY(same_target(a, a->label, b, b->label, err));
	TRY(same_target(a, a->time, b, b->time, err));
	TRY(same_target(a, a->event, b, b->event, err));
	TRY(same_target(a, a->offset, b, b->offset, err));
out:
	return rc;
}

size_t schema_classes(const struct schema *s)
{
	return s->label >= 0 ? s->fields[s->label].n_levels : 0;
}
