#include "base/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"

/* A command whose first operand says what to do. */
static int run(int argc, char **argv, struct fl_err *err)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct out o = { 0 };
	int rc;

	if (!strcmp(what, "seed"))
		return printf("%llu %llu\n", cli_seed_value(), cli_seed_value()) > 0 ? FL_OK : FL_IO;
	if (!strcmp(what, "threads"))
		return printf("%d\n", cli_threads_value()) > 0 ? FL_OK : FL_IO;
	if (!strcmp(what, "say")) {
		cli_say("words");
		cli_say_more("more words");
		return FL_OK;
	}
	if (!strcmp(what, "progress")) {
		cli_progress_show("work", 1, 2);
		cli_say("half");
		return FL_OK;
	}
	if (!strcmp(what, "metrics"))
		return cli_write_metrics(json_pack("{s:i}", "n", 1), err);
	if (!strcmp(what, "none"))
		return cli_no_operands(argc - 1, argv + 1, err);
	if (!strcmp(what, "lines"))
		return fl_fail(err, FL_DATA, "a\nb\033[31m");
	TRY(out_open(&o, cli_output, OUT_TEXT, err));
	TRY(out_write(&o, "half", 4, err));
	raise(SIGTERM);
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	return rc;
}

static const struct opt opts[] = { CLI_OUTPUT, CLI_METRICS, CLI_SEED, CLI_THREADS, CLI_PROGRESS, OPT_END };
static const struct opt sub_opts[] = { CLI_SEED, OPT_END };
static const struct cmd plain = { .name = "fl-x", .synopsis = "WHAT", .summary = "Do WHAT", .opts = opts, .run = run };
static const struct cmd subs[] = { { .name = "do", .synopsis = "WHAT", .summary = "Do it", .opts = sub_opts, .run = run }, { 0 } };
static const struct cmd parent = { .name = "fl-y", .synopsis = "SUB", .summary = "Do things", .opts = sub_opts + 1, .subs = subs };

static char out[8192], words[8192];

static void slurp(char *s, size_t size, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(s, 1, size - 1, f) : 0;

	s[n] = 0;
	if (f)
		fclose(f);
}

static int to_file(const char *path, int fd)
{
	int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	return f >= 0 && dup2(f, fd) == fd && close(f) == 0;
}

/* The exit status, or -SIGNAL, of c with the words ended by NULL; what it printed is in out and words. */
static int status_of(const struct cmd *c, int close_stdout, const char *const *argv_)
{
	char *argv[16] = { (char *)(size_t)c->name };
	int argc = 1, st;
	pid_t pid;

	while (*argv_)
		argv[argc++] = (char *)(size_t)*argv_++;
	fflush(stdout);
	if ((pid = fork()) == 0) {
		if (!to_file("out", STDOUT_FILENO) || !to_file("words", STDERR_FILENO))
			_exit(99);
		if (close_stdout)
			close(STDOUT_FILENO);
		exit(cli_main(c, argc, argv));
	}
	waitpid(pid, &st, 0);
	slurp(out, sizeof out, "out");
	slurp(words, sizeof words, "words");
	return WIFEXITED(st) ? WEXITSTATUS(st) : -WTERMSIG(st);
}

#define RUN(c, ...) status_of(c, 0, (const char *const[]){ __VA_ARGS__, NULL })
#define RUN_CLOSED(c, ...) status_of(c, 1, (const char *const[]){ __VA_ARGS__, NULL })

static void common(void)
{
	CHECK(RUN(&plain, "--help") == 0 && strstr(out, "Usage: fl-x WHAT\nDo WHAT.\n") && !*words, "--help");
	CHECK(strstr(out, "show this text\n") != NULL, "--help shows defaults, not what was given");
	CHECK(RUN(&plain, "--version") == 0 && !strcmp(out, "fl-x (flkit) " FLKIT_VERSION "\n"), "--version");
	CHECK(RUN(&plain, "--describe") == 0 && !strncmp(out, "cmd\tfl-x\tWHAT\tDo WHAT\n", 22), "--describe");
	CHECK(RUN(&plain, "none", "x") == FL_USAGE && !strcmp(words, "fl-x: unexpected 'x'; see --help\n") && !*out, "an operand too many");
	CHECK(RUN(&plain, "none") == 0, "no operand too many");
	CHECK(RUN(&plain, "lines") == FL_DATA && !strcmp(words, "fl-x: a?b?[31m\n"), "an error is one line");
	CHECK(RUN_CLOSED(&plain, "threads") == FL_IO && strstr(words, "standard output: cannot write"), "a closed output is noticed");
	CHECK(RUN_CLOSED(&plain, "none") == 0, "if it was needed");
}

static void subcommands(void)
{
	CHECK(RUN(&parent, "do", "none") == 0, "a subcommand is run");
	CHECK(RUN(&parent, "do", "--help") == 0 && strstr(out, "Usage: fl-y do WHAT\nDo it.\n"), "and has its own --help");
	CHECK(RUN(&parent, "--help") == 0 && strstr(out, "  do           Do it\n"), "--help of all lists it");
	CHECK(RUN(&parent, "--describe") == 0 && strstr(out, "\nsub\tdo\tWHAT\tDo it\nopt\tdo\t-\tseed\t"), "--describe has its options");
	CHECK(RUN(&parent, "undo") == FL_USAGE && !strcmp(words, "fl-y: no subcommand 'undo'; try do\n"), "another is not known");
	CHECK(status_of(&parent, 0, (const char *const[]){ NULL }) == FL_USAGE && strstr(words, "is missing; one of do"), "one must be given");
	CHECK(RUN(&parent, "-q", "do") == FL_USAGE && strstr(words, "the subcommand comes first: fl-y do"), "as the first word");
}

static void chance_and_threads(void)
{
	unsigned long long a = 1, b = 2;

	CHECK(RUN(&plain, "seed", "--seed", "7") == 0 && !strcmp(out, "7 7\n"), "the seed given");
	CHECK(RUN(&plain, "seed") == 0 && sscanf(out, "%llu %llu", &a, &b) == 2 && a == b, "else a fresh one, which stays");
	CHECK(RUN(&plain, "seed", "--seed=-1") == FL_USAGE, "a seed is not negative");
	CHECK(RUN(&plain, "threads", "--threads=3") == 0 && !strcmp(out, "3\n"), "the threads given");
	CHECK(RUN(&plain, "threads") == 0 && atoi(out) == sysconf(_SC_NPROCESSORS_ONLN), "else one for each core");
}

static void talk(void)
{
	CHECK(RUN(&plain, "say") == 0 && !strcmp(words, "fl-x: words\n"), "words");
	CHECK(RUN(&plain, "say", "-v") == 0 && !strcmp(words, "fl-x: words\nfl-x: more words\n"), "more words");
	CHECK(RUN(&plain, "say", "-q") == 0 && !*words, "no words");
	CHECK(RUN(&plain, "progress") == 0 && !strcmp(words, "fl-x: half\n"), "no bar in a file");
	CHECK(RUN(&plain, "progress", "--progress=always") == 0 && strstr(words, "work [###############...............]  50%") &&
	      strstr(words, "\nfl-x: half\n"), "a bar where it is asked for, out of the way of words");
}

static void metrics(void)
{
	CHECK(RUN(&plain, "metrics") == 0 && !*out, "no metrics unless asked for");
	CHECK(RUN(&plain, "metrics", "--metrics=m") == 0, "metrics to a file");
	slurp(out, sizeof out, "m");
	CHECK(!strcmp(out, "{\"n\":1}\n"), "are one line");
	CHECK(RUN(&plain, "metrics", "--metrics=fd:1") == 0 && !strcmp(out, "{\"n\":1}\n"), "metrics to a descriptor");
	CHECK(RUN(&plain, "metrics", "--metrics=fd:77") == FL_IO && strstr(words, "fd:77: cannot write"), "that is not open");
	CHECK(RUN(&plain, "metrics", "--metrics=fd:0") == FL_USAGE && RUN(&plain, "metrics", "--metrics=fd:1x") == FL_USAGE, "that is none");
	CHECK(RUN(&plain, "metrics", "--metrics=/dev/full") == FL_IO && strstr(words, "/dev/full: cannot write"), "a full disk");
	CHECK(RUN(&plain, "metrics", "--metrics=no/m") == FL_CREATE, "no folder");
}

static void signals(void)
{
	CHECK(RUN(&plain, "write", "-o", "big") == -SIGTERM, "a signal ends a command");
	CHECK(access("big", F_OK) != 0 && system("test -z \"$(ls | grep big)\"") == 0, "and no part of its output is left");
}

int main(void)
{
	char dir[] = "/tmp/base-cli.XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	common();
	subcommands();
	chance_and_threads();
	talk();
	metrics();
	signals();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
