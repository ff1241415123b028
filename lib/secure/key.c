#include "secure/key.h"

#include <assert.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "secure/key-parts.h"

static_assert(KEY_PUB == crypto_sign_PUBLICKEYBYTES && KEY_SECRET == crypto_sign_SECRETKEYBYTES && KEY_SIG == crypto_sign_BYTES &&
	      KEY_HASH == crypto_generichash_BYTES_MAX, "libsodium's Ed25519 and BLAKE2b");

int key_guarded(void *p, size_t n, struct fl_err *err)
{
	void *q = sodium_init() < 0 ? NULL : sodium_malloc(n);

	if (q)
		memset(q, 0, n);
	memcpy(p, &q, sizeof q);
	return q ? FL_OK : fl_fail(err, FL_IO, "out of memory: %zu guarded bytes", n);
}

int key_generate(struct key **k, struct fl_err *err)
{
	int rc = key_guarded(k, sizeof **k, err);

	if (rc != FL_OK)
		return rc;
	crypto_sign_keypair((*k)->pub.pub, (*k)->secret);
	randombytes_buf((*k)->pub.id, KEY_ID);
	sodium_mprotect_readonly(*k);
	return FL_OK;
}

/* A public half that is not the seed's own would make a signature give the secret away, so it is derived anew. */
int key_from(struct key **k, const unsigned char id[KEY_ID], const unsigned char secret[KEY_SECRET], int protected,
	     struct fl_err *err)
{
	int rc = key_guarded(k, sizeof **k, err);

	if (rc != FL_OK)
		return rc;
	crypto_sign_seed_keypair((*k)->pub.pub, (*k)->secret, secret);
	memcpy((*k)->pub.id, id, KEY_ID);
	(*k)->protected = protected;
	sodium_mprotect_readonly(*k);
	if (sodium_memcmp((*k)->secret, secret, KEY_SECRET) == 0)
		return FL_OK;
	key_close(*k);
	*k = NULL;
	return fl_fail(err, FL_DATA, "damaged: its public half does not belong to its secret half");
}

const struct key_pub *key_public(const struct key *k)
{
	return &k->pub;
}

int key_protected(const struct key *k)
{
	return k->protected;
}

void key_close(struct key *k)
{
	sodium_free(k);
}

int key_pub_same(const struct key_pub *a, const struct key_pub *b)
{
	return !memcmp(a->id, b->id, KEY_ID) && !memcmp(a->pub, b->pub, KEY_PUB);
}

void key_id_text(const unsigned char id[KEY_ID], char text[KEY_ID_TEXT])
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < KEY_ID; i++) {
		text[2 * i] = digits[id[KEY_ID - 1 - i] >> 4];
		text[2 * i + 1] = digits[id[KEY_ID - 1 - i] & 15];
	}
	text[2 * KEY_ID] = 0;
}

/* ---- text ---- */

int key_line(const char **text, size_t *n, const char **line, size_t *len)
{
	const char *end = *n ? memchr(*text, '\n', *n) : NULL;

	if (!*n)
		return 0;
	*line = *text;
	*len = end ? (size_t)(end - *text) : *n;
	*text += *len + (end != NULL);
	*n -= *len + (end != NULL);
	while (*len && (*line)[*len - 1] == '\r')
		--*len;
	return 1;
}

int key_comment_ok(const char *s, size_t max)
{
	size_t n = strlen(s), i;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return 0;
	return n <= max && utf8_text(s, n);
}

int key_base64(void *p, size_t n, const char *line, size_t len)
{
	size_t got = 0, i;
	int high = 0;

	for (i = 0; i < len; i++) /* libsodium 1.0.18 takes some bytes above 0x7f for letters */
		high |= line[i] & 0x80;
	return !high && len == sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL) - 1 &&
	       sodium_base642bin(p, n, line, len, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 && got == n;
}

void key_pub_text(const struct key_pub *p, char text[KEY_TEXT])
{
	unsigned char raw[2 + KEY_ID + KEY_PUB] = { 'E', 'd' };

	memcpy(raw + 2, p->id, KEY_ID);
	memcpy(raw + 2 + KEY_ID, p->pub, KEY_PUB);
	sodium_bin2base64(text, KEY_TEXT, raw, sizeof raw, sodium_base64_VARIANT_ORIGINAL);
}

int key_pub_parse(struct key_pub *p, const char *text, struct fl_err *err)
{
	unsigned char raw[2 + KEY_ID + KEY_PUB];

	*p = (struct key_pub){ 0 };
	if (!key_base64(raw, sizeof raw, text, strnlen(text, KEY_TEXT)))
		return fl_fail(err, FL_DATA, "not a public key: want the 56 characters of the second line of a .pub file");
	if (memcmp(raw, "Ed", 2) != 0)
		return fl_fail(err, FL_DATA, "not a public key of minisign's kind, Ed25519");
	if (!crypto_core_ed25519_is_valid_point(raw + 2 + KEY_ID))
		return fl_fail(err, FL_DATA, "not a public key: its bytes are no point that a secret key leads to");
	memcpy(p->id, raw + 2, KEY_ID);
	memcpy(p->pub, raw + 2 + KEY_ID, KEY_PUB);
	return FL_OK;
}

/* ---- signatures of messages ---- */

/* context, a zero byte, and the n bytes at p, which crypto_sign wants in one piece. */
static int in_one_piece(unsigned char **m, size_t *len, const char *context, const void *p, size_t n, struct fl_err *err)
{
	size_t head = strlen(context) + 1;
	int rc;

	assert(!strncmp(context, "fl-v1-", 6) && n <= SIZE_MAX - head);
	if ((rc = fl_alloc(m, head + n, 1, err)) != FL_OK)
		return rc;
	memcpy(*m, context, head);
	if (n)
		memcpy(*m + head, p, n);
	*len = head + n;
	return FL_OK;
}

int key_sign(const struct key *k, const char *context, const void *p, size_t n, unsigned char sig[KEY_SIG], struct fl_err *err)
{
	unsigned char *m = NULL;
	size_t len;
	int rc = in_one_piece(&m, &len, context, p, n, err);

	if (rc == FL_OK)
		crypto_sign_detached(sig, NULL, m, len, k->secret);
	free(m);
	return rc;
}

int key_good(const struct key_pub *p, const char *context, const void *m, size_t n, const unsigned char sig[KEY_SIG])
{
	unsigned char *all = NULL;
	size_t len;
	int good;

	if (in_one_piece(&all, &len, context, m, n, NULL) != FL_OK)
		return 0;
	good = crypto_sign_verify_detached(sig, all, len, p->pub) == 0;
	free(all);
	return good;
}
