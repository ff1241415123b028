/* fl-predict - predict a row for each row.  Manual: man/fl-predict.1 */
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "model/predict.h"

static const char *data, *schema, *scale = "schema";
static double threshold = .5;

static const struct opt opts[] = {
	OPT_FILE(0, "data", &data, "CSV", "the rows to predict; they need no label; several files with commas between"),
	OPT_FILE(0, "schema", &schema, "SCHEMA", "scale by this schema instead of the model's own"),
	OPT_NAME(0, "scale", &scale, "HOW", "mean and deviation from the schema, from these rows, or none",
		 rows_scale_name),
	OPT_REAL(0, "threshold", &threshold, "P", "two classes: positive is predicted from this probability on", 0, 1),
	CLI_OUTPUT,
	OPT_END
};

/* A cell, quoted where RFC 4180 wants it, or where a reader might trim it. */
static void put_cell(FILE *f, const char *s)
{
	size_t n = strlen(s);

	if (n && !strpbrk(s, "\",\r\n") && *s != ' ' && s[n - 1] != ' ') {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

/* The one column of a prediction that is one number. */
static const char *column(enum metric_task task)
{
	return task == METRIC_BINARY ? "probability" : task == METRIC_COUNT ? "rate" :
	       task == METRIC_SURVIVAL ? "risk" : "prediction";
}

static int put_class_columns(FILE *f, const struct model *m, struct fl_err *err)
{
	struct buf b = { 0 };
	size_t c;
	int rc = FL_OK;

	for (c = 0; c < m->spec.outputs; c++) {
		b.len = 0;
		TRY(buf_addf(&b, err, "p_%s", predict_level(m, c)));
		if (c)
			fputc(',', f);
		put_cell(f, b.data);
	}
out:
	buf_clear(&b);
	return rc;
}

static int put_header(FILE *f, const struct model *m, const struct table *t, struct fl_err *err)
{
	enum metric_task task = predict_task(m);
	int rc = FL_OK;

	if (t->ids) {
		put_cell(f, m->schema.fields[m->schema.id].name);
		fputc(',', f);
	}
	if (task == METRIC_MULTICLASS)
		TRY(put_class_columns(f, m, err));
	else
		fputs(column(task), f);
	if (task == METRIC_BINARY || task == METRIC_MULTICLASS)
		fputs(",class", f);
	fputc('\n', f);
out:
	return rc;
}

static size_t pick_class(const struct model *m, const double *p, size_t k)
{
	size_t j, best = 0;

	if (predict_task(m) == METRIC_BINARY)
		return p[0] >= threshold;
	for (j = 1; j < k; j++)
		if (p[j] > p[best])
			best = j;
	return best;
}

static int put_row(struct out *o, const struct model *m, const char *id, const double *p, size_t k, struct fl_err *err)
{
	size_t j;

	if (id) {
		put_cell(o->f, id);
		fputc(',', o->f);
	}
	for (j = 0; j < k; j++)
		fprintf(o->f, j ? ",%.9g" : "%.9g", p[j]);
	if (predict_task(m) == METRIC_BINARY || predict_task(m) == METRIC_MULTICLASS) {
		fputc(',', o->f);
		put_cell(o->f, predict_level(m, pick_class(m, p, k)));
	}
	return out_write(o, "\n", 1, err);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct table_opts how = { .scale = rows_scale(scale), .want_ids = 1 };
	struct model m = { 0 };
	struct table t = { 0 };
	struct out o = { 0 };
	double *p = NULL;
	size_t i, k;
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(rows_check(schema, data, err));
	TRY(out_open(&o, cli_output, OUT_TEXT, err));
	TRY(model_read(&m, "-", err));
	TRY(rows_read(&t, &m, schema, data, &how, err));
	TRY(predict_rows(&p, &m, &t, err));
	TRY(put_header(o.f, &m, &t, err));
	k = predict_width(&m);
	for (i = 0; i < t.n; i++)
		TRY(put_row(&o, &m, t.ids ? t.ids[i] : NULL, p + i * k, k, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	free(p);
	table_clear(&t);
	model_clear(&m);
	return rc;
}

static const struct cmd cmd = { .name = "fl-predict", .synopsis = "--data CSV [OPTION]... < MODEL > CSV",
	.summary = "Predict a row for each row", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
