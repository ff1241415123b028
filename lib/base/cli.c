#include "base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"

const char *cli_output = "-", *cli_metrics, *cli_progress = "auto";
long long cli_seed = -1, cli_threads;

static const char *name = "fl";
static int help, version, quiet, verbose, bar_shown;
static double started;

static const struct opt common[] = {
	OPT_FLAG('h', "help", &help, "show this text"),
	OPT_FLAG('V', "version", &version, "show the version"),
	OPT_FLAG('q', "quiet", &quiet, "say nothing but errors"),
	OPT_FLAG('v', "verbose", &verbose, "say more"),
	OPT_END
};

const char *cli_progress_names(size_t i)
{
	static const char *const names[] = { "auto", "always", "never", NULL };

	return names[i];
}

unsigned long long cli_seed_value(void)
{
	if (cli_seed < 0)
		cli_seed = (long long)rng_fresh_seed();
	return (unsigned long long)cli_seed;
}

int cli_threads_value(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return cli_threads ? (int)cli_threads : n > 0 ? (int)n : 1;
}

static void say(const char *fmt, va_list ap)
{
	cli_progress_end();
	fprintf(stderr, "%s: ", name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void cli_say(const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void cli_say_more(const char *fmt, ...)
{
	va_list ap;

	if (!verbose || quiet)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void cli_progress_show(const char *what, double done, double total)
{
	static double last;
	double now = clock_s(), part = total > 0 ? done / total : 0;
	int always = !strcmp(cli_progress, "always"), i, full;

	if (quiet || !strcmp(cli_progress, "never") || (!always && (!isatty(STDERR_FILENO) || now - started < 1)))
		return;
	if (bar_shown && part < 1 && now - last < 0.1)
		return;
	last = now;
	bar_shown = 1;
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	full = (int)(30 * part);
	fprintf(stderr, "\r%s: %s [", name, what);
	for (i = 0; i < 30; i++)
		fputc(i < full ? '#' : '.', stderr);
	fprintf(stderr, "] %3.0f%%", 100 * part);
	if (part > 0.02 && part < 1)
		fprintf(stderr, " %4.0f s left ", (now - started) * (1 - part) / part);
	else
		fputs("             ", stderr);
	fflush(stderr);
}

void cli_progress_end(void)
{
	if (bar_shown)
		fprintf(stderr, isatty(STDERR_FILENO) ? "\r\033[K" : "\n");
	bar_shown = 0;
}

int cli_no_operands(int argc, char **argv, struct fl_err *err)
{
	if (argc > 1)
		return fl_fail(err, FL_USAGE, "unexpected '%.60s'; see --help", argv[1]);
	return FL_OK;
}

/* *fd = N of --metrics fd:N, or -1. */
static int metrics_fd(long *fd, struct fl_err *err)
{
	char *end;

	*fd = -1;
	if (!cli_metrics || strncmp(cli_metrics, "fd:", 3))
		return FL_OK;
	errno = 0;
	*fd = strtol(cli_metrics + 3, &end, 10);
	if (errno || *end || end == cli_metrics + 3 || *fd < 1 || *fd > 65535)
		return fl_fail(err, FL_USAGE, "--metrics: '%.40s' is not fd:N", cli_metrics);
	return FL_OK;
}

/* text and a line end, by write(2): a stream on somebody else's descriptor would have to close it. */
static int write_line(int fd, const char *text, struct fl_err *err)
{
	struct iovec v[2] = { { (void *)(uintptr_t)text, strlen(text) }, { (void *)(uintptr_t)"\n", 1 } };
	size_t i = 0;
	ssize_t k;

	while (i < 2) {
		k = writev(fd, v + i, (int)(2 - i));
		if (k < 0 && errno != EINTR)
			return fl_fail_errno(err, FL_IO, "%s: cannot write", cli_metrics);
		for (; k >= 0 && i < 2 && (size_t)k >= v[i].iov_len; i++)
			k -= (ssize_t)v[i].iov_len;
		if (k > 0) {
			v[i].iov_base = (char *)v[i].iov_base + k;
			v[i].iov_len -= (size_t)k;
		}
	}
	return FL_OK;
}

/* fd:N, or a file written whole; a pipe or device is written as it is. */
int cli_write_metrics(json_t *j, struct fl_err *err)
{
	struct out o = { 0 };
	char *text = NULL;
	long fd;
	int rc;

	if (!cli_metrics) {
		json_decref(j);
		return FL_OK;
	}
	if (!j || !(text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(17)))) {
		rc = fl_fail(err, FL_IO, "out of memory: metrics");
		goto out;
	}
	TRY(metrics_fd(&fd, err));
	if (fd >= 0) {
		rc = write_line((int)fd, text, err);
		goto out;
	}
	TRY(out_open(&o, cli_metrics, OUT_TEXT, err));
	TRY(out_write(&o, text, strlen(text), err));
	TRY(out_write(&o, "\n", 1, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	free(text);
	json_decref(j);
	return rc;
}

static void on_signal(int sig)
{
	out_abort_all();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void set_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction old, sa = { .sa_handler = on_signal };
	size_t i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof sigs / sizeof *sigs; i++)
		if (sigaction(sigs[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup stays nohup */
			sigaction(sigs[i], &sa, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* A stream that the caller closed must not become the next file we open: hold its place, so that using it fails. */
static void hold_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void show_help(const struct cmd *cmd, const struct cmd *sub, FILE *f)
{
	const struct cmd *c = sub ? sub : cmd;
	const struct cmd *s;

	fprintf(f, "Usage: %s%s%s %s\n%s.\n", cmd->name, sub ? " " : "", sub ? sub->name : "", c->synopsis, c->summary);
	if (c->subs) {
		fputs("\nSubcommands:\n", f);
		for (s = c->subs; s->name; s++)
			fprintf(f, "  %-12s %s\n", s->name, s->summary);
	}
	fputs("\nOptions:\n", f);
	opt_help(c->opts, f);
	opt_help(common, f);
	if (c->detail)
		fprintf(f, "\n%s\n", c->detail);
	fprintf(f, "\nManual: man %s\n", cmd->name);
}

static void describe(const struct cmd *cmd, FILE *f)
{
	const struct cmd *s;

	fprintf(f, "cmd\t%s\t%s\t%s\n", cmd->name, cmd->synopsis, cmd->summary);
	opt_describe(cmd->opts, "-", f);
	for (s = cmd->subs; s && s->name; s++) {
		fprintf(f, "sub\t%s\t%s\t%s\n", s->name, s->synopsis, s->summary);
		opt_describe(s->opts, s->name, f);
	}
	opt_describe(common, "-", f);
}

static int find_sub(const struct cmd *cmd, const char *word, const struct cmd **sub, struct fl_err *err)
{
	char list[256] = "";
	const struct cmd *s;

	for (s = cmd->subs; s->name; s++) {
		if (word && !strcmp(s->name, word)) {
			*sub = s;
			return FL_OK;
		}
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? ", " : "", s->name);
	}
	if (!word)
		return fl_fail(err, FL_USAGE, "subcommand is missing; one of %s", list);
	return fl_fail(err, FL_USAGE, "no subcommand '%.40s'; try %s", word, list);
}

static int finish(const char *who, int rc, struct fl_err *err)
{
	char line[sizeof err->msg + 4];

	cli_progress_end();
	if ((fflush(stdout) != 0 || ferror(stdout)) && rc == FL_OK)
		rc = fl_fail_errno(err, FL_IO, "standard output: cannot write");
	if (rc != FL_OK && err->msg[0]) /* names from outside may hold line breaks; an error is one line */
		fprintf(stderr, "%s: %s\n", who, fl_err_quote(line, sizeof err->msg, err->msg, strlen(err->msg)));
	return rc;
}

int cli_main(const struct cmd *cmd, int argc, char **argv)
{
	struct fl_err err = { 0 };
	const struct cmd *sub = NULL;
	int nargs = 0, rc;
	long metrics;

	name = cmd->name;
	started = clock_s();
	hold_streams();
	set_signals();
	if (argc == 2 && !strcmp(argv[1], "--describe")) {
		describe(cmd, stdout);
		return finish(name, FL_OK, &err);
	}
	if (cmd->subs && argc > 1 && argv[1][0] != '-') {
		if ((rc = find_sub(cmd, argv[1], &sub, &err)) != FL_OK)
			return finish(name, rc, &err);
		argc--;
		argv++;
	}
	rc = opt_parse(sub ? sub->opts : cmd->opts, common, argc, argv, &nargs, &err);
	if (rc == FL_OK && help) {
		help = 0; /* --help prints the values as defaults */
		show_help(cmd, sub, stdout);
	} else if (rc == FL_OK && version) {
		printf("%s (flkit) %s\n", cmd->name, FLKIT_VERSION);
	} else if (rc == FL_OK && !sub && cmd->subs && nargs) {
		rc = fl_fail(&err, FL_USAGE, "the subcommand comes first: %s %.40s ...", name, argv[1]);
	} else if (rc == FL_OK && !sub && cmd->subs) {
		rc = find_sub(cmd, NULL, &sub, &err);
	} else if (rc == FL_OK && (rc = metrics_fd(&metrics, &err)) == FL_OK) { /* wrong words are said before any work */
		argv[0] = (char *)(uintptr_t)name;
		rc = (sub ? sub : cmd)->run(nargs + 1, argv, &err);
	}
	return finish(name, rc, &err);
}
