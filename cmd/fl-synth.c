/* fl-synth - write a federation of synthetic tables.  Manual: man/fl-synth.1 */
#include <errno.h>
#include <sys/stat.h>

#include "base/cli.h"
#include "data/synth.h"

static const char *dir;
static long long silos = -1, rows = -1, test_rows = -1;
static double skew = 1, alpha = -1, beta = -1;

static const struct opt opts[] = {
	OPT_INT(0, "silos", &silos, "N", "number of silos; without it the scenario's own", 1, SYNTH_SILOS_MAX),
	OPT_DIR(0, "out", &dir, "DIR", "folder to write to, made if it is not there"),
	OPT_INT(0, "rows", &rows, "N", "training rows of a middling silo; without it the scenario's own", 1, 1e9),
	OPT_INT(0, "test-rows", &test_rows, "N", "test rows of every silo; without it the scenario's own", 1, 1e9),
	OPT_REAL(0, "skew", &skew, "S", "how far silos differ: 0 not at all, 1 as the scenario has it", 0, 4),
	OPT_REAL(0, "alpha", &alpha, "A", "leaf-synthetic: how far truths differ; without it 1", 0, 100),
	OPT_REAL(0, "beta", &beta, "B", "leaf-synthetic: how far inputs differ; without it 1", 0, 100),
	CLI_SEED,
	CLI_METRICS,
	CLI_PROGRESS,
	OPT_END
};

static int settle(struct synth_opts *o, const struct scenario *sc, struct fl_err *err)
{
	if (!dir || !*dir)
		return fl_fail(err, FL_USAGE, "--out is missing: --out DIR");
	if (!sc->takes_alpha_beta && (alpha >= 0 || beta >= 0))
		return fl_fail(err, FL_USAGE, "--%s belongs to leaf-synthetic, not to %s",
			       alpha >= 0 ? "alpha" : "beta", sc->name);
	synth_defaults(o, sc);
	o->seed = cli_seed_value();
	o->skew = skew;
	if (silos < 0)
		silos = (long long)sc->silos;
	if (rows >= 0)
		o->rows = (double)rows;
	if (test_rows >= 0)
		o->test_rows = (size_t)test_rows;
	if (alpha >= 0)
		o->alpha = alpha;
	if (beta >= 0)
		o->beta = beta;
	return FL_OK;
}

static int write_all(const struct scenario *sc, const struct synth_opts *o, struct synth_size *total,
		     struct fl_err *err)
{
	struct synth_size size;
	size_t k, n = (size_t)silos;
	int rc;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return fl_fail_errno(err, FL_CREATE, "%s", dir);
	TRY(synth_write_schema(sc, dir, err));
	for (k = 1; k <= n; k++) {
		TRY(synth_write_silo(sc, o, k, n, dir, &size, err));
		total->train += size.train;
		total->test += size.test;
		cli_progress_show("silos", (double)k, (double)n);
	}
	rc = FL_OK;
out:
	cli_progress_end();
	return rc;
}

static json_t *metrics(const struct scenario *sc, const struct synth_size *total)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:f}", "scenario", sc->name, "silos", (json_int_t)silos,
			 "train_rows", (json_int_t)total->train, "test_rows", (json_int_t)total->test, "seed",
			 (json_int_t)cli_seed_value(), "skew", skew);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct synth_size total = { 0 };
	struct synth_opts o;
	const struct scenario *sc;
	int rc;

	if (argc < 2)
		return fl_fail(err, FL_USAGE, "SCENARIO is missing; see --help");
	if (argc > 2)
		return fl_fail(err, FL_USAGE, "unexpected '%.40s'", argv[2]);
	if (!(sc = synth_find(argv[1], err)))
		return FL_USAGE;
	TRY(settle(&o, sc, err));
	TRY(write_all(sc, &o, &total, err));
	cli_say_more("%s: %lld silos, %zu training rows, %zu test rows, seed %llu", sc->name, silos, total.train,
		     total.test, cli_seed_value());
	TRY(cli_write_metrics(metrics(sc, &total), err));
out:
	return rc;
}

static const struct cmd cmd = {
	.name = "fl-synth",
	.synopsis = "[OPTION]... SCENARIO --out DIR",
	.summary = "Write a federation of synthetic tables: CSV files for every silo, and their schema",
	.detail = "SCENARIO is one of:\n"
		  "  banks           card fraud, a rare label (12 silos)\n"
		  "  factories       surface roughness, regression (10)\n"
		  "  hospitals       readmission; small, unequal hospitals (47)\n"
		  "  leaf-synthetic  Synthetic(alpha, beta) of the FedProx paper (30)\n"
		  "  retail          churn (20)",
	.opts = opts,
	.run = run
};

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
