#include "codec/qsgd.h"

static unsigned digits(uint32_t k)
{
	return 32 - (unsigned)__builtin_clz(k);
}

unsigned elias_bits(uint32_t k)
{
	unsigned n = 1;

	for (; k > 1; k = digits(k) - 1)
		n += digits(k);
	return n;
}

void elias_put(struct bit_writer *w, uint32_t k)
{
	uint32_t part[8];
	unsigned n = 0, low;

	for (; k > 1; k = digits(k) - 1)
		part[n++] = k;
	while (n-- > 0) {
		low = digits(part[n]) - 1;
		bits_put(w, 1, 1);
		bits_put(w, part[n] & (((uint32_t)1 << low) - 1), low);
	}
	bits_put(w, 0, 1);
}

uint32_t elias_get(struct bit_reader *r, uint32_t max)
{
	uint32_t k = 1;

	while (bits_get(r, 1)) {
		if (k > 31 || (uint32_t)1 << k > max)
			return 0;
		k = (uint32_t)1 << k | (uint32_t)bits_get(r, k);
	}
	return k <= max ? k : 0;
}
