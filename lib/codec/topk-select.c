#include "codec/topk-select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/topk-places.h"

#define BINS ((size_t)1 << 15)  /* of the upper 16 bits of a magnitude: exponent and 7 bits after it */
#define LOW ((size_t)1 << 16)   /* of the lower 16 */
#define BLOCK ((size_t)4096)    /* values looked at while they lie in the nearest cache */
#define HELD ((size_t)1 << 20)  /* candidates held at most */
#define ALL_TIES 0x1p53         /* above every hash */

/* A magnitude below floor cannot be among the k largest: k others that are not smaller have been seen. Those that may be are
 * counted by their upper bits, and held while there is room: then no second reading is needed. */
struct search {
	uint64_t k, seen, next; /* seen: in bins from floor on, which is raised when there are next of them */
	uint32_t floor;   /* the lower edge of a bin; 1 at first */
	uint64_t *bin;    /* (BINS) */
	uint64_t *low;    /* (LOW) of the bin of the smallest kept magnitude */
	uint32_t *held;   /* (HELD + BLOCK) */
	size_t n_held;
	int all_held;
	uint32_t at[BLOCK + TOPK_SLACK];
};

static float float_of(uint32_t magnitude)
{
	float x;

	memcpy(&x, &magnitude, sizeof x);
	return x;
}

uint64_t topk_count(double part, uint64_t n)
{
	return (uint64_t)ceil(part * (double)n * (1 - 0x1p-50));
}

/* FNV-1a, 53 bits of it: a double holds them. */
static double hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; name && *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return (double)(h >> 11);
}

/* Eight sums side by side: the order is fixed, and it is one that vectors can follow. */
static double energy_of(const float *x, size_t n)
{
	double s[8] = { 0 };
	size_t i, j;

	for (i = 0; i + 8 <= n; i += 8)
		for (j = 0; j < 8; j++)
			s[j] += (double)x[i + j] * (double)x[i + j];
	for (; i < n; i++)
		s[0] += (double)x[i] * (double)x[i];
	return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
}

/* The highest bin with at least k magnitudes in it and above; *above of them are above. 0 where there are not so many. */
static size_t bin_of(const struct search *f, uint64_t *above)
{
	uint64_t n = 0;
	size_t b;

	for (b = BINS; b-- > 0; n += f->bin[b]) {
		*above = n;
		if (f->k - n <= f->bin[b])
			return b;
	}
	*above = n - f->bin[0];
	return 0;
}

static void raise_floor(struct search *f)
{
	uint64_t above;
	size_t b = bin_of(f, &above), i, n = 0;

	if (b)
		f->floor = (uint32_t)b << 16;
	f->seen = above + f->bin[b];
	f->next = 2 * (f->seen > f->k ? f->seen : f->k) + BLOCK;
	for (i = 0; i < f->n_held; i++)
		if (f->held[i] >= f->floor)
			f->held[n++] = f->held[i];
	f->n_held = n;
	if (n > HELD / 2)
		f->all_held = 0;
}

static void search_block(struct search *f, const float *x, size_t n)
{
	size_t k = topk_places(x, n, f->floor, f->at), i;
	uint32_t *held = f->held + f->n_held, m;

	for (i = 0; i < k; i++) {
		m = topk_magnitude(x[f->at[i]]);
		f->bin[m >> 16]++;
		held[i] = m;
	}
	f->seen += k;
	if (f->all_held)
		f->n_held += k;
	if (f->seen >= f->next || f->n_held > HELD)
		raise_floor(f);
	if (!f->all_held)
		f->n_held = 0;
}

/* What lies above bin b is kept; of what is in it the lower bits are counted. */
static void settle_block(struct search *f, const uint32_t *m, size_t n, size_t b, struct topk_cut *cut)
{
	size_t i;
	double x;

	for (i = 0; i < n; i++) {
		cut->most = m[i] > topk_magnitude(cut->most) ? float_of(m[i]) : cut->most;
		if (m[i] >> 16 == b)
			f->low[m[i] & 0xffff]++;
		if (m[i] >> 16 <= b)
			continue;
		x = (double)float_of(m[i]);
		cut->sum += x;
		cut->squares += x * x;
	}
}

static int settle_all(struct search *f, const struct codec_source *s, float *x, size_t b, struct topk_cut *cut, struct fl_err *err)
{
	uint32_t least = b ? (uint32_t)b << 16 : 1;
	size_t i, j, k, n;
	uint64_t from;
	int rc = FL_OK;

	if (f->all_held) {
		settle_block(f, f->held, f->n_held, b, cut);
		return FL_OK;
	}
	for (i = 0; i < s->n; i++) {
		TRY(s->read(s->ctx, i, x, err));
		for (from = 0; from < s->t[i].n; from += n) {
			n = s->t[i].n - from < BLOCK ? (size_t)(s->t[i].n - from) : BLOCK;
			k = topk_places(x + from, n, least, f->at);
			for (j = 0; j < k; j++)
				f->held[j] = topk_magnitude(x[from + f->at[j]]);
			settle_block(f, f->held, k, b, cut);
		}
	}
out:
	return rc;
}

/* From the counts of bin b, of which `want` are kept: the smallest magnitude, and how many of it. */
static uint64_t finish_bin(const struct search *f, size_t b, uint64_t want, struct topk_cut *cut, uint64_t *of_least)
{
	uint64_t take = 0;
	size_t i;
	double x;

	*of_least = 0;
	for (i = LOW; i-- > 0 && want; want -= take) {
		*of_least = f->low[i];
		take = *of_least < want ? *of_least : want;
		if (!take)
			continue;
		cut->least = float_of((uint32_t)(b << 16 | i));
		x = (double)cut->least;
		cut->sum += (double)take * x;
		cut->squares += (double)take * x * x;
	}
	return take;
}

struct tensor_ties {
	double hash;
	uint64_t n;
};

static int by_hash(const void *a, const void *b)
{
	const struct tensor_ties *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Only `left` of the values of the smallest magnitude are kept: find where that ends. */
static int share_ties(const struct codec_source *s, float *x, uint64_t left, struct topk_cut *cut, struct fl_err *err)
{
	struct tensor_ties *t = NULL;
	size_t i;
	uint64_t j;
	int rc;

	TRY(fl_alloc(&t, s->n, sizeof *t, err));
	for (i = 0; i < s->n; i++) {
		t[i].hash = hash(s->t[i].name);
		TRY(s->read(s->ctx, i, x, err));
		for (j = 0; j < s->t[i].n; j++)
			t[i].n += fabsf(x[j]) == cut->least;
	}
	qsort(t, s->n, sizeof *t, by_hash);
	for (i = 0; i < s->n && t[i].n <= left; i++)
		left -= t[i].n;
	cut->pivot = i < s->n ? t[i].hash : ALL_TIES;
	cut->ties = (double)left;
out:
	free(t);
	return rc;
}

static int search_file(struct search *f, const struct codec_source *s, float *x, struct topk_cut *cut, struct fl_err *err)
{
	size_t i, n;
	uint64_t from;
	int rc = FL_OK;

	for (i = 0; i < s->n; i++) {
		TRY(s->read(s->ctx, i, x, err));
		for (from = 0; from < s->t[i].n; from += n) {
			n = s->t[i].n - from < BLOCK ? (size_t)(s->t[i].n - from) : BLOCK;
			cut->energy += energy_of(x + from, n);
			search_block(f, x + from, n);
		}
	}
out:
	return rc;
}

static int cut_file(struct search *f, const struct codec_source *s, float *x, struct topk_cut *cut, struct fl_err *err)
{
	uint64_t above, take, of_least;
	size_t b;
	int rc;

	TRY(search_file(f, s, x, cut, err));
	b = bin_of(f, &above);
	TRY(settle_all(f, s, x, b, cut, err));
	if (f->k > above + f->bin[b])
		f->k = above + f->bin[b]; /* the rest are zeros */
	take = finish_bin(f, b, f->k - above, cut, &of_least);
	cut->kept = f->k;
	cut->pivot = ALL_TIES;
	if (take < of_least)
		TRY(share_ties(s, x, take, cut, err));
out:
	return rc;
}

static int search_open(struct search **f, struct fl_err *err)
{
	int rc;

	TRY(fl_alloc(f, 1, sizeof **f, err));
	TRY(fl_alloc(&(*f)->bin, BINS, sizeof(uint64_t), err));
	TRY(fl_alloc(&(*f)->low, LOW, sizeof(uint64_t), err));
	TRY(fl_alloc(&(*f)->held, HELD + BLOCK, sizeof(uint32_t), err));
	(*f)->floor = 1;
	(*f)->all_held = 1;
out:
	return rc;
}

static void search_close(struct search *f)
{
	if (!f)
		return;
	free(f->held);
	free(f->low);
	free(f->bin);
	free(f);
}

int topk_select(double part, const struct codec_source *s, struct topk_cut *cut, struct fl_err *err)
{
	struct search *f = NULL;
	uint64_t longest = 0;
	float *x = NULL;
	size_t i;
	int rc;

	*cut = (struct topk_cut){ 0 };
	for (i = 0; i < s->n; i++) {
		cut->n += s->t[i].n;
		longest = s->t[i].n > longest ? s->t[i].n : longest;
	}
	TRY(search_open(&f, err));
	TRY(fl_alloc(&x, longest, sizeof *x, err));
	f->k = topk_count(part, cut->n);
	f->next = 2 * f->k + BLOCK;
	TRY(cut_file(f, s, x, cut, err));
out:
	free(x);
	search_close(f);
	return rc;
}

void topk_to_plan(const struct topk_cut *cut, struct codec_plan *p)
{
	p->step = (double)cut->least;
	p->more[0] = cut->pivot;
	p->more[1] = cut->ties;
}

uint64_t topk_ties(const struct codec_plan *p, const char *name)
{
	double h = hash(name);

	return h < p->more[0] ? UINT64_MAX : h == p->more[0] ? (uint64_t)p->more[1] : 0;
}

size_t topk_kept(const struct codec_plan *p, const float *x, size_t n, uint64_t *ties, uint32_t *at)
{
	uint32_t least = topk_magnitude((float)p->step);
	size_t k = topk_places(x, n, least ? least : 1, at), kept = 0, i;

	if (*ties == UINT64_MAX)
		return k;
	for (i = 0; i < k; i++) {
		if (topk_magnitude(x[at[i]]) == least && !*ties)
			continue;
		*ties -= topk_magnitude(x[at[i]]) == least;
		at[kept++] = at[i];
	}
	return kept;
}
