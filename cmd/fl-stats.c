/* fl-stats - sums per column that add up over sites, and the schema that follows from them.  Manual: man/fl-stats.1 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cli.h"
#include "data/infer.h"
#include "stats/columns.h"

static const char *data, *schema_path, *to_schema, *label, *time_name, *event;
static struct opt_list categorical, ignore, missing;
static long long max_levels = 100;

static const struct opt opts[] = {
	OPT_FILE(0, "data", &data, "CSV", "the rows to sum over; several files with commas between"),
	OPT_FILE(0, "schema", &schema_path, "SCHEMA", "what the columns are; without it, what the values look like"),
	OPT_FILE(0, "to-schema", &to_schema, "SCHEMA", "read statistics and write means, deviations and levels into SCHEMA"),
	OPT_STR(0, "label", &label, "NAME", "the column to predict"),
	OPT_STR(0, "time", &time_name, "NAME", "survival: the column of times"),
	OPT_STR(0, "event", &event, "NAME", "survival: the column of events"),
	OPT_LIST(0, "categorical", &categorical, "NAME", "count the values of this column, numbers or not; repeatable"),
	OPT_LIST(0, "ignore", &ignore, "NAME", "leave this column out; repeatable"),
	OPT_LIST(0, "missing", &missing, "TEXT", "a value that means missing, beside the empty one; repeatable"),
	OPT_INT(0, "max-levels", &max_levels, "N", "leave out text columns with more distinct values", 1, SCHEMA_LEVELS_MAX),
	CLI_OUTPUT,
	OPT_END
};

static void note(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

/* The schema given, or what this site's values look like: sums need to know only what is a number and what is a level. */
static int get_schema(struct schema *s, struct fl_err *err)
{
	struct infer_opts o = { .label = label, .time = time_name, .event = event, .ignore = ignore.v, .n_ignore = ignore.n,
				.categorical = categorical.v, .n_categorical = categorical.n, .missing = missing.v,
				.n_missing = missing.n, .max_levels = (size_t)max_levels, .note = note };
	struct names list = { 0 };
	json_t *j = NULL;
	int rc;

	if (schema_path)
		return schema_read(s, schema_path, err);
	TRY(names_split(&list, data, err));
	TRY(infer_schema(&j, list.v, list.n, &o, err));
	TRY(schema_from_json(s, j, err));
out:
	json_decref(j);
	names_clear(&list);
	return rc;
}

static int sum(struct fl_err *err)
{
	struct schema s = { 0 };
	struct out o = { 0 };
	int rc;

	if (!data)
		return fl_fail(err, FL_USAGE, "--data is missing: fl-stats --data CSV > STATS");
	if (!strcmp(data, "-") && !schema_path)
		return fl_fail(err, FL_USAGE, "--data -: rows are read twice without a --schema; give it, or a file");
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(get_schema(&s, err));
	TRY(columns_write(data, &s, schema_path != NULL, &o, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	schema_clear(&s);
	return rc;
}

static int read_stats(struct stats_fold *f, struct fl_err *err)
{
	struct art a = { 0 };
	int rc;

	TRY(art_open(&a, "-", err));
	TRY(stats_fold_add(f, &a, err));
	stats_fold_end(f);
out:
	art_close(&a);
	return rc;
}

static int is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* SCHEMA is filled in where it exists, else made from --schema, else from the sums alone. */
static int make_schema(struct fl_err *err)
{
	const char *template = schema_path ? schema_path : is_file(to_schema) ? to_schema : NULL;
	struct stats_fold f = { 0 };
	struct schema s = { 0 };
	struct out o = { 0 };
	json_t *from = NULL, *j = NULL;
	int rc;

	if (data || strcmp(cli_output, "-"))
		return fl_fail(err, FL_USAGE, "--to-schema reads statistics from standard input; it takes no --%s", data ? "data" : "output");
	TRY(out_open(&o, to_schema, OUT_TEXT, err));
	if (template)
		TRY(json_read(&from, template, err));
	TRY(read_stats(&f, err));
	TRY(columns_schema(&j, &f, from, label, time_name, event, err));
	TRY(schema_from_json(&s, j, err));
	TRY(json_write(j, o.f, err));
	TRY(out_commit(&o, err));
	cli_say_more("%zu fields from %lld sites, %zu encoded columns", s.n_fields, f.count, s.width);
out:
	out_abort(&o);
	json_decref(from);
	json_decref(j);
	schema_clear(&s);
	stats_fold_clear(&f);
	return rc;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	int rc = cli_no_operands(argc, argv, err);

	if (rc != FL_OK)
		return rc;
	return to_schema ? make_schema(err) : sum(err);
}

static const struct cmd cmd = { .name = "fl-stats", .synopsis = "--data CSV [OPTION]... > STATS | --to-schema SCHEMA < STATS",
	.summary = "Sum up columns so that sites add up, or turn such sums into a schema", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
