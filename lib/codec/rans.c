#include "codec/rans.h"

#include <stdlib.h>
#include <string.h>

#include "codec/rans-parts.h"

#define BLOCK 64 /* steps that are put in order at a time */

unsigned rans_lanes(double bits)
{
	unsigned lanes = RANS_LANES;

	while (lanes > 1 && lanes * 24.0 > bits * .012) /* a lane costs about 3 bytes */
		lanes /= 2;
	return lanes;
}

size_t rans_lane_start(size_t n, unsigned lanes, unsigned l)
{
	return n / lanes * l + (l < n % lanes ? l : n % lanes);
}

void rans_left(const uint8_t *sym, size_t n, unsigned lanes, unsigned contexts, uint8_t *ctx)
{
	size_t i, from, to;
	unsigned l, c, top = contexts - 1;

	for (i = 2; i < n; i++) {
		c = 2 * ((sym[i - 1] + 1u) >> 1) + ((sym[i - 2] + 1u) >> 1);
		ctx[i] = (uint8_t)(c < top ? c : top);
	}
	for (l = 0; l < lanes; l++) {
		from = rans_lane_start(n, lanes, l);
		to = rans_lane_start(n, lanes, l + 1);
		if (from < to)
			ctx[from] = 0;
		if (from + 1 < to) {
			c = (sym[from] + 1u) & ~1u;
			ctx[from + 1] = (uint8_t)(c < top ? c : top);
		}
	}
}

void rans_encoder_clear(struct rans_encoder *e)
{
	free(e->code);
	free(e->pair);
	*e = (struct rans_encoder){ 0 };
}

void rans_decoder_clear(struct rans_decoder *d)
{
	free(d->slot);
	*d = (struct rans_decoder){ 0 };
}

static unsigned char *back(const struct rans_encoder *e, uint32_t *x, const uint8_t *sym, const uint8_t *ctx, unsigned lanes,
			   size_t steps, unsigned char *p)
{
#if defined __x86_64__
	if (!e->plain && lanes >= 16 && rans_has_avx512())
		return rans_back_avx512(e, x, sym, ctx, lanes, steps, p);
#endif
	return rans_back_plain(e, x, sym, ctx, lanes, lanes, steps, p);
}

/* Words of all whole steps. */
static unsigned char *encode_steps(const struct rans_encoder *e, enum rans_order order, const uint8_t *sym, const uint8_t *ctx,
				   size_t n, unsigned lanes, uint32_t *x, unsigned char *p)
{
	uint8_t s[BLOCK * RANS_LANES], c[BLOCK * RANS_LANES];
	size_t start[RANS_LANES], done = n / lanes, k;
	unsigned l;

	if (order == RANS_GIVEN)
		return back(e, x, sym, ctx, lanes, done, p);
	for (; done; done -= k) {
		k = done % BLOCK ? done % BLOCK : BLOCK;
		for (l = 0; l < lanes; l++)
			start[l] = rans_lane_start(n, lanes, l) + done - k;
		rans_interleave(sym, start, lanes, k, s);
		if (ctx)
			rans_interleave(ctx, start, lanes, k, c);
		p = back(e, x, s, ctx ? c : NULL, lanes, k, p);
	}
	return p;
}

/* The symbols of the last, unfinished step. */
static void last_step(const uint8_t *sym, size_t n, unsigned lanes, enum rans_order order, uint8_t *to)
{
	unsigned l, active = (unsigned)(n % lanes);

	for (l = 0; l < active; l++)
		to[l] = order == RANS_GIVEN ? sym[n - active + l] : sym[rans_lane_start(n, lanes, l) + n / lanes];
}

int rans_encode(const struct rans_encoder *e, enum rans_order order, const uint8_t *sym, const uint8_t *ctx, size_t n,
		unsigned lanes, struct buf *out, struct fl_err *err)
{
	uint8_t s[RANS_LANES], c[RANS_LANES];
	size_t head = 1 + 4 * (size_t)lanes, room = head + 2 * n + 32, l;
	unsigned char *to, *end, *p;
	uint32_t x[RANS_LANES];
	int rc;

	TRY(buf_reserve(out, room, err));
	to = (unsigned char *)out->data + out->len;
	p = end = to + room;
	for (l = 0; l < lanes; l++)
		x[l] = RANS_LOW;
	last_step(sym, n, lanes, order, s);
	if (ctx)
		last_step(ctx, n, lanes, order, c);
	p = rans_back_plain(e, x, s, ctx ? c : NULL, lanes, (unsigned)(n % lanes), 1, p);
	p = encode_steps(e, order, sym, ctx, n, lanes, x, p);
	*to++ = (unsigned char)lanes;
	for (l = 0; l < 4 * (size_t)lanes; l++)
		*to++ = (unsigned char)(x[l / 4] >> 8 * (l % 4));
	memmove(to, p, (size_t)(end - p));
	out->len += head + (size_t)(end - p);
	out->data[out->len] = 0;
out:
	return rc;
}

static size_t steps(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx, unsigned lanes,
		    size_t k, uint8_t *sym)
{
#if defined __x86_64__
	if (!d->plain && lanes >= 16 && rans_has_avx512())
		return rans_steps_avx512(d, r, order, ctx, lanes, k, sym);
#endif
	return rans_steps_plain(d, r, order, ctx, lanes, lanes, k, sym);
}

/* Go on at step *done until all whole steps are done or the words run out. */
static void decode_steps(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx, size_t n,
			 unsigned lanes, uint8_t *sym, size_t *done)
{
	uint8_t s[BLOCK * RANS_LANES];
	size_t start[RANS_LANES], at = *done * lanes, want, k;
	unsigned l;

	if (order == RANS_GIVEN) {
		*done += steps(d, r, order, ctx ? ctx + at : NULL, lanes, n / lanes - *done, sym + at);
		return;
	}
	for (; *done < n / lanes && r->p <= r->limit; *done += k) {
		want = n / lanes - *done < BLOCK ? n / lanes - *done : BLOCK;
		for (l = 0; l < lanes; l++)
			start[l] = rans_lane_start(n, lanes, l) + *done;
		k = steps(d, r, order, NULL, lanes, want, s);
		rans_separate(s, start, lanes, k, sym);
	}
}

static void decode_last(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx, size_t n,
			unsigned lanes, uint8_t *sym)
{
	uint8_t s[RANS_LANES];
	unsigned l, active = (unsigned)(n % lanes);

	if (!rans_steps_plain(d, r, order, ctx ? ctx + n - active : NULL, lanes, active, 1, s))
		return;
	for (l = 0; l < active; l++)
		sym[order == RANS_GIVEN ? n - active + l : rans_lane_start(n, lanes, l) + n / lanes] = s[l];
}

static int begin(struct rans_run *r, const unsigned char *p, size_t len, unsigned *lanes, struct fl_err *err)
{
	size_t l;

	if (!len)
		return fl_fail(err, FL_DATA, "is cut short");
	*lanes = *p;
	if (!*lanes || *lanes > RANS_LANES || *lanes & (*lanes - 1))
		return fl_fail(err, FL_DATA, "has %u lanes, want 1, 2, 4, 8, 16 or %d", *lanes, RANS_LANES);
	if (len < 1 + 4 * (size_t)*lanes)
		return fl_fail(err, FL_DATA, "is cut short");
	for (p++, l = 0; l < *lanes; l++, p += 4) {
		r->x[l] = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		if (r->x[l] < RANS_LOW || r->x[l] >> 31)
			return fl_fail(err, FL_DATA, "begins in a state that cannot be");
	}
	r->p = p;
	return FL_OK;
}

int rans_decode(const struct rans_decoder *d, enum rans_order order, const unsigned char *p, size_t len, const uint8_t *ctx,
		size_t n, uint8_t *sym, struct fl_err *err)
{
	unsigned char tail[4 * RANS_AHEAD] = { 0 };
	const unsigned char *end = p + len;
	struct rans_run r = { .p = NULL };
	size_t done = 0, l;
	unsigned lanes = 1;
	int rc;

	TRY(begin(&r, p, len, &lanes, err));
	if (end - r.p >= RANS_AHEAD) {
		r.limit = end - RANS_AHEAD;
		decode_steps(d, &r, order, ctx, n, lanes, sym, &done);
	}
	l = (size_t)(end - r.p); /* the rest with zeros after it, so that no step reads past the end */
	if (l < sizeof tail - 2 * RANS_AHEAD) {
		memcpy(tail, r.p, l);
		r.p = tail;
		r.limit = tail + l;
		decode_steps(d, &r, order, ctx, n, lanes, sym, &done);
	}
	if (done == n / lanes)
		decode_last(d, &r, order, ctx, n, lanes, sym);
	if (r.p > r.limit)
		return fl_fail(err, FL_DATA, "is cut short");
	if (r.p < r.limit)
		return fl_fail(err, FL_DATA, "has bytes that nothing reads");
	for (l = 0; l < lanes; l++)
		if (r.x[l] != RANS_LOW)
			return fl_fail(err, FL_DATA, "does not end where it should");
out:
	return rc;
}
