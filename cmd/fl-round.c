/* fl-round - take part in the rounds of a federation, or coordinate them.  Manual: man/fl-round.1 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "round/coord.h"
#include "round/found.h"
#include "round/join.h"
#include "round/picture.h"
#include "round/watch.h"
#include "secure/passphrase.h"
#include "store-opts.h"

static const char *url, *state, *trust, *key_path, *pass_path, *plan_path, *eval_path, *hooks, *channel, *model_path, *draft, *as,
	*data_path, *policy_path;
static long long rounds = -1, shown = 10;
static double wait_s = -1;
static int update, until_done, json, abandon;

#define COMMON_OPTS                                                                                                       \
	OPT_STR('s', "store", &url, "URL", "where the federation lies; without it $FL_STORE"),                            \
	OPT_FILE(0, "trust", &trust, "KEY", "public key of an admin: a file, or its base64 line"),                        \
	STORE_OPTS
#define KEY_OPTS                                                                                                          \
	OPT_FILE('k', "key", &key_path, "FILE", "our secret key; without it $FL_KEY_FILE"),                               \
	OPT_FILE(0, "passphrase-file", &pass_path, "FILE", "the first line of FILE is the key's passphrase")
#define WORK_OPTS                                                                                                         \
	OPT_DIR(0, "state", &state, "DIR", "what is remembered of the federation (default: in ~/.local/state/flkit)"),    \
	OPT_DIR(0, "hooks", &hooks, "DIR", "executables to run before and after each step"),                              \
	CLI_METRICS,                                                                                                      \
	CLI_PROGRESS
#define WAIT_OPT OPT_REAL('w', "wait", &wait_s, "S", "wait up to S seconds for something to do", 0, 1e9)
#define PLAN_OPTS                                                                                                         \
	OPT_FILE('p', "plan", &plan_path, "FILE", "what rounds ask of participants: a Plan as JSON"),                     \
	OPT_STR(0, "channel", &channel, "NAME", "announce models there, not where the plan says")
#define EVAL_OPTS                                                                                                         \
	OPT_FILE(0, "eval", &eval_path, "CSV", "measure the next model on these rows; several files with commas between"),\
	CLI_THREADS

static const struct opt init_opts[] = {
	KEY_OPTS,
	OPT_FILE('m', "model", &model_path, "MODEL", "the first model"),
	OPT_STR(0, "channel", &channel, "NAME", "where the first model is announced (default: stable)"),
	OPT_FLAG('u', "update", &update, "make the next version of a roster that is there"),
	OPT_FILE(0, "draft", &draft, "FILE", "keep the roster in FILE until enough admins have signed"),
	COMMON_OPTS,
	OPT_END
};

static const struct opt open_opts[] = {
	KEY_OPTS,
	PLAN_OPTS,
	OPT_FILE('m', "model", &model_path, "MODEL", "start from this model, not from what the channel offers"),
	COMMON_OPTS,
	WORK_OPTS,
	OPT_END
};

static const struct opt seal_opts[] = {
	KEY_OPTS,
	OPT_FLAG(0, "abandon", &abandon, "give the round up: nothing is added up"),
	COMMON_OPTS,
	WORK_OPTS,
	OPT_END
};

static const struct opt close_opts[] = { KEY_OPTS, EVAL_OPTS, COMMON_OPTS, WORK_OPTS, OPT_END };

static const struct opt tick_opts[] = {
	KEY_OPTS,
	PLAN_OPTS,
	OPT_INT('n', "rounds", &rounds, "N", "the last round of the run; 0 is no end (default: as the plan says)", 0, NAME_ROUND_MAX),
	WAIT_OPT,
	OPT_FLAG(0, "until-done", &until_done, "stay until the last round is closed"),
	EVAL_OPTS,
	COMMON_OPTS,
	WORK_OPTS,
	OPT_END
};

static const struct opt join_opts[] = {
	OPT_STR('a', "as", &as, "NAME", "who we are in the federation"),
	OPT_FILE('d', "data", &data_path, "CSV", "the rows to train on; several files with commas between"),
	OPT_FILE(0, "policy", &policy_path, "FILE", "what a plan may ask of us, as JSON"),
	KEY_OPTS,
	OPT_INT('n', "rounds", &rounds, "N", "answer N rounds, then leave (default 1)", 1, NAME_ROUND_MAX),
	WAIT_OPT,
	OPT_FLAG(0, "until-done", &until_done, "stay until the last round of the run is answered"),
	COMMON_OPTS,
	WORK_OPTS,
	OPT_END
};

static const struct opt status_opts[] = {
	OPT_FLAG('j', "json", &json, "JSON on a terminal too"),
	OPT_INT('n', "rounds", &shown, "N", "the newest N rounds; 0 is all", 0, NAME_ROUND_MAX),
	COMMON_OPTS,
	OPT_END
};

static const struct opt watch_opts[] = {
	OPT_INT('n', "rounds", &shown, "N", "the newest N rounds; 0 is all", 0, NAME_ROUND_MAX),
	COMMON_OPTS,
	OPT_END
};

/* ---- what the subcommands share ---- */

static int need(const char *value, const char *what, struct fl_err *err)
{
	return value && *value ? FL_OK : fl_fail(err, FL_USAGE, "%s is missing", what);
}

static int check_common(int argc, char **argv, struct fl_err *err)
{
	store_opts_env();
	if (!url)
		url = getenv("FL_STORE");
	if (!key_path)
		key_path = getenv("FL_KEY_FILE");
	return argc > 1 ? cli_no_operands(argc, argv, err) : need(url, "--store", err);
}

static int read_key(struct key **k, struct fl_err *err)
{
	struct key_pass pass = pass_path ? (struct key_pass){ passphrase_file, (void *)(uintptr_t)pass_path }
					 : (struct key_pass){ passphrase_ask, (void *)(uintptr_t)key_path };
	int rc = need(key_path, "--key", err);

	return rc == FL_OK ? key_read(k, key_path, pass_path || passphrase_terminal() ? &pass : NULL, err) : rc;
}

/* --trust, or own, the key of a coordinator who is an admin too. */
static int read_pin(struct key_pub *pin, const struct key *own, int *given, struct fl_err *err)
{
	*given = trust || own;
	if (trust)
		return key_pub_parse(pin, trust, NULL) == FL_OK ? FL_OK : key_pub_read(pin, trust, err);
	if (own)
		*pin = *key_public(own);
	return FL_OK;
}

/* Open the federation. who: of the state folder; NULL: remember nothing. own: see read_pin(). */
static int open_fed(struct fed *f, const char *who, const struct key *own, struct fl_err *err)
{
	struct fed_opts how = { .url = url, .store = &store_opts, .state = state, .lock_wait = wait_s > 0 ? wait_s : 0,
				.trusting = !who, .say = cli_say, .more = cli_say_more };
	struct key_pub pin;
	char *path = NULL;
	int given, rc;

	TRY(read_pin(&pin, own, &given, err));
	how.pin = given ? &pin : NULL;
	if (who && !state) {
		TRY(home_default(&path, who, url, err));
		how.state = path;
	}
	if (!who)
		how.state = NULL;
	TRY(fed_open(f, &how, err));
out:
	free(path);
	return rc;
}

/* A hub that is away is a reason to come back, as any other that cron knows. */
static int come_back(int rc, struct fl_err *err)
{
	if (rc == FL_NET)
		rc = err->status = FL_LATER;
	return rc;
}

static int write_metrics(const char *event, const struct fed *f, double start, struct fl_err *err)
{
	struct store_stats st;

	store_stats(f->store, &st);
	return cli_write_metrics(store_opts_metrics(json_pack("{s:s, s:s}", "event", event, "federation", fed_roster(f)->name), &st,
						    clock_s() - start), err);
}

/* ---- the coordinator ---- */

struct run {
	struct fed fed;
	struct key *key;
	Fl__V1__Plan *plan;
	struct coord c;
	struct stand s;
	double start;
};

/* The template, with what the options say instead. */
static int read_plan(Fl__V1__Plan **p, struct fl_err *err)
{
	int rc;

	TRY(need(plan_path, "--plan", err));
	TRY(plan_template(p, plan_path, err));
	if (rounds >= 0)
		(*p)->rounds = (uint32_t)rounds;
	if (channel)
		TRY(msg_set(&(*p)->channel, channel, err));
out:
	return rc;
}

static int coord_start(struct run *r, int argc, char **argv, int wants_plan, struct fl_err *err)
{
	int rc;

	r->start = clock_s();
	TRY(check_common(argc, argv, err));
	if (wants_plan)
		TRY(read_plan(&r->plan, err));
	TRY(read_key(&r->key, err));
	TRY(open_fed(&r->fed, "coordinator", r->key, err));
	if (!roster_name(&r->fed.roster, key_public(r->key), FL__V1__ROLE__ROLE_COORDINATOR, fed_now(&r->fed)))
		TRY(fl_fail(err, FL_REFUSED, "%s: is the key of no coordinator of %s", key_path, fed_roster(&r->fed)->name));
	r->c = (struct coord){ .fed = &r->fed, .key = r->key, .template = r->plan, .model = model_path,
			       .eval = eval_path, .hooks = hooks, .threads = cli_threads_value(),
			       .wait = until_done && wait_s < 0 ? -1 : wait_s < 0 ? 0 : wait_s, .progress = cli_progress_show };
out:
	return rc;
}

static int coord_end(struct run *r, const char *event, int rc, struct fl_err *err)
{
	if (rc == FL_OK && r->fed.store)
		rc = write_metrics(event, &r->fed, r->start, err);
	stand_clear(&r->s);
	fed_close(&r->fed);
	key_close(r->key);
	msg_free((ProtobufCMessage *)r->plan);
	return come_back(rc, err);
}

static int run_open(int argc, char **argv, struct fl_err *err)
{
	struct run r = { 0 };
	int rc;

	TRY(coord_start(&r, argc, argv, 1, err));
	TRY(coord_newest(&r.c, &r.s, err));
	if (!r.s.number || r.s.phase == PLAN_CLOSED)
		TRY(coord_open(&r.c, &r.s, err));
	else if (r.s.phase == PLAN_SEALED)
		rc = fl_fail(err, FL_LATER, "round %u is sealed; fl-round close makes its model first", r.s.number);
out:
	return coord_end(&r, "open", rc, err);
}

static int run_seal(int argc, char **argv, struct fl_err *err)
{
	struct run r = { 0 };
	int rc;

	TRY(coord_start(&r, argc, argv, 0, err));
	TRY(coord_newest(&r.c, &r.s, err));
	if (!r.s.number)
		TRY(fl_fail(err, FL_LATER, "no round is open"));
	if (r.s.phase == PLAN_OPEN)
		TRY(coord_seal_now(&r.c, &r.s, abandon, err));
	if (abandon && !stand_seal(&r.s)->abandoned)
		rc = fl_fail(err, FL_REFUSED, "round %u is sealed with its updates; it cannot be given up any more", r.s.number);
out:
	return coord_end(&r, "seal", rc, err);
}

static int run_close(int argc, char **argv, struct fl_err *err)
{
	struct run r = { 0 };
	int rc;

	TRY(coord_start(&r, argc, argv, 0, err));
	TRY(coord_newest(&r.c, &r.s, err));
	if (!r.s.number || r.s.phase == PLAN_OPEN)
		TRY(fl_fail(err, FL_LATER, "no round is sealed"));
	if (r.s.phase == PLAN_SEALED)
		TRY(coord_close(&r.c, &r.s, err));
out:
	return coord_end(&r, "close", rc, err);
}

static int run_tick(int argc, char **argv, struct fl_err *err)
{
	struct run r = { 0 };
	int rc;

	TRY(coord_start(&r, argc, argv, 1, err));
	TRY(coord_tick(&r.c, err));
out:
	return coord_end(&r, "tick", rc, err);
}

static int run_init(int argc, char **argv, struct fl_err *err)
{
	Fl__V1__Federation *roster = NULL;
	struct model m = { 0 };
	struct key *k = NULL;
	struct fed f = { 0 };
	int put, rc;

	if (argc != 2)
		return fl_fail(err, FL_USAGE, argc < 2 ? "FED.json is missing" : "unexpected '%.60s'", argc < 2 ? "" : argv[2]);
	TRY(check_common(1, argv, err));
	TRY(read_key(&k, err));
	if (model_path)
		TRY(model_read(&m, model_path, err));
	TRY(found_read(&roster, argv[1], model_path ? &m : NULL, err));
	rc = open_fed(&f, NULL, NULL, err);
	if (rc != FL_NOINPUT || !f.store)
		TRY(rc);
	TRY(found_roster(&f, roster, k, update, draft, &put, err));
	if (put)
		cli_say_more("roster %u of %s is there", roster->serial, roster->name);
	fed_close(&f);
	TRY(open_fed(&f, NULL, NULL, err));
	if (model_path)
		TRY(found_model(&f, &m, model_path, channel ? channel : PLAN_CHANNEL, k, &put, err));
out:
	fed_close(&f);
	key_close(k);
	model_clear(&m);
	msg_free((ProtobufCMessage *)roster);
	return come_back(rc, err);
}

/* ---- participants ---- */

static int check_join(int argc, char **argv, struct fl_err *err)
{
	int rc;

	TRY(check_common(argc, argv, err));
	TRY(need(as, "--as", err));
	TRY(rows_check(NULL, data_path, err));
	if (!msg_name_ok(as))
		TRY(fl_fail(err, FL_USAGE, "--as: '%.60s' is not a name", as));
	if (until_done && rounds > 0)
		rc = fl_fail(err, FL_USAGE, "--rounds and --until-done exclude each other");
out:
	return rc;
}

static int run_join(int argc, char **argv, struct fl_err *err)
{
	struct policy policy = { 0 };
	struct key *k = NULL;
	struct fed f = { 0 };
	struct join j = { .fed = &f, .policy = &policy, .progress = cli_progress_show };
	double start = clock_s();
	int rc;

	TRY(check_join(argc, argv, err));
	TRY(policy_read(&policy, policy_path, err));
	TRY(read_key(&k, err));
	TRY(open_fed(&f, as, NULL, err));
	j.key = k;
	j.me = as;
	j.data = data_path;
	j.hooks = hooks;
	j.rounds = until_done ? 0 : rounds > 0 ? (unsigned)rounds : 1;
	j.wait = wait_s >= 0 ? wait_s : until_done || rounds > 1 ? -1 : 0;
	TRY(join_run(&j, err));
	TRY(write_metrics("join", &f, start, err));
out:
	fed_close(&f);
	key_close(k);
	policy_clear(&policy);
	return come_back(rc, err);
}

/* ---- onlookers ---- */

static int run_status(int argc, char **argv, struct fl_err *err)
{
	struct buf b = { 0 };
	struct fed f = { 0 };
	json_t *j = NULL;
	int rc;

	TRY(check_common(argc, argv, err));
	TRY(open_fed(&f, NULL, NULL, err));
	TRY(picture_read(&j, &f, (unsigned)shown, err));
	if (json || !watch_terminal()) {
		TRY(json_write(j, stdout, err));
	} else {
		TRY(picture_text(&b, j, watch_width(), err));
		fputs(b.data, stdout);
	}
out:
	buf_clear(&b);
	json_decref(j);
	fed_close(&f);
	return come_back(rc, err);
}

static int run_watch(int argc, char **argv, struct fl_err *err)
{
	struct fed f = { 0 };
	int rc;

	TRY(check_common(argc, argv, err));
	TRY(open_fed(&f, NULL, NULL, err));
	TRY(watch_run(&f, (unsigned)shown, stdout, err));
out:
	fed_close(&f);
	return come_back(rc, err);
}

static const struct cmd subs[] = {
	{ .name = "init", .synopsis = "--store URL --key KEY [OPTION]... FED.json", .summary = "Found a federation, or change its roster",
	  .opts = init_opts, .run = run_init },
	{ .name = "tick", .synopsis = "--store URL --key KEY --plan PLAN [OPTION]...",
	  .summary = "Coordinator: do whatever is due, as cron's line", .opts = tick_opts, .run = run_tick },
	{ .name = "open", .synopsis = "--store URL --key KEY --plan PLAN [OPTION]...", .summary = "Coordinator: open the next round",
	  .opts = open_opts, .run = run_open },
	{ .name = "seal", .synopsis = "--store URL --key KEY [OPTION]...", .summary = "Coordinator: fix which updates count",
	  .opts = seal_opts, .run = run_seal },
	{ .name = "close", .synopsis = "--store URL --key KEY [OPTION]...", .summary = "Coordinator: make the next model of a sealed round",
	  .opts = close_opts, .run = run_close },
	{ .name = "join", .synopsis = "--store URL --as NAME --key KEY --data CSV [OPTION]...",
	  .summary = "Participant: answer the open round, as cron's line", .opts = join_opts, .run = run_join },
	{ .name = "status", .synopsis = "--store URL [OPTION]...", .summary = "Say where the rounds stand", .opts = status_opts,
	  .run = run_status },
	{ .name = "watch", .synopsis = "--store URL [OPTION]...", .summary = "Show where the rounds stand, as it changes",
	  .opts = watch_opts, .run = run_watch },
	{ .name = NULL }
};

static const struct cmd cmd = { .name = "fl-round", .synopsis = "SUBCOMMAND [OPTION]...",
	.summary = "Take part in the rounds of a federation, or coordinate them", .subs = subs };

int main(int argc, char **argv)
{
	mallopt(M_TRIM_THRESHOLD, 64 << 20); /* rounds need the same memory again and again: page faults cost more than it does */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	return cli_main(&cmd, argc, argv);
}
