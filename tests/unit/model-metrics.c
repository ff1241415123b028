/* What every row of metrics.def must keep: it is walked row by row and task by task. */
#include "model/metric.h"

#include <string.h>

#include "check.h"

enum { ROWS = 80, CLASSES = 4 };

static const enum metric_task tasks[] = { METRIC_BINARY, METRIC_MULTICLASS, METRIC_REGRESSION, METRIC_COUNT,
					  METRIC_SURVIVAL };
enum { TASKS = sizeof tasks / sizeof *tasks };

/* Room for twice the rows; in points into it. */
struct rows {
	double p[2 * ROWS * CLASSES];
	float y[2 * ROWS], time[2 * ROWS], event[2 * ROWS], weight[2 * ROWS];
	struct metric_in in;
};

static void make(struct rows *d, enum metric_task task)
{
	size_t i, j, k = task == METRIC_MULTICLASS ? CLASSES : 1;
	struct rng r;

	rng_seed(&r, 11, (uint64_t)task);
	for (i = 0; i < ROWS; i++) {
		for (j = 0; j < k; j++)
			d->p[i * k + j] = (double)(1 + rng_below(&r, 15)) / 16;
		d->y[i] = (float)rng_below(&r, task == METRIC_MULTICLASS ? CLASSES : task == METRIC_BINARY ? 2 : 9);
		d->time[i] = (float)(1 + rng_below(&r, 30));
		d->event[i] = (float)rng_below(&r, 2);
		d->weight[i] = (float)rng_below(&r, 5) / 2;
	}
	d->in = (struct metric_in){ .task = task, .n = ROWS, .k = k, .p = d->p, .y = d->y, .time = d->time,
				    .event = d->event, .weight = d->weight, .threshold = .5 };
}

static void copy_row(struct rows *to, size_t i, const struct rows *from, size_t j)
{
	size_t k = from->in.k;

	memcpy(to->p + i * k, from->p + j * k, k * sizeof *to->p);
	to->y[i] = from->y[j];
	to->time[i] = from->time[j];
	to->event[i] = from->event[j];
	to->weight[i] = from->weight[j];
}

/* to gets n rows of from: row pick(i) as its row i. */
static void take(struct rows *to, const struct rows *from, size_t n, size_t (*pick)(size_t i))
{
	size_t i;

	make(to, from->in.task);
	to->in.n = n;
	for (i = 0; i < n; i++)
		copy_row(to, i, from, pick(i));
}

static size_t backwards(size_t i)
{
	return ROWS - 1 - i;
}

static size_t twice(size_t i)
{
	return i % ROWS;
}

static double ask(const struct metric *m, const struct metric_in *in)
{
	struct metric_set s = { 0 };
	double v = NAN;

	if (metric_prepare(&s, in, NULL) == FL_OK)
		v = metric_value(m, &s, NULL, NULL);
	metric_clear(&s);
	return v;
}

static void test_row(const struct metric *m, enum metric_task task)
{
	static struct rows d, e;
	double v;
	size_t i, n;

	make(&d, task);
	v = ask(m, &d.in);
	CHECK(isfinite(v), "%s is defined, task %d", m->name, (int)task);
	CHECK(ask(m, &d.in) == v, "%s: the same rows, the same bits", m->name);
	take(&e, &d, ROWS, backwards);
	CHECK_NEAR(ask(m, &e.in), v, 1e-12, "%s does not depend on the order of the rows", m->name);
	take(&e, &d, 2 * ROWS, twice);
	CHECK_NEAR(ask(m, &e.in), v, 1e-12, "%s does not change when all rows come twice", m->name);
	make(&e, task);
	for (i = n = 0; i < ROWS; i++)
		if (d.weight[i] > 0)
			copy_row(&e, n++, &d, i);
	e.in.n = n;
	CHECK(n < ROWS, "%s: some weights are 0", m->name);
	CHECK_NEAR(ask(m, &e.in), v, 1e-12, "%s: a row of weight 0 is no row", m->name);
	make(&e, task);
	for (i = 0; i < ROWS; i++)
		e.weight[i] *= 8;
	CHECK(ask(m, &e.in) == v, "%s: only the ratio of the weights counts", m->name);
}

static void test_table(void)
{
	const struct metric *m;
	size_t i, t;

	for (i = 0; (m = metric_at(i)); i++) {
		CHECK(metric_find(m->name) == m, "%s is found by its name, which no other has", m->name);
		CHECK(m->source && strlen(m->source) > 10, "%s names its source", m->name);
		CHECK(m->summary && strlen(m->summary) > 10, "%s says what it is", m->name);
		for (t = 0; t < TASKS; t++)
			if (m->tasks & tasks[t])
				test_row(m, tasks[t]);
	}
	CHECK(i == metric_count() && !metric_find("none"), "the table ends");
}

int main(void)
{
	test_table();
	return check_done();
}
