/* Values of the metrics: scikit-learn 1.2.1 and R's survival 3.5-3 on the same rows, plain definitions, and what is
 * undefined. */
#include "model/metric.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define TOL 1e-12
#define N(a) (sizeof(a) / sizeof *(a))

struct want {
	const char *name;
	double plain, weighted;
};

static double value(const char *name, const struct metric_in *in, const char **why)
{
	struct metric_set s = { 0 };
	struct fl_err err = { 0 };
	double v;

	if (metric_prepare(&s, in, &err) != FL_OK) {
		*why = "not prepared";
		return NAN;
	}
	v = metric_value(metric_find(name), &s, NULL, why);
	metric_clear(&s);
	return v;
}

static void compare(struct metric_in in, const float *weight, const struct want *want, size_t n)
{
	const char *why;
	size_t i;

	for (i = 0; i < n; i++) {
		in.weight = NULL;
		CHECK_NEAR(value(want[i].name, &in, &why), want[i].plain, TOL, "%s", want[i].name);
		in.weight = weight;
		CHECK_NEAR(value(want[i].name, &in, &why), want[i].weighted, TOL, "%s, weighted", want[i].name);
	}
}

/* accuracy_score, balanced_accuracy_score, roc_auc_score, average_precision_score, log_loss(eps=1e-15), ... of
 * sklearn.metrics with and without sample_weight; precision and so on at p >= .5. */
static void test_binary(void)
{
	static const float y[] = { 0, 1, 0, 1, 1, 0, 0, 1, 0, 1 }, w[] = { 1, 2, 1, .5, 1, 3, 1, 1, 0, 2 };
	static const double p[] = { .1, .9, .4, .35, .8, .6, .2, .8, .35, .05 };
	static const struct want want[] = {
		{ "accuracy", .7, .56 },
		{ "balanced_accuracy", .7, 0.5576923076923077 },
		{ "auc", .7, 0.641025641025641 },
		{ "average_precision", 0.8142857142857143, 0.8161085972850679 },
		{ "log_loss", 0.6783605355043549, 0.8609268503729507 },
		{ "brier", 0.21075, 0.2725 },
		{ "precision", 0.75, 0.5714285714285714 },
		{ "recall", 0.6, 0.6153846153846154 },
		{ "f1", 0.6666666666666666, 0.5925925925925927 },
	};
	struct metric_in in = { .task = METRIC_BINARY, .n = 10, .k = 1, .p = p, .y = y, .threshold = .5 };
	static const double at_most[] = { 5, 0, 4, 1 };
	struct metric_set s = { 0 };
	const char *why;
	double c[4];

	compare(in, w, want, N(want));
	in.threshold = .81;
	CHECK(metric_prepare(&s, &in, NULL) == FL_OK, "prepare");
	metric_confusion(&s, s.weight, c);
	CHECK(!memcmp(c, at_most, sizeof c), "confusion at threshold .81");
	metric_clear(&s);
	in.threshold = .8;
	CHECK_NEAR(value("recall", &in, &why), .6, TOL, "a probability equal to the threshold is positive");
}

/* roc_auc_score(multi_class="ovr", average="macro"), f1_score(average="macro"). */
static void test_multiclass(void)
{
	static const double p[] = { .7, .2, .1, .3, .4, .3, .25, .5, .25, .1, .1, .8,
				    .6, .3, .1, .2, .3, .5, .5, .3, .2, .1, .6, .3 };
	static const float y[] = { 0, 1, 2, 2, 1, 2, 0, 1 }, w[] = { 1, 2, .5, 1, 1, 3, 1, 1 };
	static const struct want want[] = {
		{ "accuracy", .75, 0.8571428571428571 },
		{ "balanced_accuracy", 0.7777777777777777, 0.8796296296296297 },
		{ "macro_auc", 0.8611111111111112, 0.9170018434724317 },
		{ "log_loss", 0.7479370471823505, 0.7231365990374196 },
		{ "macro_f1", 0.7555555555555555, 0.8470588235294118 },
	};
	static const double confusion[] = { 2, 0, 0, 1, 2, 0, 0, 1, 2 };
	struct metric_in in = { .task = METRIC_MULTICLASS, .n = 8, .k = 3, .p = p, .y = y };
	struct metric_set s = { 0 };
	double c[9];

	compare(in, w, want, N(want));
	CHECK(metric_prepare(&s, &in, NULL) == FL_OK, "prepare");
	metric_confusion(&s, s.weight, c);
	CHECK(!memcmp(c, confusion, sizeof c), "confusion of three classes");
	metric_clear(&s);
}

/* mean_squared_error(squared=False), mean_absolute_error, r2_score, mean_poisson_deviance. */
static void test_values(void)
{
	static const float y[] = { 3, 0, 2, 7, 1, 4 }, w[] = { 1, 2, .5, 1, 0, 3 };
	static const double p[] = { 2.5, .5, 2, 6, 1.5, 5 };
	static const struct want want[] = {
		{ "rmse", 0.67700320038633, 0.7958224257542215 },
		{ "mae", 0.5833333333333334, 0.7333333333333333 },
		{ "r2", 0.9108108108108108, 0.873220640569395 },
		{ "mean_deviance", 0.27599337193588985, 0.38621248357390836 },
	};
	struct metric_in in = { .task = METRIC_COUNT, .n = 6, .k = 1, .p = p, .y = y };

	compare(in, w, want, N(want));
	in.task = METRIC_REGRESSION;
	compare(in, w, want, 3);
}

/* concordance(Surv(t, e) ~ r, reverse = TRUE[, weights = w]) of R's survival. */
static void test_survival(void)
{
	static const float t[] = { 5, 3, 3, 8, 2, 8, 6, 3, 9, 1 }, e[] = { 1, 1, 0, 1, 1, 0, 0, 1, 1, 1 };
	static const float w[] = { 1, 2, 1, .5, 1, 3, 1, 1, 2, 1 };
	static const double r[] = { .5, 1.2, 1.2, -.3, 2, 0, .5, .7, -1, 1.2 };
	static const struct want want[] = { { "c_index", 0.85714285714285721, 0.88888888888888884 } };
	struct metric_in in = { .task = METRIC_SURVIVAL, .n = 10, .k = 1, .p = r, .time = t, .event = e };

	compare(in, w, want, 1);
}

enum { MANY = 300 };

static struct metric_in many(enum metric_task task, double *p, float *y, float *t, float *w, uint64_t seed)
{
	struct rng r;
	size_t i;

	rng_seed(&r, seed, 0);
	for (i = 0; i < MANY; i++) {
		p[i] = (double)rng_below(&r, 21) / 20; /* many ties */
		y[i] = (float)rng_below(&r, 2);
		t[i] = (float)(1 + rng_below(&r, 40));
		w[i] = (float)rng_below(&r, 4) / 2;
	}
	return (struct metric_in){ .task = task, .n = MANY, .k = 1, .p = p, .y = y, .time = t, .event = y, .weight = w,
				   .threshold = .5 };
}

/* Is (i, j) a pair, i being the one that should have the higher prediction? */
static int is_pair(const struct metric_in *in, size_t i, size_t j)
{
	if (in->task == METRIC_BINARY)
		return in->y[i] == 1 && in->y[j] == 0;
	return in->event[i] == 1 && (in->time[j] > in->time[i] || (in->time[j] == in->time[i] && in->event[j] == 0));
}

static double all_pairs(const struct metric_in *in)
{
	double good = 0, all = 0, w;
	size_t i, j;

	for (i = 0; i < in->n; i++)
		for (j = 0; j < in->n; j++) {
			if (!is_pair(in, i, j))
				continue;
			w = (double)in->weight[i] * in->weight[j];
			good += w * (in->p[i] > in->p[j] ? 1 : in->p[i] == in->p[j] ? .5 : 0);
			all += w;
		}
	return good / all;
}

static void test_pairs(void)
{
	double p[MANY];
	float y[MANY], t[MANY], w[MANY];
	struct metric_in in;
	const char *why;
	uint64_t seed;

	for (seed = 1; seed <= 5; seed++) {
		in = many(METRIC_BINARY, p, y, t, w, seed);
		CHECK_NEAR(value("auc", &in, &why), all_pairs(&in), TOL, "auc is the share of pairs, seed %d",
			   (int)seed);
		in.task = METRIC_SURVIVAL;
		CHECK_NEAR(value("c_index", &in, &why), all_pairs(&in), TOL, "c_index is the share of pairs, seed %d",
			   (int)seed);
	}
}

/* By hand: the bins hold .05 .05 | .35 .38 | .95 1 with 0 1 | 0 0 | 1 1 observed. */
static void test_calibration(void)
{
	static const double p[] = { .05, .95, .35, .05, .38, 1 };
	static const float y[] = { 0, 1, 0, 1, 0, 1 };
	struct metric_in in = { .task = METRIC_BINARY, .n = 6, .k = 1, .p = p, .y = y, .threshold = .5 };
	struct metric_bin b[METRIC_BINS];
	struct metric_set s = { 0 };
	const char *why;

	CHECK_NEAR(value("ece", &in, &why), (2 * .45 + 2 * .365 + 2 * .025) / 6, TOL, "ece by hand");
	CHECK(metric_prepare(&s, &in, NULL) == FL_OK, "prepare");
	metric_calibration(&s, s.weight, b);
	CHECK(b[0].n == 2 && b[3].n == 2 && b[9].n == 2 && b[5].n == 0, "rows per bin; 1 is in the last");
	CHECK(b[0].observed == .5 && b[3].observed == 0 && b[9].observed == 1, "observed shares");
	CHECK_NEAR(b[3].predicted, .365, TOL, "mean prediction");
	CHECK(isnan(b[5].predicted) && isnan(b[5].observed), "an empty bin has no means");
	metric_clear(&s);
}

/* Top-label confidence: .6 right, .7 wrong, both alone in their bin. */
static void test_calibration_multiclass(void)
{
	static const double p[] = { .65, .25, .1, .2, .05, .75 };
	static const float y[] = { 0, 1 };
	struct metric_in in = { .task = METRIC_MULTICLASS, .n = 2, .k = 3, .p = p, .y = y };
	const char *why;

	CHECK_NEAR(value("ece", &in, &why), (.35 + .75) / 2, TOL, "ece of three classes by hand");
}

static void undefined(const char *name, struct metric_in in, const char *reason)
{
	const char *why = NULL;
	double v = value(name, &in, &why);

	CHECK(isnan(v) && why && !strcmp(why, reason), "%s: %s", name, reason);
}

static void test_undefined(void)
{
	static const double half[] = { .2, .2 }, zero[] = { 1, 0 }, three[] = { .5, .3, .2, .6, .2, .2 };
	static const float ones[] = { 1, 1 }, zeros[] = { 0, 0 }, times[] = { 4, 4 };
	struct metric_in in = { .task = METRIC_BINARY, .n = 2, .k = 1, .p = half, .y = ones, .threshold = .5 };

	undefined("auc", in, "only one class in the data");
	undefined("balanced_accuracy", in, "only one class in the data");
	undefined("precision", in, "no row is predicted positive");
	in.y = zeros;
	undefined("recall", in, "no positive in the data");
	undefined("average_precision", in, "no positive in the data");
	undefined("f1", in, "no positive in the data or the predictions");
	in.weight = zeros;
	undefined("accuracy", in, "all weights are 0");
	in.weight = NULL;
	in.n = 0;
	undefined("brier", in, "no rows");
	undefined("macro_auc", (struct metric_in){ .task = METRIC_MULTICLASS, .n = 2, .k = 3, .p = three, .y = zeros },
		  "only one class in the data");
	undefined("r2", (struct metric_in){ .task = METRIC_REGRESSION, .n = 2, .k = 1, .p = half, .y = ones },
		  "the label is constant");
	undefined("mean_deviance", (struct metric_in){ .task = METRIC_COUNT, .n = 2, .k = 1, .p = zero, .y = ones },
		  "a count is negative or a rate is 0");
	undefined("c_index", (struct metric_in){ .task = METRIC_SURVIVAL, .n = 2, .k = 1, .p = half, .time = times,
		  .event = ones }, "no two rows can be compared");
}

static void refused(struct metric_in in, const char *text)
{
	struct metric_set s = { 0 };
	struct fl_err err = { 0 };

	CHECK(metric_prepare(&s, &in, &err) == FL_DATA && strstr(err.msg, text), "refused: %s", text);
	CHECK(!s.weight && !s.order && !s.work, "and the set is empty");
	metric_clear(&s);
}

static void test_refused(void)
{
	static const double p[] = { .1, .2 }, nan_p[] = { .1, NAN }, inf_p[] = { .1, INFINITY };
	static const float y[] = { 0, 1 }, two[] = { 0, 2 };
	static const float part[] = { 0, .5 }, minus[] = { -1, 0 }, none[] = { 0, NAN };
	struct metric_in in = { .task = METRIC_BINARY, .n = 2, .k = 1, .p = p, .y = y, .threshold = .5 };

	in.p = nan_p;
	refused(in, "row 2: the prediction is not finite");
	in.p = inf_p;
	refused(in, "row 2: the prediction is not finite");
	in.p = p;
	in.y = two;
	refused(in, "row 2: the label is not one of 2 classes");
	in.y = part;
	refused(in, "row 2: the label is not one of 2 classes");
	in.y = minus;
	refused(in, "row 1: the label is not one of 2 classes");
	in.y = none;
	refused(in, "row 2: the label is not finite");
	in.y = y;
	in.weight = minus;
	refused(in, "row 1: the weight is not a finite number >= 0");
	refused((struct metric_in){ .task = METRIC_SURVIVAL, .n = 2, .k = 1, .p = p, .time = none, .event = y },
		"row 2: no time and event");
	refused((struct metric_in){ .task = METRIC_SURVIVAL, .n = 2, .k = 1, .p = p, .time = y, .event = part },
		"row 2: no time and event");
}

int main(void)
{
	test_binary();
	test_multiclass();
	test_values();
	test_survival();
	test_pairs();
	test_calibration();
	test_calibration_multiclass();
	test_undefined();
	test_refused();
	return check_done();
}
