/* The steps of rans 16 lanes at a time; the same bytes as rans-plain.c. */
#if defined __x86_64__

#include <immintrin.h>

#include "codec/rans-parts.h"

int rans_has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("bmi2");
}

/* One symbol for each of 16 states, with slots of the context idx >> RANS_BITS. */
static inline __m512i step(const uint32_t *slot, __m512i *x, __m512i idx, const unsigned char **p)
{
	const __m512i low = _mm512_set1_epi32(RANS_TOTAL - 1), one = _mm512_set1_epi32(1);
	__m512i s, f, v, w;
	__mmask16 m;

	idx = _mm512_or_si512(idx, _mm512_and_si512(*x, low));
	s = _mm512_i32gather_epi32(idx, slot, 4);
	f = _mm512_add_epi32(_mm512_and_si512(_mm512_srli_epi32(s, 12), low), one);
	v = _mm512_add_epi32(_mm512_mullo_epi32(f, _mm512_srli_epi32(*x, RANS_BITS)), _mm512_and_si512(s, low));
	m = _mm512_cmplt_epu32_mask(v, _mm512_set1_epi32(RANS_LOW));
	w = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)*p));
	w = _mm512_maskz_expand_epi32(m, w);
	*x = _mm512_mask_or_epi32(v, m, _mm512_slli_epi32(v, 16), w);
	*p += 2 * (unsigned)__builtin_popcount(m);
	return _mm512_srli_epi32(s, 24);
}

static inline __m512i left(__m512i *m1, __m512i *m2, __m512i top)
{
	__m512i c = _mm512_min_epu32(_mm512_add_epi32(_mm512_slli_epi32(*m1, 1), *m2), top);

	*m2 = *m1;
	return _mm512_slli_epi32(c, RANS_BITS);
}

static inline __m512i magnitude(__m512i s)
{
	return _mm512_srli_epi32(_mm512_add_epi32(s, _mm512_set1_epi32(1)), 1);
}

static inline void put(uint8_t *to, __m512i s)
{
	_mm_storeu_si128((__m128i *)(void *)to, _mm512_cvtepi32_epi8(s));
}

/* groups (1 or 2) times 16 lanes; everything but the slots stays in registers. */
static inline __attribute__((always_inline)) size_t steps_left(const struct rans_decoder *d, struct rans_run *r, unsigned groups,
							       size_t steps, uint8_t *sym)
{
	__m512i x[2], m1[2], m2[2], s;
	const __m512i top = _mm512_set1_epi32((int)d->contexts - 1);
	const unsigned char *p = r->p, *limit = r->limit;
	unsigned g;
	size_t k;

	for (g = 0; g < groups; g++) {
		x[g] = _mm512_loadu_si512(r->x + 16 * g);
		m1[g] = _mm512_loadu_si512(r->m1 + 16 * g);
		m2[g] = _mm512_loadu_si512(r->m2 + 16 * g);
	}
	for (k = 0; k < steps && p <= limit; k++) {
		for (g = 0; g < groups; g++) {
			s = step(d->slot, &x[g], left(&m1[g], &m2[g], top), &p);
			m1[g] = magnitude(s);
			put(sym + (k * groups + g) * 16, s);
		}
	}
	for (g = 0; g < groups; g++) {
		_mm512_storeu_si512(r->x + 16 * g, x[g]);
		_mm512_storeu_si512(r->m1 + 16 * g, m1[g]);
		_mm512_storeu_si512(r->m2 + 16 * g, m2[g]);
	}
	r->p = p;
	return k;
}

static inline __attribute__((always_inline)) size_t steps_given(const struct rans_decoder *d, struct rans_run *r,
								const uint8_t *ctx, unsigned groups, size_t steps, uint8_t *sym)
{
	__m512i x[2], c = _mm512_setzero_si512();
	const unsigned char *p = r->p, *limit = r->limit;
	unsigned g;
	size_t k, i;

	for (g = 0; g < groups; g++)
		x[g] = _mm512_loadu_si512(r->x + 16 * g);
	for (k = 0; k < steps && p <= limit; k++) {
		for (g = 0; g < groups; g++) {
			i = (k * groups + g) * 16;
			if (ctx)
				c = _mm512_slli_epi32(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(ctx + i))),
						      RANS_BITS);
			put(sym + i, step(d->slot, &x[g], c, &p));
		}
	}
	for (g = 0; g < groups; g++)
		_mm512_storeu_si512(r->x + 16 * g, x[g]);
	r->p = p;
	return k;
}

size_t rans_steps_avx512(const struct rans_decoder *d, struct rans_run *r, enum rans_order order, const uint8_t *ctx,
			 unsigned lanes, size_t steps, uint8_t *sym)
{
	if (order == RANS_LEFT)
		return lanes == 16 ? steps_left(d, r, 1, steps, sym) : steps_left(d, r, 2, steps, sym);
	if (!ctx)
		return lanes == 16 ? steps_given(d, r, NULL, 1, steps, sym) : steps_given(d, r, NULL, 2, steps, sym);
	return lanes == 16 ? steps_given(d, r, ctx, 1, steps, sym) : steps_given(d, r, ctx, 2, steps, sym);
}

/* One symbol into each of 16 states. The quotient by float is off by at most one: states are below f 2^19 here, so it is below
 * 2^19, and two roundings of 2^-24 move it by less than 1/8. */
static inline __m512i push(const uint32_t *pair, __m512i x, __m512i idx, unsigned char **p)
{
	const __m512i iota = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	__m512i e = _mm512_i32gather_epi32(idx, pair, 4), f = _mm512_and_si512(e, _mm512_set1_epi32(0xffff)), q, rest, w;
	__mmask16 m = _mm512_cmpge_epu32_mask(x, _mm512_slli_epi32(f, 19));
	unsigned n = (unsigned)__builtin_popcount(m);

	w = _mm512_maskz_compress_epi32(m, x); /* to the upper end, and words below it are overwritten by the next */
	w = _mm512_permutexvar_epi32(_mm512_add_epi32(iota, _mm512_set1_epi32((int)n)), w);
	_mm256_storeu_si256((__m256i *)(void *)(*p - 32), _mm512_cvtepi32_epi16(w));
	*p -= 2 * n;
	x = _mm512_mask_srli_epi32(x, m, x, 16);
	q = _mm512_cvttps_epi32(_mm512_div_ps(_mm512_cvtepi32_ps(x), _mm512_cvtepi32_ps(f)));
	rest = _mm512_sub_epi32(x, _mm512_mullo_epi32(q, f));
	m = _mm512_cmplt_epi32_mask(rest, _mm512_setzero_si512());
	q = _mm512_mask_sub_epi32(q, m, q, _mm512_set1_epi32(1));
	rest = _mm512_mask_add_epi32(rest, m, rest, f);
	m = _mm512_cmpge_epi32_mask(rest, f);
	q = _mm512_mask_add_epi32(q, m, q, _mm512_set1_epi32(1));
	rest = _mm512_mask_sub_epi32(rest, m, rest, f);
	return _mm512_add_epi32(_mm512_add_epi32(_mm512_slli_epi32(q, RANS_BITS), rest), _mm512_srli_epi32(e, 16));
}

static inline __m512i load(const uint8_t *p)
{
	return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}

static inline __attribute__((always_inline)) unsigned char *back(const struct rans_encoder *e, uint32_t *to, const uint8_t *sym,
								 const uint8_t *ctx, unsigned groups, size_t steps,
								 unsigned char *p)
{
	const __m512i n = _mm512_set1_epi32((int)e->symbols);
	__m512i x[2], idx;
	unsigned g;
	size_t i;

	for (g = 0; g < groups; g++)
		x[g] = _mm512_loadu_si512(to + 16 * g);
	while (steps--) {
		for (g = groups; g--;) {
			i = (steps * groups + g) * 16;
			idx = load(sym + i);
			if (ctx)
				idx = _mm512_add_epi32(idx, _mm512_mullo_epi32(load(ctx + i), n));
			x[g] = push(e->pair, x[g], idx, &p);
		}
	}
	for (g = 0; g < groups; g++)
		_mm512_storeu_si512(to + 16 * g, x[g]);
	return p;
}

unsigned char *rans_back_avx512(const struct rans_encoder *e, uint32_t *x, const uint8_t *sym, const uint8_t *ctx,
				unsigned lanes, size_t steps, unsigned char *p)
{
	if (lanes == 16)
		return ctx ? back(e, x, sym, ctx, 1, steps, p) : back(e, x, sym, NULL, 1, steps, p);
	return ctx ? back(e, x, sym, ctx, 2, steps, p) : back(e, x, sym, NULL, 2, steps, p);
}

#else
typedef int rans_avx512_is_empty; /* ISO C wants something in every file */
#endif
