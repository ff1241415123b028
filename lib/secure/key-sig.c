/*
 * minisign's signature files, four lines: a comment; base64 of 2 "ED", 8 id, 64 signature of the file's BLAKE2b-512; a
 * trusted comment; base64 of 64, the signature of that signature and the trusted comment.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "secure/key.h"
#include "secure/key-parts.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define TRUSTED_MAX 8000 /* minisign reads lines of 8191 bytes */
#define FILE_MAX 16384
#define BASE64(n) sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL)

struct raw_sig {
	unsigned char alg[2], id[KEY_ID], sig[KEY_SIG];
};

static int hash_file(unsigned char hash[KEY_HASH], const char *path, struct fl_err *err)
{
	crypto_generichash_state st;
	unsigned char piece[65536];
	int fd = -1, rc;
	size_t n;

	crypto_generichash_init(&st, NULL, 0, KEY_HASH);
	TRY(in_open(&fd, path, err));
	do {
		if ((rc = in_read(fd, piece, sizeof piece, &n, err)) != FL_OK) {
			fl_err_prefix(err, "%s", in_name(path));
			goto out;
		}
		crypto_generichash_update(&st, piece, n);
	} while (n);
	crypto_generichash_final(&st, hash, KEY_HASH);
out:
	in_close(fd);
	return rc;
}

/* What the second signature is over: the first, and the trusted comment. */
static int signed_comment(struct buf *b, const unsigned char sig[KEY_SIG], const char *trusted, size_t n, struct fl_err *err)
{
	int rc = buf_add(b, sig, KEY_SIG, err);

	return rc == FL_OK ? buf_add(b, trusted, n, err) : rc;
}

/* As minisign makes one, so that its users find what they know. */
static int default_comment(struct buf *b, const char *path, struct fl_err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char shown[260];

	fl_err_quote(shown, 250, name, strlen(name));
	return buf_addf(b, err, "timestamp:%lld\tfile:%s\thashed", (long long)time(NULL), strcmp(path, "-") ? shown : "standard input");
}

int key_sign_file(const struct key *k, const char *path, const char *trusted, struct buf *out, struct fl_err *err)
{
	char id[KEY_ID_TEXT], first[BASE64(sizeof(struct raw_sig))], second[BASE64(KEY_SIG)];
	unsigned char hash[KEY_HASH], global[KEY_SIG];
	struct raw_sig r = { .alg = "ED" };
	struct buf comment = { 0 }, both = { 0 };
	int rc;

	TRY(trusted ? buf_adds(&comment, trusted, err) : default_comment(&comment, path, err));
	if (!key_comment_ok(comment.data, TRUSTED_MAX)) {
		rc = fl_fail(err, FL_USAGE, "a trusted comment is one line of UTF-8 of at most %d bytes", TRUSTED_MAX);
		goto out;
	}
	TRY(hash_file(hash, path, err));
	memcpy(r.id, k->pub.id, KEY_ID);
	crypto_sign_detached(r.sig, NULL, hash, sizeof hash, k->secret);
	TRY(signed_comment(&both, r.sig, comment.data, comment.len, err));
	crypto_sign_detached(global, NULL, (unsigned char *)both.data, both.len, k->secret);
	sodium_bin2base64(first, sizeof first, (unsigned char *)&r, sizeof r, sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(second, sizeof second, global, sizeof global, sodium_base64_VARIANT_ORIGINAL);
	key_id_text(k->pub.id, id);
	TRY(buf_addf(out, err, UNTRUSTED "signature from flkit secret key %s\n%s\n" TRUSTED "%s\n%s\n", id, first, comment.data, second));
out:
	buf_clear(&comment);
	buf_clear(&both);
	return rc;
}

/* ---- checking ---- */

struct sig {
	struct raw_sig first;
	unsigned char second[KEY_SIG];
	const char *trusted; /* (trusted_len) in the text */
	size_t trusted_len;
};

static int begins(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(line, with, strlen(with));
}

static int parse(struct sig *s, const char *text, size_t n, struct fl_err *err)
{
	const char *line[4];
	size_t len[4], i;

	if (n > FILE_MAX || (n && memchr(text, 0, n)))
		return fl_fail(err, FL_DATA, "not a signature of minisign's kind");
	for (i = 0; i < 4; i++)
		if (!key_line(&text, &n, &line[i], &len[i]))
			return fl_fail(err, FL_DATA, "not a signature: it ends after %zu lines, want 4", i);
	if (!begins(line[0], len[0], UNTRUSTED) || !begins(line[2], len[2], TRUSTED))
		return fl_fail(err, FL_DATA, "not a signature: its first and third line are no comments as minisign writes them");
	if (!key_base64(&s->first, sizeof s->first, line[1], len[1]) || !key_base64(s->second, KEY_SIG, line[3], len[3]))
		return fl_fail(err, FL_DATA, "not a signature: its second or fourth line is no base64 of the right length");
	s->trusted = line[2] + strlen(TRUSTED);
	s->trusted_len = len[2] - strlen(TRUSTED);
	return FL_OK;
}

static int check_kind(const struct sig *s, const struct key_pub *p, struct fl_err *err)
{
	char mine[KEY_ID_TEXT], its[KEY_ID_TEXT];

	if (!memcmp(s->first.alg, "Ed", 2))
		return fl_fail(err, FL_NO, "an old signature of the bytes themselves, which is not taken; sign again with minisign -SH "
				   "or fl-key sign");
	if (memcmp(s->first.alg, "ED", 2) != 0)
		return fl_fail(err, FL_DATA, "not a signature of minisign's kind");
	if (!memcmp(s->first.id, p->id, KEY_ID))
		return FL_OK;
	key_id_text(s->first.id, its);
	key_id_text(p->id, mine);
	return fl_fail(err, FL_NO, "made by key %s, want %s", its, mine);
}

int key_verify_hash(const struct key_pub *p, const unsigned char hash[KEY_HASH], const char *sig, size_t n, char **trusted,
		    struct fl_err *err)
{
	struct buf both = { 0 };
	struct sig s;
	int rc;

	*trusted = NULL;
	TRY(parse(&s, sig, n, err));
	TRY(check_kind(&s, p, err));
	if (crypto_sign_verify_detached(s.first.sig, hash, KEY_HASH, p->pub) != 0) {
		rc = fl_fail(err, FL_NO, "signature is bad: the file is not what was signed, or not with this key");
		goto out;
	}
	TRY(signed_comment(&both, s.first.sig, s.trusted, s.trusted_len, err));
	if (crypto_sign_verify_detached(s.second, (unsigned char *)both.data, both.len, p->pub) != 0)
		rc = fl_fail(err, FL_NO, "signature is bad: its trusted comment was changed");
	else
		rc = fl_strndup(trusted, s.trusted, s.trusted_len, err);
out:
	buf_clear(&both);
	return rc;
}

int key_verify_file(const struct key_pub *p, const char *path, const char *sig_path, char **trusted, struct fl_err *err)
{
	struct buf sig = { .max = FILE_MAX };
	unsigned char hash[KEY_HASH];
	int rc;

	*trusted = NULL;
	TRY(in_slurp(&sig, sig_path, err));
	TRY(hash_file(hash, path, err));
	if ((rc = key_verify_hash(p, hash, sig.data, sig.len, trusted, err)) != FL_OK)
		fl_err_prefix(err, "%s", in_name(rc == FL_NO ? path : sig_path));
out:
	buf_clear(&sig);
	return rc;
}
