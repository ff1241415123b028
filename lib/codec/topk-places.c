#include "codec/topk-places.h"

size_t topk_places_plain(const float *x, size_t n, uint32_t floor, uint32_t *at)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		at[k] = (uint32_t)i;
		k += topk_magnitude(x[i]) >= floor;
	}
	return k;
}

size_t topk_places(const float *x, size_t n, uint32_t floor, uint32_t *at)
{
#if defined __x86_64__
	if (__builtin_cpu_supports("avx512f"))
		return topk_places_avx512(x, n, floor, at);
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		return topk_places_avx2(x, n, floor, at);
#endif
	return topk_places_plain(x, n, floor, at);
}
