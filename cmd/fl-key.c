/* fl-key - make keys and tokens, sign, and check signatures.  Manual: man/fl-key.1 */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "hub/access.h"
#include "secure/key-rotate.h"
#include "secure/key.h"
#include "secure/passphrase.h"
#include "secure/private.h"
#include "secure/token.h"
#include "wire/signed.h"
#include "wire/text.h"

static const char *label, *key_path, *pass_path, *sig_path, *trusted, *federation, *role, *holder, *token_path, *token_for, *expires;
static struct opt_list pubs, pub_texts;
static int no_passphrase, message;

static const char *role_names(size_t i)
{
	return i < ACCESS_ANYBODY ? access_role_name((enum access_role)i) : NULL;
}

#define PASSPHRASE_FILE OPT_FILE(0, "passphrase-file", &pass_path, "FILE", "the first line of FILE is the passphrase; - is standard input")

static const struct opt generate_opts[] = {
	OPT_STR('n', "name", &label, "TEXT", "whose key it is, for the comment lines"),
	OPT_FLAG(0, "no-passphrase", &no_passphrase, "leave the file unprotected, as cron needs it"),
	PASSPHRASE_FILE,
	OPT_END
};

static const struct opt show_opts[] = {
	PASSPHRASE_FILE,
	OPT_END
};

static const struct opt sign_opts[] = {
	OPT_FILE('k', "key", &key_path, "FILE", "sign with this secret key; without it $FL_KEY_FILE"),
	PASSPHRASE_FILE,
	OPT_STR('t', "trusted-comment", &trusted, "TEXT", "a line that is signed too; without it time and file name"),
	OPT_FLAG('m', "message", &message, "add a signature to a message of a federation"),
	OPT_FILE('o', "output", &sig_path, "FILE", "write to FILE, not to FILE.minisig, nor a message to standard output"),
	OPT_END
};

static const struct opt verify_opts[] = {
	OPT_LIST('p', "pub", &pubs, "FILE", "a public key file; of messages, several may have signed"),
	OPT_LIST('P', "pub-key", &pub_texts, "TEXT", "a public key: the second line of such a file"),
	OPT_FILE('x', "signature", &sig_path, "FILE", "the signature; without it FILE.minisig"),
	OPT_FLAG('m', "message", &message, "check the signatures inside a message"),
	OPT_FILE('f', "federation", &federation, "FILE", "the keys of this federation's members, for messages"),
	OPT_END
};

static const struct opt token_opts[] = {
	OPT_FILE('o', "output", &token_path, "FILE", "write the token to FILE, which must be new"),
	OPT_NAME('r', "role", &role, "ROLE", "what the hub lets its holder do", role_names),
	OPT_STR('n', "name", &holder, "NAME", "who holds it; a participant's name in the federation"),
	OPT_STR('f', "federation", &token_for, "NAME", "the federation it is good for; * is every one"),
	OPT_STR('e', "expires", &expires, "TIME", "until 2027-01-31T00:00:00Z, or 2027-01-31, or for 90d"),
	OPT_END
};

static const struct opt rotate_opts[] = {
	OPT_STR('n', "name", &label, "TEXT", "whose key it is, for the comment lines"),
	PASSPHRASE_FILE,
	OPT_END
};

/* ---- what the subcommands share ---- */

/* What this process knows leaves no core file, and no other process of the user reads its memory. */
static void guard_memory(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Where the passphrase of the key at path comes from; NULL: from nowhere. */
static const struct key_pass *pass_of(const char *path)
{
	static struct key_pass p;

	p = pass_path ? (struct key_pass){ passphrase_file, (void *)(uintptr_t)pass_path }
		      : (struct key_pass){ passphrase_ask, (void *)(uintptr_t)path };
	return pass_path || passphrase_terminal() ? &p : NULL;
}

/* path with end behind it; freed by the caller. */
static int with_end(char **s, const char *path, const char *end, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc = buf_addf(&b, err, "%s%s", path, end);

	*s = b.data;
	return rc;
}

static int one_file(int argc, char **argv, struct fl_err *err)
{
	if (argc < 2)
		return fl_fail(err, FL_USAGE, "FILE is missing");
	if (argc > 2)
		return fl_fail(err, FL_USAGE, "unexpected '%.60s'; one file at a time", argv[2]);
	return FL_OK;
}

static json_t *key_json(const struct key_pub *p)
{
	char id[KEY_ID_TEXT], text[KEY_TEXT];

	key_id_text(p->id, id);
	key_pub_text(p, text);
	return json_pack("{s:s, s:s}", "id", id, "public_key", text);
}

static int print(json_t *j, struct fl_err *err)
{
	int rc = j ? json_write(j, stdout, err) : fl_fail(err, FL_IO, "out of memory: JSON");

	json_decref(j);
	return rc;
}

/* ---- generate, show, rotate ---- */

static int run_generate(int argc, char **argv, struct fl_err *err)
{
	const struct key_pass *pass = NULL;
	struct key *k = NULL;
	char *pub = NULL;
	int rc;

	TRY(one_file(argc, argv, err));
	if (no_passphrase && pass_path)
		return fl_fail(err, FL_USAGE, "--no-passphrase and --passphrase-file exclude each other");
	if (!no_passphrase && !(pass = pass_of(argv[1])))
		cli_say("no terminal to ask for a passphrase on: %s is unprotected", argv[1]);
	TRY(with_end(&pub, argv[1], ".pub", err));
	TRY(key_generate(&k, err));
	TRY(key_write(k, argv[1], pub, label, pass, err));
	TRY(print(key_json(key_public(k)), err));
out:
	key_close(k);
	free(pub);
	return rc;
}

/* A public or a secret key file into *p; *k is the secret one, or NULL. */
static int read_either(struct key_pub *p, struct key **k, const char *path, struct fl_err *err)
{
	int rc = key_pub_read(p, path, err);

	*k = NULL;
	if (rc != FL_DATA)
		return rc;
	if ((rc = key_read(k, path, pass_of(path), err)) == FL_OK)
		*p = *key_public(*k);
	return rc;
}

static int run_show(int argc, char **argv, struct fl_err *err)
{
	struct key *k = NULL;
	struct key_pub p;
	json_t *j;
	int i, rc = FL_OK;

	if (argc < 2)
		return fl_fail(err, FL_USAGE, "key file is missing");
	for (i = 1; i < argc; i++) {
		TRY(read_either(&p, &k, argv[i], err));
		j = key_json(&p);
		json_object_set_new(j, "secret", json_boolean(k != NULL));
		if (k)
			json_object_set_new(j, "protected", json_boolean(key_protected(k)));
		TRY(print(j, err));
		key_close(k);
		k = NULL;
	}
out:
	key_close(k);
	return rc;
}

static int run_rotate(int argc, char **argv, struct fl_err *err)
{
	struct key_rotated r = { 0 };
	char was[KEY_ID_TEXT];
	json_t *j;
	int rc;

	TRY(one_file(argc, argv, err));
	TRY(key_rotate(&r, argv[1], label, pass_of(argv[1]), err));
	key_id_text(r.old.id, was);
	j = key_json(&r.now);
	json_object_set_new(j, "follows", json_string(was));
	json_object_set_new(j, "kept", json_string(r.kept));
	json_object_set_new(j, "statement", json_string(r.statement));
	TRY(print(j, err));
	cli_say("send %s.pub and %s to the federation's admins; until the roster has the new key, sign with --key %s", argv[1],
		r.statement, r.kept);
out:
	key_rotated_clear(&r);
	return rc;
}

/* ---- sign ---- */

static int sign_message(const struct key *k, const char *path, struct fl_err *err)
{
	struct signed_msg s = { 0 };
	struct buf b = { 0 };
	struct out o = { 0 };
	int rc;

	TRY(signed_read_file(&s, NULL, path, err));
	TRY(signed_add(&b, &s, k, err));
	TRY(out_open(&o, sig_path ? sig_path : "-", OUT_BINARY, err));
	TRY(out_write(&o, b.data, b.len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	buf_clear(&b);
	signed_clear(&s);
	return rc;
}

static int sign_file(const struct key *k, const char *path, struct fl_err *err)
{
	struct buf b = { 0 };
	struct out o = { 0 };
	char *beside = NULL;
	int rc;

	TRY(with_end(&beside, path, ".minisig", err));
	TRY(key_sign_file(k, path, trusted, &b, err));
	TRY(out_open(&o, sig_path ? sig_path : strcmp(path, "-") ? beside : "-", OUT_TEXT, err));
	TRY(out_write(&o, b.data, b.len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	buf_clear(&b);
	free(beside);
	return rc;
}

static int run_sign(int argc, char **argv, struct fl_err *err)
{
	struct key *k = NULL;
	int i, rc;

	if (argc < 2)
		return fl_fail(err, FL_USAGE, "FILE to sign is missing; '-' is standard input");
	if (argc > 2 && (sig_path || message))
		return fl_fail(err, FL_USAGE, "unexpected '%.60s'; one file with %s", argv[2], sig_path ? "--output" : "--message");
	if (message && trusted)
		return fl_fail(err, FL_USAGE, "--trusted-comment is of files, not of messages");
	if (!key_path && !(key_path = getenv("FL_KEY_FILE")))
		return fl_fail(err, FL_USAGE, "--key is missing, and so is FL_KEY_FILE");
	TRY(key_read(&k, key_path, pass_of(key_path), err));
	for (i = 1; i < argc; i++)
		TRY(message ? sign_message(k, argv[i], err) : sign_file(k, argv[i], err));
out:
	key_close(k);
	return rc;
}

/* ---- verify ---- */

#define KEYS_MAX (2 * OPT_LIST_MAX)

/* The keys of --pub and --pub-key. */
static int given_keys(struct key_pub k[KEYS_MAX], size_t *n, struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	for (*n = i = 0; i < pubs.n; i++)
		TRY(key_pub_read(&k[(*n)++], pubs.v[i], err));
	for (i = 0; i < pub_texts.n; i++)
		if ((rc = key_pub_parse(&k[(*n)++], pub_texts.v[i], err)) != FL_OK)
			return fl_err_prefix(err, "--pub-key");
out:
	return rc;
}

static int verify_file(const char *path, const struct key_pub *p, struct fl_err *err)
{
	char *beside = NULL, *comment = NULL;
	json_t *j;
	int rc;

	TRY(with_end(&beside, path, ".minisig", err));
	TRY(key_verify_file(p, path, sig_path ? sig_path : beside, &comment, err));
	j = key_json(p);
	json_object_set_new(j, "good", json_true());
	json_object_set_new(j, "trusted_comment", json_string(comment));
	TRY(print(j, err));
out:
	free(beside);
	free(comment);
	return rc;
}

/* The name and key of the member of fed, if any, whose key has this id. */
static int member_key(const struct signed_msg *fed, const unsigned char *id, const char **name, struct key_pub *p)
{
	const Fl__V1__Federation *f = (const Fl__V1__Federation *)fed->body;
	size_t i;

	for (i = 0; f && i < f->n_members; i++) {
		*name = f->members[i]->name;
		if (key_pub_parse(p, f->members[i]->public_key, NULL) == FL_OK && !memcmp(p->id, id, KEY_ID))
			return 1;
	}
	*name = NULL;
	return 0;
}

/* One signature of *s as JSON: whose it is, and good or not where its key is known. */
static json_t *signature_json(const struct signed_msg *s, const unsigned char *id, const struct key_pub *k, size_t n,
			      const struct signed_msg *fed, int *known, int *good)
{
	const char *name = NULL;
	struct key_pub p = { 0 };
	char text[KEY_ID_TEXT];
	size_t i;
	json_t *j;

	for (i = 0; i < n && memcmp(k[i].id, id, KEY_ID); i++)
		;
	*known = member_key(fed, id, &name, &p) || i < n;
	if (i < n)
		p = k[i];
	*good = *known && signed_by(s, &p);
	key_id_text(id, text);
	j = json_pack("{s:s, s:o}", "id", text, "good", *known ? json_boolean(*good) : json_null());
	if (name)
		json_object_set_new(j, "member", json_string(name));
	return j;
}

/* Every key that was given has signed, or without one: some known key has; and no known key's signature is bad. */
static int verify_message(const char *path, const struct key_pub *k, size_t n, struct fl_err *err)
{
	struct signed_msg s = { 0 }, fed = { 0 };
	json_t *j = NULL, *list = json_array();
	size_t i, n_good = 0, missing = 0, n_bad = 0;
	int rc, known, good;

	TRY(signed_read_file(&s, NULL, path, err));
	if (federation)
		TRY(signed_read_file(&fed, "Federation", federation, err));
	for (i = 0; i < s.outer->n_signatures; i++) {
		json_array_append_new(list, signature_json(&s, s.outer->signatures[i]->key_id.data, k, n, &fed, &known, &good));
		n_good += (size_t)good;
		n_bad += (size_t)(known && !good);
	}
	for (i = 0; i < n; i++)
		missing += !signed_by(&s, &k[i]);
	j = json_pack("{s:s, s:s, s:O}", "type", s.type->name, "digest", s.digest, "signatures", list);
	TRY(print(j, err));
	if (n_bad)
		rc = fl_fail(err, FL_NO, "%s: %zu of %zu signatures are bad", in_name(path), n_bad, s.outer->n_signatures);
	else if (missing)
		rc = fl_fail(err, FL_NO, "%s: not signed by %zu of the %zu keys given", in_name(path), missing, n);
	else if (!n_good)
		rc = fl_fail(err, FL_NO, "%s: not signed by any member of %s", in_name(path), federation);
out:
	json_decref(list);
	signed_clear(&s);
	signed_clear(&fed);
	return rc;
}

static int run_verify(int argc, char **argv, struct fl_err *err)
{
	static struct key_pub k[KEYS_MAX];
	size_t n;
	int rc;

	TRY(one_file(argc, argv, err));
	TRY(given_keys(k, &n, err));
	if (message && sig_path)
		return fl_fail(err, FL_USAGE, "--signature is of files; a message holds its own");
	if (!message && federation)
		return fl_fail(err, FL_USAGE, "--federation is of messages; want --message too");
	if (!message && n != 1)
		return fl_fail(err, FL_USAGE, "want one --pub or --pub-key: the key that must have signed");
	if (message && !n && !federation)
		return fl_fail(err, FL_USAGE, "whose signature is good? want --pub, --pub-key or --federation");
	TRY(message ? verify_message(argv[1], k, n, err) : verify_file(argv[1], &k[0], err));
out:
	return rc;
}

/* ---- token ---- */

/* --expires as the tokens file has it, or "". */
static int expiry(char text[TIME_TEXT], struct fl_err *err)
{
	char *end, day[32];
	int64_t s = 0;
	int32_t nanos;
	long days;

	*text = 0;
	if (!expires)
		return FL_OK;
	days = strtol(expires, &end, 10);
	if (days > 0 && days <= 36500 && !strcmp(end, "d")) {
		s = (int64_t)time(NULL) + days * 86400;
	} else {
		snprintf(day, sizeof day, strlen(expires) == 10 ? "%.10sT00:00:00Z" : "%.30s", expires);
		if (time_parse(&s, &nanos, day, NULL) != FL_OK)
			return fl_fail(err, FL_USAGE, "--expires: '%.40s' is no time; want 2027-01-31, 2027-01-31T00:00:00Z or 90d", expires);
	}
	if (s <= (int64_t)time(NULL))
		return fl_fail(err, FL_USAGE, "--expires: '%.40s' is past", expires);
	time_text(text, s, 0);
	return FL_OK;
}

static int check_token_words(struct fl_err *err)
{
	if (!token_path || !strcmp(token_path, "-"))
		return fl_fail(err, FL_USAGE, "--output is missing: the file for the token, which is a secret");
	if (!role)
		return fl_fail(err, FL_USAGE, "--role is missing; one of participant, coordinator, reader, monitor");
	if (!holder || !token_for)
		return fl_fail(err, FL_USAGE, "--%s is missing", holder ? "federation" : "name");
	if (!msg_name_ok(holder))
		return fl_fail(err, FL_USAGE, "--name: '%.70s' is no name: small letters, digits, '.', '_' and '-'", holder);
	if (strcmp(token_for, "*") && !msg_name_ok(token_for))
		return fl_fail(err, FL_USAGE, "--federation: '%.70s' is no name", token_for);
	return FL_OK;
}

static int run_token(int argc, char **argv, struct fl_err *err)
{
	char text[TOKEN_TEXT + 1], hash[DIGEST_TEXT], until[TIME_TEXT];
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(check_token_words(err));
	TRY(expiry(until, err));
	token_new(text);
	token_hash(text, hash);
	memcpy(text + TOKEN_TEXT - 1, "\n", 2);
	rc = private_create(token_path, 0600, text, TOKEN_TEXT, err);
	token_wipe(text);
	if (rc == FL_OK)
		printf("%s %s %s %s%s%s\n", hash, role, holder, token_for, *until ? " " : "", until);
out:
	return rc;
}

static const struct cmd subs[] = {
	{ .name = "generate", .synopsis = "[OPTION]... FILE", .summary = "Make a key pair: FILE, which is secret, and FILE.pub",
	  .opts = generate_opts, .run = run_generate },
	{ .name = "show", .synopsis = "[OPTION]... FILE...", .summary = "Print the public half of key files", .opts = show_opts,
	  .run = run_show },
	{ .name = "sign", .synopsis = "[OPTION]... FILE...", .summary = "Sign files, or add a signature to a message", .opts = sign_opts,
	  .run = run_sign },
	{ .name = "verify", .synopsis = "[OPTION]... FILE", .summary = "Check the signature of a file, or those inside a message",
	  .opts = verify_opts, .run = run_verify },
	{ .name = "rotate", .synopsis = "[OPTION]... FILE", .summary = "Put a new key in the place of an old one, which signs it",
	  .opts = rotate_opts, .run = run_rotate },
	{ .name = "token", .synopsis = "-o FILE --role ROLE --name NAME --federation NAME [OPTION]...",
	  .summary = "Make a token for a hub; print the line that its tokens file wants", .opts = token_opts, .run = run_token },
	{ .name = NULL }
};

static const struct cmd cmd = { .name = "fl-key",
				.synopsis = "SUBCOMMAND [OPTION]... [FILE]...",
				.summary = "Make keys and tokens, sign, and check signatures",
				.subs = subs };

int main(int argc, char **argv)
{
	guard_memory();
	return cli_main(&cmd, argc, argv);
}
