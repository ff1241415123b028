/* AVX-512: 32 registers of 16 floats, tiles of 6 by 64. */
#if defined __x86_64__

#include <immintrin.h>

#define VW       16
#define COLS     4
#define ROWS1    8
#define ROWS2    8
#define ROWS3    8
#define ROWS4    6
#define SQRT(v)  ((vec)_mm512_sqrt_ps((__m512)(v)))
#define KERNEL   kernel_avx512
#define NAME     "avx512"

static int supported(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

#include "model/kernel-tile.h"

#else
typedef int kernel_avx512_is_empty; /* ISO C wants something in every file */
#endif
