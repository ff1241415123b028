#include "secure/token.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "secure/private.h"

#define PREFIX "flt_"
#define PREFIX_LEN (sizeof PREFIX - 1)
#define TOKEN_BYTES 32
#define FILE_MAX 1024 /* of a token file: the token, and what someone noted below it */

static_assert(TOKEN_TEXT == PREFIX_LEN + sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
	      "a token is its prefix and 32 bytes of base64url");

void token_new(char text[TOKEN_TEXT])
{
	unsigned char secret[TOKEN_BYTES];

	randombytes_buf(secret, sizeof secret);
	memcpy(text, PREFIX, PREFIX_LEN);
	sodium_bin2base64(text + PREFIX_LEN, TOKEN_TEXT - PREFIX_LEN, secret, sizeof secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(secret, sizeof secret);
}

int token_ok(const char *s)
{
	unsigned char secret[TOKEN_BYTES];
	size_t n = 0, i;
	int ok, high = 0;

	if (strnlen(s, TOKEN_TEXT) != TOKEN_TEXT - 1 || strncmp(s, PREFIX, PREFIX_LEN) != 0)
		return 0;
	for (i = 0; i < TOKEN_TEXT - 1; i++) /* libsodium 1.0.18 takes some bytes above 0x7f for letters */
		high |= s[i] & 0x80;
	ok = !high && sodium_base642bin(secret, sizeof secret, s + PREFIX_LEN, TOKEN_TEXT - 1 - PREFIX_LEN, NULL, &n, NULL,
			       sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && n == sizeof secret;
	sodium_memzero(secret, sizeof secret);
	return ok;
}

void token_hash(const char *text, char hash[DIGEST_TEXT])
{
	digest_of(text, strlen(text), hash);
}

int token_read(char text[TOKEN_TEXT], const char *path, struct fl_err *err)
{
	char file[FILE_MAX + 1];
	size_t n;
	int rc;

	memset(text, 0, TOKEN_TEXT);
	TRY(private_read(file, FILE_MAX, &n, path, err));
	file[n] = 0;
	file[strcspn(file, "\r\n")] = 0;
	if (token_ok(file))
		memcpy(text, file, TOKEN_TEXT);
	else
		rc = fl_fail(err, FL_DATA, "%s: its first line is no token; fl-key token makes one", path);
out:
	sodium_memzero(file, sizeof file);
	return rc;
}

void token_wipe(char text[TOKEN_TEXT])
{
	sodium_memzero(text, TOKEN_TEXT);
}
