#include "codec/fwht.h"

#include <math.h>
#include <string.h>

#include "base/random.h"

static const struct fwht *const table[] = {
	&fwht_plain,
#if defined __x86_64__
	&fwht_avx2,
	&fwht_avx512,
#endif
};

const struct fwht *fwht_at(size_t i)
{
	return i < sizeof table / sizeof *table ? table[i] : NULL;
}

const struct fwht *fwht_pick(void)
{
	const struct fwht *f = NULL;
	size_t i;

	for (i = 0; fwht_at(i); i++)
		if (fwht_at(i)->supported())
			f = fwht_at(i);
	return f;
}

void fwht_signs(uint64_t signs[FWHT_WORDS], uint64_t seed, uint64_t block)
{
	struct rng r;
	size_t i;

	rng_seed(&r, seed, block);
	for (i = 0; i < FWHT_WORDS; i++)
		signs[i] = rng_u64(&r);
}

static int supported(void)
{
	return 1;
}

static void flip(float *x, size_t n, const uint64_t *signs)
{
	uint32_t u;
	size_t i;

	for (i = 0; i < n; i++) {
		memcpy(&u, &x[i], sizeof u);
		u ^= (uint32_t)(signs[i / 64] >> i % 64 & 1) << 31;
		memcpy(&x[i], &u, sizeof u);
	}
}

static void transform(float *x, size_t n)
{
	float a, b, scale = 1 / sqrtf((float)n);
	size_t h, i, j;

	for (h = 1; h < n; h *= 2)
		for (i = 0; i < n; i += 2 * h)
			for (j = i; j < i + h; j++) {
				a = x[j];
				b = x[j + h];
				x[j] = a + b;
				x[j + h] = a - b;
			}
	for (i = 0; i < n; i++)
		x[i] *= scale;
}

static void forward(float *x, size_t n, const uint64_t *signs)
{
	flip(x, n, signs);
	transform(x, n);
}

static void back(float *x, size_t n, const uint64_t *signs)
{
	transform(x, n);
	flip(x, n, signs);
}

const struct fwht fwht_plain = { "plain", supported, forward, back };
