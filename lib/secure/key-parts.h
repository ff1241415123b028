/*
 * key-parts.h - what is inside a secret key, for the files key*.c alone.
 */
#ifndef FL_SECURE_KEY_PARTS_H
#define FL_SECURE_KEY_PARTS_H

#include "secure/key.h"

#define KEY_SECRET 64 /* libsodium's form: the seed, then the public key */
#define KEY_HASH 64   /* BLAKE2b-512, of which a prehashed signature is made */

struct key { /* in guarded memory, read-only once it is complete */
	struct key_pub pub;
	unsigned char secret[KEY_SECRET];
	int protected; /* its file has a passphrase */
};

/* Guarded memory that is wiped when it is freed with sodium_free(). FL_IO. */
int key_guarded(void *p, size_t n, struct fl_err *err);

/* *k = the pair whose secret half is given, with this id. FL_DATA where the two halves do not belong together. */
int key_from(struct key **k, const unsigned char id[KEY_ID], const unsigned char secret[KEY_SECRET], int protected,
	     struct fl_err *err);

/* Take the next line off *text of *n bytes: its start and length without its line end. 0 where nothing is left. */
int key_line(const char **text, size_t *n, const char **line, size_t *len);

/* 1: s can stand in a comment line: UTF-8 without control bytes but tabs, at most max bytes. */
int key_comment_ok(const char *s, size_t max);

/* 1: the len base64 bytes at line are exactly n bytes, now at p. */
int key_base64(void *p, size_t n, const char *line, size_t len);

#endif
