/* fl-aggregate - add updates up into the next model, or into a partial.  Manual: man/fl-aggregate.1 */
#include <stdlib.h>
#include <string.h>

#include "aggregate/aggregate.h"
#include "base/cli.h"
#include "base/clock.h"

static const char *strategy = "fedavg", *files_from, *base = "-";
static double server_lr = -1, beta1 = 0.9, beta2 = 0.99, tau = 1e-3;
static const char *state;
static int partial, nul;

static const struct opt opts[] = {
	OPT_NAME(0, "strategy", &strategy, "NAME", "how the mean becomes the next model", strategy_name),
	OPT_REAL(0, "server-lr", &server_lr, "R", "server learning rate (default 1; fedadam, fedyogi .01; fedadagrad .1)", 0, 1e6),
	OPT_REAL(0, "beta1", &beta1, "B", "server momentum of fedavgm and the adaptive strategies", 0, 0.999999),
	OPT_REAL(0, "beta2", &beta2, "B", "decay of the second moment of fedadam and fedyogi", 0, 0.999999),
	OPT_REAL(0, "tau", &tau, "T", "degree of adaptivity of the adaptive strategies", 1e-12, 1e6),
	OPT_FILE(0, "state", &state, "FILE", "what the strategy carries on from round to round; made where it is missing"),
	OPT_FLAG(0, "partial", &partial, "write the sum itself, to be added up further; reads no base model"),
	OPT_FILE(0, "base", &base, "MODEL", "the model that was trained from"),
	OPT_FILE(0, "files-from", &files_from, "FILE", "also take the names of updates from FILE, one a line"),
	OPT_FLAG('0', "null", &nul, "names in --files-from end with NUL, as find -print0 writes them"),
	CLI_OUTPUT,
	CLI_METRICS,
	CLI_THREADS,
	CLI_PROGRESS,
	OPT_END
};

/* Operands first, then the lines of --files-from, read as they are needed: a list of any length. */
struct operands {
	char **argv;
	int argc, i;
	FILE *f;
	char *line;
	size_t cap;
};

static const char *next(void *ctx)
{
	struct operands *n = ctx;
	int end = nul ? 0 : '\n';
	ssize_t k;

	if (n->i < n->argc)
		return n->argv[n->i++];
	while (n->f && (k = getdelim(&n->line, &n->cap, end, n->f)) > 0) {
		if (n->line[k - 1] == end)
			n->line[--k] = 0;
		if (k > 0)
			return n->line;
	}
	return NULL;
}

static int open_names(struct operands *n, struct fl_err *err)
{
	if (!files_from)
		return FL_OK;
	if (!strcmp(files_from, "-") && !strcmp(base, "-") && !partial)
		return fl_fail(err, FL_USAGE, "standard input cannot be both --files-from and the base; give --base FILE");
	n->f = strcmp(files_from, "-") ? fopen(files_from, "re") : stdin;
	return n->f ? FL_OK : fl_fail_errno(err, FL_NOINPUT, "%s", files_from);
}

static json_t *metrics(const struct agg_result *r, double seconds)
{
	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:f, s:I, s:I, s:f}", "event", "aggregate", "strategy", strategy, "partial",
			 partial, "round", (json_int_t)r->round, "updates", (json_int_t)r->count, "weight", r->weight, "values",
			 (json_int_t)r->values, "bytes_in", (json_int_t)r->bytes_in, "time_s", seconds);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct agg_opts a = { .strategy = strategy_find(strategy), .state = state, .partial = partial,
			      .threads = cli_threads_value(), .base = base, .progress = cli_progress_show };
	struct operands names = { .argv = argv, .argc = argc, .i = 1 };
	struct agg_result res = { 0 };
	struct out o = { 0 };
	double start = clock_s();
	int rc;

	if (argc == 1 && !files_from)
		return fl_fail(err, FL_USAGE, "UPDATE is missing: fl-aggregate UPDATE... < MODEL > MODEL");
	a.server = (struct strategy_opts){ server_lr < 0 ? a.strategy->lr : server_lr, beta1, beta2, tau };
	TRY(open_names(&names, err));
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(aggregate(next, &names, &a, &o, &res, err));
	TRY(out_commit(&o, err));
	TRY(cli_write_metrics(metrics(&res, clock_s() - start), err));
	cli_say_more("%lld updates, weight %.10g, round %lld", res.count, res.weight, res.round);
out:
	out_abort(&o);
	if (names.f && names.f != stdin)
		fclose(names.f);
	free(names.line);
	return rc;
}

static const struct cmd cmd = { .name = "fl-aggregate", .synopsis = "[OPTION]... UPDATE... < MODEL > MODEL",
	.summary = "Add updates up into the next model, or into a partial", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
