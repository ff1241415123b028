/*
 * rice-bits.h - a stream of bits, the first in the lowest bit of the first byte.
 *
 * A writer is given room enough beforehand: the bytes of all bits, and 8 more. A reader's bytes are followed by 8 that may be
 * read, too; past the end it gives zeros and bits_over() says so, for the caller to ask where it matters.
 */
#ifndef FL_CODEC_RICE_BITS_H
#define FL_CODEC_RICE_BITS_H

#include <stddef.h>
#include <stdint.h>

#define BITS_SLACK 8 /* bytes */

struct bit_writer {
	unsigned char *p; /* where the next whole bytes go */
	uint64_t acc;
	unsigned n;       /* bits in acc, below 32 */
};

struct bit_reader {
	const unsigned char *p;
	uint64_t at, end; /* bits */
};

/* The low n <= 32 bits of v, which has no others. */
static inline void bits_put(struct bit_writer *w, uint64_t v, unsigned n)
{
	unsigned i;

	w->acc |= v << w->n;
	w->n += n;
	if (w->n < 32)
		return;
	for (i = 0; i < 4; i++)
		w->p[i] = (unsigned char)(w->acc >> 8 * i);
	w->p += 4;
	w->acc >>= 32;
	w->n -= 32;
}

/* Fill the last byte with zeros. Returns where the next byte goes. */
static inline unsigned char *bits_finish(struct bit_writer *w)
{
	for (; w->n; w->n = w->n > 8 ? w->n - 8 : 0) {
		*w->p++ = (unsigned char)w->acc;
		w->acc >>= 8;
	}
	return w->p;
}

static inline struct bit_reader bits_of(const unsigned char *p, size_t n)
{
	return (struct bit_reader){ p, 0, 8 * (uint64_t)n };
}

/* At least the next 57 bits; zeros after them. */
static inline uint64_t bits_peek(const struct bit_reader *r)
{
	const unsigned char *b = r->p + (r->at >> 3);
	uint64_t w;

	if (r->at > r->end)
		return 0;
	w = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
	    (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
	return w >> (r->at & 7);
}

/* The next n <= 57 bits. */
static inline uint64_t bits_get(struct bit_reader *r, unsigned n)
{
	uint64_t v = bits_peek(r) & (((uint64_t)1 << n) - 1);

	r->at += n;
	return v;
}

static inline int bits_over(const struct bit_reader *r)
{
	return r->at > r->end;
}

/* 1 if what follows is less than a byte of zeros: what bits_finish() leaves. */
static inline int bits_done(const struct bit_reader *r)
{
	return r->at <= r->end && r->end - r->at < 8 && !(bits_peek(r) & (((uint64_t)1 << (r->end - r->at)) - 1));
}

#endif
