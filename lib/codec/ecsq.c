/*
 * ecsq: a uniform quantiser with a dead zone whose cells are coded in as many bits as they are worth, and rebuilt at their mean.
 *
 * Entropy-coded scalar quantisation is within 0.254 bits of the rate-distortion bound at high rates for any smooth density (Gish
 * and Pierce 1968, "Asymptotically efficient quantizing", IEEE Trans. Inf. Theory 14(5)), and one step for all tensors
 * of a file is what reverse water filling asks for (Cover and Thomas, Elements of Information Theory, section 10.3.3). The
 * dead zone and means as in Sullivan 1996, "Efficient scalar quantization of exponential and Laplacian random variables", IEEE
 * Trans. Inf. Theory 42(5), sections III-IV, with a threshold that is given and not optimised.
 *
 * Bytes of a tensor: none if it has no values; u8 kind (ecsq-fit.h), which is all if every cell is 0; else
 *   f32 step | 3 x s8 shifts | and
 *   ECSQ_SHORT:  zigzagged cells (1, 2, 3 for +1, -1, +2) plus 1 in Elias' gamma code
 *   the others:  table (rans.h) | ECSQ_ENERGY: u32 n, n bytes of classes of rows, then columns (rans_put_bytes) | chunks
 *                (chunks.h). Of a chunk: what symbols leave out as one string of bits: its bytes (LEB128) first, itself last, and
 *                the stream of symbols (rans.h) between. Contexts start anew in every chunk.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/chunks.h"
#include "codec/ecsq-fit.h"
#include "codec/ecsq-plan.h"
#include "codec/ecsq-scale.h"
#include "codec/rans-bits.h"

#define HEAD 8                                             /* bytes before the table */
#define TABLE_MAX (2 + RANS_CONTEXTS * RANS_SYMBOLS * 4)   /* more than any */
#define CHUNK_MAX (CODEC_CHUNK * 8)                        /* bytes; more than any */

static const char *check(const double *v)
{
	return v[ECSQ_BITS] > 0 && v[ECSQ_NMSE] > 0 ? "bits and nmse are two ways of saying the same; give one" : NULL;
}

/* What symbols leave out. */
static int put_more(const float *x, const uint8_t *sym, size_t n, float step, float dead, struct buf *out, struct fl_err *err)
{
	struct bits_out b = { .to = out };
	unsigned k;
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < n; i++) {
		k = ecsq_more(sym[i]);
		if (k)
			TRY(bits_put(&b, (ecsq_magnitude(x[i], step, dead) - ECSQ_EXACT) & ((1u << k) - 1), k, err));
	}
	TRY(bits_end(&b, err));
out:
	return rc;
}

static int put_leb(struct buf *out, size_t v, struct fl_err *err)
{
	unsigned char b[10];
	size_t n = 0;

	do {
		b[n] = (unsigned char)((v & 127) | (v > 127 ? 128 : 0));
		n++;
		v >>= 7;
	} while (v);
	return buf_add(out, b, n, err);
}

/* What encoding the chunks of a tensor needs. */
struct work {
	const struct ecsq_fit *f;
	const float *x;
	const uint8_t *sym;
	float step, dead;
	size_t rows, cols;
	struct rans_encoder e;
	struct buf more;
	uint8_t *ctx;
};

static int put_chunk(struct work *w, uint64_t at, size_t n, struct buf *out, struct fl_err *err)
{
	enum rans_order order = w->f->kind == ECSQ_LEFT ? RANS_LEFT : RANS_GIVEN;
	const uint8_t *sym = w->sym + at;
	unsigned lanes = rans_lanes(w->f->rate * (double)n);
	int rc;

	w->more.len = 0;
	if (w->f->m.symbols > 2 * ECSQ_EXACT + 3)
		TRY(put_more(w->x + at, sym, n, w->step, w->dead, &w->more, err));
	TRY(put_leb(out, w->more.len, err));
	if (order == RANS_LEFT)
		rans_left(sym, n, lanes, w->f->m.contexts, w->ctx);
	else if (w->f->kind == ECSQ_ENERGY)
		ecsq_energy(w->f->sides, w->rows, w->cols, at, n, w->ctx);
	TRY(rans_encode(&w->e, order, sym, w->f->kind == ECSQ_ONE ? NULL : w->ctx, n, lanes, out, err));
	TRY(buf_add(out, w->more.data, w->more.len, err));
out:
	return rc;
}

static int put_sides(const struct work *w, struct buf *out, struct fl_err *err)
{
	struct buf b = { 0 };
	unsigned char n[4];
	int rc;

	TRY(rans_put_bytes(w->f->sides, w->rows + w->cols, &b, err));
	chunks_put32(n, (uint32_t)b.len);
	TRY(buf_add(out, n, sizeof n, err));
	TRY(buf_add(out, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

static int put_chunks(struct work *w, const struct codec_tensor *t, struct buf *out, struct fl_err *err)
{
	uint64_t at;
	size_t start, n;
	int rc;

	TRY(rans_put_model(&w->f->m, out, err));
	if (w->f->kind == ECSQ_ENERGY) {
		(void)ecsq_sides(t, &w->rows, &w->cols);
		TRY(put_sides(w, out, err));
	}
	TRY(fl_alloc(&w->ctx, t->n < CODEC_CHUNK ? (size_t)t->n : CODEC_CHUNK, 1, err));
	TRY(rans_encoder_make(&w->e, &w->f->m, err));
	TRY(chunks_start(out, t->n, &start, err));
	for (at = 0; at < t->n; at += n) {
		n = t->n - at < CODEC_CHUNK ? (size_t)(t->n - at) : CODEC_CHUNK;
		TRY(put_chunk(w, at, n, out, err));
		TRY(chunks_end(out, t->n, start, at / CODEC_CHUNK, err));
	}
out:
	free(w->ctx);
	rans_encoder_clear(&w->e);
	buf_clear(&w->more);
	return rc;
}

static int put_short(const struct work *w, size_t n, struct buf *out, struct fl_err *err)
{
	struct bits_out b = { .to = out };
	uint32_t m;
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < n; i++) {
		m = ecsq_magnitude(w->x[i], w->step, w->dead);
		TRY(bits_put_gamma(&b, 1 + (m ? 2 * m - (w->x[i] > 0) : 0), err));
	}
	TRY(bits_end(&b, err));
out:
	return rc;
}

static int encode(const double *v, const struct codec_plan *p, const struct codec_tensor *t, const float *x, struct buf *out,
		  struct fl_err *err)
{
	struct work w = { .x = x, .step = (float)p->step, .dead = (float)v[ECSQ_DEAD] };
	struct ecsq_fit f = { .kind = ECSQ_ZERO };
	struct ecsq_sums s = { .zero = 0 };
	unsigned char head[HEAD];
	uint8_t *sym = NULL;
	int8_t shift[ECSQ_SHIFTS];
	int rc;

	TRY(fl_alloc(&sym, (size_t)t->n, 1, err));
	ecsq_cells(x, (size_t)t->n, w.step, w.dead, sym, &s);
	TRY(ecsq_fit(&f, t, sym, &s, err));
	ecsq_shifts(&s, w.dead, shift);
	w.f = &f;
	w.sym = sym;
	head[0] = (unsigned char)f.kind;
	chunks_put_float(head + 1, w.step);
	memcpy(head + 5, shift, sizeof shift);
	TRY(buf_add(out, head, !t->n ? 0 : f.kind == ECSQ_ZERO ? 1 : HEAD, err));
	if (f.kind == ECSQ_SHORT)
		TRY(put_short(&w, (size_t)t->n, out, err));
	else if (f.kind != ECSQ_ZERO)
		TRY(put_chunks(&w, t, out, err));
out:
	free(sym);
	ecsq_fit_clear(&f);
	return rc;
}

/* Encoded bytes from .at on, as codec_bytes. */
struct rest {
	const struct codec_bytes *in;
	uint64_t at;
};

static int read_rest(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	const struct rest *r = ctx;

	return codec_read(r->in, p, n, r->at + at, err);
}

/* What decoding a chunk needs. */
struct unwork {
	float step;
	int8_t shift[ECSQ_SHIFTS];
	struct rans_model m;
	struct rans_decoder d;
	struct rest rest;
	unsigned char *head, *bytes;
	uint8_t *sym, *ctx, *sides;
};

static int get_sides(struct unwork *w, const struct codec_tensor *t, uint64_t from, size_t n, struct fl_err *err)
{
	unsigned char b[4], *p = NULL;
	size_t rows, cols, len;
	int rc;

	if (!ecsq_sides(t, &rows, &cols) || w->m.contexts != ECSQ_ENERGIES)
		return fl_fail(err, FL_DATA, "has contexts that its shape does not allow");
	TRY(codec_read(w->rest.in, b, sizeof b, w->rest.at, err));
	len = chunks_get32(b);
	if (len > rows + cols + 1)
		return fl_fail(err, FL_DATA, "has classes of rows and columns that are too long");
	TRY(fl_alloc(&p, len, 1, err));
	TRY(codec_read(w->rest.in, p, len, w->rest.at + 4, err));
	w->rest.at += 4 + len;
	TRY(fl_alloc(&w->sides, rows + cols, 1, err));
	TRY(rans_get_bytes(p, len, w->sides, rows + cols, err));
	TRY(fl_alloc(&w->ctx, n, 1, err));
	ecsq_energy(w->sides, rows, cols, from, n, w->ctx);
out:
	free(p);
	return rc;
}

static int get_tables(struct unwork *w, const struct codec_tensor *t, const struct codec_bytes *in, enum ecsq_kind kind,
		      uint64_t from, size_t n, struct fl_err *err)
{
	size_t len = in->len - HEAD < TABLE_MAX ? (size_t)(in->len - HEAD) : TABLE_MAX, used;
	int rc;

	TRY(fl_alloc(&w->head, len, 1, err));
	TRY(codec_read(in, w->head, len, HEAD, err));
	TRY(rans_get_model(&w->m, w->head, len, &used, err));
	if (w->m.symbols > ECSQ_SYMBOLS || (kind == ECSQ_ONE && w->m.contexts > 1))
		return fl_fail(err, FL_DATA, "has a table that is too large");
	w->rest = (struct rest){ in, HEAD + used };
	if (kind == ECSQ_ENERGY)
		TRY(get_sides(w, t, from, n, err));
	TRY(rans_decoder_make(&w->d, &w->m, err));
out:
	return rc;
}

static void rebuild(const struct unwork *w, size_t n, float *x)
{
	float level[RANS_SYMBOLS] = { 0 };
	unsigned s;
	size_t i;

	for (s = 1; s <= 2 * ECSQ_EXACT; s++)
		level[s] = (s & 1 ? 1 : -1) * ecsq_rebuild((s + 1) / 2, w->step, w->shift);
	for (i = 0; i < n; i++)
		x[i] = level[w->sym[i]];
}

static int rebuild_more(const struct unwork *w, const unsigned char *p, size_t len, size_t n, float *x, struct fl_err *err)
{
	struct bits_in b = { .p = p, .end = p + len };
	unsigned k;
	size_t i;

	for (i = 0; i < n; i++) {
		if (w->sym[i] <= 2 * ECSQ_EXACT)
			continue;
		k = ecsq_more(w->sym[i]);
		x[i] = (w->sym[i] & 1 ? 1 : -1) * ecsq_rebuild(ECSQ_EXACT + (1u << k | bits_get(&b, k)), w->step, w->shift);
	}
	return b.cut || b.p != b.end ? fl_fail(err, FL_DATA, "has more or fewer bits than its symbols need") : FL_OK;
}

static int get_chunk(struct unwork *w, const struct codec_tensor *t, enum ecsq_kind kind, uint64_t from, size_t n, float *x,
		     struct fl_err *err)
{
	struct codec_bytes in = { w->rest.in->len - w->rest.at, read_rest, &w->rest };
	size_t len, more = 0, i = 0;
	unsigned shift = 0;
	int rc;

	TRY(chunks_read(&in, t->n, from, CHUNK_MAX, &w->bytes, &len, err));
	do {
		if (i == len || shift > 28)
			return fl_fail(err, FL_DATA, "is cut short");
		more |= (size_t)(w->bytes[i] & 127) << shift;
		shift += 7;
	} while (w->bytes[i++] & 128);
	if (more > len - i)
		return fl_fail(err, FL_DATA, "is cut short");
	TRY(fl_alloc(&w->sym, n, 1, err));
	TRY(rans_decode(&w->d, kind == ECSQ_LEFT ? RANS_LEFT : RANS_GIVEN, w->bytes + i, len - i - more, w->ctx, n, w->sym, err));
	rebuild(w, n, x);
	if (w->m.symbols > 2 * ECSQ_EXACT + 1 || more)
		TRY(rebuild_more(w, w->bytes + len - more, more, n, x, err));
out:
	return rc;
}

static int get_short(struct unwork *w, const struct codec_bytes *in, const struct codec_tensor *t, float *x, struct fl_err *err)
{
	struct bits_in b = { .p = NULL };
	size_t len = (size_t)in->len - HEAD, i;
	uint32_t v;
	int rc;

	if (t->n > ECSQ_SHORT_MAX || in->len > HEAD + 8 * ECSQ_SHORT_MAX)
		return fl_fail(err, FL_DATA, "is too long for its kind");
	TRY(fl_alloc(&w->bytes, len, 1, err));
	TRY(codec_read(in, w->bytes, len, HEAD, err));
	b.p = w->bytes;
	b.end = w->bytes + len;
	for (i = 0; i < t->n; i++) {
		v = bits_get_gamma(&b);
		if (!v || b.cut)
			return fl_fail(err, FL_DATA, "is cut short");
		x[i] = v == 1 ? 0 : (v & 1 ? -1 : 1) * ecsq_rebuild(v / 2, w->step, w->shift);
	}
	if (b.p != b.end)
		return fl_fail(err, FL_DATA, "has bytes that nothing reads");
out:
	return rc;
}

static int get_head(struct unwork *w, const struct codec_bytes *in, unsigned char *kind, struct fl_err *err)
{
	unsigned char head[HEAD];
	int rc;

	TRY(codec_read(in, kind, 1, 0, err));
	if (*kind > ECSQ_SHORT)
		return fl_fail(err, FL_DATA, "is of a kind that is not known");
	if (*kind == ECSQ_ZERO)
		return in->len == 1 ? FL_OK : fl_fail(err, FL_DATA, "has bytes that nothing reads");
	TRY(codec_read(in, head, sizeof head, 0, err));
	TRY(chunks_float(head + 1, &w->step, err));
	if (!(w->step > 0))
		return fl_fail(err, FL_DATA, "has a step that is not above 0");
	memcpy(w->shift, head + 5, sizeof w->shift);
out:
	return rc;
}

static int decode(const double *v, const struct codec_tensor *t, const struct codec_bytes *in, uint64_t from, size_t n, float *x,
		  struct fl_err *err)
{
	struct unwork w = { .step = 0 };
	unsigned char kind;
	int rc;

	(void)v;
	if (!t->n)
		return in->len ? fl_fail(err, FL_DATA, "has bytes that nothing reads") : FL_OK;
	TRY(get_head(&w, in, &kind, err));
	if (kind == ECSQ_ZERO) {
		memset(x, 0, n * sizeof *x);
	} else if (kind == ECSQ_SHORT) {
		TRY(get_short(&w, in, t, x, err));
	} else {
		TRY(get_tables(&w, t, in, kind, from, n, err));
		TRY(get_chunk(&w, t, kind, from, n, x, err));
	}
out:
	rans_decoder_clear(&w.d);
	free(w.head);
	free(w.bytes);
	free(w.sym);
	free(w.ctx);
	free(w.sides);
	return rc;
}

static const struct codec_param params[] = {
	[ECSQ_BITS] = { "bits", 0, 0, 16, 0, "bits for each value, over the whole file; 0: as nmse says, or 1 without it" },
	[ECSQ_NMSE] = { "nmse", 0, 0, 1, 0, "squared error over the sum of squares; 0: as bits says" },
	[ECSQ_DEAD] = { "dead", .07, 0, .4, 0, "part of a step by which the cell of 0 is wider on each side" },
	{ NULL, 0, 0, 0, 0, NULL },
};

const struct codec codec_ecsq = {
	.name = "ecsq", .summary = "uniform steps, entropy-coded in contexts, to a rate or an error",
	.source = "Gish and Pierce 1968; Sullivan 1996, dead zone and means; rANS of Duda 2013", .params = params, .dtype = DT_U8,
	.check = check, .plan = ecsq_plan, .encode = encode, .decode = decode,
};
