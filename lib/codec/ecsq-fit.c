#include "codec/ecsq-fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/rans-bits.h"

#define ROW 128 /* counters of a context: ECSQ_SYMBOLS and room */

struct counts {
	uint32_t part[2][RANS_CONTEXTS * ROW]; /* of a chunk; two, so that equal symbols do not wait for each other */
	uint64_t all[RANS_CONTEXTS * ROW];
	uint64_t packed[RANS_CONTEXTS * ECSQ_SYMBOLS];
	uint8_t ctx[CODEC_CHUNK];
};

void ecsq_fit_clear(struct ecsq_fit *f)
{
	free(f->sides);
	*f = (struct ecsq_fit){ .kind = ECSQ_ZERO };
}

unsigned ecsq_more(unsigned sym)
{
	unsigned k = (sym + 1) / 2;

	return k > ECSQ_EXACT ? k - ECSQ_EXACT - 1 : 0;
}

int ecsq_sides(const struct codec_tensor *t, size_t *rows, size_t *cols)
{
	*rows = *cols = 0;
	if (t->ndim < 2 || !t->n || t->shape[0] > ECSQ_SIDES_MAX || t->n / t->shape[0] > ECSQ_SIDES_MAX)
		return 0;
	*rows = (size_t)t->shape[0];
	*cols = (size_t)(t->n / t->shape[0]);
	return *rows + *cols <= ECSQ_SIDES_MAX && t->n >= 8 * (*rows + *cols);
}

static void count_chunk(struct counts *c, const uint8_t *sym, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2) {
		c->part[0][c->ctx[i] * ROW + sym[i]]++;
		c->part[1][c->ctx[i + 1] * ROW + sym[i + 1]]++;
	}
	if (i < n)
		c->part[0][c->ctx[i] * ROW + sym[i]]++;
	for (i = 0; i < RANS_CONTEXTS * ROW; i++)
		c->all[i] += c->part[0][i] + c->part[1][i];
	memset(c->part, 0, sizeof c->part);
}

/* Bits of each symbol by magnitude 0, 1, 2 and above and signs alone. */
static double rough_rate(const struct ecsq_sums *s, uint64_t n)
{
	double p[4], bits = 0, rest = 0;
	unsigned c;

	for (c = 0; c < 3; c++)
		rest += p[c] = (double)s->n[c] / (double)n;
	p[3] = 1 - rest;
	for (c = 0; c < 4; c++)
		bits -= p[c] > 1e-12 ? p[c] * rans_log2(p[c]) : 0;
	return bits + rest + 2 * p[2];
}

/* The first contexts - 1 contexts counted and the rest as one. */
static double fit_merged(struct counts *c, struct rans_model *m, unsigned contexts, unsigned symbols)
{
	unsigned i, s, to;

	m->contexts = contexts;
	m->symbols = symbols;
	memset(c->packed, 0, sizeof c->packed);
	for (i = 0; i < RANS_CONTEXTS; i++) {
		to = i < contexts ? i : contexts - 1;
		for (s = 0; s < symbols; s++)
			c->packed[to * symbols + s] += c->all[i * ROW + s];
	}
	return rans_fit(m, c->packed);
}

static void keep(struct ecsq_fit *f, const struct rans_model *m, enum ecsq_kind kind, double bits)
{
	if (f->kind != ECSQ_ZERO && bits >= f->bits)
		return;
	f->kind = kind;
	f->bits = bits;
	f->m = *m;
}

/* The most symbols in use, and the bits kept beside them. */
static unsigned used_symbols(const struct counts *c, double *more)
{
	unsigned s, i, top = 1;

	*more = 0;
	for (i = 0; i < RANS_CONTEXTS; i++)
		for (s = 0; s < ECSQ_SYMBOLS; s++)
			if (c->all[i * ROW + s]) {
				top = s >= top ? s + 1 : top;
				*more += (double)c->all[i * ROW + s] * ecsq_more(s);
			}
	return top;
}

static void fit_left(struct ecsq_fit *f, const struct codec_tensor *t, const uint8_t *sym, struct counts *c)
{
	struct rans_model m;
	unsigned k, symbols;
	uint64_t at;
	size_t n;
	double more;

	for (at = 0; at < t->n; at += n) {
		n = t->n - at < CODEC_CHUNK ? (size_t)(t->n - at) : CODEC_CHUNK;
		rans_left(sym + at, n, rans_lanes(f->rate * (double)n), RANS_CONTEXTS, c->ctx);
		count_chunk(c, sym + at, n);
	}
	symbols = used_symbols(c, &more);
	for (k = 1; k <= RANS_CONTEXTS; k *= 2)
		keep(f, &m, k == 1 ? ECSQ_ONE : ECSQ_LEFT, fit_merged(c, &m, k, symbols) + more);
}

/* 8 + log2(v) in half octaves, 0 .. 15. */
static uint8_t half_octaves(double v)
{
	int e, h;
	double m = frexp(v, &e);

	if (!(v > 0))
		return 0;
	h = 8 + 2 * e - (m < 0.59460355750136053 ? 2 : m < 0.84089641525371454 ? 1 : 0); /* 2^-.75, 2^-.25 */
	return (uint8_t)(h < 0 ? 0 : h > 15 ? 15 : h);
}

static int make_sides(uint8_t *sides, const uint8_t *sym, size_t rows, size_t cols, struct fl_err *err)
{
	uint64_t *sum = NULL, all = 0;
	size_t r, c;
	uint32_t row;
	int rc;

	TRY(fl_alloc(&sum, rows + cols, sizeof *sum, err));
	for (r = 0; r < rows; r++) {
		for (row = 0, c = 0; c < cols; c++) {
			row += (sym[r * cols + c] + 1u) >> 1;
			sum[rows + c] += (sym[r * cols + c] + 1u) >> 1;
		}
		sum[r] = row;
		all += row;
	}
	for (r = 0; r < rows + cols; r++)
		sides[r] = half_octaves((double)sum[r] * (double)(r < rows ? rows : cols) / (double)(all ? all : 1));
out:
	free(sum);
	return rc;
}

void ecsq_energy(const uint8_t *sides, size_t rows, size_t cols, uint64_t from, size_t n, uint8_t *ctx)
{
	size_t r = (size_t)(from / cols), c = (size_t)(from % cols), k, i;
	const uint8_t *col;
	uint8_t v, a;

	for (; n; n -= k, ctx += k, r++, c = 0) {
		k = cols - c < n ? cols - c : n;
		col = sides + rows + c;
		a = sides[r];
		for (i = 0; i < k; i++) {
			v = (uint8_t)(a + col[i]);
			v = (uint8_t)(v < 10 ? 0 : v - 10);
			ctx[i] = v < ECSQ_ENERGIES - 1 ? v : ECSQ_ENERGIES - 1;
		}
	}
}

static int fit_energy(struct ecsq_fit *f, const struct codec_tensor *t, const uint8_t *sym, struct counts *c, struct fl_err *err)
{
	struct rans_model m;
	struct buf b = { 0 };
	size_t rows, cols, n;
	uint64_t at;
	double bits, more;
	int rc = FL_OK;

	if (!ecsq_sides(t, &rows, &cols))
		return FL_OK;
	TRY(fl_alloc(&f->sides, rows + cols, 1, err));
	TRY(make_sides(f->sides, sym, rows, cols, err));
	TRY(rans_put_bytes(f->sides, rows + cols, &b, err));
	memset(c->all, 0, sizeof c->all);
	for (at = 0; at < t->n; at += n) {
		n = t->n - at < CODEC_CHUNK ? (size_t)(t->n - at) : CODEC_CHUNK;
		ecsq_energy(f->sides, rows, cols, at, n, c->ctx);
		count_chunk(c, sym + at, n);
	}
	m.symbols = used_symbols(c, &more);
	bits = fit_merged(c, &m, ECSQ_ENERGIES, m.symbols) + more;
	keep(f, &m, ECSQ_ENERGY, bits + 8 * (4 + (double)b.len));
out:
	buf_clear(&b);
	return rc;
}

/* What lanes, the directory and the head cost: 7 bytes for kind, step and shifts, and 2.9 a lane. */
static double overhead(const struct ecsq_fit *f, uint64_t n)
{
	uint64_t chunks = n / CODEC_CHUNK;
	size_t rest = (size_t)(n % CODEC_CHUNK);
	double bytes = 8;

	bytes += (double)chunks * (6 + 2.9 * rans_lanes(f->rate * (double)CODEC_CHUNK));
	bytes += rest ? 2 + 2.9 * rans_lanes(f->rate * (double)rest) : 0;
	return 8 * bytes;
}

/* Numbers one by one in Elias' gamma code: for tensors so small that no table pays. */
static void fit_short(struct ecsq_fit *f, const uint8_t *sym, uint64_t n)
{
	double bits = 8 * 8 + 4;
	unsigned k, j;
	uint64_t i;

	for (i = 0; i < n; i++) {
		k = (sym[i] + 1u) / 2;
		j = k > ECSQ_EXACT ? k - ECSQ_EXACT : 0;
		bits += bits_gamma_cost(j ? 2 * (ECSQ_EXACT + (1u << j)) : sym[i] + 1u);
	}
	if (bits < f->bits) {
		f->bits = bits;
		f->kind = ECSQ_SHORT;
	}
}

int ecsq_fit(struct ecsq_fit *f, const struct codec_tensor *t, const uint8_t *sym, const struct ecsq_sums *s, struct fl_err *err)
{
	struct counts *c = NULL;
	int rc = FL_OK;

	ecsq_fit_clear(f);
	f->bits = t->n ? 8 : 0;
	if (!(s->n[0] + s->n[1] + s->n[2]))
		return FL_OK;
	f->rate = rough_rate(s, t->n);
	TRY(fl_alloc(&c, 1, sizeof *c, err));
	fit_left(f, t, sym, c);
	TRY(fit_energy(f, t, sym, c, err));
	f->bits += overhead(f, t->n);
	if (t->n <= ECSQ_SHORT_MAX)
		fit_short(f, sym, t->n);
out:
	free(c);
	return rc;
}
