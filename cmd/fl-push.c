/* fl-push - put standard input into a store.  Manual: man/fl-push.1 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "codec/link.h"
#include "round/fed.h"
#include "secure/passphrase.h"
#include "store-opts.h"
#include "tensor/artefact.h"

static const char *key_path, *pass_path;

static const struct opt opts[] = {
	OPT_FILE('k', "key", &key_path, "FILE", "sign the envelope of an update with this; without it $FL_KEY_FILE"),
	OPT_FILE(0, "passphrase-file", &pass_path, "FILE", "the first line of FILE is the key's passphrase"),
	STORE_OPTS,
	OPT_DIR(0, "receipts", &store_opts.receipts, "DIR", "keep the hub's receipts in this folder"),
	CLI_METRICS,
	CLI_PROGRESS,
	OPT_END
};

/* What is pushed, and where to. */
struct push {
	char *url, *name;
	int blob;       /* under its digest */
	unsigned round; /* an update, of who */
	char who[NAME_SEG];
	int fd;
	uint64_t size;
	char digest[DIGEST_TEXT];
};

/* What the URL asks for. */
static int parse_place(struct push *p, const char *whole, struct fl_err *err)
{
	struct name n;
	char probe[NAME_MAX_LEN + 16];
	int rc;

	TRY(store_split(&p->url, &p->name, whole, err));
	snprintf(probe, sizeof probe, "%s/envelope.pb", p->name);
	if (!strcmp(p->name, "blobs")) {
		p->blob = 1;
	} else if (name_parse(&n, probe, NULL) == FL_OK && n.kind == NAME_ENVELOPE) {
		p->round = n.number;
		memcpy(p->who, n.who, sizeof n.who);
	} else if (*p->name && name_parse(&n, p->name, NULL) != FL_OK) {
		rc = fl_fail(err, FL_USAGE, "%s is a folder of the store; push to rounds/N/updates/NAME, to blobs, or to a whole name", p->name);
	} else if (!*p->name && (!strstr(p->url, "://") || !strncmp(p->url, "file:", 5))) {
		rc = fl_fail(err, FL_USAGE, "'%.80s' names nothing in a store; want STORE/rounds/N/updates/NAME or STORE/blobs", whole);
	}
out:
	return rc;
}

/* Standard input as a file that can be read twice: itself, or a copy. Its digest says whether it has changed since. */
static int spool(struct push *p, struct fl_err *err)
{
	struct stat st;
	struct digest d;
	char b[65536];
	size_t got;
	int rc = FL_OK, direct;

	direct = fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0;
	if (direct && (p->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) < 0)
		return fl_fail_errno(err, FL_NOINPUT, "standard input");
	if (!direct)
		TRY(file_scratch(&p->fd, err));
	digest_start(&d);
	do {
		TRY(in_read(STDIN_FILENO, b, sizeof b, &got, err));
		if (!direct && got && write(p->fd, b, got) != (ssize_t)got)
			TRY(fl_fail_errno(err, FL_IO, "cannot spool to a temporary file"));
		digest_add(&d, b, got);
		p->size += got;
	} while (got == sizeof b);
	digest_end(&d, p->digest);
	if (!p->size)
		rc = fl_fail(err, FL_NOINPUT, "standard input is empty");
out:
	return rc;
}

static int read_key(struct key **k, struct fl_err *err)
{
	const char *path = key_path ? key_path : getenv("FL_KEY_FILE");
	struct key_pass pass;

	if (!path || !*path)
		return fl_fail(err, FL_USAGE, "an update is signed: --key is missing, and $FL_KEY_FILE is not set");
	pass = pass_path ? (struct key_pass){ passphrase_file, (void *)(uintptr_t)pass_path }
			 : (struct key_pass){ passphrase_ask, (void *)(uintptr_t)path };
	return key_read(k, path, pass_path || passphrase_terminal() ? &pass : NULL, err);
}

/* The update must start from the model that the plan says. */
static int check_update(const struct push *p, const Fl__V1__Plan *plan, struct fl_err *err)
{
	struct art a = { 0 };
	const char *base;
	int rc, fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return fl_fail_errno(err, FL_IO, "standard input");
	TRY(art_open_fd(&a, fd, "standard input", err));
	base = json_string_value(json_object_get(a.fl, "base"));
	if (!base)
		rc = fl_fail(err, FL_DATA, "standard input is not an update: it does not say which model it starts from");
	else if (strcmp(base, plan->base_model))
		rc = fl_fail(err, FL_DATA, "this update starts from the model %s, round %u from %s: pull that and train again", base, plan->round,
			     plan->base_model);
out:
	art_close(&a);
	return rc;
}

/* Whoever signs must be who the URL says, as far as the store's own roster goes. */
static int check_signer(const struct push *p, const struct fed *f, const struct key *k, struct fl_err *err)
{
	const char *who = roster_name(&f->roster, key_public(k), FL__V1__ROLE__ROLE_PARTICIPANT, fed_now(f));

	if (who && !strcmp(who, p->who))
		return FL_OK;
	if (who)
		return fl_fail(err, FL_REFUSED, "this key is %s's, not %s's", who, p->who);
	return fl_fail(err, FL_REFUSED, "this key is no participant's of federation %s", fed_roster(f)->name);
}

static int same_payload(const struct push *p, const struct signed_msg *s, struct fl_err *err)
{
	const Fl__V1__Envelope *e = (const Fl__V1__Envelope *)s->body;

	if (!strcmp(e->payload, p->digest))
		return FL_OK;
	return fl_fail(err, FL_NO, "%s has delivered another update in round %u already: %s", p->who, p->round, e->payload);
}

/* The payload, and then, as the sign that it is whole, the envelope. */
static int deliver(const struct push *p, struct fed *f, const struct signed_msg *plan, const struct key *k, struct fl_err *err)
{
	struct fed_want want = { .type = "Envelope", .role = FL__V1__ROLE__ROLE_PARTICIPANT, .who = p->who };
	const Fl__V1__Plan *pl = (const Fl__V1__Plan *)plan->body;
	Fl__V1__Envelope e = FL__V1__ENVELOPE__INIT;
	struct signed_msg there = { 0 };
	char name[NAME_MAX_LEN + 1];
	int rc;

	name_envelope(name, p->round, p->who);
	rc = fed_read(f, name, &want, 0, &there, err);
	if (rc != FL_NOINPUT) {
		rc = rc == FL_OK ? same_payload(p, &there, err) : rc;
		goto out;
	}
	name_payload(name, p->round, p->who, p->digest);
	TRY(store_put(f->store, name, p->fd, p->size, p->digest, err));
	e.version = MESSAGE_VERSION;
	e.federation = pl->federation;
	e.round = p->round;
	e.participant = (char *)p->who;
	e.plan = (char *)plan->digest;
	e.base_model = pl->base_model;
	e.payload = (char *)p->digest;
	e.payload_size = p->size;
	e.made = msg_time(fed_now(f));
	e.traceparent = pl->traceparent;
	name_envelope(name, p->round, p->who);
	signed_clear(&there);
	TRY(fed_put(f, name, &want, &e.base, k, &there, err));
	TRY(same_payload(p, &there, err));
out:
	msg_free((ProtobufCMessage *)e.made);
	signed_clear(&there);
	return rc;
}

static int push_update(const struct push *p, struct fed *f, struct fl_err *err)
{
	struct fed_opts how = { .url = p->url, .store = &store_opts, .trusting = 1, .say = cli_say, .more = cli_say_more };
	struct fed_want want = { .type = "Plan", .role = FL__V1__ROLE__ROLE_COORDINATOR };
	struct signed_msg plan = { 0 };
	struct store_info sealed;
	struct key *k = NULL;
	char name[NAME_MAX_LEN + 1];
	int rc;

	TRY(read_key(&k, err));
	TRY(fed_open(f, &how, err));
	name_round(name, p->round, "plan.pb");
	rc = fed_read(f, name, &want, 0, &plan, err);
	if (rc == FL_NOINPUT)
		rc = fl_fail(err, FL_LATER, "round %u is not open yet", p->round);
	if (rc != FL_OK)
		goto out;
	TRY(check_update(p, (const Fl__V1__Plan *)plan.body, err));
	TRY(check_signer(p, f, k, err));
	name_round(name, p->round, "seal.pb");
	rc = store_head(f->store, name, &sealed, err);
	if (rc == FL_OK)
		cli_say("round %u is sealed: the update comes late, and is kept as stale", p->round);
	else if (rc != FL_NOINPUT)
		goto out;
	TRY(deliver(p, f, &plan, k, err));
out:
	signed_clear(&plan);
	key_close(k);
	return rc;
}

static int push_object(struct push *p, struct store **s, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	int rc;

	TRY(store_open(s, p->url, &store_opts, err));
	if (p->blob)
		name_blob(name, p->digest);
	else
		snprintf(name, sizeof name, "%s", p->name);
	TRY(store_put(*s, name, p->fd, p->size, p->digest, err));
	if (p->blob)
		printf("%s\n", p->digest);
out:
	return rc;
}

/* For fl-compress --bandwidth auto. Where it cannot be kept, nothing is lost but that. */
static void remember(const struct store_stats *st)
{
	struct link l = { 0 };
	char *path = NULL;

	if (st->requests && link_path(&path, NULL) == FL_OK) {
		link_read(&l, path, NULL);
		link_learn(&l, (double)st->bytes_up, (double)st->requests, st->seconds);
		link_write(&l, path, NULL);
	}
	free(path);
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct push p = { .fd = -1 };
	struct store *s = NULL;
	struct store_stats st;
	struct fed f = { 0 };
	double start = clock_s();
	int rc;

	if (argc != 2)
		return argc < 2 ? fl_fail(err, FL_USAGE, "URL is missing") : fl_fail(err, FL_USAGE, "unexpected '%.60s'; one URL at a time", argv[2]);
	store_opts_env();
	TRY(parse_place(&p, argv[1], err));
	TRY(spool(&p, err));
	TRY(p.round ? push_update(&p, &f, err) : push_object(&p, &s, err));
	store_stats(p.round ? f.store : s, &st);
	remember(&st);
	TRY(cli_write_metrics(store_opts_metrics(json_pack("{s:s, s:s, s:s, s:I}", "event", "push", "name", p.name, "digest", p.digest, "size",
							   (json_int_t)p.size), &st, clock_s() - start), err));
	cli_say_more("%" PRIu64 " bytes, %s, in %.2f s", p.size, p.digest, clock_s() - start);
out:
	if (p.fd >= 0)
		close(p.fd);
	store_close(s);
	fed_close(&f);
	free(p.url);
	free(p.name);
	return rc;
}

static const struct cmd cmd = { .name = "fl-push", .synopsis = "[OPTION]... URL < FILE", .summary = "Put standard input into a store",
	.opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
