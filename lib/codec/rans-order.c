/* Symbols step by step instead of lane by lane, and back: transposing a matrix of bytes. */
#include "codec/rans-parts.h"

#if defined __SSE2__
#include <emmintrin.h>

/* 16 rows from from[i] into 16 rows at to[i]: four perfect shuffles of 256 bytes. */
static void tile(const uint8_t *const *from, uint8_t *const *to)
{
	__m128i a[16], b[16];
	int i, k;

	for (i = 0; i < 16; i++)
		a[i] = _mm_loadu_si128((const __m128i *)(const void *)from[i]);
	for (k = 0; k < 2; k++) {
		for (i = 0; i < 8; i++) {
			b[2 * i] = _mm_unpacklo_epi8(a[i], a[i + 8]);
			b[2 * i + 1] = _mm_unpackhi_epi8(a[i], a[i + 8]);
		}
		for (i = 0; i < 8; i++) {
			a[2 * i] = _mm_unpacklo_epi8(b[i], b[i + 8]);
			a[2 * i + 1] = _mm_unpackhi_epi8(b[i], b[i + 8]);
		}
	}
	for (i = 0; i < 16; i++)
		_mm_storeu_si128((__m128i *)(void *)to[i], a[i]);
}
#else
static void tile(const uint8_t *const *from, uint8_t *const *to)
{
	int i, k;

	for (i = 0; i < 16; i++)
		for (k = 0; k < 16; k++)
			to[i][k] = from[k][i];
}
#endif

/* The whole tiles of lanes x steps; what is left begins at the step returned, or with fewer than 16 lanes at 0. */
static size_t tiles(const uint8_t *from, uint8_t *to, const size_t *start, unsigned lanes, size_t steps, int apart)
{
	const uint8_t *in[16];
	uint8_t *out[16];
	size_t s, i;
	unsigned l;

	if (lanes < 16)
		return 0;
	for (s = 0; s + 16 <= steps; s += 16) {
		for (l = 0; l < lanes; l += 16) {
			for (i = 0; i < 16; i++) {
				in[i] = apart ? from + (s + i) * lanes + l : from + start[l + i] + s;
				out[i] = apart ? to + start[l + i] + s : to + (s + i) * lanes + l;
			}
			tile(in, out);
		}
	}
	return s;
}

void rans_interleave(const uint8_t *from, const size_t *start, unsigned lanes, size_t steps, uint8_t *to)
{
	size_t s;
	unsigned l;

	for (s = tiles(from, to, start, lanes, steps, 0); s < steps; s++)
		for (l = 0; l < lanes; l++)
			to[s * lanes + l] = from[start[l] + s];
}

void rans_separate(const uint8_t *from, const size_t *start, unsigned lanes, size_t steps, uint8_t *to)
{
	size_t s;
	unsigned l;

	for (s = tiles(from, to, start, lanes, steps, 1); s < steps; s++)
		for (l = 0; l < lanes; l++)
			to[start[l] + s] = from[s * lanes + l];
}
