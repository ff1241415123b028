/*
 * rans-bits.h - bits in bytes, lowest first: what tables and escapes are written with.
 *
 * A reader at the end of its bytes reads zeros and remembers it in .cut.
 */
#ifndef FL_CODEC_RANS_BITS_H
#define FL_CODEC_RANS_BITS_H

#include <stdint.h>

#include "base/buf.h"

struct bits_out {
	struct buf *to;
	uint64_t acc;
	unsigned n;
};

/* The low n <= 32 bits of v. */
static inline int bits_put(struct bits_out *b, uint64_t v, unsigned n, struct fl_err *err)
{
	unsigned char c[16]; /* 7 bits left over and 32 more need 4; n is not checked */
	unsigned k = 0;

	b->acc |= v << b->n;
	b->n += n;
	for (; b->n >= 8; b->n -= 8) {
		c[k++] = (unsigned char)b->acc;
		b->acc >>= 8;
	}
	return k ? buf_add(b->to, c, k, err) : FL_OK;
}

static inline int bits_end(struct bits_out *b, struct fl_err *err)
{
	return b->n ? bits_put(b, 0, 8 - b->n, err) : FL_OK;
}

struct bits_in {
	const unsigned char *p, *end;
	uint64_t acc;
	unsigned n;
	int cut;
};

static inline uint32_t bits_get(struct bits_in *b, unsigned n)
{
	uint32_t v;

	for (; b->n < n; b->n += 8) {
		b->cut |= b->p == b->end;
		b->acc |= (uint64_t)(b->p == b->end ? 0 : *b->p++) << b->n;
	}
	v = (uint32_t)(b->acc & (((uint64_t)1 << n) - 1));
	b->acc >>= n;
	b->n -= n;
	return v;
}

static inline unsigned bits_length(uint32_t v)
{
	unsigned n = 0;

	for (; v; v >>= 1)
		n++;
	return n;
}

/* v >= 1 in Elias' gamma code (1975): as many zeros as it has bits below the highest, a one, and those bits. */
static inline unsigned bits_gamma_cost(uint32_t v)
{
	return 2 * bits_length(v) - 1;
}

static inline int bits_put_gamma(struct bits_out *b, uint32_t v, struct fl_err *err)
{
	unsigned n = bits_length(v) - 1;
	int rc = bits_put(b, (uint64_t)1 << n, n + 1, err);

	return rc ? rc : bits_put(b, v & (((uint32_t)1 << n) - 1), n, err);
}

/* 0 if no number below 2^32 begins here. */
static inline uint32_t bits_get_gamma(struct bits_in *b)
{
	unsigned n = 0;

	while (!bits_get(b, 1))
		if (++n > 31 || b->cut)
			return 0;
	return (uint32_t)1 << n | bits_get(b, n);
}

#endif
