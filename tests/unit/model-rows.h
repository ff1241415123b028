/* model-rows.h - small random rows for any model spec, for the tests of lib/model and lib/solve. */
#ifndef FL_TESTS_MODEL_ROWS_H
#define FL_TESTS_MODEL_ROWS_H

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "data/table.h"
#include "model/head.h"
#include "model/spec.h"

static inline struct spec spec_of(const char *family, const struct head *head, size_t inputs, size_t outputs)
{
	return (struct spec){ .family = family, .head = head, .inputs = inputs, .outputs = outputs,
		.intercept = head->label != HEAD_SURVIVAL, .efron = 1 };
}

static inline float *normals(struct rng *r, size_t n, double scale)
{
	float *v = malloc((n ? n : 1) * sizeof *v);
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = (float)(scale * rng_normal(r));
	return v;
}

/* Labels come from chance alone; times are whole numbers up to n / 3, so that there are ties. */
static inline struct table rows_for(const struct spec *m, size_t n, uint64_t seed, int weights, int offsets)
{
	struct table t = { .n = n, .p = m->inputs };
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	t.x = normals(&r, n * t.p, 1);
	t.weight = weights ? normals(&r, n, 1) : NULL;
	t.offset = offsets ? normals(&r, n, 0.3) : NULL;
	for (i = 0; weights && i < n; i++)
		t.weight[i] = fabsf(t.weight[i]) + 0.1f;
	t.y = normals(&r, n, 1);
	t.time = normals(&r, n, 1);
	t.event = normals(&r, n, 1);
	for (i = 0; i < n; i++) {
		if (m->head->label == HEAD_CLASSES || m->head->label == HEAD_TWO_CLASSES)
			t.y[i] = (float)rng_below(&r, m->outputs > 1 ? m->outputs : 2);
		if (m->head == &head_poisson)
			t.y[i] = (float)rng_below(&r, 5);
		t.time[i] = (float)(1 + rng_below(&r, n / 3 + 1));
		t.event[i] = (float)(rng_below(&r, 3) > 0);
	}
	return t;
}

static inline void rows_free(struct table *t)
{
	free(t->x);
	free(t->y);
	free(t->time);
	free(t->event);
	free(t->weight);
	free(t->offset);
	*t = (struct table){ 0 };
}

/* The models that tests go through: every head, every activation. */
#define N_MODELS 12
static inline struct spec model_no(int i)
{
	struct spec m;

	switch (i) {
	case 0: return spec_of("linear", &head_gaussian, 7, 1);
	case 1: return spec_of("logistic", &head_bernoulli, 15, 1);
	case 2: return spec_of("softmax", &head_categorical, 16, 5);
	case 3: return spec_of("poisson", &head_poisson, 3, 1);
	case 4: return spec_of("cox", &head_cox, 5, 1);
	case 5:
		m = spec_of("cox", &head_cox, 5, 1);
		m.efron = 0;
		return m;
	case 6:
		m = spec_of("logistic", &head_bernoulli, 4, 1);
		m.intercept = 0;
		return m;
	default:
		m = spec_of("mlp", i == 8 ? &head_gaussian : i == 11 ? &head_cox : &head_categorical, 9,
			    i == 8 || i == 11 ? 1 : 3);
		m.act = i == 7 || i == 11 ? ACT_RELU : i == 8 ? ACT_TANH : ACT_GELU;
		m.n_hidden = i == 10 ? 3 : 2;
		m.hidden[0] = 16;
		m.hidden[1] = i == 10 ? 1 : 7;
		m.hidden[2] = 33;
		return m;
	}
}

#endif
