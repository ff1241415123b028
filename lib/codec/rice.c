#include "codec/rice.h"

#include "codec/rice-bits.h"

/* Bits of the gaps of k places, the first counted from next. */
static uint64_t run_bits(const uint32_t *at, size_t k, uint32_t next, unsigned r)
{
	uint64_t bits = k * ((uint64_t)r + 1);
	size_t i;

	for (i = 0; i < k; i++) {
		bits += (at[i] - next) >> r;
		next = at[i] + 1;
	}
	return bits;
}

/* Downhill from floor(log2(.69 mean gap)). */
static unsigned run_best(const uint32_t *at, size_t k, uint32_t next, uint64_t *least)
{
	uint64_t gaps = k ? at[k - 1] + (uint64_t)1 - next - k : 0, bits;
	unsigned r = 0;
	int step;

	while (r < RICE_MAX && (uint64_t)k << (r + 1) <= gaps * 69 / 100)
		r++;
	*least = run_bits(at, k, next, r);
	for (step = -1; step <= 1; step += 2) {
		while ((step < 0 ? r > 0 : r < RICE_MAX) && (bits = run_bits(at, k, next, r + (unsigned)step)) < *least) {
			*least = bits;
			r += (unsigned)step;
		}
	}
	return r;
}

static size_t block_of(size_t k, size_t i)
{
	return k - i < RICE_BLOCK ? k - i : RICE_BLOCK;
}

unsigned rice_best(const uint32_t *at, size_t k, uint64_t *bits)
{
	uint64_t blocks = 0, least;
	unsigned r = run_best(at, k, 0, bits);
	uint32_t next = 0;
	size_t i;

	for (i = 0; i < k; i += RICE_BLOCK) {
		run_best(at + i, block_of(k, i), next, &least);
		blocks += 4 + least;
		next = at[i + block_of(k, i) - 1] + 1;
	}
	if (blocks >= *bits)
		return r;
	*bits = blocks;
	return RICE_BLOCKS;
}

static void write_run(struct bit_writer *w, const uint32_t *at, size_t k, uint32_t next, unsigned r)
{
	uint32_t gap, zeros;
	size_t i;

	for (i = 0; i < k; i++) {
		gap = at[i] - next;
		next = at[i] + 1;
		for (zeros = gap >> r; zeros >= 32; zeros -= 32)
			bits_put(w, 0, 32);
		bits_put(w, (uint64_t)1 << zeros, zeros + 1);
		bits_put(w, gap & (((uint64_t)1 << r) - 1), r);
	}
}

unsigned char *rice_write(unsigned char *p, const uint32_t *at, size_t k, unsigned r)
{
	struct bit_writer w = { p, 0, 0 };
	uint32_t next = 0;
	uint64_t bits;
	unsigned one;
	size_t i;

	if (r < RICE_BLOCKS)
		write_run(&w, at, k, 0, r);
	for (i = 0; i < k && r == RICE_BLOCKS; i += RICE_BLOCK) {
		one = run_best(at + i, block_of(k, i), next, &bits);
		bits_put(&w, one, 4);
		write_run(&w, at + i, block_of(k, i), next, one);
		next = at[i + block_of(k, i) - 1] + 1;
	}
	return bits_finish(&w);
}

/* One gap; beyond limit where it is longer than that or the bits end. */
static uint64_t read_gap(struct bit_reader *in, unsigned r, uint64_t limit)
{
	uint64_t w, zeros = 0;
	unsigned z;

	while (!(w = bits_peek(in))) {
		zeros += 57;
		in->at += 57;
		if (bits_over(in) || zeros > limit)
			return limit + 1;
	}
	z = (unsigned)__builtin_ctzll(w);
	in->at += z + 1;
	zeros += z;
	if (zeros > limit)
		return limit + 1;
	return zeros << r | bits_get(in, r);
}

int rice_read(const unsigned char *p, size_t len, unsigned r, uint32_t n, uint32_t *at, size_t k, size_t *used, struct fl_err *err)
{
	struct bit_reader in = bits_of(p, len);
	int blocks = r == RICE_BLOCKS;
	uint64_t gap, next = 0;
	size_t i;

	if (r > RICE_BLOCKS)
		return fl_fail(err, FL_DATA, "has a Rice parameter out of range");
	for (i = 0; i < k; i++) {
		if (blocks && i % RICE_BLOCK == 0)
			r = (unsigned)bits_get(&in, 4);
		gap = next < n ? read_gap(&in, r, n - next - 1) : 0;
		if (bits_over(&in))
			return fl_fail(err, FL_DATA, "is cut short");
		if (next >= n || gap > n - next - 1)
			return fl_fail(err, FL_DATA, "has a place out of range");
		at[i] = (uint32_t)(next + gap);
		next += gap + 1;
	}
	*used = (size_t)(in.at + 7) / 8;
	in.end = 8 * (uint64_t)*used;
	return bits_done(&in) ? FL_OK : fl_fail(err, FL_DATA, "has bits where there should be none");
}
