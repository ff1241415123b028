/* What every row of metrics.def must keep: it is walked row by row and task by task. Then the bootstrap and the JSON
 * object. */
#include "model/metric.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
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

/* Replicate accuracies are Binomial(n, a) / n, so the interval is near a +- 1.96 sqrt(a (1 - a) / n). */
static void test_bootstrap(void)
{
	enum { n = 1000 };
	static double p[n], ci[64][2], again[64][2];
	static float y[n];
	struct metric_in in = { .task = METRIC_BINARY, .n = n, .k = 1, .p = p, .y = y, .threshold = .5 };
	struct metric_boot b = { .replicates = 2000, .level = .95 };
	double half = 1.959964 * sqrt(.2 * .8 / n);
	struct metric_set s = { 0 };
	struct rng r;
	size_t i;

	for (i = 0; i < n; i++) {
		y[i] = i % 2;
		p[i] = (i % 10 < 8) == (i % 2) ? .9 : .1;
	}
	CHECK(metric_prepare(&s, &in, NULL) == FL_OK && metric_count() <= 64, "prepare");
	rng_seed(&r, 3, 0);
	CHECK(metric_bootstrap(&s, &b, &r, ci, NULL) == FL_OK, "bootstrap");
	rng_seed(&r, 3, 0);
	CHECK(metric_bootstrap(&s, &b, &r, again, NULL) == FL_OK, "bootstrap again");
	CHECK(!memcmp(ci, again, sizeof ci), "same seed, same bits");
	CHECK_NEAR(ci[0][0], .8 - half, .005, "lower end of accuracy");
	CHECK_NEAR(ci[0][1], .8 + half, .005, "upper end of accuracy");
	b.level = .5;
	rng_seed(&r, 3, 0);
	CHECK(metric_bootstrap(&s, &b, &r, again, NULL) == FL_OK && again[0][0] > ci[0][0] && again[0][1] < ci[0][1],
	      "a lower level, a shorter interval");
	for (i = 0; i < metric_count(); i++)
		if (!(metric_at(i)->tasks & METRIC_BINARY))
			CHECK(isnan(ci[i][0]) && isnan(ci[i][1]), "no interval for %s", metric_at(i)->name);
	metric_clear(&s);
}

static void test_bootstrap_undefined(void)
{
	static const double p[] = { .3, .6 };
	static const float y[] = { 1, 1 };
	struct metric_in in = { .task = METRIC_BINARY, .n = 2, .k = 1, .p = p, .y = y, .threshold = .5 };
	struct metric_boot b = { .replicates = 50, .level = .9 };
	struct metric_set s = { 0 };
	double ci[64][2];
	struct rng r;

	rng_seed(&r, 3, 0);
	CHECK(metric_prepare(&s, &in, NULL) == FL_OK && metric_bootstrap(&s, &b, &r, ci, NULL) == FL_OK, "bootstrap");
	CHECK(ci[0][0] >= 0 && ci[0][1] <= 1, "accuracy has an interval");
	CHECK(isnan(ci[2][0]) && isnan(ci[2][1]) && !strcmp(metric_at(2)->name, "auc"), "auc, never defined, has none");
	metric_clear(&s);
}

static void json_is(const struct metric_in *in, const char *const *levels, double (*ci)[2], const char *want)
{
	struct metric_set s = { 0 };
	char *text = NULL;
	json_t *j;

	metric_prepare(&s, in, NULL);
	j = metric_json(&s, levels, ci);
	if (j)
		text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(6));
	if (!CHECK(text && !strcmp(text, want), "JSON %.50s", want))
		printf("# got %s\n", text ? text : "nothing");
	free(text);
	json_decref(j);
	metric_clear(&s);
}

static void test_json_values(void)
{
	static const double p[] = { .5, 1, 0, 1 };
	static const float y[] = { 1, 2, 1, 1 }, w[] = { .5, 1 }, event[] = { 1, 0 };
	struct metric_in in = { .task = METRIC_REGRESSION, .n = 2, .k = 1, .p = p, .y = y };
	double ci[64][2];
	size_t i;

	json_is(&in, NULL, NULL, "{\"n\":2,\"rmse\":0.790569,\"mae\":0.75,\"r2\":-1.5}");
	for (i = 0; i < metric_count(); i++) {
		ci[i][0] = strcmp(metric_at(i)->name, "r2") ? .5 : NAN;
		ci[i][1] = 1;
	}
	in.weight = w;
	in.y = y + 2;
	json_is(&in, NULL, ci,
		"{\"n\":2,\"weight\":1.5,\"rmse\":0.288675,\"mae\":0.166667,\"r2\":null,\"undefined\":"
		"{\"r2\":\"the label is constant\"},\"ci\":{\"rmse\":[0.5,1.0],\"mae\":[0.5,1.0],\"r2\":null}}");
	in = (struct metric_in){ .task = METRIC_SURVIVAL, .n = 2, .k = 1, .p = p, .time = y, .event = event };
	json_is(&in, NULL, NULL, "{\"n\":2,\"c_index\":0.0}");
}

static void test_json_classes(void)
{
	static const double p[] = { .5, .25, .25, .25, .25, .5 };
	static const float y[] = { 1, 2 };
	static const char *const levels[] = { "a", "b\"", "c" }, *const broken[] = { "a", "\xff", "c" };
	struct metric_in in = { .task = METRIC_MULTICLASS, .n = 2, .k = 3, .p = p, .y = y };
	struct metric_set s = { 0 };
	json_t *j, *want;

	CHECK(metric_prepare(&s, &in, NULL) == FL_OK, "prepare");
	CHECK(!metric_json(&s, broken, NULL), "a level that is not UTF-8 gives no JSON");
	j = metric_json(&s, levels, NULL);
	want = json_pack("{s:[sss],s:[[iii],[iii],[iii]]}", "levels", "a", "b\"", "c",
			 "matrix", 0, 0, 0, 1, 0, 0, 0, 0, 1);
	CHECK(json_equal(json_object_get(j, "confusion"), want), "confusion by level");
	json_decref(want);
	CHECK(json_array_size(json_object_get(j, "calibration")) == METRIC_BINS, "calibration curve");
	json_decref(j);
	metric_clear(&s);
}

/* Every allocation of prepare and bootstrap fails once; the sanitizers see what is left behind. */
static void test_no_memory(void)
{
	static struct rows d;
	struct metric_boot b = { .replicates = 3, .level = .9 };
	double ci[64][2];
	struct rng r;
	long k;
	int rc;

	make(&d, METRIC_SURVIVAL);
	rng_seed(&r, 1, 1);
	for (k = 1, rc = FL_IO; rc == FL_IO; k++) {
		struct metric_set s = { 0 };

		fl_alloc_fail_at(k);
		rc = metric_prepare(&s, &d.in, NULL);
		if (rc == FL_OK)
			rc = metric_bootstrap(&s, &b, &r, ci, NULL);
		fl_alloc_fail_at(0);
		metric_clear(&s);
	}
	CHECK(rc == FL_OK && k == 9, "seven allocations, each may fail (%ld)", k - 2);
}

int main(void)
{
	test_table();
	test_bootstrap();
	test_bootstrap_undefined();
	test_json_values();
	test_json_classes();
	test_no_memory();
	return check_done();
}
