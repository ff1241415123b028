/* Places of large values, 16 at a time. */
#if defined __x86_64__
#include <immintrin.h>

#include "codec/topk-places.h"

size_t topk_places_avx512(const float *x, size_t n, uint32_t floor, uint32_t *at)
{
	const __m512i abs = _mm512_set1_epi32(0x7fffffff), least = _mm512_set1_epi32((int)floor), step = _mm512_set1_epi32(16);
	__m512i place = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	size_t i, k = 0;
	__mmask16 m;

	for (i = 0; i + 16 <= n; i += 16) {
		m = _mm512_cmpge_epu32_mask(_mm512_and_si512(_mm512_loadu_si512(x + i), abs), least);
		_mm512_storeu_si512(at + k, _mm512_maskz_compress_epi32(m, place));
		k += (size_t)__builtin_popcount(m);
		place = _mm512_add_epi32(place, step);
	}
	for (; i < n; i++) {
		at[k] = (uint32_t)i;
		k += topk_magnitude(x[i]) >= floor;
	}
	return k;
}
#else
typedef int topk_places_avx512_is_empty; /* ISO C wants something in every file */
#endif
