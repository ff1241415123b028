/* The steps of rans one symbol at a time. */
#include "codec/rans-parts.h"

unsigned char *rans_back_plain(const struct rans_encoder *e, uint32_t *x, const uint8_t *sym, const uint8_t *ctx,
			       unsigned lanes, unsigned active, size_t steps, unsigned char *p)
{
	const struct rans_code *c;
	uint32_t v;
	size_t i;
	unsigned l;

	while (steps--) {
		for (l = active; l--;) { /* lanes go up when read */
			i = steps * lanes + l;
			c = &e->code[(ctx ? ctx[i] * e->symbols : 0) + sym[i]];
			v = x[l];
			p[-2] = (unsigned char)v; /* overwritten unless p moves */
			p[-1] = (unsigned char)(v >> 8);
			p -= v >= c->limit ? 2 : 0;
			v = v >= c->limit ? v >> 16 : v;
			x[l] = v + c->bias + (uint32_t)((uint64_t)v * c->rcp >> 32 >> c->shift) * c->comp;
		}
	}
	return p;
}

/* One symbol of state *x in context c. */
static inline uint32_t step(const uint32_t *slot, uint32_t *x, uint32_t c, const unsigned char **p)
{
	uint32_t v = *x, s = slot[c << RANS_BITS | (v & (RANS_TOTAL - 1))];
	uint32_t w = (*p)[0] | (uint32_t)(*p)[1] << 8;

	v = ((s >> 12 & (RANS_TOTAL - 1)) + 1) * (v >> RANS_BITS) + (s & (RANS_TOTAL - 1));
	*p += v < RANS_LOW ? 2 : 0;
	*x = v < RANS_LOW ? v << 16 | w : v;
	return s >> 24;
}

/* The state is copied so that the compiler need not fear that sym lies in it. */
static size_t steps_left(const struct rans_decoder *d, struct rans_run *to, unsigned lanes, unsigned active, size_t steps,
			 uint8_t *sym)
{
	const uint32_t *slot = d->slot, top = d->contexts - 1;
	struct rans_run r = *to;
	uint32_t c, s;
	size_t k;
	unsigned l;

	for (k = 0; k < steps && r.p <= r.limit; k++) {
		for (l = 0; l < active; l++) {
			c = 2 * r.m1[l] + r.m2[l];
			s = step(slot, &r.x[l], c < top ? c : top, &r.p);
			r.m2[l] = r.m1[l];
			r.m1[l] = (s + 1) >> 1;
			sym[k * lanes + l] = (uint8_t)s;
		}
	}
	*to = r;
	return k;
}

static size_t steps_given(const struct rans_decoder *d, struct rans_run *to, const uint8_t *ctx, unsigned lanes,
			  unsigned active, size_t steps, uint8_t *sym)
{
	const uint32_t *slot = d->slot;
	struct rans_run r = *to;
	size_t k, i;
	unsigned l;

	for (k = 0; k < steps && r.p <= r.limit; k++) {
		for (l = 0; l < active; l++) {
			i = k * lanes + l;
			sym[i] = (uint8_t)step(slot, &r.x[l], ctx ? ctx[i] : 0, &r.p);
		}
	}
	*to = r;
	return k;
}

size_t rans_steps_plain(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx,
			unsigned lanes, unsigned active, size_t steps, uint8_t *sym)
{
	return order == RANS_LEFT ? steps_left(d, r, lanes, active, steps, sym) : steps_given(d, r, ctx, lanes, active, steps, sym);
}
