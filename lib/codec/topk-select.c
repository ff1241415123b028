#include "codec/topk-select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/topk-pack.h"
#include "codec/topk-places.h"

#define BINS ((size_t)1 << 11) /* of the upper 11 of the 31 bits of a magnitude: exponent and 3 bits after it */
#define STEP 10                /* bits of the other two steps */
#define BLOCK ((size_t)2048)   /* values looked at while they lie in the nearest cache */
#define HELD ((size_t)1 << 20) /* candidates held at most */

/* A magnitude below floor cannot be among the k largest: k others that are not smaller have been seen. Those that may be are
 * counted by their upper bits, and held while there is room: then nothing needs to be read again. */
struct search {
	const struct codec_source *s;
	struct topk_cut *cut;
	struct topk_sums *sums;
	uint64_t k, seen, next; /* seen: in bins from floor on, which is raised when there are next of them */
	uint32_t floor;         /* the lower edge of a bin; 1 at first */
	uint64_t bin[BINS];
	uint32_t *held;         /* (room + BLOCK) */
	size_t n_held, room;
	int all_held;
	float *x;               /* (the longest tensor) */
	size_t loaded;          /* the tensor in x */
	uint32_t at[BLOCK + TOPK_SLACK];
};

static int load(struct search *f, size_t i, struct fl_err *err)
{
	int rc = i == f->loaded ? FL_OK : f->s->read(f->s->ctx, i, f->x, err);

	f->loaded = rc == FL_OK ? i : SIZE_MAX;
	return rc;
}

static float float_of(uint32_t magnitude)
{
	float x;

	memcpy(&x, &magnitude, sizeof x);
	return x;
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
static size_t bin_of(const uint64_t *bin, uint64_t k, uint64_t *above)
{
	uint64_t n = 0;
	size_t b;

	for (b = BINS; b-- > 0; n += bin[b]) {
		*above = n;
		if (k - n <= bin[b])
			return b;
	}
	return 0;
}

static void raise_floor(struct search *f)
{
	uint64_t above;
	size_t b = bin_of(f->bin, f->k, &above);

	if (b)
		f->floor = (uint32_t)b << 2 * STEP;
	f->seen = above + f->bin[b];
	f->next = (f->seen > f->k ? f->seen : f->k) / 4 * 5 + BLOCK;
}

/* Let go of what is below the floor by now. */
static void make_room(struct search *f)
{
	size_t i, n = 0;

	raise_floor(f);
	for (i = 0; i < f->n_held; i++) {
		f->held[n] = f->held[i];
		n += f->held[i] >= f->floor;
	}
	f->n_held = n;
	if (n > f->room / 2)
		f->all_held = 0;
}

static void search_block(struct search *f, const float *x, size_t n)
{
	size_t k = topk_places(x, n, f->floor, f->at), i;
	uint32_t *held = f->held + f->n_held, m;

	for (i = 0; i < k; i++) {
		m = topk_magnitude(x[f->at[i]]);
		f->bin[m >> 2 * STEP]++;
		held[i] = m;
	}
	f->seen += k;
	if (f->all_held)
		f->n_held += k;
	if (f->n_held > f->room)
		make_room(f);
	if (f->seen >= f->next)
		raise_floor(f);
	if (!f->all_held)
		f->n_held = 0;
}

/* Of the candidates whose bits above those of this step are `prefix` the next bits are counted. Without branches: which they are
 * cannot be foreseen. */
static void count_block(struct search *f, const uint32_t *m, size_t n, unsigned shift, uint32_t prefix)
{
	size_t i;

	for (i = 0; i < n; i++)
		f->bin[m[i] >> shift & ((1 << STEP) - 1)] += m[i] >> (shift + STEP) == prefix;
}

/* The sums of those that are above. */
static void sum_block(const uint32_t *m, size_t n, uint32_t above, struct topk_sums *sums)
{
	uint32_t most = 0;
	size_t i;
	double x;

	for (i = 0; i < n; i++) {
		most = m[i] > most ? m[i] : most;
		x = (double)float_of(m[i] > above ? m[i] : 0);
		sums->sum += x;
		sums->squares += x * x;
	}
	sums->most = float_of(most) > sums->most ? float_of(most) : sums->most;
}

/* The last step, which has a shift of 0, takes the sums as well. */
static void settle(struct search *f, const uint32_t *m, size_t n, unsigned shift, uint32_t prefix)
{
	count_block(f, m, n, shift, prefix);
	if (!shift)
		sum_block(m, n, prefix << STEP | ((1u << STEP) - 1), f->sums);
}

static int count_all(struct search *f, unsigned shift, uint32_t prefix, struct fl_err *err)
{
	uint32_t least = prefix ? prefix << (shift + STEP) : 1;
	size_t i, j, k, n;
	uint64_t from;
	int rc = FL_OK;

	memset(f->bin, 0, sizeof f->bin);
	if (f->all_held) {
		settle(f, f->held, f->n_held, shift, prefix);
		return FL_OK;
	}
	for (i = f->s->n; i-- > 0;) { /* the last one is still there */
		TRY(load(f, i, err));
		for (from = 0; from < f->s->t[i].n; from += n) {
			n = f->s->t[i].n - from < BLOCK ? (size_t)(f->s->t[i].n - from) : BLOCK;
			k = topk_places(f->x + from, n, least, f->at);
			for (j = 0; j < k; j++)
				f->held[j] = topk_magnitude(f->x[from + f->at[j]]);
			settle(f, f->held, k, shift, prefix);
		}
	}
out:
	return rc;
}

/* From the counts of the lowest bits after prefix, of which `want` are kept: the smallest magnitude, how many there are of it,
 * and how many of them are kept, which is returned. */
static uint64_t finish(struct search *f, uint32_t prefix, uint64_t want, uint64_t *of_least)
{
	uint64_t take = 0;
	size_t i;
	double x;

	*of_least = 0;
	for (i = (size_t)1 << STEP; i-- > 0 && want; want -= take) {
		*of_least = f->bin[i];
		take = *of_least < want ? *of_least : want;
		if (!take)
			continue;
		f->cut->least = float_of(prefix << STEP | (uint32_t)i);
		x = (double)f->cut->least;
		f->sums->sum += (double)take * x;
		f->sums->squares += (double)take * x * x;
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
static int share_ties(struct search *f, uint64_t left, struct fl_err *err)
{
	struct tensor_ties *t = NULL;
	size_t i, n = f->s->n;
	uint64_t j;
	int rc;

	TRY(fl_alloc(&t, n, sizeof *t, err));
	for (i = n; i-- > 0;) {
		t[i].hash = topk_hash(f->s->t[i].name);
		TRY(load(f, i, err));
		for (j = 0; j < f->s->t[i].n; j++)
			t[i].n += fabsf(f->x[j]) == f->cut->least;
	}
	qsort(t, n, sizeof *t, by_hash);
	for (i = 0; i < n && t[i].n <= left; i++)
		left -= t[i].n;
	f->cut->pivot = i < n ? t[i].hash : TOPK_ALL_TIES;
	f->cut->ties = left;
out:
	free(t);
	return rc;
}

static int search_file(struct search *f, struct fl_err *err)
{
	size_t i, n;
	uint64_t from;
	int rc = FL_OK;

	for (i = 0; i < f->s->n; i++) {
		TRY(load(f, i, err));
		for (from = 0; from < f->s->t[i].n; from += n) {
			n = f->s->t[i].n - from < BLOCK ? (size_t)(f->s->t[i].n - from) : BLOCK;
			f->sums->energy += energy_of(f->x + from, n);
			search_block(f, f->x + from, n);
		}
	}
out:
	return rc;
}

/* The smallest kept magnitude, 11 and 10 and 10 bits at a time. */
static int cut_file(struct search *f, struct fl_err *err)
{
	uint64_t above, want, take, of_least;
	uint32_t prefix;
	int rc;

	TRY(search_file(f, err));
	prefix = (uint32_t)bin_of(f->bin, f->k, &above);
	want = f->k - above < f->bin[prefix] ? f->k - above : f->bin[prefix]; /* where it is less, the rest are zeros */
	f->sums->kept = above + want;
	TRY(count_all(f, STEP, prefix, err));
	prefix = prefix << STEP | (uint32_t)bin_of(f->bin, want, &above);
	TRY(count_all(f, 0, prefix, err));
	take = finish(f, prefix, want - above, &of_least);
	f->cut->pivot = TOPK_ALL_TIES;
	if (take < of_least)
		TRY(share_ties(f, take, err));
out:
	return rc;
}

static int measure(struct search *f, unsigned bits, struct fl_err *err)
{
	double mean = f->sums->kept ? f->sums->sum / (double)f->sums->kept : 0;
	struct buf b = { .max = SIZE_MAX };
	struct codec_plan p = { 0 };
	size_t i;
	int rc = FL_OK;

	topk_to_plan(f->cut, &p);
	for (i = f->s->n; i-- > 0;) {
		TRY(load(f, i, err));
		b.len = 0;
		TRY(topk_encode(bits, (float)mean, &p, &f->s->t[i], f->x, &b, err));
		f->sums->bytes += (double)b.len;
	}
out:
	buf_clear(&b);
	return rc;
}

static int search_open(struct search *f, double part, struct fl_err *err)
{
	uint64_t longest = 0;
	size_t i;
	int rc;

	for (i = 0; i < f->s->n; i++) {
		f->sums->n += f->s->t[i].n;
		longest = f->s->t[i].n > longest ? f->s->t[i].n : longest;
	}
	f->k = topk_count(part, f->sums->n);
	f->next = f->k / 4 * 5 + BLOCK;
	f->room = f->k < (HELD - BLOCK) / 8 ? (size_t)f->k * 8 + BLOCK : HELD;
	f->floor = 1;
	f->all_held = 1;
	f->loaded = SIZE_MAX;
	TRY(fl_alloc(&f->held, f->room + BLOCK, sizeof *f->held, err));
	TRY(fl_alloc(&f->x, longest, sizeof *f->x, err));
out:
	return rc;
}

int topk_select(double part, unsigned bits, const struct codec_source *s, struct topk_cut *cut, struct topk_sums *sums,
		struct fl_err *err)
{
	struct search *f = NULL;
	int rc;

	*cut = (struct topk_cut){ 0 };
	*sums = (struct topk_sums){ 0 };
	TRY(fl_alloc(&f, 1, sizeof *f, err));
	f->s = s;
	f->cut = cut;
	f->sums = sums;
	TRY(search_open(f, part, err));
	TRY(cut_file(f, err));
	TRY(measure(f, bits, err));
out:
	if (f) {
		free(f->x);
		free(f->held);
	}
	free(f);
	return rc;
}
