/*
 * cli.h - what every command does the same way: common options, exit codes, signals, the last look at stdout.
 *
 * main() is `return cli_main(&cmd, argc, argv);`. run() gets argv[0] = the command, argv[1..argc-1] = the operands. A
 * command with subcommands leaves run NULL and lists them in subs (ended by a row without a name).
 */
#ifndef FL_BASE_CLI_H
#define FL_BASE_CLI_H

#include "base/err.h"
#include "base/json.h"
#include "base/opt.h"

struct cmd {
	const char *name;     /* "fl-train", or a subcommand's "infer" */
	const char *synopsis; /* "[OPTION]... < MODEL > UPDATE" */
	const char *summary;  /* one line, a sentence without its full stop */
	const char *detail;   /* NULL, or lines printed after the options by --help */
	const struct opt *opts;
	int (*run)(int argc, char **argv, struct fl_err *err);
	const struct cmd *subs;
};

int cli_main(const struct cmd *cmd, int argc, char **argv);

/* Rows that several commands share: variables live here, so their words are the same everywhere. */
extern const char *cli_output;       /* -o, "-" */
extern const char *cli_metrics;      /* --metrics, NULL */
extern long long cli_seed;           /* --seed, -1 = not given */
extern long long cli_threads;        /* --threads, 0 = as many as there are cores */
extern const char *cli_progress;     /* --progress, "auto" */

#define CLI_OUTPUT OPT_FILE('o', "output", &cli_output, "FILE", "write to FILE, whole or not at all")
#define CLI_METRICS OPT_FILE(0, "metrics", &cli_metrics, "FILE", "write one JSON object to FILE (fd:N: to that descriptor)")
#define CLI_SEED OPT_INT(0, "seed", &cli_seed, "N", "seed of what is left to chance; without it a fresh one", 0, 9007199254740991.0)
#define CLI_THREADS OPT_INT(0, "threads", &cli_threads, "N", "threads; 0 is one for each core", 0, 1024)
#define CLI_PROGRESS OPT_NAME(0, "progress", &cli_progress, "WHEN", "progress bar on stderr", cli_progress_names)
const char *cli_progress_names(size_t i);

/* --seed, or a fresh one (then kept, so that metrics can print it). */
unsigned long long cli_seed_value(void);
int cli_threads_value(void);

/* Write *j as a line to --metrics, if given. Takes over the reference to j. */
int cli_write_metrics(json_t *j, struct fl_err *err);

/* A sentence on stderr as "NAME: ...": unless -q; only with -v. */
void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cli_say_more(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A bar on stderr when --progress says so and the work has lasted a second. done/total in any unit; clear it with
 * cli_progress_end() before other words. Signature fits the progress hooks of lib/. */
void cli_progress_show(const char *what, double done, double total);
void cli_progress_end(void);

/* Operand checks: FL_USAGE "unexpected 'X'" / "WHAT is missing". */
int cli_no_operands(int argc, char **argv, struct fl_err *err);

#endif
