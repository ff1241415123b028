/*
 * key.h - Ed25519 identities in minisign's files (https://jedisct1.github.io/minisign/#signature-format).
 *
 * A public key is 8 bytes of id and 32 of key; its text is the second line of a minisign .pub file. A secret key lives in
 * guarded memory that is wiped when it is closed. A secret key file is read only if it belongs to us (or root), is a regular
 * file, and nobody else may read it. Detached signatures of files are minisign's prehashed kind ("ED", BLAKE2b-512), never
 * of the bytes themselves, so that key_sign_file() cannot be made to sign a message of ours; key_sign() signs "CONTEXT", a
 * zero byte and the bytes. CONTEXT begins with "fl-v1-".
 *
 * Where minisign writes a passphrase-protected file with scrypt and 1 GiB of memory, so do we, and as it does with less where
 * there is less; a file that asks for more than that is refused.
 */
#ifndef FL_SECURE_KEY_H
#define FL_SECURE_KEY_H

#include "base/buf.h"
#include "base/err.h"

#define KEY_ID 8
#define KEY_PUB 32
#define KEY_SIG 64
#define KEY_TEXT 57 /* base64 of "Ed", id, key, and NUL */
#define KEY_ID_TEXT 17 /* id as minisign prints it: 16 upper-case hex digits, last byte first, and NUL */

struct key_pub {
	unsigned char id[KEY_ID];
	unsigned char pub[KEY_PUB];
};

struct key; /* a secret key */

/* Where a passphrase comes from: read into s (size n), NUL-terminated. FL_OK or why not. confirm: ask twice. */
struct key_pass {
	int (*get)(void *ctx, char *s, size_t n, int confirm, struct fl_err *err);
	void *ctx;
};

/* A new key pair. */
int key_generate(struct key **k, struct fl_err *err);

/* Read a secret key file. pass may be NULL: a protected file is then FL_CONFIG. FL_NOINPUT, FL_DATA, FL_CONFIG (file modes),
 * FL_REFUSED (wrong passphrase). */
int key_read(struct key **k, const char *path, const struct key_pass *pass, struct fl_err *err);

/* The same of the n bytes that such a file holds; scrypt may use up to memory bytes. */
#define KEY_MEMORY ((size_t)1 << 30)
int key_parse(struct key **k, const char *text, size_t n, size_t memory, const struct key_pass *pass, struct fl_err *err);

/* Write k as a secret key file of mode 0600 that must not exist yet (FL_CREATE), and its public half as pub_path (NULL:
 * nowhere). comment, or NULL, goes into their first lines. pass NULL: unprotected. */
int key_write(const struct key *k, const char *path, const char *pub_path, const char *comment, const struct key_pass *pass,
	      struct fl_err *err);
int key_write_pub(const struct key_pub *p, const char *path, const char *comment, struct fl_err *err);

const struct key_pub *key_public(const struct key *k);
int key_protected(const struct key *k); /* 1: it was read from a file that has a passphrase */
void key_close(struct key *k); /* wipes; NULL is fine */

/* A public key from a .pub file, or from its base64 line. FL_NOINPUT, FL_DATA. */
int key_pub_read(struct key_pub *p, const char *path, struct fl_err *err);
int key_pub_parse(struct key_pub *p, const char *text, struct fl_err *err);
void key_pub_text(const struct key_pub *p, char text[KEY_TEXT]);
void key_id_text(const unsigned char id[KEY_ID], char text[KEY_ID_TEXT]);
int key_pub_same(const struct key_pub *a, const struct key_pub *b);

/* Ed25519 over context, one zero byte, and the n bytes at p, which are copied: FL_IO where there is no memory for that. */
int key_sign(const struct key *k, const char *context, const void *p, size_t n, unsigned char sig[KEY_SIG], struct fl_err *err);
int key_good(const struct key_pub *p, const char *context, const void *m, size_t n, const unsigned char sig[KEY_SIG]); /* 1: good */

/* Detached minisign signature of the file at path ("-": standard input) as text into *out; and its check: FL_OK, FL_NO with
 * the reason, FL_DATA for a file that is no signature. trusted NULL: minisign's own, time and file name. *trusted, to be
 * freed, is the trusted comment; it has no line break, but comes from outside. */
int key_sign_file(const struct key *k, const char *path, const char *trusted, struct buf *out, struct fl_err *err);
int key_verify_file(const struct key_pub *p, const char *path, const char *sig_path, char **trusted, struct fl_err *err);

/* The same of the n bytes of a signature file, for a file whose BLAKE2b-512 is hash. */
int key_verify_hash(const struct key_pub *p, const unsigned char hash[64], const char *sig, size_t n, char **trusted,
		    struct fl_err *err);

#endif
