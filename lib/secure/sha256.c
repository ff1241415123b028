#include "secure/sha256.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static void finish(crypto_hash_sha256_state *st, char text[SHA256_TEXT])
{
	unsigned char h[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(st, h);
	sodium_bin2hex(text, SHA256_TEXT, h, sizeof h);
}

void sha256_of(const void *p, size_t n, char text[SHA256_TEXT])
{
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, p, n);
	finish(&st, text);
}

void sha256_mac(const void *key, size_t k, const char *text, unsigned char out[SHA256_BYTES])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, k);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)text, strlen(text));
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof st);
}

int sha256_file(int fd, uint64_t size, char text[SHA256_TEXT], struct fl_err *err)
{
	crypto_hash_sha256_state st;
	unsigned char b[65536];
	uint64_t at;
	ssize_t k;

	crypto_hash_sha256_init(&st);
	for (at = 0; at < size; at += (uint64_t)k) {
		k = pread(fd, b, size - at < sizeof b ? (size_t)(size - at) : sizeof b, (off_t)at);
		if (k < 0 && errno == EINTR)
			k = 0;
		else if (k < 0)
			return fl_fail_errno(err, FL_IO, "cannot read");
		else if (k == 0)
			return fl_fail(err, FL_IO, "has become shorter while it was read");
		crypto_hash_sha256_update(&st, b, (unsigned long long)k);
	}
	finish(&st, text);
	return FL_OK;
}
