/* fl-train - train a model on local rows and emit what it learnt.  Manual: man/fl-train.1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "solve/train.h"

static struct train t = TRAIN_DEFAULTS;
static long long epochs = -1, steps = -1, batch = 32;
static const char *data, *emit = "update";

static const char *emit_names(size_t i)
{
	static const char *const names[] = { "update", "model", NULL };

	return names[i];
}

static const struct opt opts[] = {
	OPT_FILE(0, "data", &data, "CSV", "the rows to train on; several files with commas between"),
	OPT_FILE(0, "schema", &t.schema, "SCHEMA", "scale by this schema instead of the model's own"),
	OPT_INT(0, "epochs", &epochs, "E", "passes over the rows (default 1; 100 iterations of lbfgs)", 1, 1e9),
	OPT_INT(0, "steps", &steps, "K", "batches, instead of --epochs", 1, 1e12),
	OPT_INT(0, "batch", &batch, "B", "rows of a batch; 0 is all rows", 0, 1e9),
	OPT_REAL(0, "lr", &t.in.lr, "R", "learning rate", 0, 1e6),
	OPT_NAME(0, "optimizer", &t.solver, "NAME", "local solver", solver_name),
	OPT_REAL(0, "momentum", &t.in.momentum, "M", "of momentum", 0, 0.999999),
	OPT_REAL(0, "l1", &t.in.l1, "L", "penalty L * sum |weight|", 0, 1e12),
	OPT_REAL(0, "l2", &t.in.l2, "L", "penalty L/2 * sum weight^2", 0, 1e12),
	OPT_REAL(0, "prox", &t.in.prox, "MU", "penalty MU/2 * |model - start|^2 (FedProx)", 0, 1e12),
	OPT_STR(0, "class-weight", &t.class_weight, "W", "balanced, or a weight for each class with commas between"),
	OPT_NAME(0, "scale", &t.scale, "HOW", "mean and deviation from the schema, from these rows, or none", rows_scale_name),
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
	t.in.epochs = epochs > 0 ? epochs : train_epochs(t.solver);
	t.in.steps = steps > 0 ? steps : 0;
	t.in.batch = (size_t)batch;
	t.in.progress = cli_progress_show;
	return rows_check(t.schema, data, err);
}

static json_t *metrics(const struct model *m, const float *theta, const struct table *rows, const struct solve_out *r,
		       double seconds)
{
	double d = 0;
	size_t i;

	for (i = 0; i < m->n; i++)
		d += ((double)theta[i] - (double)m->theta[i]) * ((double)theta[i] - (double)m->theta[i]);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:f}", "event", "train", "solver", t.solver, "round",
			 (json_int_t)json_integer_value(json_object_get(m->fl, "round")), "rows", (json_int_t)rows->n, "steps",
			 (json_int_t)r->steps, "samples", (json_int_t)r->samples, "loss", json_metric(r->loss), "update_norm",
			 json_metric(sqrt(d)), "seed", (json_int_t)cli_seed, "time_s", seconds);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct model m = { 0 };
	struct table rows = { 0 };
	struct solve_out r = { 0 };
	struct out o = { 0 };
	float *theta = NULL;
	double start = clock_s();
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(check_options(err));
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(model_read(&m, "-", err));
	TRY(train_rows(&rows, &t, &m, data, err));
	t.in.seed = cli_seed_value();
	TRY(train_run(&t, &m, &rows, &theta, &r, err));
	if ((rc = train_write(&t, &m, &rows, theta, strcmp(emit, "update") ? TRAIN_MODEL : TRAIN_UPDATE, &o, err)) != FL_OK) {
		fl_err_prefix(err, "%s", data);
		goto out;
	}
	TRY(out_commit(&o, err));
	TRY(cli_write_metrics(metrics(&m, theta, &rows, &r, clock_s() - start), err));
	cli_say_more("%zu rows, %lld steps, loss %.6g, seed %lld", rows.n, r.steps, r.loss, cli_seed);
out:
	out_abort(&o);
	free(theta);
	table_clear(&rows);
	model_clear(&m);
	return rc;
}

static const struct cmd cmd = { .name = "fl-train", .synopsis = "--data CSV [OPTION]... < MODEL > UPDATE",
	.summary = "Train a model on local rows and emit what it learnt", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
