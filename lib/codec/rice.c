#include "codec/rice.h"

#include "codec/rice-bits.h"

uint64_t rice_bits(const uint32_t *at, size_t k, unsigned r)
{
	uint64_t bits = k * ((uint64_t)r + 1);
	size_t i;

	if (k)
		bits += at[0] >> r;
	for (i = 1; i < k; i++)
		bits += (at[i] - at[i - 1] - 1) >> r;
	return bits;
}

/* floor(log2(.69 n / k)). */
static unsigned guess(uint64_t k, uint64_t n)
{
	unsigned r = 0;

	while (r < RICE_MAX && k << (r + 1) <= n * 69 / 100)
		r++;
	return r;
}

unsigned rice_best(const uint32_t *at, size_t k, uint32_t n)
{
	unsigned r = guess(k, n);
	uint64_t best = rice_bits(at, k, r), bits;
	int step;

	for (step = -1; step <= 1; step += 2) {
		while ((step < 0 ? r > 0 : r < RICE_MAX) && (bits = rice_bits(at, k, r + (unsigned)step)) < best) {
			best = bits;
			r += (unsigned)step;
		}
	}
	return r;
}

unsigned char *rice_write(unsigned char *p, const uint32_t *at, size_t k, unsigned r)
{
	struct bit_writer w = { p, 0, 0 };
	uint32_t gap, zeros, next = 0;
	size_t i;

	for (i = 0; i < k; i++) {
		gap = at[i] - next;
		next = at[i] + 1;
		for (zeros = gap >> r; zeros >= 32; zeros -= 32)
			bits_put(&w, 0, 32);
		bits_put(&w, (uint64_t)1 << zeros, zeros + 1);
		bits_put(&w, gap & (((uint64_t)1 << r) - 1), r);
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
	uint64_t gap, next = 0;
	size_t i;

	if (r > RICE_MAX)
		return fl_fail(err, FL_DATA, "has a Rice parameter out of range");
	for (i = 0; i < k; i++) {
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

/* r + 1 and the zeros: with q = 1 - p the gap is m 2^r or more with probability q^(m 2^r), m = 1, 2, .. */
double rice_expect(double p)
{
	double best = 64, q, bits;
	unsigned r;

	if (!(p > 0))
		return 0;
	for (r = 0, q = 1 - p; r <= RICE_MAX; r++, q *= q) {
		bits = r + 1 + (q < 1 ? q / (1 - q) : 64);
		best = bits < best ? bits : best;
	}
	return best;
}
