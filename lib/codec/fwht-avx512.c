/* AVX-512: 32 registers of 16 floats. */
#if defined __x86_64__

#include <immintrin.h>

#define VW            16
#define SHUFFLE(v, i) ((vec)_mm512_permutexvar_ps((__m512i)(i), (__m512)(v)))
#define LANES         0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define FWHT          fwht_avx512
#define NAME          "avx512"

static int supported(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}

#include "codec/fwht-tile.h"

#else
typedef int fwht_avx512_is_empty; /* ISO C wants something in every file */
#endif
