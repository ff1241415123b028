/* fl-eval - measure how well a model does on a table.  Manual: man/fl-eval.1 */
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "model/predict.h"

static const char *data, *schema, *scale = "schema", *by;
static long long replicates, min_group = 1;
static double level = .95, threshold = .5;

static const struct opt opts[] = {
	OPT_FILE(0, "data", &data, "CSV", "the rows, with their labels; several files with commas between"),
	OPT_FILE(0, "schema", &schema, "SCHEMA", "scale by this schema instead of the model's own"),
	OPT_NAME(0, "scale", &scale, "HOW", "mean and deviation from the schema, from these rows, or none",
		 rows_scale_name),
	OPT_STR(0, "by", &by, "COLUMN", "the same metrics for each value of COLUMN as well"),
	OPT_INT(0, "min-group", &min_group, "N", "of a group with fewer rows show only how many", 1, 1e9),
	OPT_REAL(0, "threshold", &threshold, "P", "two classes: positive is predicted from this probability on", 0, 1),
	OPT_INT(0, "bootstrap", &replicates, "N", "confidence intervals from N resamples; 0 for none", 0, 100000),
	OPT_REAL(0, "level", &level, "P", "confidence of the intervals", .01, .9999),
	CLI_SEED,
	CLI_OUTPUT,
	CLI_PROGRESS,
	OPT_END
};

/* What is evaluated: all rows of the table with their predictions, and the names of the classes. */
struct job {
	struct model m;
	struct table t;
	struct metric_in in;
	double *p;
	const char **levels;
	json_t *report;
};

static int predict_all(struct job *job, struct fl_err *err)
{
	const struct table *t = &job->t;
	size_t c, k = predict_width(&job->m);
	enum metric_task task = predict_task(&job->m);
	int rc;

	TRY(predict_rows(&job->p, &job->m, t, err));
	job->in = (struct metric_in){ .task = task, .n = t->n, .k = k, .p = job->p, .y = t->y, .time = t->time,
				      .event = t->event, .weight = t->weight, .threshold = threshold };
	if (task != METRIC_MULTICLASS)
		goto out;
	TRY(fl_alloc(&job->levels, k, sizeof *job->levels, err));
	for (c = 0; c < k; c++)
		job->levels[c] = predict_level(&job->m, c);
out:
	return rc;
}

/* The metrics of some rows. Intervals come from the seed's own stream, so that no group's depend on another's. */
static int measure(json_t **j, const struct job *job, const struct metric_in *in, uint64_t stream, struct fl_err *err)
{
	struct metric_boot boot = { .replicates = (size_t)replicates, .level = level, .progress = cli_progress_show };
	struct metric_set s = { 0 };
	double (*ci)[2] = NULL;
	struct rng rng;
	int rc;

	TRY(metric_prepare(&s, in, err));
	if (replicates && in->n) {
		rng_seed(&rng, cli_seed_value(), stream);
		TRY(fl_alloc(&ci, metric_count(), sizeof *ci, err));
		TRY(metric_bootstrap(&s, &boot, &rng, ci, err));
	}
	if (!(*j = metric_json(&s, job->levels, ci)))
		rc = fl_fail(err, FL_IO, "out of memory: metrics");
out:
	free(ci);
	metric_clear(&s);
	return rc;
}

static int group_cmp(const void *a, const void *b, void *groups)
{
	return strcmp(((char **)groups)[*(const uint32_t *)a], ((char **)groups)[*(const uint32_t *)b]);
}

/* rows (n) lists the rows of group 0, of group 1, ...; ends (n_groups) is where each stops. */
static void sort_by_group(const struct table *t, uint32_t *rows, size_t *ends)
{
	size_t i, g, at = 0;

	for (i = 0; i < t->n; i++)
		ends[t->group[i]]++;
	for (g = 0; g < t->n_groups; g++) {
		at += ends[g];
		ends[g] = at - ends[g];
	}
	for (i = 0; i < t->n; i++)
		rows[ends[t->group[i]]++] = (uint32_t)i;
}

static int measure_group(struct job *job, json_t *groups, const char *name, const uint32_t *rows, size_t n,
			 uint64_t stream, struct fl_err *err)
{
	struct metric_subset sub = { 0 };
	json_t *j = NULL;
	int rc;

	if (n < (size_t)min_group) {
		j = json_pack("{s:I,s:b}", "n", (json_int_t)n, "small", 1);
	} else {
		TRY(metric_subset_take(&sub, &job->in, rows, n, err));
		TRY(measure(&j, job, &sub.in, stream, err));
	}
	rc = json_object_set_new(groups, name, j) == 0 ? FL_OK : fl_fail(err, FL_DATA, "--by: a value is not UTF-8");
out:
	metric_subset_clear(&sub);
	return rc;
}

/* Groups by the bytes of their names, whatever the order of the rows. */
static int measure_groups(struct job *job, struct fl_err *err)
{
	const struct table *t = &job->t;
	json_t *groups = json_object();
	uint32_t *rows = NULL, *sorted = NULL, g;
	size_t *ends = NULL, i, from;
	int rc;

	TRY(fl_alloc(&rows, t->n, sizeof *rows, err));
	TRY(fl_alloc(&ends, t->n_groups, sizeof *ends, err));
	TRY(fl_alloc(&sorted, t->n_groups, sizeof *sorted, err));
	sort_by_group(t, rows, ends);
	for (i = 0; i < t->n_groups; i++)
		sorted[i] = (uint32_t)i;
	qsort_r(sorted, t->n_groups, sizeof *sorted, group_cmp, t->groups);
	for (i = 0; i < t->n_groups; i++) {
		g = sorted[i];
		from = g ? ends[g - 1] : 0;
		TRY(measure_group(job, groups, t->groups[g], rows + from, ends[g] - from, i + 1, err));
	}
	if (json_object_set_new(job->report, "by", json_string(by)) != 0)
		rc = fl_fail(err, FL_DATA, "--by: the name is not UTF-8");
	json_object_set(job->report, "groups", groups);
out:
	json_decref(groups);
	free(rows);
	free(ends);
	free(sorted);
	return rc;
}

static const char *task_name(enum metric_task task)
{
	return task == METRIC_BINARY ? "binary" : task == METRIC_MULTICLASS ? "multiclass" :
	       task == METRIC_COUNT ? "count" : task == METRIC_SURVIVAL ? "survival" : "regression";
}

/* How the numbers came about. */
static void describe(struct job *job)
{
	json_t *o = job->report;

	json_object_set_new(o, "task", json_string(task_name(job->in.task)));
	if (job->in.task == METRIC_BINARY) {
		json_object_set_new(o, "positive", json_string(predict_level(&job->m, 1)));
		json_object_set_new(o, "threshold", json_real(threshold));
	}
	if (replicates) {
		json_object_set_new(o, "bootstrap", json_integer(replicates));
		json_object_set_new(o, "level", json_real(level));
		json_object_set_new(o, "seed", json_integer((json_int_t)cli_seed_value()));
	}
	json_object_set_new(o, "model", json_string(job->m.digest));
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct table_opts how = { .scale = rows_scale(scale), .need_label = 1, .group_by = by };
	struct job job = { 0 };
	struct out o = { 0 };
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(rows_check(schema, data, err));
	TRY(out_open(&o, cli_output, OUT_TEXT, err));
	TRY(model_read(&job.m, "-", err));
	TRY(rows_read(&job.t, &job.m, schema, data, &how, err));
	TRY(predict_all(&job, err));
	TRY(measure(&job.report, &job, &job.in, 0, err));
	if (by)
		TRY(measure_groups(&job, err));
	describe(&job);
	cli_progress_end();
	TRY(json_write(job.report, o.f, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	json_decref(job.report);
	free(job.levels);
	free(job.p);
	table_clear(&job.t);
	model_clear(&job.m);
	return rc;
}

static const struct cmd cmd = { .name = "fl-eval", .synopsis = "--data CSV [OPTION]... < MODEL",
	.summary = "Measure how well a model does on a table", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
