/*
 * The layout of minisign's key files: a comment line, then base64 of
 *
 *   public  2 "Ed", 8 id, 32 key
 *   secret  2 "Ed", 2 kdf ("Sc", or zeros: unprotected), 2 "B2", 32 salt, 8 opslimit, 8 memlimit (little-endian),
 *           then, each bit turned by scrypt's stream where there is a passphrase: 8 id, 64 seed and key, 32 checksum
 *
 * The checksum is the BLAKE2b-256 of "Ed", id, seed and key; minisign leaves it zero where there is no passphrase.
 */
#include <assert.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "secure/key.h"
#include "secure/key-parts.h"
#include "secure/private.h"

#define COMMENT "untrusted comment: "
#define COMMENT_MAX 900 /* minisign reads lines of 1023 bytes */
#define FILE_MAX 4096
#define PASS_MAX 1024 /* minisign's */
#define CHECKSUM 32
#define OPS_MAX(memory) ((memory) / 32) /* libsodium's SENSITIVE and INTERACTIVE both stand in this ratio */

struct hidden { /* what a passphrase hides */
	unsigned char id[KEY_ID], secret[KEY_SECRET], checksum[CHECKSUM];
};

struct raw { /* all of a secret key file's second line */
	unsigned char sig_alg[2], kdf[2], checksum_alg[2], salt[crypto_pwhash_scryptsalsa208sha256_SALTBYTES], ops[8], memory[8];
	struct hidden hidden;
};

static_assert(sizeof(struct raw) == 158, "minisign's layout has no gaps");

#define RAW_TEXT sodium_base64_ENCODED_LEN(sizeof(struct raw), sodium_base64_VARIANT_ORIGINAL)

static uint64_t load64(const unsigned char p[8])
{
	uint64_t x = 0;
	int i;

	for (i = 7; i >= 0; i--)
		x = x << 8 | p[i];
	return x;
}

static void store64(unsigned char p[8], uint64_t x)
{
	int i;

	for (i = 0; i < 8; i++, x >>= 8)
		p[i] = (unsigned char)x;
}

static void checksum_of(unsigned char sum[CHECKSUM], const struct hidden *h)
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, CHECKSUM);
	crypto_generichash_update(&st, (const unsigned char *)"Ed", 2);
	crypto_generichash_update(&st, h->id, sizeof h->id);
	crypto_generichash_update(&st, h->secret, sizeof h->secret);
	crypto_generichash_final(&st, sum, CHECKSUM);
	sodium_memzero(&st, sizeof st);
}

/* The two lines of a key file: a comment and *line. Only empty lines may follow. */
static int body_line(const char **line, size_t *len, const char *text, size_t n, const char *what, struct fl_err *err)
{
	const char *comment, *rest;
	size_t k;

	if (!key_line(&text, &n, &comment, &k) || k < sizeof COMMENT - 2 || memcmp(comment, COMMENT, sizeof COMMENT - 2) != 0 ||
	    !key_line(&text, &n, line, len))
		return fl_fail(err, FL_DATA, "not a %s key: want a line \"" COMMENT "...\" and a line of base64", what);
	while (key_line(&text, &n, &rest, &k))
		if (k)
			return fl_fail(err, FL_DATA, "not a %s key: something follows its second line", what);
	return FL_OK;
}

/* ---- scrypt ---- */

/* Turn *h with the stream of this passphrase: the same hides and shows. -1: no memory. */
static int turn(struct hidden *h, const char *pass, const struct raw *r)
{
	unsigned char *stream = NULL, *p = (unsigned char *)h;
	size_t i;
	int bad;

	if (key_guarded(&stream, sizeof *h, NULL) != FL_OK)
		return -1;
	bad = crypto_pwhash_scryptsalsa208sha256(stream, sizeof *h, pass, strlen(pass), r->salt, load64(r->ops),
						 (size_t)load64(r->memory));
	for (i = 0; !bad && i < sizeof *h; i++)
		p[i] ^= stream[i];
	sodium_free(stream);
	return bad;
}

static int ask(char **s, const struct key_pass *pass, int confirm, struct fl_err *err)
{
	int rc = key_guarded(s, PASS_MAX, err);

	if (rc != FL_OK)
		return rc;
	rc = pass->get(pass->ctx, *s, PASS_MAX, confirm, err);
	if (rc == FL_OK && confirm && !**s)
		rc = fl_fail(err, FL_REFUSED, "the passphrase is empty");
	return rc;
}

static int unlock(struct raw *r, size_t memory, const struct key_pass *pass, struct fl_err *err)
{
	unsigned char sum[CHECKSUM];
	char *s = NULL;
	int rc;

	if (load64(r->memory) > memory || load64(r->ops) > OPS_MAX(memory))
		return fl_fail(err, FL_DATA, "asks for more work than minisign's scrypt, %zu MiB", memory >> 20);
	if (!pass)
		return fl_fail(err, FL_CONFIG, "protected by a passphrase, which nobody is there to give");
	TRY(ask(&s, pass, 0, err));
	if (turn(&r->hidden, s, r) != 0) {
		rc = fl_fail(err, FL_IO, "out of memory: scrypt wants %llu MiB", (unsigned long long)load64(r->memory) >> 20);
		goto out;
	}
	checksum_of(sum, &r->hidden);
	if (sodium_memcmp(sum, r->hidden.checksum, sizeof sum) != 0)
		rc = fl_fail(err, FL_REFUSED, "wrong passphrase");
out:
	sodium_free(s);
	sodium_memzero(sum, sizeof sum);
	return rc;
}

/* As much work as minisign's, or as much as memory allows. */
static int lock(struct raw *r, const struct key_pass *pass, struct fl_err *err)
{
	size_t memory = KEY_MEMORY;
	char *s = NULL;
	int rc;

	TRY(ask(&s, pass, 1, err));
	randombytes_buf(r->salt, sizeof r->salt);
	checksum_of(r->hidden.checksum, &r->hidden);
	memcpy(r->kdf, "Sc", 2);
	for (;; memory /= 2) {
		store64(r->memory, memory);
		store64(r->ops, OPS_MAX(memory));
		if (turn(&r->hidden, s, r) == 0)
			break;
		if (memory <= crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_MIN) {
			rc = fl_fail(err, FL_IO, "out of memory: scrypt wants %zu MiB", memory >> 20);
			break;
		}
	}
out:
	sodium_free(s);
	return rc;
}

/* ---- reading ---- */

static int check_unprotected(const struct hidden *h, struct fl_err *err)
{
	unsigned char sum[CHECKSUM];
	int ok;

	checksum_of(sum, h);
	ok = sodium_is_zero(h->checksum, CHECKSUM) || sodium_memcmp(sum, h->checksum, CHECKSUM) == 0;
	sodium_memzero(sum, sizeof sum);
	return ok ? FL_OK : fl_fail(err, FL_DATA, "damaged: its checksum does not fit");
}

static int decode(struct raw *r, const char *line, size_t len, int *protected, struct fl_err *err)
{
	if (!key_base64(r, sizeof *r, line, len))
		return fl_fail(err, FL_DATA, "not a secret key: its second line is no base64 of %zu bytes", sizeof *r);
	*protected = !memcmp(r->kdf, "Sc", 2);
	if (memcmp(r->sig_alg, "Ed", 2) != 0 || memcmp(r->checksum_alg, "B2", 2) != 0 || (!*protected && (r->kdf[0] || r->kdf[1])))
		return fl_fail(err, FL_DATA, "not a secret key of minisign's kind: Ed25519, scrypt and BLAKE2b");
	return FL_OK;
}

int key_parse(struct key **k, const char *text, size_t n, size_t memory, const struct key_pass *pass, struct fl_err *err)
{
	struct raw *r = NULL;
	const char *line;
	size_t len;
	int protected = 0, rc;

	*k = NULL;
	TRY(body_line(&line, &len, text, n, "secret", err));
	TRY(key_guarded(&r, sizeof *r, err));
	TRY(decode(r, line, len, &protected, err));
	TRY(protected ? unlock(r, memory, pass, err) : check_unprotected(&r->hidden, err));
	TRY(key_from(k, r->hidden.id, r->hidden.secret, protected, err));
out:
	sodium_free(r);
	return rc;
}

int key_read(struct key **k, const char *path, const struct key_pass *pass, struct fl_err *err)
{
	char *text = NULL;
	size_t n;
	int rc;

	*k = NULL;
	TRY(key_guarded(&text, FILE_MAX, err));
	TRY(private_read(text, FILE_MAX, &n, path, err));
	if ((rc = key_parse(k, text, n, KEY_MEMORY, pass, err)) != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	sodium_free(text);
	return rc;
}

int key_pub_read(struct key_pub *p, const char *path, struct fl_err *err)
{
	struct buf b = { .max = FILE_MAX };
	char text[KEY_TEXT + 1] = "";
	const char *line;
	size_t len;
	int rc;

	*p = (struct key_pub){ 0 };
	TRY(buf_reserve(&b, FILE_MAX, err)); /* one piece, to be wiped: it may be a secret key by mistake */
	TRY(in_slurp(&b, path, err));
	if ((rc = body_line(&line, &len, b.data, b.len, "public", err)) == FL_OK) {
		memcpy(text, line, len < KEY_TEXT ? len : KEY_TEXT);
		rc = key_pub_parse(p, text, err);
	}
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
out:
	if (b.data)
		sodium_memzero(b.data, b.cap);
	buf_clear(&b);
	return rc;
}

/* ---- writing ---- */

/* The first line: COMMENT, what this is, an id or what the user says. */
static int comment_line(char *line, size_t size, const char *comment, const char *what, const struct key_pub *p, struct fl_err *err)
{
	char id[KEY_ID_TEXT];

	if (comment && !key_comment_ok(comment, COMMENT_MAX))
		return fl_fail(err, FL_USAGE, "a key's comment is one line of UTF-8 of at most %d bytes", COMMENT_MAX);
	key_id_text(p->id, id);
	snprintf(line, size, COMMENT "%s%sflkit %s key %s\n", comment ? comment : "", comment ? ", " : "", what, id);
	return FL_OK;
}

int key_write_pub(const struct key_pub *p, const char *path, const char *comment, struct fl_err *err)
{
	char file[COMMENT_MAX + 256];
	size_t n;
	int rc = comment_line(file, sizeof file - KEY_TEXT - 1, comment, "public", p, err);

	if (rc != FL_OK)
		return rc;
	n = strlen(file);
	key_pub_text(p, file + n);
	n = strlen(file);
	file[n++] = '\n';
	return private_create(path, 0644, file, n, err);
}

static int write_secret(const struct key *k, const char *path, const char *comment, const struct key_pass *pass, struct fl_err *err)
{
	const size_t size = COMMENT_MAX + 256 + RAW_TEXT;
	struct raw *r = NULL;
	char *file = NULL;
	size_t n;
	int rc;

	TRY(key_guarded(&r, sizeof *r, err));
	TRY(key_guarded(&file, size, err));
	memcpy(r->sig_alg, "Ed", 2);
	memcpy(r->checksum_alg, "B2", 2);
	memcpy(r->hidden.id, k->pub.id, KEY_ID);
	memcpy(r->hidden.secret, k->secret, KEY_SECRET);
	TRY(comment_line(file, size - RAW_TEXT - 1, comment, "secret", &k->pub, err));
	if (pass)
		TRY(lock(r, pass, err));
	n = strlen(file);
	sodium_bin2base64(file + n, size - n, (unsigned char *)r, sizeof *r, sodium_base64_VARIANT_ORIGINAL);
	n = strlen(file);
	file[n++] = '\n';
	TRY(private_create(path, 0600, file, n, err));
out:
	sodium_free(r);
	sodium_free(file);
	return rc;
}

int key_write(const struct key *k, const char *path, const char *pub_path, const char *comment, const struct key_pass *pass,
	      struct fl_err *err)
{
	int rc = write_secret(k, path, comment, pass, err);

	if (rc == FL_OK && pub_path && (rc = key_write_pub(&k->pub, pub_path, comment, err)) != FL_OK)
		unlink(path);
	return rc;
}
