/* fl-train - train a model on local rows and emit what it learnt.  Manual: man/fl-train.1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "model/rows.h"
#include "solve/solver.h"

static struct solve_in in = { SOLVE_DEFAULTS };
static long long epochs = -1, steps = -1, batch = 32;
static const char *data, *schema_path, *solver = "sgd", *scale = "schema", *emit = "update", *class_weight;

static const char *emit_names(size_t i)
{
	static const char *const names[] = { "update", "model", NULL };

	return names[i];
}

static const struct opt opts[] = {
	OPT_FILE(0, "data", &data, "CSV", "the rows to train on; several files with commas between"),
	OPT_FILE(0, "schema", &schema_path, "SCHEMA", "scale by this schema instead of the model's own"),
	OPT_INT(0, "epochs", &epochs, "E", "passes over the rows (default 1; 100 iterations of lbfgs)", 1, 1e9),
	OPT_INT(0, "steps", &steps, "K", "batches, instead of --epochs", 1, 1e12),
	OPT_INT(0, "batch", &batch, "B", "rows of a batch; 0 is all rows", 0, 1e9),
	OPT_REAL(0, "lr", &in.lr, "R", "learning rate", 0, 1e6),
	OPT_NAME(0, "optimizer", &solver, "NAME", "local solver", solver_name),
	OPT_REAL(0, "momentum", &in.momentum, "M", "of momentum", 0, 0.999999),
	OPT_REAL(0, "l1", &in.l1, "L", "penalty L * sum |weight|", 0, 1e12),
	OPT_REAL(0, "l2", &in.l2, "L", "penalty L/2 * sum weight^2", 0, 1e12),
	OPT_REAL(0, "prox", &in.prox, "MU", "penalty MU/2 * |model - start|^2 (FedProx)", 0, 1e12),
	OPT_STR(0, "class-weight", &class_weight, "W", "balanced, or a weight for each class with commas between"),
	OPT_NAME(0, "scale", &scale, "HOW", "mean and deviation from the schema, from these rows, or none", rows_scale_name),
	OPT_NAME(0, "emit", &emit, "WHAT", "the difference to the model that came in, or the new model", emit_names),
	CLI_SEED,
	CLI_OUTPUT,
	CLI_METRICS,
	CLI_PROGRESS,
	OPT_END
};

static int check_options(struct fl_err *err)
{
	if (epochs > 0 && steps > 0)
		return fl_fail(err, FL_USAGE, "--epochs and --steps exclude each other");
	in.epochs = epochs > 0 ? epochs : !strcmp(solver, "lbfgs") ? 100 : 1;
	in.steps = steps > 0 ? steps : 0;
	in.batch = (size_t)batch;
	in.progress = cli_progress_show;
	return rows_check(schema_path, data, err);
}

/* balanced, or as many numbers as there are classes. */
static int read_class_weight(const struct model *m, const struct table *t, float **w, struct fl_err *err)
{
	size_t k = schema_classes(&m->schema), i;
	const char *s = class_weight;
	char *end;
	int rc;

	TRY(fl_alloc(w, k, sizeof **w, err));
	in.class_weight = *w;
	if (!strcmp(class_weight, "balanced"))
		return solve_balanced(&m->spec, t, *w, err);
	for (i = 0; i < k; i++, s = end + (*end == ',')) {
		double x = strtod(s, &end);
		if (end == s || !(x >= 0) || !isfinite(x) || (*end && *end != ','))
			break;
		(*w)[i] = (float)x;
	}
	if (i < k || *s || k == 0 || s[-1] == ',')
		rc = fl_fail(err, FL_USAGE, "--class-weight: want balanced, or %zu numbers with commas between", k);
out:
	return rc;
}

/* What the update counts for: its rows, or the sum of their weights, on the grid of weights. */
static int total_weight(const struct table *t, double *w, struct fl_err *err)
{
	size_t i;

	*w = t->weight ? 0 : (double)t->n;
	for (i = 0; t->weight && i < t->n; i++)
		*w += (double)t->weight[i];
	*w = nearbyint(*w * 0x1p20) * 0x1p-20;
	if (*w >= 0x1p24)
		return fl_fail(err, FL_DATA, "%s: rows weigh %.0f together, at most 16777215 can be said", data, *w);
	return FL_OK;
}

/* How it was trained, never on what: no counts, no losses. */
static json_t *stage(void)
{
	json_t *s = json_pack("{s:s, s:s, s:f, s:I}", "op", "train", "solver", solver, "lr", in.lr, "batch", (json_int_t)batch);

	json_object_set_new(s, in.steps ? "steps" : "epochs", json_integer(in.steps ? in.steps : in.epochs));
	if (in.l1 > 0)
		json_object_set_new(s, "l1", json_real(in.l1));
	if (in.l2 > 0)
		json_object_set_new(s, "l2", json_real(in.l2));
	if (in.prox > 0)
		json_object_set_new(s, "prox", json_real(in.prox));
	if (strcmp(scale, "schema") || schema_path)
		json_object_set_new(s, "scale", json_string(schema_path ? "other" : scale));
	return s;
}

static json_t *metrics(const struct model *m, const float *theta, const struct table *t, const struct solve_out *r, double seconds)
{
	double d = 0;
	size_t i;

	for (i = 0; i < m->n; i++)
		d += ((double)theta[i] - (double)m->theta[i]) * ((double)theta[i] - (double)m->theta[i]);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:f}", "event", "train", "solver", solver, "round",
			 (json_int_t)json_integer_value(json_object_get(m->fl, "round")), "rows", (json_int_t)t->n, "steps",
			 (json_int_t)r->steps, "samples", (json_int_t)r->samples, "loss", json_metric(r->loss), "update_norm",
			 json_metric(sqrt(d)), "seed", (json_int_t)cli_seed, "time_s", seconds);
}

static int write_result(const struct model *m, const float *theta, const struct table *t, struct out *o, struct fl_err *err)
{
	json_t *s = stage(), *list = NULL;
	double w;
	int rc;

	TRY(total_weight(t, &w, err));
	if (!strcmp(emit, "update")) {
		TRY(model_write_update(m, theta, w, s, o, err));
	} else {
		list = json_pack("[O]", s);
		TRY(model_write(m, theta, list, o, err));
	}
	TRY(out_commit(o, err));
out:
	json_decref(list);
	json_decref(s);
	return rc;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct model m = { 0 };
	struct table_opts how = { .scale = rows_scale(scale), .need_label = 1 };
	struct table t = { 0 };
	struct solve_out r = { 0 };
	struct out o = { 0 };
	float *theta = NULL, *w = NULL;
	double start = clock_s();
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(check_options(err));
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(model_read(&m, "-", err));
	TRY(rows_read(&t, &m, schema_path, data, &how, err));
	if (class_weight)
		TRY(read_class_weight(&m, &t, &w, err));
	TRY(fl_alloc(&theta, m.n, sizeof *theta, err));
	memcpy(theta, m.theta, m.n * sizeof *theta);
	in.spec = &m.spec;
	in.data = &t;
	in.seed = cli_seed_value();
	TRY(solver_run(solver_find(solver), &in, theta, &r, err));
	TRY(write_result(&m, theta, &t, &o, err));
	TRY(cli_write_metrics(metrics(&m, theta, &t, &r, clock_s() - start), err));
	cli_say_more("%zu rows, %lld steps, loss %.6g, seed %lld", t.n, r.steps, r.loss, cli_seed);
out:
	out_abort(&o);
	free(theta);
	free(w);
	table_clear(&t);
	model_clear(&m);
	return rc;
}

static const struct cmd cmd = { .name = "fl-train", .synopsis = "--data CSV [OPTION]... < MODEL > UPDATE",
	.summary = "Train a model on local rows and emit what it learnt", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
