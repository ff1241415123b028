/*
 * Shops of a chain, or chains of a guild: which members of the loyalty programme will not come back. Shops differ in
 * town, prices and habits of their customers, and in how many leave.
 */
#include "data/synth.h"

enum {
	MEMBER, AGE, TIER, TOWN, PAYMENT, TENURE, VISITS, SPEND, BASKET, LAST, DISCOUNT, RETURNS, COMPLAINTS, ONLINE,
	CATEGORIES, NEWSLETTER, APP, RIVAL, CHURNED, N_COLS
};

static const struct synth_col cols[N_COLS] = {
	[MEMBER] = { .name = "member", .title = "Number of the member within the shop", .type = TYPE_INTEGER,
		     .role = ROLE_ID, .enc = ENC_NONE },
	[AGE] = SYNTH_NUM("age", "Age", 0, 16, 99, 46, 16, "a", NULL),
	[TIER] = SYNTH_CAT("tier", "Loyalty tier", "basic silver gold"),
	[TOWN] = SYNTH_CAT("town", "Where the shop is", "centre suburb village"),
	[PAYMENT] = SYNTH_CAT("payment", "Usual means of payment", "card cash phone account"),
	[TENURE] = SYNTH_NUM("tenure", "Months as a member", 0, 0, 400, 32, 26, "mo", NULL),
	[VISITS] = SYNTH_NUM("visits", "Visits in the last 90 days", 0, 0, 120, 8.6, 6.6, NULL, NULL),
	[SPEND] = SYNTH_NUM("log_spend", "Spent in the last 90 days, logarithm", 3, 0, 12, 5.35, 0.94, "ln(EUR)", NULL),
	[BASKET] = SYNTH_NUM("basket", "Articles in a basket", 1, 1, 200, 7.5, 4.3, NULL, NULL),
	[LAST] = SYNTH_NUM("days_since_last", "Days since the last visit", 0, 0, 90, 15, 14, "d", NULL),
	[DISCOUNT] = SYNTH_NUM("discount_share", "Share bought at a discount", 3, 0, 1, 0.25, 0.13, NULL, NULL),
	[RETURNS] = SYNTH_NUM("returns", "Articles brought back", 0, 0, 60, 0.75, 1, NULL, NULL),
	[COMPLAINTS] = SYNTH_FLAG("complaint", "Complained in the last year"),
	[ONLINE] = SYNTH_NUM("online_share", "Share bought online", 3, 0, 1, 0.3, 0.18, NULL, NULL),
	[CATEGORIES] = SYNTH_NUM("categories", "Departments bought from", 0, 1, 20, 5, 2, NULL, NULL),
	[NEWSLETTER] = SYNTH_FLAG("newsletter", "Reads the newsletter"),
	[APP] = SYNTH_FLAG("app", "Uses the app"),
	[RIVAL] = SYNTH_NUM("rival_distance", "Way to the nearest competitor", 1, 0, 60, 4.3, 4.2, "km", NULL),
	[CHURNED] = SYNTH_LABEL("churned", "No visit in the next 90 days", "0 1"),
};

static const double towns[] = { 0.4, 0.4, 0.2 };
static const double tier_effect[] = { 0.3, -0.2, -0.8 };
static const double payment_effect[] = { 0, 0.3, -0.2, -0.5 };

struct shop {
	double tier[3], payment[4];
	int town;
	double age, price, online, habit, rival, intercept, members;
};

static void site(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	static const double tiers[] = { 0.6, 0.28, 0.12 }, payments[] = { 0.5, 0.25, 0.15, 0.1 };
	struct shop *s = state;
	double k = o->skew;
	int i;

	size->train = synth_rows(o, r, 0.6);
	size->test = o->test_rows;
	s->town = (int)synth_pick(r, towns, 3);
	if (k == 0)
		s->town = -1; /* members of every kind of town at every shop */
	for (i = 0; i < 3; i++)
		s->tier[i] = tiers[i] * exp(k * 0.4 * rng_normal(r));
	for (i = 0; i < 4; i++)
		s->payment[i] = payments[i] * exp(k * 0.5 * rng_normal(r));
	s->age = k * 0.3 * rng_normal(r);
	s->price = k * 0.3 * rng_normal(r);
	s->online = k * 0.4 * rng_normal(r);
	s->habit = k * 0.3 * rng_normal(r);
	s->rival = k * 0.5 * rng_normal(r);
	s->intercept = k * 0.4 * rng_normal(r);
	s->members = 0;
}

static double measure(struct rng *r, int col, double shift, double own)
{
	return synth_fit(&cols[col], cols[col].mean + cols[col].std * (shift + own * rng_normal(r)));
}

static double skewed(struct rng *r, int col, double mu, double sigma)
{
	return synth_fit(&cols[col], exp(mu + sigma * rng_normal(r)));
}

static double z(const double *v, int col)
{
	return (v[col] - cols[col].mean) / cols[col].std;
}

static void fill_member(struct shop *s, struct rng *r, double *v)
{
	v[MEMBER] = ++s->members;
	v[TOWN] = s->town < 0 ? (double)synth_pick(r, towns, 3) : s->town;
	v[AGE] = measure(r, AGE, s->age, 0.95);
	v[TIER] = (double)synth_pick(r, s->tier, 3);
	v[PAYMENT] = (double)synth_pick(r, s->payment, 4);
	v[TENURE] = skewed(r, TENURE, 3.2 + 0.1 * z(v, AGE), 0.7);
	v[VISITS] = skewed(r, VISITS, 1.85 + s->habit + 0.15 * v[TIER], 0.6);
	v[SPEND] = measure(r, SPEND, s->price + 0.5 * z(v, VISITS), 0.8);
	v[BASKET] = skewed(r, BASKET, 1.85 - 0.2 * s->habit, 0.55);
	v[LAST] = skewed(r, LAST, 2.4 - 0.3 * z(v, VISITS), 0.8);
	v[DISCOUNT] = measure(r, DISCOUNT, -s->price, 0.95);
	v[RETURNS] = skewed(r, RETURNS, -0.6, 0.9);
	v[ONLINE] = measure(r, ONLINE, s->online - 0.3 * z(v, AGE), 0.9);
	v[CATEGORIES] = measure(r, CATEGORIES, 0.3 * z(v, BASKET), 0.95);
	v[COMPLAINTS] = synth_coin(r, 0.12);
	v[NEWSLETTER] = synth_coin(r, 0.4);
	v[APP] = synth_coin(r, synth_logistic(-0.3 - 0.4 * z(v, AGE) + s->online));
	v[RIVAL] = skewed(r, RIVAL, 1.05 + s->rival + 0.4 * (v[TOWN] == 2), 0.65);
}

static double risk(const struct shop *s, const double *v)
{
	double x = -1.5 + s->intercept + tier_effect[(int)v[TIER]] + payment_effect[(int)v[PAYMENT]];

	x += 0.7 * z(v, LAST) - 0.6 * z(v, VISITS) - 0.4 * z(v, TENURE) - 0.3 * z(v, SPEND) + 0.4 * z(v, DISCOUNT);
	x += 0.2 * z(v, RETURNS) - 0.3 * z(v, CATEGORIES) - 0.4 * z(v, RIVAL) - 0.2 * z(v, AGE) + 0.25 * z(v, ONLINE);
	return x + 1.2 * v[COMPLAINTS] - 0.5 * v[NEWSLETTER] - 0.5 * v[APP];
}

static void row(void *state, struct rng *r, double *v)
{
	fill_member(state, r, v);
	v[CHURNED] = synth_coin(r, synth_logistic(risk(state, v)));
}

const struct scenario synth_retail = {
	.name = "retail",
	.summary = "Churn of loyalty members at shops",
	.source = "made for flkit: see fl-synth(1)",
	.silos = 20,
	.rows = 600,
	.test_rows = 300,
	.cols = cols,
	.n_cols = N_COLS,
	.state_size = sizeof(struct shop),
	.site = site,
	.row = row,
};
