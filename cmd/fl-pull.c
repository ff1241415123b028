/* fl-pull - get a model, an update or a message from a store.  Manual: man/fl-pull.1 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "round/delta.h"
#include "round/stands.h"
#include "store-opts.h"
#include "store/download.h"

static const char *trust_path, *state_path, *newer_path, *have_path;
static double wait_s;

static const struct opt opts[] = {
	CLI_OUTPUT,
	OPT_FILE(0, "if-newer", &newer_path, "FILE", "write nothing where FILE has these bytes already"),
	OPT_FILE(0, "have", &have_path, "MODEL", "a model that is here, or its digest: get the difference to it, where the store has one"),
	OPT_REAL('w', "wait", &wait_s, "S", "seconds to wait for it to appear, or with --if-newer to change", 0, 1e6),
	OPT_FILE(0, "trust", &trust_path, "PUB", "check signatures: the public key of one of the federation's admins"),
	OPT_DIR(0, "state", &state_path, "DIR", "remember what was seen in this folder, and refuse what goes back behind it"),
	STORE_OPTS,
	CLI_METRICS,
	CLI_PROGRESS,
	OPT_END
};

struct pull {
	char *url, *name;
	int message;          /* the channel entry that was named, not its model */
	struct store *s;      /* fed's where signatures are checked */
	struct fed fed;
	int checked;
	struct stands stands;
	char object[NAME_MAX_LEN + 1]; /* what to get, and its digest where that is known */
	char digest[DIGEST_TEXT];
	uint64_t size;
	int unchanged, difference;
};

/* ---- what to get ---- */

static int open_store(struct pull *p, struct fl_err *err)
{
	struct fed_opts how = { .url = p->url, .store = &store_opts, .state = state_path, .lock_wait = 10, .say = cli_say,
		.more = cli_say_more };
	struct key_pub pin;
	int rc;

	p->checked = *p->name && (trust_path || state_path);
	if (!p->checked) {
		cli_say_more("no --trust: digests are checked, signatures are not");
		rc = store_open(&p->s, p->url, &store_opts, err);
		p->stands = (struct stands){ .store = p->s, .more = cli_say_more };
		return rc;
	}
	if (trust_path) {
		TRY(key_pub_read(&pin, trust_path, err));
		how.pin = &pin;
	}
	TRY(fed_open(&p->fed, &how, err));
	p->s = p->fed.store;
	p->stands = (struct stands){ p->s, &p->fed, cli_say_more };
out:
	return rc;
}

static int find(struct pull *p, struct fl_err *err)
{
	struct store_info info = { 0 };
	int rc;

	TRY(stands_for(&p->stands, p->name, p->message, p->object, p->digest, err));
	if (p->digest[0] || (!newer_path && wait_s <= 0))
		goto out; /* whether it is there, the transfer will tell */
	TRY(store_head(p->s, p->object, &info, err));
	memcpy(p->digest, info.digest, DIGEST_TEXT);
out:
	return rc;
}

static int is_unchanged(struct pull *p, struct fl_err *err)
{
	struct digest d;
	char b[65536], have[DIGEST_TEXT];
	size_t got;
	int fd = -1, rc;

	p->unchanged = 0;
	if (!newer_path || !p->digest[0] || access(newer_path, F_OK) != 0)
		return FL_OK;
	TRY(in_open(&fd, newer_path, err));
	digest_start(&d);
	do {
		TRY(in_read(fd, b, sizeof b, &got, err));
		digest_add(&d, b, got);
	} while (got);
	digest_end(&d, have);
	p->unchanged = !strcmp(have, p->digest);
out:
	in_close(fd);
	return rc;
}

/* find(), again and again until it is there, and new, or --wait is over. */
static int await(struct pull *p, struct fl_err *err)
{
	char prefix[NAME_MAX_LEN + 2], mark[STORE_MARK] = "", *slash;
	double until = clock_s() + wait_s, left;
	int rc;

	snprintf(prefix, sizeof prefix, "%s/", p->name);
	while (!name_prefix_ok(prefix) && *prefix) { /* the folder that what is waited for appears in */
		prefix[strlen(prefix) - 1] = 0;
		slash = strrchr(prefix, '/');
		prefix[slash ? slash - prefix + 1 : 0] = 0;
	}
	for (;;) {
		rc = find(p, err);
		if (rc == FL_OK)
			rc = is_unchanged(p, err);
		left = until - clock_s();
		if ((rc != FL_OK && rc != FL_NOINPUT) || (rc == FL_OK && !p->unchanged) || left <= 0 || !*p->name)
			return rc;
		if ((rc = store_await(p->s, prefix, mark, left, err)) != FL_OK)
			return rc;
	}
}

/* ---- getting it ---- */

/* A message is not passed on before its signature was checked. */
static int check_message(struct pull *p, int fd, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	struct buf b = { 0 };
	struct stat st;
	int rc;

	if (!p->checked || strlen(p->object) < 3 || strcmp(p->object + strlen(p->object) - 3, ".pb"))
		return FL_OK;
	if (fstat(fd, &st) != 0 || st.st_size > (off_t)MESSAGE_MAX)
		return fl_fail(err, FL_DATA, "%s: is longer than any message", p->object);
	TRY(buf_reserve(&b, (size_t)st.st_size, err));
	if (pread(fd, b.data, (size_t)st.st_size, 0) != st.st_size)
		TRY(fl_fail_errno(err, FL_IO, "cannot read back"));
	TRY(signed_read(&m, NULL, b.data, (size_t)st.st_size, err));
	TRY(roster_rightful(&p->fed.roster, &m, NULL, err));
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "%s/%s", store_url(p->s), p->object);
	signed_clear(&m);
	buf_clear(&b);
	return rc;
}

/* A last look at what has come, before it is passed on. */
static int look(void *ctx, int fd, const struct store_info *info, int *drop, struct fl_err *err)
{
	struct pull *p = ctx;
	int rc;

	TRY(check_message(p, fd, err));
	memcpy(p->digest, info->digest, DIGEST_TEXT);
	p->size = info->size;
	TRY(is_unchanged(p, err));
	*drop = p->unchanged;
out:
	return rc;
}

static const char *known(const struct pull *p)
{
	return p->digest[0] ? p->digest : NULL;
}

/* To standard output, or what is no regular file: only what has been checked. */
static int fetch_through(struct pull *p, const char *path, struct fl_err *err)
{
	struct store_info info = { 0 };
	struct out o = { 0 };
	int fd = -1, drop = 0, rc;

	TRY(out_open(&o, path, OUT_BINARY, err));
	TRY(file_scratch(&fd, err));
	TRY(store_get(p->s, p->object, known(p), fd, &info, err));
	TRY(look(p, fd, &info, &drop, err));
	if (!drop)
		TRY(out_copy(&o, fd, 0, p->size, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int fetch_to(struct pull *p, const char *path, struct fl_err *err)
{
	const struct download_look last = { look, p };
	struct stat st;
	int is_stream = !strcmp(path, "-"), is_there = is_stream || stat(path, &st) == 0;

	if (is_there && !is_stream && S_ISDIR(st.st_mode))
		return fl_fail(err, FL_CREATE, "%s: is a directory", path);
	if (is_there && (is_stream || !S_ISREG(st.st_mode)))
		return fetch_through(p, path, err);
	return store_download(p->s, p->object, known(p), path, &last, err);
}

/* ---- all updates of a round ---- */

struct updates {
	struct pull *p;
	size_t good, bad;
	uint64_t size;
	int rc;
	struct fl_err *err;
};

/* One envelope and its payload, as DIR/WHO.st. One that cannot be had is named, and the others are fetched all the same. */
static int fetch_update(void *ctx, const char *name, uint64_t size)
{
	struct updates *u = ctx;
	struct pull *p = u->p;
	struct buf path = { 0 };
	struct name n;
	int rc;

	(void)size;
	if (name_parse(&n, name, NULL) != FL_OK || n.kind != NAME_ENVELOPE)
		return FL_OK;
	TRY(stands_payload(&p->stands, name, p->object, p->digest, u->err));
	TRY(buf_addf(&path, u->err, "%s/%s.st", cli_output, n.who));
	TRY(fetch_to(p, path.data, u->err));
	u->size += p->size;
	u->good++;
out:
	buf_clear(&path);
	if (rc != FL_OK && rc != FL_DATA && rc != FL_REFUSED && rc != FL_NOINPUT && rc != FL_VERSION)
		return rc;
	if (rc != FL_OK) {
		u->bad++;
		cli_say("%s", u->err->msg);
	}
	return FL_OK;
}

static int pull_updates(struct pull *p, struct fl_err *err)
{
	struct updates u = { .p = p, .err = err };
	char prefix[NAME_MAX_LEN + 2];
	struct stat st;
	int rc;

	if (newer_path)
		return fl_fail(err, FL_USAGE, "--if-newer is for one file, not for all updates of a round");
	if (!strcmp(cli_output, "-") || stat(cli_output, &st) != 0 || !S_ISDIR(st.st_mode))
		return fl_fail(err, FL_USAGE, "all updates of a round: give -o FOLDER, which is there");
	snprintf(prefix, sizeof prefix, "%s/", p->name);
	TRY(open_store(p, err));
	TRY(store_list(p->s, prefix, fetch_update, &u, err));
	p->size = u.size;
	p->digest[0] = 0;
	if (u.bad)
		rc = fl_fail(err, FL_DATA, "%zu of %zu updates could not be used", u.bad, u.bad + u.good);
	else if (!u.good)
		rc = fl_fail(err, FL_NOINPUT, "%s/%s: no update has been delivered", store_url(p->s), p->name);
	cli_say_more("%zu updates", u.good);
out:
	return rc;
}

/* ---- */

/* What the URL asks for: *all updates of a round, or one object. */
static int parse_place(struct pull *p, const char *whole, int *all, struct fl_err *err)
{
	char probe[NAME_MAX_LEN + 32];
	size_t len = strlen(whole);
	struct name n;
	int rc;

	TRY(store_split(&p->url, &p->name, whole, err));
	p->message = len > 3 && !strcmp(whole + len - 3, ".pb");
	snprintf(probe, sizeof probe, "%s/x/envelope.pb", p->name);
	*all = name_parse(&n, probe, NULL) == FL_OK;
	if (!*all && strncmp(p->name, "channels/", 9) && strcmp(p->name, "") && name_parse(&n, p->name, NULL) != FL_OK) {
		snprintf(probe, sizeof probe, "%s/envelope.pb", p->name);
		if (name_parse(&n, probe, NULL) != FL_OK)
			rc = fl_fail(err, FL_USAGE, "%s is a folder of the store; pull what is in it, such as channels/stable", p->name);
	}
	if (!*p->name && (!strstr(p->url, "://") || !strncmp(p->url, "file:", 5)))
		rc = fl_fail(err, FL_USAGE, "'%.80s' names nothing in a store; want STORE/channels/stable or the like", whole);
out:
	return rc;
}

/* By way of the model that is here, if the store has the difference and nothing is wrong with it: the whole is there as well. */
static int fetch_difference(struct pull *p, const char *path, int *done, struct fl_err *err)
{
	char from[DIGEST_TEXT];
	int fd = -1, rc;

	TRY(cache_digest(have_path, from, err));
	if (!p->digest[0] || strncmp(p->object, "blobs/", 6) || !strcmp(from, p->digest))
		goto out;
	if (delta_get(p->s, p->digest, from, have_path, &fd, &p->size, err) != FL_OK) {
		cli_say_more("no difference to %s: %s", have_path, err->msg);
		goto out;
	}
	TRY(out_file(path, fd, 0, err));
	*done = p->difference = 1;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Of the model that is here only the digest is given: the difference itself is what is got, for fl-compress to decode. */
static int aim_at_difference(struct pull *p, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct store_info info;
	int rc;

	if (!p->digest[0] || strncmp(p->object, "blobs/", 6) || !strcmp(have_path, p->digest))
		return FL_OK;
	name_delta(name, p->digest, have_path);
	rc = store_head(p->s, name, &info, err);
	if (rc == FL_NOINPUT) {
		cli_say_more("there is no difference to %.20s...", have_path);
		return FL_OK;
	}
	TRY(rc);
	snprintf(p->object, sizeof p->object, "%s", name);
	memcpy(p->digest, info.digest, DIGEST_TEXT);
	p->difference = 1;
out:
	return rc;
}

static int pull_one(struct pull *p, struct fl_err *err)
{
	int done = 0, rc;

	TRY(open_store(p, err));
	TRY(await(p, err));
	if (have_path && !p->unchanged && digest_ok(have_path))
		TRY(aim_at_difference(p, err));
	else if (have_path && !p->unchanged)
		TRY(fetch_difference(p, cli_output, &done, err));
	if (!p->unchanged && !done)
		TRY(fetch_to(p, cli_output, err));
	if (p->checked && state_path)
		TRY(home_note(&p->fed.home, err));
out:
	return rc;
}

static json_t *metrics(const struct pull *p, const struct store_stats *st, double seconds)
{
	return store_opts_metrics(json_pack("{s:s, s:s, s:s, s:I, s:b, s:b}", "event", "pull", "name", p->name, "digest", p->digest, "size",
					    (json_int_t)p->size, "unchanged", p->unchanged, "difference", p->difference), st, seconds);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct pull p = { 0 };
	struct store_stats st;
	double start = clock_s();
	int rc, all;

	if (argc != 2)
		return argc < 2 ? fl_fail(err, FL_USAGE, "URL is missing") : fl_fail(err, FL_USAGE, "unexpected '%.60s'; one URL at a time", argv[2]);
	store_opts_env();
	TRY(parse_place(&p, argv[1], &all, err));
	TRY(all ? pull_updates(&p, err) : pull_one(&p, err));
	store_stats(p.s, &st);
	TRY(cli_write_metrics(metrics(&p, &st, clock_s() - start), err));
	if (p.unchanged)
		cli_say_more("%s is what is there", newer_path);
	else
		cli_say_more("%" PRIu64 " bytes in %.2f s", p.size, clock_s() - start);
out:
	if (p.s && p.s != p.fed.store)
		store_close(p.s);
	fed_close(&p.fed);
	free(p.url);
	free(p.name);
	return rc;
}

static const struct cmd cmd = { .name = "fl-pull", .synopsis = "[OPTION]... URL > FILE",
	.summary = "Get a model, an update or a message from a store", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
