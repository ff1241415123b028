/* The loops of ecsq-cells.h with vectors of 512 bits. */
#if defined __x86_64__

#define CELLS ecsq_cells_avx512
#include "codec/ecsq-cells.h"

void ecsq_cells_avx512(const float *x, size_t n, float step, float dead, uint8_t *sym, struct ecsq_sums *s);
#include "codec/ecsq-cells-loop.h"

#else
typedef int ecsq_cells_avx512_is_empty; /* ISO C wants something in every file */
#endif
