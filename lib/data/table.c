#include "data/table.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/csv.h"
#include "data/encode.h"
#include "data/texts.h"

#define ABSENT ((size_t)-1)

/* Where the cells of one encoder field come from and go to. */
struct lane {
	size_t column; /* of the CSV, or ABSENT */
	float **array; /* (n, stride) of the table; this field starts at at */
	size_t stride, at;
};

struct reader {
	struct table *t;
	const struct table_opts *o;
	struct encoder e;
	struct lane *lanes; /* (e.n) */
	size_t cap;	    /* rows that the table's arrays hold */
	struct texts groups;
	size_t group, id; /* columns of the CSV, or ABSENT */
	int no_label;	  /* some file lacks the label, or time or event */
};

static float **role_array(struct table *t, enum field_role role)
{
	switch (role) {
	case ROLE_FEATURE:
		return &t->x;
	case ROLE_TIME:
		return &t->time;
	case ROLE_EVENT:
		return &t->event;
	case ROLE_WEIGHT:
		return &t->weight;
	case ROLE_OFFSET:
		return &t->offset;
	default:
		return &t->y;
	}
}

static int is_outcome(enum field_role role)
{
	return role == ROLE_LABEL || role == ROLE_TIME || role == ROLE_EVENT;
}

static int reader_init(struct reader *r, const struct schema *s, struct fl_err *err)
{
	size_t i;
	int rc;

	if (r->o->need_label && s->label < 0 && s->time < 0)
		return fl_fail(err, FL_DATA, "the schema has no label, and no time and event either");
	TRY(encoder_init(&r->e, s, r->o->scale, err));
	TRY(fl_alloc(&r->lanes, r->e.n, sizeof *r->lanes, err));
	for (i = 0; i < r->e.n; i++) {
		const struct field *f = r->e.f[i].field;

		r->lanes[i] = (struct lane){ ABSENT, role_array(r->t, f->role), f->width ? s->width : 1, f->at };
		if (f->role != ROLE_FEATURE)
			r->lanes[i].at = 0;
	}
	r->t->p = s->width;
out:
	return rc;
}

static void reader_clear(struct reader *r)
{
	encoder_clear(&r->e);
	texts_clear(&r->groups);
	free(r->lanes);
}

/* An outcome, or a weight, may be absent where no label is needed. */
static int find_lane(struct reader *r, const struct csv *c, size_t i, struct fl_err *err)
{
	const struct field *f = r->e.f[i].field;

	r->lanes[i].column = ABSENT;
	if (!r->o->need_label && (is_outcome(f->role) || f->role == ROLE_WEIGHT) && !csv_has_column(c, f->name)) {
		r->no_label |= is_outcome(f->role);
		return FL_OK;
	}
	return csv_column(c, f->name, &r->lanes[i].column, err);
}

static int find_columns(struct reader *r, const struct csv *c, struct fl_err *err)
{
	const struct schema *s = r->e.schema;
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < r->e.n; i++)
		TRY(find_lane(r, c, i, err));
	r->group = r->id = ABSENT;
	if (r->o->group_by)
		TRY(csv_column(c, r->o->group_by, &r->group, err));
	if (r->o->want_ids && s->id >= 0)
		TRY(csv_column(c, s->fields[s->id].name, &r->id, err));
out:
	return rc;
}

/* Room for one more row in the array of size-byte items that starts at *p. */
static int grow(const struct reader *r, void *p, size_t cap, size_t stride, size_t size, struct fl_err *err)
{
	size_t have = r->cap * stride;

	if (stride && cap > SIZE_MAX / size / stride)
		return fl_fail(err, FL_DATA, "%zu rows of %zu columns do not fit in memory", cap, stride);
	return fl_grow(p, &have, cap * stride, size, err);
}

static int more_rows(struct reader *r, struct fl_err *err)
{
	size_t i, cap = r->cap ? r->cap + r->cap / 2 : 64;
	struct table *t = r->t;
	int rc;

	TRY(grow(r, &t->x, cap, t->p, sizeof *t->x, err));
	for (i = 0; i < r->e.n; i++)
		if (r->lanes[i].array != &t->x)
			TRY(grow(r, r->lanes[i].array, cap, 1, sizeof(float), err));
	if (r->o->group_by)
		TRY(grow(r, &t->group, cap, 1, sizeof *t->group, err));
	if (r->o->want_ids && r->e.schema->id >= 0)
		TRY(grow(r, &t->ids, cap, 1, sizeof *t->ids, err));
	r->cap = cap;
out:
	return rc;
}

static int read_cell(struct reader *r, const struct csv *c, size_t i, struct fl_err *err)
{
	const struct lane *l = &r->lanes[i];
	float *out = *l->array + r->t->n * l->stride + l->at;
	int rc;

	if (l->column == ABSENT) {
		*out = r->e.f[i].field->role == ROLE_WEIGHT ? 1 : NAN;
		return FL_OK;
	}
	rc = encode_cell(&r->e, i, c->cells[l->column].s, c->cells[l->column].n, out, err);
	if (rc == FL_OK && r->o->need_label && is_outcome(r->e.f[i].field->role) && isnan(*out))
		rc = fl_fail(err, FL_DATA, "value is missing; a row without its %s cannot be used",
			     schema_role_name(r->e.f[i].field->role));
	if (rc != FL_OK)
		csv_err_cell(c, l->column, err);
	return rc;
}

static int read_row(struct reader *r, const struct csv *c, struct fl_err *err)
{
	struct table *t = r->t;
	size_t i, at;
	int rc = FL_OK;

	if (t->n == r->cap)
		TRY(more_rows(r, err));
	for (i = 0; i < r->e.n; i++)
		TRY(read_cell(r, c, i, err));
	if (r->group != ABSENT) {
		TRY(texts_add(&r->groups, c->cells[r->group].s, c->cells[r->group].n, &at, err));
		t->group[t->n] = (uint32_t)at;
	}
	if (r->id != ABSENT)
		TRY(fl_strndup(&t->ids[t->n], c->cells[r->id].s, c->cells[r->id].n, err));
	t->n++;
out:
	return rc;
}

static int read_file(struct reader *r, const char *path, struct fl_err *err)
{
	struct csv c = { 0 };
	int more, rc;

	TRY(csv_open(&c, path, CSV_AUTO, err));
	TRY(find_columns(r, &c, err));
	for (;;) {
		TRY(csv_next(&c, &more, err));
		if (!more)
			break;
		TRY(read_row(r, &c, err));
	}
out:
	csv_close(&c);
	return rc;
}

/* Mean and sd (n - 1), or least and range, of column at of x, over those that are not NAN. */
static void column_scale(const struct table *t, size_t at, enum field_encoding enc, double *shift, double *scale, double *mean)
{
	double sum = 0, square = 0, lo = INFINITY, hi = -INFINITY, v;
	size_t i, n = 0;

	for (i = 0; i < t->n; i++) {
		v = t->x[i * t->p + at];
		if (isnan(v))
			continue;
		n++;
		sum += v;
		lo = v < lo ? v : lo;
		hi = v > hi ? v : hi;
	}
	*mean = n ? sum / (double)n : 0;
	for (i = 0; i < t->n; i++)
		if (!isnan(v = t->x[i * t->p + at]))
			square += (v - *mean) * (v - *mean);
	*shift = enc == ENC_STANDARD ? *mean : n ? lo : 0;
	*scale = enc == ENC_STANDARD ? n > 1 ? sqrt(square / (double)(n - 1)) : 0 : n ? hi - lo : 0;
	if (!(*scale > 0) || lo == hi) /* constant: sd 1 */
		*scale = 1;
}

/* Scale by these rows what encode_cell left for that; missing becomes the mean of these rows. */
static void scale_local(struct table *t, const struct encoder *e)
{
	double shift, scale, mean, v;
	size_t i, k;

	for (k = 0; k < e->n; k++) {
		size_t at = e->f[k].field->at;

		if (!e->f[k].local)
			continue;
		column_scale(t, at, e->f[k].field->enc, &shift, &scale, &mean);
		for (i = 0; i < t->n; i++) {
			v = t->x[i * t->p + at];
			t->x[i * t->p + at] = (float)(((isnan(v) ? mean : v) - shift) / scale);
		}
	}
}

/* Drop an outcome that not every file had; hand the group names over. */
static void finish(struct reader *r)
{
	struct table *t = r->t;

	scale_local(t, &r->e);
	if (r->no_label) {
		free(t->y);
		free(t->time);
		free(t->event);
		t->y = t->time = t->event = NULL;
	}
	t->groups = r->groups.v;
	t->n_groups = r->groups.n;
	free(r->groups.slots);
	r->groups = (struct texts){ 0 };
}

int table_read(struct table *t, const char *files, const struct schema *s, const struct table_opts *o, struct fl_err *err)
{
	struct reader r = { .t = t, .o = o };
	struct names list = { 0 };
	size_t i;
	int rc;

	TRY(names_split(&list, files, err));
	TRY(reader_init(&r, s, err));
	for (i = 0; i < list.n; i++)
		TRY(read_file(&r, list.v[i], err));
	if (!t->n) {
		rc = fl_fail(err, FL_DATA, "%.200s: no rows", files);
		goto out;
	}
	finish(&r);
out:
	if (rc != FL_OK)
		table_clear(t);
	reader_clear(&r);
	names_clear(&list);
	return rc;
}

void table_clear(struct table *t)
{
	size_t i;

	for (i = 0; t->ids && i < t->n; i++)
		free(t->ids[i]);
	for (i = 0; i < t->n_groups; i++)
		free(t->groups[i]);
	free(t->x);
	free(t->y);
	free(t->time);
	free(t->event);
	free(t->weight);
	free(t->offset);
	free(t->group);
	free(t->groups);
	free(t->ids);
	*t = (struct table){ 0 };
}
