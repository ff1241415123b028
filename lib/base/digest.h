/*
 * digest.h - BLAKE2b-256 (RFC 7693), written "b2-256:" and 64 hex digits; `b2sum -l 256 FILE` gives the same digits.
 */
#ifndef FL_BASE_DIGEST_H
#define FL_BASE_DIGEST_H

#include <stddef.h>

#define DIGEST_TEXT 72 /* "b2-256:" + 64 + NUL */

struct digest {
	unsigned char state[384] __attribute__((aligned(64))); /* libsodium's, opaque here */
};

void digest_start(struct digest *d);
void digest_add(struct digest *d, const void *p, size_t n);
void digest_end(struct digest *d, char text[DIGEST_TEXT]);

/* All at once. */
void digest_of(const void *p, size_t n, char text[DIGEST_TEXT]);

/* 1 if s is a well-formed digest text. */
int digest_ok(const char *s);

#endif
