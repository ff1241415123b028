/* Places of large values, 32 at a time; where there are few, their bits are walked. */
#if defined __x86_64__
#include <immintrin.h>

#include "codec/topk-places.h"

/* Bit j: the magnitude of x[j] is above `below`, as signed numbers, which magnitudes are. */
static inline uint32_t mask(const float *x, __m256i below)
{
	const __m256i abs = _mm256_set1_epi32(0x7fffffff);
	__m256i v = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)x), abs);

	return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(v, below)));
}

size_t topk_places_avx2(const float *x, size_t n, uint32_t floor, uint32_t *at)
{
	const __m256i below = _mm256_set1_epi32((int)(floor - 1));
	size_t i, k = 0;
	uint32_t m;

	for (i = 0; i + 32 <= n; i += 32) {
		m = mask(x + i, below) | mask(x + i + 8, below) << 8 | mask(x + i + 16, below) << 16 | mask(x + i + 24, below) << 24;
		for (; m; m &= m - 1)
			at[k++] = (uint32_t)i + (uint32_t)__builtin_ctz(m);
	}
	for (; i < n; i++) {
		at[k] = (uint32_t)i;
		k += topk_magnitude(x[i]) >= floor;
	}
	return k;
}
#else
typedef int topk_places_avx2_is_empty; /* ISO C wants something in every file */
#endif
