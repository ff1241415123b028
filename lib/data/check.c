#include "data/check.h"

#include <math.h>
#include <stdlib.h>

#include "data/csv.h"
#include "data/encode.h"

#define ABSENT ((size_t)-1)

/* Bad data is a misfit, and no reason to stop; anything else is. */
static int report(struct check *k, int rc, const struct fl_err *err)
{
	if (rc != FL_DATA)
		return rc;
	k->misfits++;
	k->misfit(k->arg, err->msg);
	return FL_OK;
}

static int find_columns(struct check *k, const struct csv *c, const struct encoder *e, size_t *columns, struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < e->n && rc == FL_OK; i++) {
		columns[i] = ABSENT;
		rc = report(k, csv_column(c, e->f[i].field->name, &columns[i], err), err);
	}
	return rc;
}

static int check_cell(const struct csv *c, const struct encoder *e, size_t i, size_t column, float *out, struct fl_err *err)
{
	int rc = encode_cell(e, i, c->cells[column].s, c->cells[column].n, out, err);

	if (rc == FL_OK && e->f[i].field->role != ROLE_FEATURE && isnan(out[0]))
		rc = fl_fail(err, FL_DATA, "value is missing; a row without its %s cannot be used",
			     schema_role_name(e->f[i].field->role));
	if (rc != FL_OK)
		csv_err_cell(c, column, err);
	return rc;
}

static int check_rows(struct check *k, struct csv *c, const struct encoder *e, const size_t *columns, float *out,
		      struct fl_err *err)
{
	size_t i;
	int more, rc;

	for (;;) {
		rc = csv_next(c, &more, err);
		if (rc == FL_OK && !more)
			return FL_OK;
		k->rows++;
		if (rc != FL_OK) {
			if ((rc = report(k, rc, err)) != FL_OK || c->stuck)
				return rc;
			continue;
		}
		for (i = 0; i < e->n; i++)
			if (columns[i] != ABSENT &&
			    (rc = report(k, check_cell(c, e, i, columns[i], out, err), err)) != FL_OK)
				return rc;
	}
}

int check_file(struct check *k, const char *path, const struct schema *s, struct fl_err *err)
{
	struct encoder e = { 0 };
	struct csv c = { 0 };
	size_t *columns = NULL;
	float *out = NULL;
	int opened, rc;

	/* Scaling is not asked for here, and a schema before its statistics can be checked too. */
	TRY(encoder_init(&e, s, TABLE_SCALE_LOCAL, err));
	TRY(fl_alloc(&columns, e.n, sizeof *columns, err));
	TRY(fl_alloc(&out, s->width + 1, sizeof *out, err));
	opened = csv_open(&c, path, CSV_AUTO, err);
	TRY(report(k, opened, err));
	if (opened != FL_OK)
		goto out;
	TRY(find_columns(k, &c, &e, columns, err));
	TRY(check_rows(k, &c, &e, columns, out, err));
out:
	csv_close(&c);
	encoder_clear(&e);
	free(columns);
	free(out);
	return rc;
}
