#include "data/infer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"
#include "data/encode.h"
#include "data/number.h"
#include "data/texts.h"

#define LEVEL_MAX 256 /* bytes: a longer text is prose */
#define QUOTE 24

struct column {
	char *name;
	enum field_role role;
	int categorical;
	size_t at; /* in the current file */
	size_t n, n_missing, n_numbers, n_words;
	double mean, square, lo, hi; /* of numbers and truth values: Welford's sums */
	int fraction, decimal, zeros; /* some number is not whole; is not written as one; has a leading zero */
	char odd[QUOTE + 4];	      /* the first text that is no number, and its line */
	unsigned long long odd_line; /* 0: there is none */
	struct texts seen; /* distinct texts, until there are too many */
	int many;
};

struct infer {
	const struct infer_opts *o;
	struct column *c;
	size_t n;
	const char **missing; /* (n_missing) */
	size_t n_missing;
	size_t seen_max;
};

static void note(const struct infer *in, const struct column *c, const char *what)
{
	char text[64], line[192];

	snprintf(line, sizeof line, "column \"%s\": %s", fl_err_quote(text, 56, c->name, strlen(c->name)), what);
	in->o->note(in->o->arg, line);
}

static int fail_column(const struct column *c, struct fl_err *err, const char *what)
{
	char text[64];

	return fl_fail(err, FL_DATA, "column \"%s\": %s", fl_err_quote(text, 56, c->name, strlen(c->name)), what);
}

static int is_in(const char *name, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(name, list[i]))
			return 1;
	return 0;
}

static enum field_role role_of(const struct infer_opts *o, const char *name)
{
	const struct {
		const char *name;
		enum field_role role;
	} named[] = { { o->label, ROLE_LABEL }, { o->time, ROLE_TIME },	    { o->event, ROLE_EVENT },  { o->id, ROLE_ID },
		      { o->group, ROLE_GROUP }, { o->weight, ROLE_WEIGHT }, { o->offset, ROLE_OFFSET } };
	size_t i;

	for (i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].name && !strcmp(named[i].name, name))
			return named[i].role;
	return is_in(name, o->ignore, o->n_ignore) ? ROLE_IGNORE : ROLE_FEATURE;
}

/* Every column that the options name must be there. */
static int check_named(const struct csv *c, const struct infer_opts *o, struct fl_err *err)
{
	const char *const one[] = { o->label, o->time, o->event, o->id, o->group, o->weight, o->offset };
	size_t i, at;
	int rc = FL_OK;

	for (i = 0; i < sizeof one / sizeof *one; i++)
		if (one[i])
			TRY(csv_column(c, one[i], &at, err));
	for (i = 0; i < o->n_ignore; i++)
		TRY(csv_column(c, o->ignore[i], &at, err));
	for (i = 0; i < o->n_categorical; i++)
		TRY(csv_column(c, o->categorical[i], &at, err));
out:
	return rc;
}

static int start_columns(struct infer *in, const struct csv *c, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(check_named(c, in->o, err));
	TRY(fl_alloc(&in->c, c->n_names, sizeof *in->c, err));
	for (i = 0; i < c->n_names; i++) {
		struct column *k = &in->c[in->n];

		if (!*c->names[i]) /* the row names of R and pandas */
			continue;
		TRY(fl_strdup(&k->name, c->names[i], err));
		in->n++;
		k->role = role_of(in->o, k->name);
		k->categorical = is_in(k->name, in->o->categorical, in->o->n_categorical);
		k->lo = INFINITY;
		k->hi = -INFINITY;
	}
out:
	return rc;
}

static void add_value(struct column *c, double x)
{
	double d = x - c->mean;

	c->mean += d / (double)(c->n_numbers + c->n_words);
	c->square += d * (x - c->mean);
	c->lo = x < c->lo ? x : c->lo;
	c->hi = x > c->hi ? x : c->hi;
}

/* Whether the text reads as a whole number: no point, no exponent. */
static int is_plain(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '.' || s[i] == 'e' || s[i] == 'E')
			return 0;
	return 1;
}

static void add_number(struct column *c, const char *s, size_t n, double x)
{
	c->n_numbers++;
	add_value(c, x);
	c->fraction |= x != floor(x);
	c->decimal |= !is_plain(s, n);
	c->zeros |= n > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9';
}

static void add_odd(struct column *c, const struct csv *f, const struct csv_cell *cell)
{
	if (c->odd_line)
		return;
	fl_err_quote(c->odd, QUOTE, cell->s, cell->n);
	c->odd_line = f->line;
}

static int add_cell(struct infer *in, struct column *c, const struct csv *f, struct fl_err *err)
{
	const struct csv_cell *cell = &f->cells[c->at];
	size_t at;
	double x;
	int rc;

	if (encode_missing(in->missing, in->n_missing, cell->s, cell->n)) {
		c->n_missing++;
		return FL_OK;
	}
	c->n++;
	if (number_parse(cell->s, cell->n, &x)) {
		add_number(c, cell->s, cell->n, x);
	} else {
		add_odd(c, f, cell);
		if (encode_boolean(cell->s, cell->n, &x)) {
			c->n_words++;
			add_value(c, x);
		}
	}
	if (c->many)
		return FL_OK;
	if (cell->n > LEVEL_MAX)
		c->many = 1;
	else if ((rc = texts_add(&c->seen, cell->s, cell->n, &at, err)) != FL_OK)
		return rc;
	c->many |= c->seen.n > in->seen_max;
	if (c->many)
		texts_clear(&c->seen);
	return FL_OK;
}

static int is_counted(const struct column *c)
{
	return c->role != ROLE_IGNORE && c->role != ROLE_ID && c->role != ROLE_GROUP;
}

static int add_file(struct infer *in, const char *path, struct fl_err *err)
{
	struct csv f = { 0 };
	size_t i;
	int more, rc;

	TRY(csv_open(&f, path, CSV_AUTO, err));
	if (!in->c)
		TRY(start_columns(in, &f, err));
	for (i = 0; i < in->n; i++)
		TRY(csv_column(&f, in->c[i].name, &in->c[i].at, err));
	for (;;) {
		TRY(csv_next(&f, &more, err));
		if (!more)
			break;
		for (i = 0; i < in->n; i++)
			if (is_counted(&in->c[i]))
				TRY(add_cell(in, &in->c[i], &f, err));
	}
out:
	csv_close(&f);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_value(const void *a, const void *b)
{
	double x = strtod(*(char *const *)a, NULL), y = strtod(*(char *const *)b, NULL);

	return (x > y) - (x < y);
}

static int is_number(const struct column *c)
{
	return c->n_numbers == c->n;
}

static int is_boolean(const struct column *c)
{
	return c->n_words == c->n;
}

static int is_binary(const struct column *c)
{
	return is_boolean(c) || (is_number(c) && !c->fraction && c->lo >= 0 && c->hi <= 1);
}

/* Whether levels are compared as numbers. */
static int has_number_levels(const struct column *c)
{
	return is_number(c) && !c->zeros;
}

/* The levels in order; numbers in their shortest form, each once. */
static json_t *levels_json(struct column *c)
{
	json_t *a = json_array();
	int numbers = has_number_levels(c);
	char text[NUMBER_SIZE];
	double x, last = NAN;
	size_t i;

	qsort(c->seen.v, c->seen.n, sizeof *c->seen.v, numbers ? by_value : by_text);
	for (i = 0; i < c->seen.n; i++) {
		if (!numbers) {
			if (json_array_append_new(a, json_string(c->seen.v[i])) != 0)
				goto bad;
			continue;
		}
		if (number_parse(c->seen.v[i], strlen(c->seen.v[i]), &x) && x != last &&
		    json_array_append_new(a, json_string(number_text(text, x))) != 0)
			goto bad;
		last = x;
	}
	texts_clear(&c->seen); /* its order is gone */
	return a;
bad:
	texts_clear(&c->seen);
	json_decref(a);
	return NULL;
}

static enum field_type number_type(const struct column *c)
{
	return c->fraction || c->decimal ? TYPE_NUMBER : TYPE_INTEGER;
}

struct decided {
	enum field_type type;
	enum field_encoding enc;
	int levels, mean, std;
	const char *missing;
};

static void decide_feature(const struct infer *in, struct column *c, struct decided *d)
{
	char what[128];

	if (!c->n) {
		note(in, c, "every value is missing; ignored");
		c->role = ROLE_IGNORE;
	} else if (!c->categorical && (is_number(c) || is_boolean(c))) {
		d->type = is_boolean(c) ? TYPE_BOOLEAN : number_type(c);
		d->enc = is_binary(c) ? ENC_NONE : ENC_STANDARD;
		d->std = d->enc == ENC_STANDARD;
		d->mean = d->std || c->n_missing;
		d->missing = c->n_missing ? "indicator" : NULL;
	} else if (c->many || c->seen.n > in->o->max_levels) {
		snprintf(what, sizeof what, "more than %zu levels%s%s%s; ignored", in->o->max_levels,
			 c->odd_line ? ", such as \"" : "", c->odd, c->odd_line ? "\"" : "");
		note(in, c, what);
		c->role = ROLE_IGNORE;
	} else {
		d->type = has_number_levels(c) ? number_type(c) : TYPE_STRING;
		d->enc = ENC_ONEHOT;
		d->levels = 1;
		d->missing = c->n_missing ? "level" : NULL;
	}
}

static int decide_label(const struct infer *in, struct column *c, struct decided *d, struct fl_err *err)
{
	if (is_number(c) && !c->categorical && (c->fraction || c->many || c->seen.n > INFER_LABEL_LEVELS)) {
		d->type = TYPE_NUMBER;
		return FL_OK;
	}
	if (c->many || c->seen.n > in->o->max_levels)
		return fail_column(c, err, "too many levels for a label; raise --max-levels?");
	d->type = is_boolean(c) ? TYPE_BOOLEAN : has_number_levels(c) ? number_type(c) : TYPE_STRING;
	d->enc = ENC_ORDINAL;
	d->levels = 1;
	return FL_OK;
}

static int decide_target(const struct infer *in, struct column *c, struct decided *d, struct fl_err *err)
{
	if (!c->n)
		return fail_column(c, err, "every value is missing");
	if (c->n_missing)
		note(in, c, "some values are missing; those rows cannot be used for training");
	if (c->role == ROLE_LABEL)
		return decide_label(in, c, d, err);
	if (c->role == ROLE_EVENT) {
		d->type = is_boolean(c) ? TYPE_BOOLEAN : TYPE_INTEGER;
		return is_binary(c) ? FL_OK : fail_column(c, err, "an event is 0, 1, true or false");
	}
	d->type = number_type(c);
	if (!is_number(c))
		return fail_column(c, err, "this role needs numbers");
	if (c->role == ROLE_TIME && c->lo < 0)
		return fail_column(c, err, "a time must be at least 0");
	if (c->role == ROLE_WEIGHT && c->lo < 0)
		return fail_column(c, err, "a weight must be at least 0");
	return FL_OK;
}

/* A column of many numbers and a few texts: most likely a missing value has a name. */
static void note_mixed(const struct infer *in, const struct column *c)
{
	char what[128];

	if (c->role == ROLE_IGNORE || c->categorical || c->n_numbers * 2 <= c->n || is_number(c))
		return;
	snprintf(what, sizeof what, "\"%s\" (line %llu) is not a number, so levels it is; or --missing '%s'?", c->odd,
		 c->odd_line, c->odd);
	note(in, c, what);
}

static json_t *fl_json(const struct infer *in, struct column *c, const struct decided *d)
{
	json_t *fl = json_pack("{s:s}", "role", schema_role_name(c->role));
	double sd = c->n > 1 ? sqrt(c->square / (double)(c->n - 1)) : 0;
	json_t *levels;
	int bad = 0;

	if (!is_counted(c))
		return fl;
	bad |= json_object_set_new(fl, "encoding", json_string(schema_encoding_name(d->enc)));
	if (d->mean)
		bad |= json_object_set_new(fl, "mean", json_real(c->mean));
	if (d->std)
		bad |= json_object_set_new(fl, "std", json_real(sd > 0 && c->lo < c->hi ? sd : 1));
	if (d->levels) {
		levels = levels_json(c);
		bad |= !levels || json_object_set_new(fl, "levels", levels);
	}
	if (c->role == ROLE_FEATURE && d->levels) {
		if (in->o->drop_first)
			bad |= json_object_set_new(fl, "drop_first", json_true());
		bad |= json_object_set_new(fl, "unknown", json_string(in->o->unknown == UNKNOWN_BUCKET ? "bucket" : "error"));
	}
	if (d->missing)
		bad |= json_object_set_new(fl, "missing", json_string(d->missing));
	if (!bad)
		return fl;
	json_decref(fl);
	return NULL;
}

static int add_field(const struct infer *in, struct column *c, json_t *fields, struct fl_err *err)
{
	struct decided d = { .type = TYPE_STRING, .enc = ENC_NONE };
	json_t *field;
	int rc = FL_OK;

	if (c->role == ROLE_FEATURE)
		decide_feature(in, c, &d);
	else if (is_counted(c))
		TRY(decide_target(in, c, &d, err));
	note_mixed(in, c);
	if (d.std && !isfinite(c->mean + c->square))
		return fail_column(c, err, "its values are too large for a standard deviation; --ignore it, or use another unit");
	field = json_pack("{s:s, s:s, s:o}", "name", c->name, "type", schema_type_name(d.type), "fl", fl_json(in, c, &d));
	if (!field)
		return fail_column(c, err, "its name or a level is not UTF-8; convert the file with iconv");
	if (json_array_append_new(fields, field) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: schema");
out:
	return rc;
}

static int build(struct infer *in, json_t **j, struct fl_err *err)
{
	json_t *fields = json_array(), *missing = json_array();
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < in->n; i++)
		TRY(add_field(in, &in->c[i], fields, err));
	for (i = 0; i < in->n_missing; i++)
		if (json_array_append_new(missing, json_string(in->missing[i])) != 0) {
			rc = fl_fail(err, FL_USAGE, "--missing: '%.40s' is not UTF-8", in->missing[i]);
			goto out;
		}
	*j = json_pack("{s:O, s:O}", "fields", fields, "missingValues", missing);
	if (!*j)
		rc = fl_fail(err, FL_IO, "out of memory: schema");
out:
	json_decref(fields);
	json_decref(missing);
	return rc;
}

static void infer_clear(struct infer *in)
{
	size_t i;

	for (i = 0; i < in->n; i++) {
		free(in->c[i].name);
		texts_clear(&in->c[i].seen);
	}
	free(in->c);
	free(in->missing);
}

int infer_schema(json_t **j, char *const *files, size_t n_files, const struct infer_opts *o, struct fl_err *err)
{
	struct infer in = { .o = o, .seen_max = o->max_levels > INFER_LABEL_LEVELS ? o->max_levels : INFER_LABEL_LEVELS };
	struct schema s = { 0 };
	size_t i;
	int rc;

	*j = NULL;
	TRY(fl_alloc(&in.missing, o->n_missing + 1, sizeof *in.missing, err));
	in.missing[in.n_missing++] = "";
	for (i = 0; i < o->n_missing; i++)
		if (!is_in(o->missing[i], in.missing, in.n_missing))
			in.missing[in.n_missing++] = o->missing[i];
	for (i = 0; i < n_files; i++)
		TRY(add_file(&in, files[i], err));
	TRY(build(&in, j, err));
	TRY(schema_from_json(&s, *j, err)); /* roles that exclude each other, columns beyond the limit */
out:
	if (rc != FL_OK) {
		json_decref(*j);
		*j = NULL;
	}
	schema_clear(&s);
	infer_clear(&in);
	return rc;
}
