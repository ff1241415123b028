/* Heads: losses and derivatives against values worked by hand, predictions, and arguments at the ends of the range. */
#include "check.h"

#include <string.h>

#include "model/head.h"

static double loss(const struct head *h, double y, const double *eta, size_t k, double *d)
{
	float label = (float)y;

	return head_loss(h, &(struct head_rows){ .n = 1, .k = k, .eta = eta, .y = &label }, d);
}

static void test_by_hand(void)
{
	double d[3], eta[3] = { log(1), log(2), log(5) };

	CHECK_NEAR(loss(&head_gaussian, 1, (double[]){ 3 }, 1, d), 2, 0, "gaussian: (3-1)^2 / 2");
	CHECK_NEAR(d[0], 2, 0, "gaussian: derivative");
	CHECK_NEAR(loss(&head_bernoulli, 1, (double[]){ log(3) }, 1, d), log(4.0 / 3), 1e-15, "bernoulli: -log(3/4)");
	CHECK_NEAR(d[0], -0.25, 1e-15, "bernoulli: derivative");
	CHECK_NEAR(loss(&head_categorical, 1, eta, 3, d), log(4), 1e-15, "categorical: -log(2/8)");
	CHECK(fabs(d[0] - 0.125) < 1e-15 && fabs(d[1] + 0.75) < 1e-15 && fabs(d[2] - 0.625) < 1e-15,
	      "categorical: derivative is p minus the label");
	CHECK_NEAR(loss(&head_poisson, 3, (double[]){ log(2) }, 1, d), 2 - 3 * log(2), 1e-15, "poisson: 2 - 3 log 2");
	CHECK_NEAR(d[0], -1, 1e-15, "poisson: derivative");
}

static void test_ends(void)
{
	double d[2];

	CHECK_NEAR(loss(&head_bernoulli, 0, (double[]){ 1e4 }, 1, d), 1e4, 0, "bernoulli: eta 1e4 does not overflow");
	CHECK(loss(&head_bernoulli, 1, (double[]){ 700 }, 1, d) > 0 && d[0] < 0, "bernoulli: nor does a certain one vanish");
	CHECK_NEAR(loss(&head_categorical, 1, (double[]){ 1e4, -1e4 }, 2, d), 2e4, 0, "categorical: eta 1e4 does not overflow");
	CHECK(d[0] == 1 && d[1] == -1, "categorical: derivative there");
}

/* Five rows: events at 1 (once), at 2 twice with one censored beside them, and one at 3 censored. r = exp eta = 1, 2, 3, 4, 5. */
static void test_cox(double shift, int weights)
{
	float time[] = { 2, 1, 2, 3, 2 }, event[] = { 1, 1, 1, 0, 0 }, w[] = { 2, 1, 2, 1, 1 };
	double eta[5], d[5], r[5] = { 1, 2, 3, 4, 5 }, work[10], got;
	uint32_t order[5];
	struct head_rows rows = { .n = 5, .k = 1, .eta = eta, .time = time, .event = event, .order = order, .work = work };
	size_t i;

	for (i = 0; i < 5; i++)
		eta[i] = log(r[i]) + shift;
	if (weights) { /* R(1) = 2+2+6+4+5 = 19, R(2) = 2+6+4+5 = 17, tied r = 2+6 = 8, mean weight 2 */
		rows.weight = w;
		CHECK_NEAR(head_loss(&head_cox, &rows, d), log(19 / 2.0) + 4 * log(17) - 2 * log(3), 1e-11, "cox: Breslow, weights");
		rows.efron = 1;
		got = head_loss(&head_cox, &rows, d);
		CHECK_NEAR(got, log(19 / 2.0) + 2 * (log(17) + log(17 - 4)) - 2 * log(3), 1e-11, "cox: Efron, weights");
		return;
	}
	CHECK_NEAR(head_loss(&head_cox, &rows, d), log(15 / 2.0) + 2 * log(13) - log(3), 1e-11, "cox: Breslow, shift %g", shift);
	CHECK_NEAR(d[0], 1 / 15.0 + 2 / 13.0 - 1, 1e-12, "cox: derivative of a tied event");
	CHECK_NEAR(d[3], 4 / 15.0 + 8 / 13.0, 1e-12, "cox: derivative of a late row");
	rows.efron = 1;
	CHECK_NEAR(head_loss(&head_cox, &rows, d), log(15 / 2.0) + log(13) + log(11) - log(3), 1e-11, "cox: Efron, shift %g", shift);
	CHECK_NEAR(d[0], 1 / 15.0 + 1 / 13.0 + 0.5 / 11 - 1, 1e-12, "cox: derivative of a tied event");
	CHECK_NEAR(d[4], 5 / 15.0 + 5 / 13.0 + 5 / 11.0, 1e-12, "cox: derivative of one censored beside it");
	CHECK_NEAR(d[1], 2 / 15.0 - 1, 1e-12, "cox: derivative of the first event");
}

/* A risk set e^-2000 as heavy as the rest still has a loss and a derivative. */
static void test_cox_far(void)
{
	float time[] = { 1, 2, 3 }, event[] = { 1, 1, 1 }, w[] = { 1, 1, 0 };
	double eta[] = { 1000, -1000, -1000 }, d[3], work[6];
	uint32_t order[3];
	struct head_rows rows = { .n = 3, .k = 1, .eta = eta, .time = time, .event = event, .order = order, .work = work };

	CHECK_NEAR(head_loss(&head_cox, &rows, d), log(2), 1e-12, "cox: a far risk set");
	CHECK_NEAR(d[1], -0.5, 1e-12, "cox: derivative in it");
	rows.weight = w;
	eta[2] = 3000;
	CHECK_NEAR(head_loss(&head_cox, &rows, d), 0, 1e-12, "cox: a row without weight is in no risk set");
	CHECK(d[2] == 0, "cox: and has no derivative");
}

static int same(const double *mu, const float *eta)
{
	size_t i;

	for (i = 0; i < 4 && mu[i] == (double)eta[i]; i++)
		;
	return i == 4;
}

static void test_means(void)
{
	float eta[] = { 0, logf(3), 200, -200 };
	double mu[4];

	head_bernoulli.mean(eta, 4, 1, mu);
	CHECK(mu[0] == 0.5 && fabs(mu[1] - 0.75) < 1e-7 && mu[2] == 1 && mu[3] > 0 && mu[3] < 1e-80, "bernoulli: probabilities");
	head_categorical.mean(eta, 2, 2, mu);
	CHECK(fabs(mu[0] - 0.25) < 1e-7 && fabs(mu[1] - 0.75) < 1e-7 && mu[2] == 1 && mu[3] > 0, "categorical: probabilities");
	head_poisson.mean(eta, 2, 1, mu);
	CHECK(mu[0] == 1 && fabs(mu[1] - 3) < 1e-6, "poisson: rates");
	head_gaussian.mean(eta, 4, 1, mu);
	CHECK(same(mu, eta), "gaussian: eta");
	head_cox.mean(eta, 4, 1, mu);
	CHECK(same(mu, eta), "cox: eta");
}

static void test_table(void)
{
	const struct head *h;
	size_t i;

	for (i = 0; (h = head_at(i)); i++) {
		CHECK(head_find(h->name) == h && !strcmp(head_name(i), h->name), "%s is found by its name", h->name);
		CHECK(h->summary && h->source && h->mean && !h->row == !!h->all && !h->row == !h->misfit, "%s is whole", h->name);
		CHECK(!h->misfit || (h->misfit(NAN, 3) && h->misfit(INFINITY, 3) && !h->misfit(1, 3)), "%s checks its labels", h->name);
	}
	CHECK(i == 5 && !head_name(i) && !head_find("none"), "five heads");
	CHECK(head_poisson.misfit(-1, 1) && head_bernoulli.misfit(0.5, 1) && head_categorical.misfit(3, 3) &&
	      head_categorical.misfit(1.5, 3), "labels out of range");
}

int main(void)
{
	test_by_hand();
	test_ends();
	test_cox(0, 0);
	test_cox(900, 0);
	test_cox(-900, 0);
	test_cox(0, 1);
	test_cox_far();
	test_means();
	test_table();
	return check_done();
}
