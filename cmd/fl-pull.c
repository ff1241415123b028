/* fl-pull - get a model, an update or a message from a store.  Manual: man/fl-pull.1 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "round/channel.h"
#include "store-opts.h"

static const char *trust_path, *state_path, *newer_path;
static double wait_s;

static const struct opt opts[] = {
	CLI_OUTPUT,
	OPT_FILE(0, "if-newer", &newer_path, "FILE", "write nothing where FILE has these bytes already"),
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
	int model;            /* not the message that was named but what it stands for */
	struct store *s;      /* fed's where signatures are checked */
	struct fed fed;
	int checked;
	char object[NAME_MAX_LEN + 1]; /* what to get, and its digest where that is known */
	char digest[DIGEST_TEXT];
	uint64_t size;
	int unchanged;
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
		return store_open(&p->s, p->url, &store_opts, err);
	}
	if (trust_path) {
		TRY(key_pub_read(&pin, trust_path, err));
		how.pin = &pin;
	}
	TRY(fed_open(&p->fed, &how, err));
	p->s = p->fed.store;
out:
	return rc;
}

/* The message of this type under name, its signature checked where that was asked for. */
static int read_message(struct pull *p, const char *name, const char *type, const char *who, struct signed_msg *m, struct fl_err *err)
{
	struct fed_want want = { .type = type, .who = who,
		.role = who ? FL__V1__ROLE__ROLE_PARTICIPANT : FL__V1__ROLE__ROLE_COORDINATOR };
	struct buf b = { .max = MESSAGE_MAX };
	int rc;

	if (p->checked)
		return fed_read(&p->fed, name, &want, 0, m, err);
	TRY(store_read(p->s, name, 0, &b, err));
	if ((rc = signed_read(m, type, b.data, b.len, err)) != FL_OK)
		fl_err_prefix(err, "%s/%s", store_url(p->s), name);
out:
	buf_clear(&b);
	return rc;
}

static int keep_last(void *ctx, const char *name, uint64_t size)
{
	(void)size;
	snprintf(ctx, NAME_MAX_LEN + 1, "%s", name);
	return FL_OK;
}

/* The model of a channel's newest entry. */
static int find_newest(struct pull *p, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	char prefix[NAME_MAX_LEN + 2], last[NAME_MAX_LEN + 1] = "";
	int rc;

	snprintf(prefix, sizeof prefix, "%s/", p->name);
	if (p->checked) {
		TRY(channel_newest(&p->fed, p->name + strlen("channels/"), &m, err));
	} else {
		TRY(store_list(p->s, prefix, keep_last, last, err));
		if (*last)
			TRY(read_message(p, last, "Channel", NULL, &m, err));
	}
	if (!m.body)
		TRY(fl_fail(err, FL_NOINPUT, "%s/%s: has no entry yet", store_url(p->s), p->name));
	memcpy(p->digest, channel_entry(&m)->model, DIGEST_TEXT);
	name_blob(p->object, p->digest);
	cli_say_more("entry %u of channel %s, of round %u", channel_entry(&m)->serial, channel_entry(&m)->name, channel_entry(&m)->round);
out:
	signed_clear(&m);
	return rc;
}

static int find_payload(struct pull *p, const char *envelope, const struct name *n, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	const Fl__V1__Envelope *e;
	int rc;

	TRY(read_message(p, envelope, "Envelope", n->who, &m, err));
	e = (const Fl__V1__Envelope *)m.body;
	if (e->round != n->number || strcmp(e->participant, n->who))
		TRY(fl_fail(err, FL_DATA, "%s: is of %s in round %u", envelope, e->participant, e->round));
	memcpy(p->digest, e->payload, DIGEST_TEXT);
	name_payload(p->object, n->number, n->who, p->digest);
out:
	signed_clear(&m);
	return rc;
}

static int find_entry(struct pull *p, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	int rc;

	TRY(read_message(p, p->name, "Channel", NULL, &m, err));
	memcpy(p->digest, channel_entry(&m)->model, DIGEST_TEXT);
	name_blob(p->object, p->digest);
out:
	signed_clear(&m);
	return rc;
}

static int find(struct pull *p, struct fl_err *err)
{
	struct store_info info = { 0 };
	struct name n = { 0 };
	char envelope[NAME_MAX_LEN + 16];
	int rc = FL_OK;

	p->digest[0] = 0;
	snprintf(envelope, sizeof envelope, "%s/envelope.pb", p->name);
	if (name_parse(&n, envelope, NULL) == FL_OK && n.kind == NAME_ENVELOPE)
		return find_payload(p, envelope, &n, err);
	if (*p->name && name_parse(&n, p->name, NULL) != FL_OK)
		return find_newest(p, err);
	if (n.kind == NAME_CHANNEL && p->model)
		return find_entry(p, err);
	snprintf(p->object, sizeof p->object, "%s", p->name);
	memcpy(p->digest, n.digest, DIGEST_TEXT);
	if (n.digest[0] || (!newer_path && wait_s <= 0))
		return FL_OK; /* whether it is there, the transfer will tell */
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

static int fetch(struct pull *p, int fd, struct fl_err *err)
{
	struct store_info info = { 0 };
	int rc;

	TRY(store_get(p->s, p->object, p->digest[0] ? p->digest : NULL, fd, &info, err));
	TRY(check_message(p, fd, err));
	memcpy(p->digest, info.digest, DIGEST_TEXT);
	p->size = info.size;
out:
	return rc;
}

/* To standard output, or what is no regular file: only what has been checked. */
static int fetch_through(struct pull *p, const char *path, struct fl_err *err)
{
	struct out o = { 0 };
	char b[65536];
	uint64_t at = 0;
	ssize_t k;
	int fd = -1, rc;

	TRY(out_open(&o, path, OUT_BINARY, err));
	TRY(file_scratch(&fd, err));
	TRY(fetch(p, fd, err));
	TRY(is_unchanged(p, err));
	for (; !p->unchanged && (k = pread(fd, b, sizeof b, (off_t)at)) > 0; at += (uint64_t)k)
		TRY(out_write(&o, b, (size_t)k, err));
	if (!p->unchanged && at != p->size)
		TRY(fl_fail_errno(err, FL_IO, "cannot read back"));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The folder of path, so that a rename in it lasts. */
static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];
	int fd, bad;

	if (slash && (size_t)(slash - path) + 2 > sizeof dir)
		return -1;
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	bad = fsync(fd);
	close(fd);
	return bad;
}

/* Open and lock the file named part. One that was renamed between the two is opened anew. */
static int open_part(int *fd, const char *part, struct fl_err *err)
{
	struct stat mine, named;

	for (;;) {
		*fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (*fd < 0)
			return fl_fail_errno(err, FL_CREATE, "%s", part);
		if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
			return fl_fail(err, FL_LATER, "%s: another fl-pull is at it", part);
		if (fstat(*fd, &mine) == 0 && stat(part, &named) == 0 && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
			return FL_OK;
		close(*fd);
	}
}

/* Into path by way of path.part, which is kept where the transfer is cut, and gone on with the next time. */
static int fetch_part(struct pull *p, const char *path, const char *part, struct fl_err *err)
{
	int fd = -1, rc;

	TRY(open_part(&fd, part, err));
	if ((rc = fetch(p, fd, err)) != FL_OK && rc != FL_NET && rc != FL_LATER && rc != FL_IO)
		unlink(part);
	if (rc != FL_OK)
		goto out;
	TRY(is_unchanged(p, err));
	if (p->unchanged)
		unlink(part);
	else if (fsync(fd) != 0 || rename(part, path) != 0 || sync_folder(path) != 0)
		rc = fl_fail_errno(err, FL_IO, "%s", path);
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

static int fetch_to(struct pull *p, const char *path, struct fl_err *err)
{
	struct buf part = { 0 };
	struct stat st;
	int rc, is_there = strcmp(path, "-") == 0 || stat(path, &st) == 0;

	if (is_there && strcmp(path, "-") && S_ISDIR(st.st_mode))
		return fl_fail(err, FL_CREATE, "%s: is a directory", path);
	if (is_there && (!strcmp(path, "-") || !S_ISREG(st.st_mode)))
		return fetch_through(p, path, err);
	TRY(buf_addf(&part, err, "%s.part", path));
	TRY(fetch_part(p, path, part.data, err));
out:
	buf_clear(&part);
	return rc;
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
	TRY(find_payload(p, name, &n, u->err));
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
	p->model = len < 3 || strcmp(whole + len - 3, ".pb");
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

static int pull_one(struct pull *p, struct fl_err *err)
{
	int rc;

	TRY(open_store(p, err));
	TRY(await(p, err));
	if (!p->unchanged)
		TRY(fetch_to(p, cli_output, err));
	if (p->checked && state_path)
		TRY(home_note(&p->fed.home, err));
out:
	return rc;
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
	TRY(cli_write_metrics(store_opts_metrics(json_pack("{s:s, s:s, s:s, s:I, s:b}", "event", "pull", "name", p.name, "digest", p.digest,
							   "size", (json_int_t)p.size, "unchanged", p.unchanged), &st, clock_s() - start), err));
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
