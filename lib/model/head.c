#include "model/head.h"

#include <string.h>

static const struct head *const table[] = {
#define HEAD(name) &head_##name,
#include "model/heads.def"
#undef HEAD
};

#define N_HEADS (sizeof table / sizeof *table)

double head_loss(const struct head *h, const struct head_rows *r, double *d)
{
	double sum = 0;
	size_t i, j;

	if (!h->row)
		return h->all(r, d);
	for (i = 0; i < r->n; i++) {
		double w = r->weight ? (double)r->weight[i] : 1;

		sum += w * h->row((double)r->y[i], r->eta + i * r->k, r->k, d + i * r->k);
		for (j = 0; r->weight && j < r->k; j++)
			d[i * r->k + j] *= w;
	}
	return sum;
}

const struct head *head_at(size_t i)
{
	return i < N_HEADS ? table[i] : NULL;
}

const char *head_name(size_t i)
{
	return i < N_HEADS ? table[i]->name : NULL;
}

const struct head *head_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_HEADS; i++)
		if (!strcmp(table[i]->name, name))
			return table[i];
	return NULL;
}

const char *head_misfit(const struct head *h, const struct schema *s)
{
	size_t classes = schema_classes(s);

	if (h->label == HEAD_SURVIVAL)
		return s->time < 0 || s->event < 0 ? "needs fields with the roles time and event" : NULL;
	if (s->label < 0)
		return "needs a field with the role label";
	if (h->label == HEAD_NUMBER)
		return classes ? "needs a numeric label, and this one has classes" : NULL;
	if (h->label == HEAD_TWO_CLASSES)
		return classes != 2 ? "needs a label of exactly two classes" : NULL;
	return classes < 2 ? "needs a label of two or more classes" : NULL;
}

const struct head *head_for(const struct schema *s)
{
	size_t classes = schema_classes(s);

	if (s->label >= 0)
		return classes > 2 ? &head_categorical : classes == 2 ? &head_bernoulli : &head_gaussian;
	return s->time >= 0 && s->event >= 0 ? &head_cox : NULL;
}
