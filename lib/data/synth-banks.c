/*
 * Card payments of several banks. About three in two hundred are fraud; each bank has its own customers, and fraud
 * reaches it by other roads (abroad, online, at night), so that one bank has seen too little of most of them.
 */
#include "data/synth.h"

enum {
	PAYMENT, AMOUNT, RATIO, HOUR, MERCHANT, COUNTRY, CHANNEL, PRESENT, DEVICE, HOURLY, DAILY, GAP, TENURE, AGE,
	SEGMENT, FRAUD, N_COLS
};

static const struct synth_col cols[N_COLS] = {
	[PAYMENT] = { .name = "payment", .title = "Number of the payment within the bank", .type = TYPE_INTEGER,
		      .role = ROLE_ID, .enc = ENC_NONE },
	[AMOUNT] = SYNTH_NUM("log_amount", "Amount, natural logarithm", 3, -3, 14, 3.3, 1.1, "ln(EUR)", NULL),
	[RATIO] = SYNTH_NUM("log_ratio", "Amount over the usual one, natural logarithm", 3, -8, 8, 0, 0.8, NULL,
			    NULL),
	[HOUR] = SYNTH_CAT("hour", "Part of the day", "night morning afternoon evening"),
	[MERCHANT] = SYNTH_CAT("merchant", "Merchant category",
			       "grocery fuel restaurant travel electronics fashion gaming transfer cash"),
	[COUNTRY] = SYNTH_CAT("country", "Where the merchant is", "home neighbour continent overseas"),
	[CHANNEL] = SYNTH_CAT("channel", "How it was paid", "terminal online atm"),
	[PRESENT] = SYNTH_FLAG("card_present", "The card was there"),
	[DEVICE] = SYNTH_FLAG("device_known", "Device or terminal seen before with this card"),
	[HOURLY] = SYNTH_NUM("n_last_hour", "Payments in the last hour", 0, 0, 60, 0.5, 1, NULL, NULL),
	[DAILY] = SYNTH_NUM("n_last_day", "Payments in the last day", 0, 0, 200, 2.8, 2.7, NULL, NULL),
	[GAP] = SYNTH_NUM("days_since_last", "Days since the payment before", 1, 0, 365, 2.1, 2.8, "d", NULL),
	[TENURE] = SYNTH_NUM("account_years", "Age of the account", 1, 0, 60, 8.5, 6.5, "a", NULL),
	[AGE] = SYNTH_NUM("age", "Age of the customer", 0, 16, 100, 45, 16.4, "a", NULL),
	[SEGMENT] = SYNTH_CAT("segment", "Kind of customer", "private student business senior"),
	[FRAUD] = SYNTH_LABEL("fraud", "Found to be fraud", "0 1"),
};

static const double merchants[] = { 0.3, 0.1, 0.16, 0.06, 0.07, 0.11, 0.05, 0.08, 0.07 };
static const double countries[] = { 0.86, 0.07, 0.04, 0.03 };
static const double segments[] = { 0.6, 0.12, 0.13, 0.15 };
static const double merchant_risk[] = { -0.8, -0.4, -0.6, 0.4, 0.9, 0, 1.1, 0.6, 0.3 };
static const double country_risk[] = { -0.2, 0.6, 1.1, 1.9 };
static const double hour_risk[] = { 0.9, -0.2, 0, 0.1 };

struct bank {
	double merchant[9], country[4], segment[4];
	double wealth, online, busy, threat, payments;
};

static void shift(double *w, const double *base, int n, double k, struct rng *r)
{
	int i;

	for (i = 0; i < n; i++)
		w[i] = base[i] * exp(k * 0.6 * rng_normal(r));
}

static void site(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	struct bank *b = state;
	double k = o->skew;

	size->train = synth_rows(o, r, 0.7);
	size->test = o->test_rows;
	shift(b->merchant, merchants, 9, k, r);
	shift(b->country, countries, 4, k, r);
	shift(b->segment, segments, 4, k, r);
	b->wealth = k * 0.3 * rng_normal(r);
	b->online = -0.7 + k * 0.5 * rng_normal(r);
	b->busy = k * 0.25 * rng_normal(r);
	b->threat = k * 0.35 * rng_normal(r);
	b->payments = 0;
}

static double count(struct rng *r, int col, double mu, double sigma)
{
	return synth_fit(&cols[col], floor(exp(mu + sigma * rng_normal(r))));
}

static void fill_payment(struct bank *b, struct rng *r, double *v)
{
	static const double hours[] = { 0.06, 0.26, 0.38, 0.3 };
	double usual;

	v[PAYMENT] = ++b->payments;
	v[SEGMENT] = (double)synth_pick(r, b->segment, 4);
	v[MERCHANT] = (double)synth_pick(r, b->merchant, 9);
	v[COUNTRY] = (double)synth_pick(r, b->country, 4);
	v[HOUR] = (double)synth_pick(r, hours, 4);
	v[CHANNEL] = v[MERCHANT] == 8 ? 2 : synth_coin(r, synth_logistic(b->online + (v[MERCHANT] >= 3) * 1.2));
	v[PRESENT] = v[CHANNEL] != 1;
	v[DEVICE] = synth_coin(r, synth_logistic(1.8 - (v[COUNTRY] > 0) * 1.5));
	usual = 3.3 + b->wealth + (v[SEGMENT] == 2) * 0.7 - (v[SEGMENT] == 1) * 0.5 + 0.6 * rng_normal(r);
	v[RATIO] = synth_fit(&cols[RATIO], 0.8 * rng_normal(r));
	v[AMOUNT] = synth_fit(&cols[AMOUNT], usual + v[RATIO]);
}

static void fill_customer(const struct bank *b, struct rng *r, double *v)
{
	double age = v[SEGMENT] == 1 ? 22 : v[SEGMENT] == 3 ? 70 : 43;

	v[HOURLY] = count(r, HOURLY, -0.4 + b->busy, 0.8);
	v[DAILY] = synth_fit(&cols[DAILY], v[HOURLY] + count(r, DAILY, 0.75 + b->busy, 0.7));
	v[GAP] = synth_fit(&cols[GAP], exp(0.2 - b->busy + rng_normal(r)));
	v[AGE] = synth_fit(&cols[AGE], age + (v[SEGMENT] == 1 ? 2.5 : v[SEGMENT] == 3 ? 6 : 11) * rng_normal(r));
	v[TENURE] = synth_fit(&cols[TENURE], exp(1.9 + 0.012 * (v[AGE] - 44) + 0.65 * rng_normal(r)));
}

static double risk(const struct bank *b, const double *v)
{
	double x = -7.45 + b->threat;

	x += merchant_risk[(int)v[MERCHANT]] + country_risk[(int)v[COUNTRY]] + hour_risk[(int)v[HOUR]];
	x += 1.3 * v[RATIO] + 0.5 * (v[AMOUNT] - 3.3) + 0.5 * v[HOURLY] + 0.08 * v[DAILY] - 0.05 * (v[TENURE] - 8.5);
	x += 0.9 * (v[PRESENT] == 0) + 1.7 * (v[DEVICE] == 0) + 0.5 * (v[SEGMENT] == 3) - 0.3 * (v[SEGMENT] == 2);
	return x;
}

static void row(void *state, struct rng *r, double *v)
{
	fill_payment(state, r, v);
	fill_customer(state, r, v);
	v[FRAUD] = synth_coin(r, synth_logistic(risk(state, v)));
}

const struct scenario synth_banks = {
	.name = "banks",
	.summary = "Card fraud at banks with different customers: a rare label",
	.source = "made for flkit: see fl-synth(1)",
	.silos = 12,
	.rows = 5000,
	.test_rows = 2000,
	.cols = cols,
	.n_cols = N_COLS,
	.state_size = sizeof(struct bank),
	.site = site,
	.row = row,
};
