/* Frequencies, their table, and the working tables made of them. */
#include <math.h>
#include <string.h>

#include "codec/rans-bits.h"
#include "codec/rans-parts.h"

/* ln v = 2 atanh((v-1)/(v+1)), in operations that every machine rounds alike. */
double rans_log2(double v)
{
	int e;
	double m = frexp(v, &e), z, s;

	if (m < 0.70710678118654752) {
		m *= 2;
		e--;
	}
	z = (m - 1) / (m + 1);
	s = z * z;
	return e + 2.8853900817779268 * z * (1 + s * (1. / 3 + s * (1. / 5 + s * (1. / 7 + s * (1. / 9 + s / 11)))));
}

/* The symbol that gains most from one more slot (up), or loses least by one less, in c log f. */
static unsigned best_step(const uint64_t *count, const uint16_t *f, unsigned n, int up)
{
	unsigned s, best = 0;
	double v, top = -1;

	for (s = 0; s < n; s++) {
		if (!count[s] || (!up && f[s] < 2))
			continue;
		v = up ? (double)count[s] / (f[s] + 0.5) : (f[s] - 0.5) / (double)count[s];
		if (v > top) {
			top = v;
			best = s;
		}
	}
	return best;
}

/* Frequencies that sum to 2^k, none 0 that was counted; 2^k is at least the number of symbols counted. */
static void scale(const uint64_t *count, uint64_t total, unsigned n, unsigned k, uint16_t *f)
{
	long rest = 1L << k;
	unsigned s, i;

	for (s = 0; s < n; s++) {
		f[s] = (uint16_t)((double)count[s] / (double)total * (double)(1u << k));
		if (count[s] && !f[s])
			f[s] = 1;
		rest -= f[s];
	}
	for (; rest; rest += rest > 0 ? -1 : 1) {
		i = best_step(count, f, n, rest > 0);
		f[i] = (uint16_t)(f[i] + (rest > 0 ? 1 : -1));
	}
}

/* The table's row is written, or with out NULL only its bits are counted. */
static int put_row(const uint16_t *f, unsigned n, unsigned k, struct bits_out *out, unsigned *bits, struct fl_err *err)
{
	unsigned s, len, last = k + 1, sum = 0, d;
	int rc = FL_OK;

	for (s = 0; s < n && sum < 1u << k; s++) {
		len = bits_length(f[s]);
		d = 1 + (len > last ? 2 * (len - last) : len < last ? 2 * (last - len) - 1 : 0);
		*bits += bits_gamma_cost(d) + (len ? len - 1 : 0);
		if (out) {
			TRY(bits_put_gamma(out, d, err));
			if (len)
				TRY(bits_put(out, f[s] & ((1u << (len - 1)) - 1), len - 1, err));
		}
		last = len;
		sum += f[s];
	}
out:
	return rc;
}

static double fit_row(const uint64_t *count, unsigned n, uint16_t *best)
{
	unsigned s, k, bits, used = 0, low = 0;
	uint64_t total = 0;
	uint16_t f[RANS_SYMBOLS];
	double cost, least = INFINITY;

	memset(best, 0, n * sizeof *best);
	for (s = 0; s < n; s++) {
		total += count[s];
		used += count[s] > 0;
	}
	if (!total)
		return 4;
	while (1u << low < used)
		low++;
	for (k = RANS_BITS; k + 1 > low; k--) {
		scale(count, total, n, k, f);
		bits = 4;
		(void)put_row(f, n, k, NULL, &bits, NULL);
		for (cost = bits, s = 0; s < n; s++)
			if (count[s])
				cost += (double)count[s] * (k - rans_log2(f[s]));
		if (cost > least + used) /* each k less saves hardly more than a bit a symbol */
			break;
		if (cost < least) {
			least = cost;
			for (s = 0; s < n; s++)
				best[s] = (uint16_t)(f[s] << (RANS_BITS - k));
		}
	}
	return least;
}

double rans_fit(struct rans_model *m, const uint64_t *count)
{
	double bits = 16;
	unsigned c;

	for (c = 0; c < m->contexts; c++)
		bits += fit_row(count + (size_t)c * m->symbols, m->symbols, m->freq[c]);
	return bits;
}

static unsigned finest(const uint16_t *f, unsigned n)
{
	unsigned s, all = RANS_TOTAL, k = RANS_BITS;

	for (s = 0; s < n; s++)
		all |= f[s];
	for (; !(all & 1); all >>= 1)
		k--;
	return k;
}

int rans_put_model(const struct rans_model *m, struct buf *out, struct fl_err *err)
{
	const unsigned char head[2] = { (unsigned char)(m->symbols - 1), (unsigned char)(m->contexts - 1) };
	struct bits_out b = { .to = out };
	uint16_t f[RANS_SYMBOLS];
	unsigned c, s, k, sum, bits = 0;
	int rc;

	TRY(buf_add(out, head, sizeof head, err));
	for (c = 0; c < m->contexts; c++) {
		for (sum = 0, s = 0; s < m->symbols; s++)
			sum += m->freq[c][s];
		k = finest(m->freq[c], m->symbols);
		TRY(bits_put(&b, sum ? k + 1 : 0, 4, err));
		for (s = 0; s < m->symbols; s++)
			f[s] = m->freq[c][s] >> (RANS_BITS - k);
		if (sum)
			TRY(put_row(f, m->symbols, k, &b, &bits, err));
	}
	TRY(bits_end(&b, err));
out:
	return rc;
}

static int get_row(struct bits_in *b, uint16_t *f, unsigned n, unsigned k, struct fl_err *err)
{
	unsigned s, last = k + 1, sum = 0;
	uint32_t d, v;

	for (s = 0; s < n && sum < 1u << k; s++) {
		d = bits_get_gamma(b);
		if (!d || d > 64 || b->cut)
			return fl_fail(err, FL_DATA, "its table of frequencies is broken");
		d--;
		if (d & 1 && (d + 1) / 2 > last)
			return fl_fail(err, FL_DATA, "its table of frequencies is broken");
		last = d & 1 ? last - (d + 1) / 2 : last + d / 2;
		if (last > k + 1)
			return fl_fail(err, FL_DATA, "its table of frequencies is broken");
		v = last ? 1u << (last - 1) | bits_get(b, last - 1) : 0;
		sum += v;
		f[s] = (uint16_t)(v << (RANS_BITS - k));
	}
	if (b->cut || sum != 1u << k)
		return fl_fail(err, FL_DATA, "its table of frequencies does not add up");
	return FL_OK;
}

int rans_get_model(struct rans_model *m, const unsigned char *p, size_t n, size_t *used, struct fl_err *err)
{
	struct bits_in b = { .p = p + 2, .end = p + n };
	unsigned c, k;
	int rc = FL_OK;

	if (n < 2)
		return fl_fail(err, FL_DATA, "is cut short");
	m->symbols = p[0] + 1u;
	m->contexts = p[1] + 1u;
	if (m->contexts > RANS_CONTEXTS)
		return fl_fail(err, FL_DATA, "has %u contexts, want at most %d", m->contexts, RANS_CONTEXTS);
	for (c = 0; c < m->contexts; c++) {
		memset(m->freq[c], 0, sizeof m->freq[c]);
		k = bits_get(&b, 4);
		if (b.cut || k > RANS_BITS + 1)
			return fl_fail(err, FL_DATA, "its table of frequencies is broken");
		if (k)
			TRY(get_row(&b, m->freq[c], m->symbols, k - 1, err));
	}
	*used = (size_t)(b.p - p);
out:
	return rc;
}

static void make_code(struct rans_code *c, uint32_t freq, uint32_t start)
{
	unsigned shift = 0;

	c->limit = freq << 19; /* (RANS_LOW >> RANS_BITS << 16) * freq */
	c->comp = (uint16_t)(RANS_TOTAL - freq);
	if (freq < 2) { /* x * (2^32 - 1) >> 32 is x - 1; the bias makes up for it */
		c->rcp = UINT32_MAX;
		c->bias = start + RANS_TOTAL - 1;
		return;
	}
	while (freq > 1u << shift)
		shift++;
	c->rcp = (uint32_t)((((uint64_t)1 << (shift + 31)) + freq - 1) / freq);
	c->shift = (uint16_t)(shift - 1);
	c->bias = start;
}

int rans_encoder_make(struct rans_encoder *e, const struct rans_model *m, struct fl_err *err)
{
	size_t n = (size_t)m->contexts * m->symbols, at;
	uint32_t start, f;
	unsigned c, s;
	int rc;

	*e = (struct rans_encoder){ .symbols = m->symbols };
	TRY(fl_alloc(&e->code, n, sizeof *e->code, err));
	TRY(fl_alloc(&e->pair, n, sizeof *e->pair, err));
	for (at = 0, c = 0; c < m->contexts; c++) {
		for (start = 0, s = 0; s < m->symbols; s++, at++) {
			f = m->freq[c][s];
			make_code(&e->code[at], f, start);
			e->pair[at] = f | start << 16;
			start += f;
		}
	}
out:
	if (rc)
		rans_encoder_clear(e);
	return rc;
}

/* A context that was never used still has slots, for streams that use it all the same. */
int rans_decoder_make(struct rans_decoder *d, const struct rans_model *m, struct fl_err *err)
{
	unsigned c, s, f, i;
	uint32_t *to;
	int rc;

	*d = (struct rans_decoder){ .contexts = m->contexts };
	TRY(fl_alloc(&d->slot, (size_t)m->contexts * RANS_TOTAL, sizeof *d->slot, err));
	for (c = 0; c < m->contexts; c++) {
		to = d->slot + (size_t)c * RANS_TOTAL;
		for (s = 0; s < m->symbols; s++)
			for (f = m->freq[c][s], i = 0; i < f; i++)
				*to++ = s << 24 | (f - 1) << 12 | i;
		if (to == d->slot + (size_t)c * RANS_TOTAL)
			for (i = 0; i < RANS_TOTAL; i++)
				*to++ = (RANS_TOTAL - 1) << 12 | i;
	}
out:
	return rc;
}
