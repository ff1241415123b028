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
		for (l = active; l--;) {
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

static inline uint32_t step(const struct rans_decoder *d, struct rans_run *r, unsigned l, uint32_t c)
{
	uint32_t v = r->x[l], s = d->slot[c << RANS_BITS | (v & (RANS_TOTAL - 1))];
	uint32_t w = r->p[0] | (uint32_t)r->p[1] << 8;

	v = ((s >> 12 & (RANS_TOTAL - 1)) + 1) * (v >> RANS_BITS) + (s & (RANS_TOTAL - 1));
	r->p += v < RANS_LOW ? 2 : 0;
	r->x[l] = v < RANS_LOW ? v << 16 | w : v;
	return s >> 24;
}

static inline uint32_t step_left(const struct rans_decoder *d, struct rans_run *r, unsigned l)
{
	uint32_t c = 2 * r->m1[l] + r->m2[l], s = step(d, r, l, c < d->contexts ? c : d->contexts - 1);

	r->m2[l] = r->m1[l];
	r->m1[l] = (s + 1) >> 1;
	return s;
}

size_t rans_steps_plain(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx,
			unsigned lanes, unsigned active, size_t steps, uint8_t *sym)
{
	size_t k, i;
	unsigned l;

	for (k = 0; k < steps && r->p <= r->limit; k++) {
		i = k * lanes;
		if (order == RANS_LEFT)
			for (l = 0; l < active; l++)
				sym[i + l] = (uint8_t)step_left(d, r, l);
		else
			for (l = 0; l < active; l++)
				sym[i + l] = (uint8_t)step(d, r, l, ctx ? ctx[i + l] : 0);
	}
	return k;
}
