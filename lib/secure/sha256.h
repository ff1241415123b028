/* sha256.h - SHA-256 (FIPS 180-4), where another protocol wants it: S3 signs it. Ours is base/digest.h. */
#ifndef FL_SECURE_SHA256_H
#define FL_SECURE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHA256_TEXT 65 /* 64 hex digits and NUL */
#define SHA256_BYTES 32

void sha256_of(const void *p, size_t n, char text[SHA256_TEXT]);

/* HMAC-SHA-256 (RFC 2104) of the text under a key of k bytes; out may be the key. */
void sha256_mac(const void *key, size_t k, const char *text, unsigned char out[SHA256_BYTES]);

/* Of the first size bytes of a file, read with pread(). FL_IO. */
int sha256_file(int fd, uint64_t size, char text[SHA256_TEXT], struct fl_err *err);

#endif
