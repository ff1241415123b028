/* fl - run a command of flkit by its short name, and list them. Manual: man/fl.1 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"

/* In the order of a round. The summaries are those of the commands; a test holds them together. */
static const struct row {
	const char *stage, *name, *summary;
} rows[] = {
	{ "Describe the data", "schema", "Say what the columns of a CSV mean to a model" },
	{ "Describe the data", "stats", "Sum up columns so that sites add up, or turn such sums into a schema" },
	{ "Describe the data", "synth", "Write a federation of synthetic tables: CSV files for every silo, and their schema" },
	{ "Run a round", "init", "Make an untrained model for a schema" },
	{ "Run a round", "train", "Train a model on local rows and emit what it learnt" },
	{ "Run a round", "compress", "Make an update ten to hundreds of times smaller, and whole again" },
	{ "Run a round", "aggregate", "Add updates up into the next model, or into a partial" },
	{ "Between machines", "key", "Make keys and tokens, sign, and check signatures" },
	{ "Between machines", "serve", "Serve a folder of federations over HTTP" },
	{ "Between machines", "round", "Take part in the rounds of a federation, or coordinate them" },
	{ "Between machines", "push", "Put standard input into a store" },
	{ "Between machines", "pull", "Get a model, an update or a message from a store" },
	{ "Use the model", "predict", "Predict a row for each row" },
	{ "Use the model", "eval", "Measure how well a model does on a table" },
	{ "Look inside", "show", "Show what an artefact or a message is, and what is in it" },
};

enum { N_ROWS = sizeof rows / sizeof *rows, NAME_MAX_LEN = 32 };

static const struct row *find(const char *name)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* Levenshtein's distance of a and b, both shorter than NAME_MAX_LEN. */
static size_t distance(const char *a, const char *b)
{
	size_t d[NAME_MAX_LEN], i, j, diag, up, best, m = strlen(b);

	for (j = 0; j <= m; j++)
		d[j] = j;
	for (i = 0; a[i]; i++) {
		diag = d[0];
		d[0] = i + 1;
		for (j = 1; j <= m; j++, diag = up) {
			up = d[j];
			best = diag + (a[i] != b[j - 1]);
			best = up + 1 < best ? up + 1 : best;
			d[j] = d[j - 1] + 1 < best ? d[j - 1] + 1 : best;
		}
	}
	return d[m];
}

/* The command that name was probably meant to be, or NULL. */
static const char *near(const char *name)
{
	size_t i, d, best = 3;
	const char *s = NULL;

	for (i = 0; i < N_ROWS; i++) {
		if ((d = distance(name, rows[i].name)) < best) {
			best = d;
			s = rows[i].name;
		}
	}
	return s;
}

static int no_command(const char *name, struct fl_err *err)
{
	char shown[NAME_MAX_LEN + 4];
	const char *s = strlen(name) < NAME_MAX_LEN ? near(name) : NULL;

	fl_err_quote(shown, NAME_MAX_LEN, name, strlen(name));
	if (s)
		return fl_fail(err, FL_USAGE, "no command '%s'; try '%s', or 'fl help' for all of them", shown, s);
	return fl_fail(err, FL_USAGE, "no command '%s'; try 'fl help'", shown);
}

static int name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n < NAME_MAX_LEN && !name[n];
}

/* The folder of this program with a '/' at its end, or "" where the system does not say. */
static void own_folder(char *dir, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", dir, size - 1);

	dir[n > 0 ? n : 0] = 0;
	if (strrchr(dir, '/'))
		strrchr(dir, '/')[1] = 0;
	else
		dir[0] = 0;
}

/* Become fl-NAME: the one beside this program, else the one on PATH. Returns only on failure. */
static int become(const char *name, char **argv, struct fl_err *err)
{
	char dir[4096], path[sizeof dir + NAME_MAX_LEN + 4];

	if (!name_ok(name))
		return no_command(name, err);
	own_folder(dir, sizeof dir);
	snprintf(path, sizeof path, "%sfl-%s", dir, name);
	argv[0] = path + strlen(dir);
	if (*dir)
		execv(path, argv);
	if (!*dir || errno == ENOENT)
		execvp(argv[0], argv);
	if (errno != ENOENT)
		return fl_fail_errno(err, FL_IO, "cannot run fl-%s", name);
	if (find(name))
		return fl_fail(err, FL_CONFIG, "fl-%s is not installed: neither beside fl nor on PATH", name);
	return no_command(name, err);
}

/* Where the manual of fl-NAME is: beside the build, or in the prefix it was installed to. 0 if nowhere. */
static int find_page(char *path, size_t size, const char *name)
{
	static const char *const at[] = { "../../man/", "../../../man/", "../share/man/man1/" };
	char dir[4096];
	size_t i;

	own_folder(dir, sizeof dir);
	for (i = 0; i < sizeof at / sizeof *at; i++) {
		snprintf(path, size, "%s%sfl-%s.1", dir, at[i], name);
		if (access(path, R_OK) == 0)
			return 1;
	}
	return 0;
}

/* On a terminal the manual, where there is one; else --help. */
static int help_on(const char *name, struct fl_err *err)
{
	char page[8192], man[] = "man", local[] = "-l", help[] = "--help";

	if (!find(name))
		return no_command(name, err);
	if (isatty(STDOUT_FILENO) && find_page(page, sizeof page, name))
		execvp(man, (char *[]){ man, local, page, NULL });
	return become(name, (char *[]){ NULL, help, NULL }, err);
}

static int help(int argc, char **argv, struct fl_err *err)
{
	size_t i;

	if (argc > 2)
		return fl_fail(err, FL_USAGE, "unexpected '%.60s'; help takes one command", argv[2]);
	if (argc == 2)
		return help_on(argv[1], err);
	puts("flkit: federated learning as small tools; a round is a pipeline of them.");
	for (i = 0; i < N_ROWS; i++) {
		if (!i || strcmp(rows[i].stage, rows[i - 1].stage))
			printf("\n%s\n", rows[i].stage);
		printf("  %-10s %s\n", rows[i].name, rows[i].summary);
	}
	puts("\n'fl help COMMAND' says more on one; 'man flkit' explains the idea.");
	return FL_OK;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = { OPT_END };
	static struct cmd subs[N_ROWS + 2] = { { .name = "help", .synopsis = "[COMMAND]",
		.summary = "List the commands, or explain one", .opts = opts, .run = help } };
	static const struct cmd cmd = { .name = "fl", .synopsis = "COMMAND [ARGUMENT]...",
		.summary = "Run a command of flkit: 'fl train' is fl-train", .opts = opts, .subs = subs };
	struct fl_err err = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < N_ROWS; i++) /* for --help and the completions */
		subs[i + 1] = (struct cmd){ .name = rows[i].name, .synopsis = "[ARGUMENT]...", .summary = rows[i].summary };
	if (argc < 2 || argv[1][0] == '-' || !strcmp(argv[1], "help"))
		return cli_main(&cmd, argc, argv);
	rc = become(argv[1], argv + 1, &err);
	fprintf(stderr, "fl: %s\n", err.msg);
	return rc;
}
