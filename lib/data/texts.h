/*
 * texts.h - a set of distinct texts, numbered in order of first appearance.
 *
 * Empty is {0}. Texts hold no NUL. Hashing is seeded afresh in every process, so that no file can be built to collide;
 * numbers never depend on it.
 */
#ifndef FL_DATA_TEXTS_H
#define FL_DATA_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TEXTS_NONE ((size_t)-1)

struct texts {
	char **v; /* (n) owned */
	size_t n, cap;
	uint32_t *slots; /* (n_slots) number + 1, or 0 where free */
	size_t n_slots;
	uint64_t seed;
};

/* *at = the number of the n bytes at s, added where new. FL_IO. */
int texts_add(struct texts *t, const char *s, size_t n, size_t *at, struct fl_err *err);

/* The number of the n bytes at s, or TEXTS_NONE. */
size_t texts_find(const struct texts *t, const char *s, size_t n);

void texts_clear(struct texts *t);

#endif
