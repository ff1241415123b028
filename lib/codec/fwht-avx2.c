/* AVX2: 16 registers of 8 floats. */
#if defined __x86_64__

#include <immintrin.h>

#define VW            8
#define SHUFFLE(v, i) ((vec)_mm256_permutevar8x32_ps((__m256)(v), (__m256i)(i)))
#define LANES         0, 1, 2, 3, 4, 5, 6, 7
#define FWHT          fwht_avx2
#define NAME          "avx2"

static int supported(void)
{
	return __builtin_cpu_supports("avx2");
}

#include "codec/fwht-tile.h"

#else
typedef int fwht_avx2_is_empty; /* ISO C wants something in every file */
#endif
