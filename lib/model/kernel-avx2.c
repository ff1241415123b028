/* AVX2 and FMA: 16 registers of 8 floats, tiles of 6 by 16. */
#if defined __x86_64__

#include <immintrin.h>

#define VW       8
#define COLS     2
#define ROWS1    8
#define ROWS2    6
#define ROWS3    0
#define ROWS4    0
#define SQRT(v)  ((vec)_mm256_sqrt_ps((__m256)(v)))
#define KERNEL   kernel_avx2
#define NAME     "avx2"

static int supported(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#include "model/kernel-tile.h"

#else
typedef int kernel_avx2_is_empty; /* ISO C wants something in every file */
#endif
