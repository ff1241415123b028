#include "data/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"

/* Multiply and fold, eight bytes at a time. */
static uint64_t hash(uint64_t seed, const char *s, size_t n)
{
	uint64_t h = seed ^ n, k;

	for (; n; s += k, n -= k) {
		uint64_t chunk = 0;

		k = n < 8 ? n : 8;
		memcpy(&chunk, s, k);
		h = (h ^ chunk) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

static int same(const char *text, const char *s, size_t n)
{
	return !strncmp(text, s, n) && !text[n];
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t find_slot(const struct texts *t, const char *s, size_t n)
{
	size_t i = hash(t->seed, s, n) & (t->n_slots - 1);

	while (t->slots[i] && !same(t->v[t->slots[i] - 1], s, n))
		i = (i + 1) & (t->n_slots - 1);
	return i;
}

static int rehash(struct texts *t, struct fl_err *err)
{
	size_t i, n = t->n_slots ? t->n_slots * 2 : 16;
	uint32_t *slots;
	int rc = fl_alloc(&slots, n, sizeof *slots, err);

	if (rc != FL_OK)
		return rc;
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	if (!t->seed)
		t->seed = rng_fresh_seed();
	for (i = 0; i < t->n; i++)
		t->slots[find_slot(t, t->v[i], strlen(t->v[i]))] = (uint32_t)i + 1;
	return FL_OK;
}

int texts_add(struct texts *t, const char *s, size_t n, size_t *at, struct fl_err *err)
{
	size_t slot;
	int rc;

	if ((t->n + 1) * 2 > t->n_slots)
		TRY(rehash(t, err));
	slot = find_slot(t, s, n);
	if (t->slots[slot]) {
		*at = t->slots[slot] - 1;
		return FL_OK;
	}
	if (t->n >= UINT32_MAX - 1)
		return fl_fail(err, FL_DATA, "more than %u distinct texts", UINT32_MAX - 1);
	TRY(fl_grow(&t->v, &t->cap, t->n + 1, sizeof *t->v, err));
	TRY(fl_strndup(&t->v[t->n], s, n, err));
	*at = t->n++;
	t->slots[slot] = (uint32_t)*at + 1;
out:
	return rc;
}

size_t texts_find(const struct texts *t, const char *s, size_t n)
{
	size_t slot;

	if (!t->n_slots)
		return TEXTS_NONE;
	slot = find_slot(t, s, n);
	return t->slots[slot] ? t->slots[slot] - 1 : TEXTS_NONE;
}

void texts_clear(struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->v[i]);
	free(t->v);
	free(t->slots);
	*t = (struct texts){ 0 };
}
