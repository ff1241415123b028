#include "base/digest.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define PREFIX "b2-256:"

static_assert(sizeof(crypto_generichash_state) <= sizeof(((struct digest *)0)->state), "state too small");

void digest_start(struct digest *d)
{
	crypto_generichash_init((crypto_generichash_state *)(void *)d->state, NULL, 0, 32);
}

void digest_add(struct digest *d, const void *p, size_t n)
{
	crypto_generichash_update((crypto_generichash_state *)(void *)d->state, p, n);
}

void digest_end(struct digest *d, char text[DIGEST_TEXT])
{
	unsigned char h[32];

	crypto_generichash_final((crypto_generichash_state *)(void *)d->state, h, sizeof h);
	memcpy(text, PREFIX, sizeof PREFIX - 1);
	sodium_bin2hex(text + sizeof PREFIX - 1, 65, h, sizeof h);
}

void digest_of(const void *p, size_t n, char text[DIGEST_TEXT])
{
	struct digest d;

	digest_start(&d);
	digest_add(&d, p, n);
	digest_end(&d, text);
}

int digest_ok(const char *s)
{
	size_t k = sizeof PREFIX - 1;

	return !strncmp(s, PREFIX, k) && strlen(s) == k + 64 && strspn(s + k, "0123456789abcdef") == 64;
}
