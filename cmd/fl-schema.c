/* fl-schema - say what the columns of a CSV mean to a model.  Manual: man/fl-schema.1 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "data/check.h"
#include "data/infer.h"
#include "data/schema.h"

#define SHOWN_MAX 20

static const char *label, *time_name, *event, *id, *group, *weight, *offset, *schema_path, *unknown = "error";
static struct opt_list ignore, categorical, missing;
static long long max_levels = 100;
static int drop_first, all, canonical;

static const char *unknown_names(size_t i)
{
	static const char *const names[] = { "error", "bucket", NULL };

	return names[i];
}

static const struct opt infer_opts[] = {
	OPT_STR('l', "label", &label, "NAME", "the column to learn"),
	OPT_STR(0, "time", &time_name, "NAME", "survival: time until the event or the end of observation"),
	OPT_STR(0, "event", &event, "NAME", "survival: 1 where the event was seen, 0 where not"),
	OPT_STR(0, "id", &id, "NAME", "names the row; never learned from"),
	OPT_STR(0, "group", &group, "NAME", "a column to report by; never learned from"),
	OPT_STR(0, "weight", &weight, "NAME", "row weights"),
	OPT_STR(0, "offset", &offset, "NAME", "added to the linear predictor"),
	OPT_LIST(0, "ignore", &ignore, "NAME", "leave the column out; may be repeated"),
	OPT_LIST('c', "categorical", &categorical, "NAME", "levels, even where all values are numbers; may be repeated"),
	OPT_LIST(0, "missing", &missing, "TEXT", "a text that means a missing value, beside the empty one; may be repeated"),
	OPT_FLAG(0, "drop-first", &drop_first, "onehot without its first level, for identifiable models"),
	OPT_NAME(0, "unknown", &unknown, "RULE", "what features do with a level that the schema lacks", unknown_names),
	OPT_INT(0, "max-levels", &max_levels, "N", "more distinct texts than N are not levels", 1, SCHEMA_LEVELS_MAX),
	CLI_OUTPUT,
	OPT_END
};

static const struct opt check_opts[] = {
	OPT_FILE('s', "schema", &schema_path, "FILE", "the schema to check against"),
	OPT_FLAG('a', "all", &all, "print everything that does not fit, not the first 20"),
	OPT_END
};

static const struct opt show_opts[] = {
	OPT_FLAG('c', "canonical", &canonical, "print the exact bytes whose BLAKE2b-256 is the schema's digest"),
	CLI_OUTPUT,
	OPT_END
};

static void say_note(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

static int run_infer(int argc, char **argv, struct fl_err *err)
{
	struct infer_opts o = { label, time_name, event, id, group, weight, offset, ignore.v, categorical.v, missing.v, ignore.n,
				categorical.n, missing.n, (size_t)max_levels, drop_first, UNKNOWN_ERROR, say_note, NULL };
	struct out out = { 0 };
	json_t *j = NULL;
	int rc;

	if (argc < 2)
		return fl_fail(err, FL_USAGE, "CSV file is missing; '-' is standard input");
	if (!label && !time_name)
		cli_say("no --label, and no --time and --event: a schema for statistics, not for training");
	o.unknown = strcmp(unknown, "bucket") ? UNKNOWN_ERROR : UNKNOWN_BUCKET;
	TRY(infer_schema(&j, argv + 1, (size_t)argc - 1, &o, err));
	TRY(out_open(&out, cli_output, OUT_TEXT, err));
	TRY(json_write(j, out.f, err));
	TRY(out_commit(&out, err));
out:
	out_abort(&out);
	json_decref(j);
	return rc;
}

static void print_misfit(void *arg, const char *sentence)
{
	struct check *k = arg;

	if (all || k->misfits <= SHOWN_MAX)
		puts(sentence);
}

static int run_check(int argc, char **argv, struct fl_err *err)
{
	struct check k = { .misfit = print_misfit, .arg = &k };
	struct schema s = { 0 };
	int i, rc;

	if (!schema_path)
		return fl_fail(err, FL_USAGE, "--schema is missing; make one with fl-schema infer");
	if (argc < 2)
		return fl_fail(err, FL_USAGE, "CSV file is missing; '-' is standard input");
	TRY(schema_read(&s, schema_path, err));
	for (i = 1; i < argc; i++)
		TRY(check_file(&k, argv[i], &s, err));
	if (k.misfits)
		rc = fl_fail(err, FL_NO, "%zu misfit%s in %zu rows%s", k.misfits, k.misfits == 1 ? "" : "s", k.rows,
			     k.misfits > SHOWN_MAX && !all ? "; see them with --all" : "");
	else
		cli_say("%zu rows fit", k.rows);
out:
	schema_clear(&s);
	return rc;
}

/* mean and std, bounds, or the first few levels. */
static void print_scale(const struct field *f, FILE *out)
{
	char text[32];
	size_t i;

	if (f->enc == ENC_STANDARD)
		fprintf(out, "mean %g, std %g", f->mean, f->std);
	else if (f->enc == ENC_MINMAX)
		fprintf(out, "%g to %g", f->min, f->max);
	for (i = 0; i < f->n_levels && i < 8; i++)
		fprintf(out, "%s%s", i ? ", " : "", fl_err_quote(text, 24, f->levels[i], strlen(f->levels[i])));
	if (f->n_levels > 8)
		fprintf(out, ", ... (%zu)", f->n_levels);
	fputc('\n', out);
}

static void print_table(const struct schema *s, FILE *out)
{
	char text[64];
	size_t i;

	fprintf(out, "%-24s %-8s %-8s %-9s %5s  %s\n", "NAME", "TYPE", "ROLE", "ENCODING", "WIDTH", "SCALE OR LEVELS");
	for (i = 0; i < s->n_fields; i++) {
		const struct field *f = &s->fields[i];

		fl_err_quote(text, 56, f->name, strlen(f->name));
		fprintf(out, "%-24s %-8s %-8s %-9s %5zu  ", text, schema_type_name(f->type), schema_role_name(f->role),
			schema_encoding_name(f->enc), f->width);
		print_scale(f, out);
	}
	fprintf(out, "%zu fields, %zu encoded columns, %s\n", s->n_fields, s->width, s->digest);
}

static int show(const struct schema *s, struct out *o, struct fl_err *err)
{
	char *text = NULL;
	int rc = FL_OK;

	if (canonical) {
		TRY(json_canonical(&text, s->json, err));
		TRY(out_write(o, text, strlen(text), err));
	} else if (isatty(fileno(o->f))) {
		print_table(s, o->f);
	} else {
		TRY(json_write(s->json, o->f, err));
	}
out:
	free(text);
	return rc;
}

static int run_show(int argc, char **argv, struct fl_err *err)
{
	struct schema s = { 0 };
	struct out out = { 0 };
	int rc;

	if (argc > 2)
		return fl_fail(err, FL_USAGE, "unexpected '%.60s'; one schema at a time", argv[2]);
	TRY(schema_read(&s, argc > 1 ? argv[1] : "-", err));
	TRY(out_open(&out, cli_output, OUT_TEXT, err));
	TRY(show(&s, &out, err));
	TRY(out_commit(&out, err));
out:
	out_abort(&out);
	schema_clear(&s);
	return rc;
}

static const struct cmd subs[] = {
	{ .name = "infer", .synopsis = "[OPTION]... --label NAME CSV...", .summary = "Write a first schema for CSV files",
	  .opts = infer_opts, .run = run_infer },
	{ .name = "check", .synopsis = "--schema FILE [OPTION]... CSV...", .summary = "Say what does not fit a schema",
	  .opts = check_opts, .run = run_check },
	{ .name = "show", .synopsis = "[OPTION]... [SCHEMA]", .summary = "Print a schema, as a table on a terminal",
	  .opts = show_opts, .run = run_show },
	{ .name = NULL }
};

static const struct cmd cmd = { .name = "fl-schema",
				.synopsis = "SUBCOMMAND [OPTION]... [FILE]...",
				.summary = "Say what the columns of a CSV mean to a model",
				.subs = subs };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
