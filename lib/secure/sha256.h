/* sha256.h - SHA-256 (FIPS 180-4), where another protocol wants it: S3 signs it. Ours is base/digest.h. */
#ifndef FL_SECURE_SHA256_H
#define FL_SECURE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHA256_TEXT 65 /* 64 hex digits and NUL */

void sha256_of(const void *p, size_t n, char text[SHA256_TEXT]);

/* Of the first size bytes of a file, read with pread(). FL_IO. */
int sha256_file(int fd, uint64_t size, char text[SHA256_TEXT], struct fl_err *err);

#endif
