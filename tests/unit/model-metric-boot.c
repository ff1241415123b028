/* Bootstrap intervals: their width, their seed, and what has none. */
#include "model/metric.h"

#include <string.h>

#include "check.h"

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

/* Every allocation of prepare and bootstrap fails once; the sanitizers see what is left behind. */
static void test_no_memory(void)
{
	static const double p[] = { .4, .1, .9 };
	static const float time[] = { 3, 1, 2 }, event[] = { 1, 1, 0 };
	struct metric_in in = { .task = METRIC_SURVIVAL, .n = 3, .k = 1, .p = p, .time = time, .event = event };
	struct metric_boot b = { .replicates = 3, .level = .9 };
	double ci[64][2];
	struct rng r;
	long k;
	int rc;

	rng_seed(&r, 1, 1);
	for (k = 1, rc = FL_IO; rc == FL_IO; k++) {
		struct metric_set s = { 0 };

		fl_alloc_fail_at(k);
		rc = metric_prepare(&s, &in, NULL);
		if (rc == FL_OK)
			rc = metric_bootstrap(&s, &b, &r, ci, NULL);
		fl_alloc_fail_at(0);
		metric_clear(&s);
	}
	CHECK(rc == FL_OK && k == 9, "seven allocations, each may fail (%ld)", k - 2);
}

int main(void)
{
	test_bootstrap();
	test_bootstrap_undefined();
	test_no_memory();
	return check_done();
}
