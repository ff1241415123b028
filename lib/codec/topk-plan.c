#include "codec/topk-plan.h"

#include <math.h>

#include "codec/topk-places.h"

uint64_t topk_count(double part, uint64_t n)
{
	return (uint64_t)ceil(part * (double)n * (1 - 0x1p-50));
}

/* FNV-1a, 53 bits of it: a double holds them. */
double topk_hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; name && *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return (double)(h >> 11);
}

void topk_to_plan(const struct topk_cut *cut, struct codec_plan *p)
{
	p->step = (double)cut->least;
	p->more[0] = cut->pivot;
	p->more[1] = (double)cut->ties;
}

uint64_t topk_ties(const struct codec_plan *p, const char *name)
{
	double h = topk_hash(name);

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
