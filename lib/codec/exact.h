/*
 * exact.h - the frame that codecs share which give values back bit for bit: any chunk alone, and never much longer than the values.
 *
 * Bytes of a tensor, numbers little-endian:
 *   u8 0, then the bits of the values (u32 each): where nothing is gained
 *   u8 1, u64 end[codec_chunks(n)], then the chunks; end[c] is where chunk c ends, counted from the first chunk
 * Bytes of a chunk:
 *   u8 0, then the bits of the values, or
 *   u8 1, then what the codec made of them, shorter than the values
 * A tensor without values has no bytes. The longest is one byte more than the values.
 */
#ifndef FL_CODEC_EXACT_H
#define FL_CODEC_EXACT_H

#include <endian.h>
#include <string.h>

#include "codec/codec.h"

struct exact {
	size_t room; /* bytes of work space for each value */

	/* Append what stands for x (n), n in 1 .. CODEC_CHUNK, however long it gets; base (n) or NULL. */
	int (*encode)(const float *x, const float *base, size_t n, void *work, struct buf *out, struct fl_err *err);

	/* x (n) from all len bytes at p; the EXACT_PAST bytes after them can be read, and are 0. FL_DATA. */
	int (*decode)(const unsigned char *p, size_t len, const float *base, size_t n, void *work, float *x, struct fl_err *err);
};

#define EXACT_PAST 64

int exact_encode(const struct exact *e, const struct codec_tensor *t, const float *x, struct buf *out, struct fl_err *err);
int exact_decode(const struct exact *e, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n,
		 float *x, struct fl_err *err);

/* The bits of a float and back, by way of memory alone: a NaN keeps its payload. */
static inline uint32_t exact_bits(const float *x)
{
	uint32_t u;

	memcpy(&u, x, sizeof u);
	return u;
}

static inline void exact_float(float *x, uint32_t u)
{
	memcpy(x, &u, sizeof u);
}

/* Little-endian numbers at any address. */
static inline uint32_t exact_get32(const void *p)
{
	uint32_t u;

	memcpy(&u, p, sizeof u);
	return le32toh(u);
}

static inline uint64_t exact_get64(const void *p)
{
	uint64_t u;

	memcpy(&u, p, sizeof u);
	return le64toh(u);
}

static inline void exact_put32(void *p, uint32_t u)
{
	u = htole32(u);
	memcpy(p, &u, sizeof u);
}

static inline void exact_put64(void *p, uint64_t u)
{
	u = htole64(u);
	memcpy(p, &u, sizeof u);
}

#endif
