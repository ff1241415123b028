/*
 * token.h - bearer tokens: 32 random bytes that open a door at the hub; the hub keeps only their hash.
 *
 * Text of a token: "flt_" and 43 characters of base64url. Its hash is the BLAKE2b-256 of that text ("b2-256:..."), so what
 * leaks from the hub opens nothing.
 */
#ifndef FL_SECURE_TOKEN_H
#define FL_SECURE_TOKEN_H

#include "base/digest.h"
#include "base/err.h"

#define TOKEN_TEXT 48 /* "flt_" + 43 + NUL */

void token_new(char text[TOKEN_TEXT]);
int token_ok(const char *s); /* 1: well formed */
void token_hash(const char *text, char hash[DIGEST_TEXT]);

/* The first line of a file that others may not read. FL_NOINPUT, FL_CONFIG (modes), FL_DATA. */
int token_read(char text[TOKEN_TEXT], const char *path, struct fl_err *err);
void token_wipe(char text[TOKEN_TEXT]);

#endif
