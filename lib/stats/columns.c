#include "stats/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"
#include "data/encode.h"
#include "data/number.h"
#include "tensor/meta.h"

#define SQUARE_MAX 1e140 /* 2^93 squares of it are finite */

struct sums {
	const struct field *field;
	int numbers;          /* moments; else counts of levels */
	size_t at;            /* column of the current file */
	double missing, n, sum, square, lo, hi, zeros, ones;
	struct texts levels;
	double *counts;       /* (levels.n) */
	size_t cap;
};

struct columns {
	const struct schema *s;
	struct sums *v;
	size_t n;
	double rows;
};

static int is_summed(const struct field *f)
{
	return f->role != ROLE_ID && f->role != ROLE_GROUP && f->role != ROLE_IGNORE;
}

static int columns_new(struct columns *c, const struct schema *s, struct fl_err *err)
{
	size_t i;
	int rc = fl_alloc(&c->v, s->n_fields, sizeof *c->v, err);

	c->s = s;
	for (i = 0; rc == FL_OK && i < s->n_fields; i++)
		if (is_summed(&s->fields[i]))
			c->v[c->n++] = (struct sums){ .field = &s->fields[i], .lo = INFINITY, .hi = -INFINITY,
				.numbers = s->fields[i].type != TYPE_STRING && s->fields[i].n_levels == 0 };
	return rc;
}

static void columns_clear(struct columns *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		texts_clear(&c->v[i].levels);
		free(c->v[i].counts);
	}
	free(c->v);
}

static int not_a(const struct csv_cell *cell, const char *what, struct fl_err *err)
{
	char text[32];

	return fl_fail(err, FL_DATA, "\"%s\" is not %s", fl_err_quote(text, 24, cell->s, cell->n), what);
}

static int add_number(struct sums *c, const struct csv_cell *cell, struct fl_err *err)
{
	double x;

	if (!number_parse(cell->s, cell->n, &x) &&
	    !(c->field->type == TYPE_BOOLEAN && encode_boolean(cell->s, cell->n, &x)))
		return not_a(cell, "a number", err);
	if (x < c->field->lo || x > c->field->hi)
		return not_a(cell, "within the bounds of the schema", err);
	if (fabs(x) > SQUARE_MAX)
		return not_a(cell, "small enough for a sum of squares", err);
	c->n++;
	c->sum += x;
	c->square += x * x;
	c->lo = fmin(c->lo, x);
	c->hi = fmax(c->hi, x);
	c->zeros += x == 0;
	c->ones += x == 1;
	return FL_OK;
}

/* Levels of a number are the same where the numbers are: 1 and 1.0. */
static int add_level(struct sums *c, const struct csv_cell *cell, struct fl_err *err)
{
	char text[NUMBER_SIZE];
	const char *s = cell->s;
	size_t n = cell->n, at;
	double x;
	int rc;

	if (c->field->type != TYPE_STRING && number_parse(s, n, &x)) {
		s = number_text(text, x);
		n = strlen(text);
	}
	TRY(texts_add(&c->levels, s, n, &at, err));
	if (c->levels.n > SCHEMA_LEVELS_MAX)
		return fl_fail(err, FL_DATA, "more than %d levels; give the column another role", SCHEMA_LEVELS_MAX);
	TRY(fl_grow(&c->counts, &c->cap, c->levels.n, sizeof *c->counts, err));
	c->counts[at]++;
out:
	return rc;
}

static int add_row(struct columns *c, const struct csv *f, struct fl_err *err)
{
	const struct csv_cell *cell;
	size_t i;
	int rc;

	for (i = 0; i < c->n; i++) {
		cell = &f->cells[c->v[i].at];
		if (encode_missing(c->s->missing_values, c->s->n_missing, cell->s, cell->n)) {
			c->v[i].missing++;
			continue;
		}
		rc = c->v[i].numbers ? add_number(&c->v[i], cell, err) : add_level(&c->v[i], cell, err);
		if (rc != FL_OK)
			return csv_err_cell(f, c->v[i].at, err);
	}
	c->rows++;
	return FL_OK;
}

static int add_file(struct columns *c, const char *path, struct fl_err *err)
{
	struct csv f = { 0 };
	size_t i;
	int more, rc;

	TRY(csv_open(&f, path, CSV_AUTO, err));
	for (i = 0; i < c->n; i++)
		TRY(csv_column(&f, c->v[i].field->name, &c->v[i].at, err));
	for (;;) {
		TRY(csv_next(&f, &more, err));
		if (!more)
			break;
		TRY(add_row(c, &f, err));
	}
out:
	csv_close(&f);
	return rc;
}

static int add_files(struct columns *c, const char *files, struct fl_err *err)
{
	struct names list = { 0 };
	size_t i;
	int rc;

	TRY(names_split(&list, files, err));
	for (i = 0; i < list.n; i++)
		TRY(add_file(c, list.v[i], err));
out:
	names_clear(&list);
	return rc;
}

/* ---- the artefact ---- */

static int put(struct stats_fold *f, const char *column, const char *what, const double *v, size_t n, int max, struct fl_err *err)
{
	struct stats_array *a;
	struct buf name = { 0 };
	size_t at;
	int rc;

	TRY(buf_addf(&name, err, "%s%s", column, what));
	if (st_name_flaw(name.data)) {
		rc = fl_fail(err, FL_DATA, "\"%.60s\": %s; rename the column or level", name.data, st_name_flaw(name.data));
		goto out;
	}
	TRY(fl_grow(&f->a, &f->cap, f->names.n + 1, sizeof *f->a, err));
	TRY(texts_add(&f->names, name.data, name.len, &at, err));
	a = &f->a[at];
	*a = (struct stats_array){ .ndim = 1, .shape = { n }, .len = n, .max = max };
	TRY(fl_alloc(&a->v, n, sizeof *v, err));
	memcpy(a->v, v, n * sizeof *v);
out:
	buf_clear(&name);
	return rc;
}

static int put_level(struct stats_fold *f, const char *column, const char *level, double n, struct fl_err *err)
{
	struct buf what = { 0 };
	int rc = buf_addf(&what, err, "/count/%s", level);

	if (rc == FL_OK)
		rc = put(f, column, what.data, &n, 1, 0, err);
	buf_clear(&what);
	return rc;
}

static int put_column(struct stats_fold *f, const struct sums *c, struct fl_err *err)
{
	const char *name = c->field->name;
	size_t i;
	int rc;

	TRY(put(f, name, "/missing", &c->missing, 1, 0, err));
	if (c->numbers)
		TRY(put(f, name, "/moments", (const double[]){ c->n, c->sum, c->square }, 3, 0, err));
	if (c->n > 0 && isfinite(c->field->lo) && isfinite(c->field->hi))
		TRY(put(f, name, "/range", (const double[]){ -c->lo, c->hi }, 2, 1, err));
	if (c->numbers && c->zeros + c->ones == c->n) {
		TRY(put_level(f, name, "0", c->zeros, err));
		TRY(put_level(f, name, "1", c->ones, err));
	}
	for (i = 0; i < c->levels.n; i++)
		TRY(put_level(f, name, c->levels.v[i], c->counts[i], err));
out:
	return rc;
}

int columns_write(const char *files, const struct schema *s, int known, struct out *o, struct fl_err *err)
{
	struct columns c = { 0 };
	struct stats_fold f = { .count = 1 };
	size_t i;
	int rc;

	TRY(columns_new(&c, s, err));
	TRY(add_files(&c, files, err));
	TRY(put(&f, "rows", "", &c.rows, 1, 0, err));
	for (i = 0; i < c.n; i++)
		TRY(put_column(&f, &c.v[i], err));
	f.fl = json_pack("{s:i, s:s, s:{s:s}, s:[{s:s, s:s}]}", "v", META_VERSION, "kind", "stats", "fold", "range", "max", "stages",
			 "op", "stats", "of", "columns");
	if (!f.fl || (known && json_object_set_new(f.fl, "schema", json_string(s->digest)) != 0)) {
		rc = fl_fail(err, FL_IO, "out of memory: metadata");
		goto out;
	}
	TRY(stats_fold_write(&f, o, err));
out:
	stats_fold_clear(&f);
	columns_clear(&c);
	return rc;
}
