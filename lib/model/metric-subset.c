#include <stdlib.h>

#include "model/metric.h"

int metric_subset_take(struct metric_subset *sub, const struct metric_in *in, const uint32_t *rows, size_t n,
		       struct fl_err *err)
{
	size_t i, j, k = in->k;
	int rc;

	metric_subset_clear(sub);
	TRY(fl_alloc(&sub->p, n, k * sizeof *sub->p, err));
	TRY(fl_alloc(&sub->values, n, 4 * sizeof *sub->values, err));
	sub->in = *in;
	sub->in.n = n;
	sub->in.p = sub->p;
	sub->in.y = in->y ? sub->values : NULL;
	sub->in.time = in->time ? sub->values + n : NULL;
	sub->in.event = in->event ? sub->values + 2 * n : NULL;
	sub->in.weight = in->weight ? sub->values + 3 * n : NULL;
	for (i = 0; i < n; i++) {
		for (j = 0; j < k; j++)
			sub->p[i * k + j] = in->p[rows[i] * k + j];
		if (in->y)
			sub->values[i] = in->y[rows[i]];
		if (in->time)
			sub->values[n + i] = in->time[rows[i]];
		if (in->event)
			sub->values[2 * n + i] = in->event[rows[i]];
		if (in->weight)
			sub->values[3 * n + i] = in->weight[rows[i]];
	}
out:
	if (rc != FL_OK)
		metric_subset_clear(sub);
	return rc;
}

void metric_subset_clear(struct metric_subset *sub)
{
	free(sub->p);
	free(sub->values);
	*sub = (struct metric_subset){ 0 };
}
