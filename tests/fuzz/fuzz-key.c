/*
 * Public keys, secret keys and signatures from any bytes. What is read can be written and read again; a secret key that is
 * accepted signs what its public half calls good; a signature that is accepted is of the one file it was made for.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure/key.h"

#define MEMORY ((size_t)1 << 20) /* scrypt's, so that an input takes milliseconds */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static int give(void *ctx, char *s, size_t n, int confirm, struct fl_err *err)
{
	(void)ctx;
	(void)confirm;
	(void)err;
	snprintf(s, n, "open sesame");
	return FL_OK;
}

static void public(const char *text)
{
	struct key_pub p, again;
	struct fl_err err;
	char out[KEY_TEXT];

	if (key_pub_parse(&p, text, &err) != FL_OK)
		return;
	key_pub_text(&p, out);
	must(!strcmp(out, text) && key_pub_parse(&again, out, &err) == FL_OK && key_pub_same(&p, &again));
}

static void secret(const char *data, size_t size)
{
	static const struct key_pass pass = { give, NULL };
	unsigned char sig[KEY_SIG];
	struct key *k = NULL;
	struct key_pub p;
	struct fl_err err;
	char text[KEY_TEXT];
	int rc = key_parse(&k, data, size, MEMORY, &pass, &err);

	must((rc == FL_OK) == (k != NULL) && (rc == FL_OK || err.msg[0]));
	if (!k)
		return;
	key_pub_text(key_public(k), text);
	must(key_pub_parse(&p, text, &err) == FL_OK && key_pub_same(&p, key_public(k)));
	must(key_sign(k, "fl-v1-Test", data, size, sig, &err) == FL_OK && key_good(&p, "fl-v1-Test", data, size, sig));
	key_close(k);
}

/* RFC 8032's TEST 1, and the BLAKE2b-512 of "abc" (RFC 7693, appendix A). */
static void signature(const char *data, size_t size)
{
	static const unsigned char abc[64] = {
		0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d, 0x6a, 0x27, 0x97, 0xb6, 0x9f, 0x12, 0xf6, 0xe9,
		0x4c, 0x21, 0x2f, 0x14, 0x68, 0x5a, 0xc4, 0xb7, 0x4b, 0x12, 0xbb, 0x6f, 0xdb, 0xff, 0xa2, 0xd1,
		0x7d, 0x87, 0xc5, 0x39, 0x2a, 0xab, 0x79, 0x2d, 0xc2, 0x52, 0xd5, 0xde, 0x45, 0x33, 0xcc, 0x95,
		0x18, 0xd3, 0x8a, 0xa8, 0xdb, 0xc4, 0x92, 0x5a, 0xb9, 0x23, 0x86, 0xed, 0xd4, 0x00, 0x99, 0x23
	};
	struct key_pub p;
	struct fl_err err;
	char *trusted = NULL;
	int rc;

	must(key_pub_parse(&p, "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", &err) == FL_OK);
	rc = key_verify_hash(&p, abc, data, size, &trusted, &err);
	must((rc == FL_OK) == (trusted != NULL) && (rc == FL_OK || rc == FL_NO || rc == FL_DATA));
	must(rc != FL_OK || !strcmp(trusted, "known answer")); /* the only comment that the key ever signed with it */
	free(trusted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	public(text);
	free(text);
	secret((const char *)data, size);
	signature((const char *)data, size);
	return 0;
}
