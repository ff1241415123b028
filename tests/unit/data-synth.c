#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "data/synth.h"

static struct fl_err err;

/* Running sums of one column. */
struct sums {
	double n, sum, squares;
};

static void add(struct sums *s, double x)
{
	if (isnan(x))
		return;
	s->n++;
	s->sum += x;
	s->squares += x * x;
}

static double mean(const struct sums *s)
{
	return s->sum / s->n;
}

static double sd(const struct sums *s)
{
	return sqrt(s->squares / s->n - mean(s) * mean(s));
}

/* Add n training rows (0: all) of a silo to s[0 .. n_cols). */
static void add_silo(struct sums *s, const struct scenario *sc, const struct synth_opts *o, size_t silo, size_t n)
{
	struct synth y = { 0 };
	double v[SYNTH_COLS_MAX];
	size_t i, j;

	if (synth_open(&y, sc, o, silo, &err) != FL_OK)
		exit(70);
	for (i = 0; i < (n ? n : y.size.train); i++) {
		synth_row(&y, 0, v);
		for (j = 0; j < sc->n_cols; j++)
			add(&s[j], v[j]);
	}
	synth_close(&y);
}

static size_t levels_of(const struct synth_col *c)
{
	size_t n = 1;
	const char *s;

	for (s = c->levels; *s; s++)
		n += *s == ' ';
	return n;
}

/* Every value is one that the schema allows: within bounds, a level, missing only where it may be. */
static int row_fits(const struct scenario *sc, const double *v)
{
	size_t j;

	for (j = 0; j < sc->n_cols; j++) {
		const struct synth_col *c = &sc->cols[j];
		int ok = isnan(v[j]) ? c->missing == MISSING_INDICATOR
			: c->levels  ? v[j] >= 0 && v[j] < (double)levels_of(c) && v[j] == floor(v[j])
			: c->lo < c->hi ? v[j] >= c->lo && v[j] <= c->hi : isfinite(v[j]);
		if (!ok) {
			printf("# %s: %s is %g\n", sc->name, c->name, v[j]);
			return 0;
		}
	}
	return 1;
}

static void test_schema(const struct scenario *sc)
{
	struct schema s = { 0 };
	json_t *j = NULL;
	size_t i, named = 0;

	CHECK(synth_schema(&j, sc, &err) == FL_OK && schema_from_json(&s, j, &err) == FL_OK, "%s: schema parses",
	      sc->name);
	json_decref(j);
	for (i = 0; i < s.n_fields && i < sc->n_cols; i++)
		named += !strcmp(s.fields[i].name, sc->cols[i].name) && s.fields[i].role == sc->cols[i].role &&
			 s.fields[i].type == sc->cols[i].type &&
			 (s.fields[i].role != ROLE_FEATURE || s.fields[i].enc == sc->cols[i].enc);
	CHECK(named == sc->n_cols && s.n_fields == named, "%s: schema has the columns in order", sc->name);
	CHECK(s.label >= 0 && s.width >= sc->n_cols / 2, "%s: schema has a label and features", sc->name);
	schema_clear(&s);
}

static void test_rows(const struct scenario *sc)
{
	struct synth_opts o;
	struct synth y = { 0 };
	double v[SYNTH_COLS_MAX];
	size_t i, bad = 0;

	synth_defaults(&o, sc);
	o.seed = 5;
	CHECK(synth_open(&y, sc, &o, 3, &err) == FL_OK, "%s: opens", sc->name);
	CHECK(y.size.train >= 10 && y.size.test > 0, "%s: has rows to train and to test", sc->name);
	for (i = 0; i < 2000; i++) {
		synth_row(&y, i % 2, v);
		bad += !row_fits(sc, v);
	}
	CHECK(bad == 0, "%s: rows fit the columns", sc->name);
	synth_close(&y);
}

/* The constants of the schema are the population's: many silos at skew 1, as many rows from each. */
static void test_constants(const struct scenario *sc)
{
	struct sums s[SYNTH_COLS_MAX] = { 0 };
	struct synth_opts o;
	size_t k, j;

	synth_defaults(&o, sc);
	o.seed = 11;
	for (k = 1; k <= 400; k++)
		add_silo(s, sc, &o, k, 100);
	for (j = 0; j < sc->n_cols; j++) {
		const struct synth_col *c = &sc->cols[j];
		if (c->role != ROLE_FEATURE || c->enc != ENC_STANDARD)
			continue;
		CHECK_NEAR((mean(&s[j]) - c->mean) / c->std, 0, 0.1, "%s: mean of %s", sc->name, c->name);
		CHECK_NEAR(sd(&s[j]) / c->std, 1, 0.1, "%s: standard deviation of %s", sc->name, c->name);
	}
}

/* Largest z of the difference between two silos' column means. Columns that count rows, and rare ones, do not say. */
static double distance(const struct scenario *sc, const struct synth_opts *o, size_t rows)
{
	struct sums a[SYNTH_COLS_MAX] = { 0 }, b[SYNTH_COLS_MAX] = { 0 };
	double worst = 0;
	size_t j;

	add_silo(a, sc, o, 1, rows);
	add_silo(b, sc, o, 2, rows);
	for (j = 0; j < sc->n_cols; j++) {
		double se = sqrt((sd(&a[j]) * sd(&a[j]) + sd(&b[j]) * sd(&b[j])) / (double)rows);
		if (sc->cols[j].role != ROLE_ID && se > 0)
			worst = fmax(worst, fabs(mean(&a[j]) - mean(&b[j])) / se);
	}
	return worst;
}

static void test_skew(const struct scenario *sc)
{
	struct synth_opts o;
	struct synth a = { 0 }, b = { 0 };

	synth_defaults(&o, sc);
	o.seed = 21;
	CHECK(distance(sc, &o, 4000) > 6, "%s: silos differ", sc->name);
	o.skew = 0;
	CHECK(distance(sc, &o, 4000) < 4.5, "%s: silos are alike at skew 0", sc->name);
	CHECK(synth_open(&a, sc, &o, 1, &err) == FL_OK && synth_open(&b, sc, &o, 2, &err) == FL_OK &&
	      a.size.train == b.size.train && a.size.test == b.size.test, "%s: sizes are equal at skew 0", sc->name);
	synth_close(&a);
	synth_close(&b);
}

static void test_repeat(const struct scenario *sc)
{
	struct synth a = { 0 }, b = { 0 }, c = { 0 };
	double v[SYNTH_COLS_MAX], w[SYNTH_COLS_MAX], x[SYNTH_COLS_MAX];
	struct synth_opts o;
	size_t i, size = sc->n_cols * sizeof *v, same = 0, other = 0;

	synth_defaults(&o, sc);
	o.seed = 3;
	synth_open(&a, sc, &o, 7, &err);
	o.rows *= 2;
	synth_open(&b, sc, &o, 7, &err);
	o.seed = 4;
	synth_open(&c, sc, &o, 7, &err);
	CHECK(b.size.train > a.size.train, "%s: more rows are more rows", sc->name);
	for (i = 0; i < 20; i++) {
		synth_row(&a, 0, v);
		synth_row(&b, 0, w);
		synth_row(&c, 0, x);
		same += !memcmp(v, w, size);
		other += memcmp(v, x, size) != 0;
	}
	CHECK(same == 20 && other == 20, "%s: the seed says what is drawn, the number of rows does not", sc->name);
	synth_close(&a);
	synth_close(&b);
	synth_close(&c);
}

static void test_memory(void)
{
	struct synth_opts o;
	struct synth y = { 0 };

	synth_defaults(&o, synth_at(0));
	fl_alloc_fail_at(1);
	CHECK(synth_open(&y, synth_at(0), &o, 1, &err) == FL_IO && !y.state, "no memory is an error");
	fl_alloc_fail_at(0);
}

/* Synthetic(alpha, beta) against its formula: 200 rows of each of 3000 devices. */
static void test_leaf(void)
{
	const struct scenario *sc = synth_find("leaf-synthetic", &err);
	struct synth_opts o;
	struct sums centre = { 0 }, within[60] = { { 0 } }, spread = { 0 }, size = { 0 };
	struct synth y = { 0 };
	size_t k, j, split = 0;

	synth_defaults(&o, sc);
	o.seed = 1;
	o.beta = 2;
	for (k = 1; k <= 3000; k++) {
		struct sums s[SYNTH_COLS_MAX] = { 0 }, device = { 0 };
		add_silo(s, sc, &o, k, 200);
		for (j = 0; j < 60; j++) {
			add(&device, mean(&s[j]));
			add(&within[j], sd(&s[j]) * sd(&s[j]) * 200 / 199);
		}
		add(&centre, mean(&device));
		add(&spread, sd(&device) * sd(&device) * 60 / 59);
		synth_open(&y, sc, &o, k, &err);
		add(&size, log((double)(y.size.train + y.size.test - 50) + 0.5));
		split += y.size.train == (size_t)(0.9 * (double)(y.size.train + y.size.test));
		synth_close(&y);
	}
	for (j = 0; j < 60; j += 7)
		CHECK_NEAR(mean(&within[j]) * pow((double)(j + 1), 1.2), 1, 0.01, "leaf: S_jj = j^-1.2 at %zu", j + 1);
	CHECK_NEAR(mean(&centre), 0, 0.12, "leaf: devices' centres have mean 0");
	/* beta is a standard deviation: the variance of a device's centre is beta^2 + 1/60 */
	CHECK_NEAR(sd(&centre), sqrt(4 + 1 / 60.0), 0.08, "leaf: devices' centres have standard deviation beta");
	CHECK_NEAR(mean(&spread), 1, 0.03, "leaf: v_kj has variance 1 around the device's centre");
	CHECK_NEAR(mean(&size), 4, 0.15, "leaf: log of n - 50 has mean 4");
	CHECK_NEAR(sd(&size), 2, 0.1, "leaf: log of n - 50 has standard deviation 2");
	CHECK(split == 3000, "leaf: 90 %% of the rows train");
}

/* u_k, whose spread is alpha, shifts the logits of all classes alike: it changes no label, as in the paper's code. */
static void test_leaf_alpha(void)
{
	const struct scenario *sc = synth_find("leaf-synthetic", &err);
	struct synth_opts o;
	struct synth a = { 0 }, b = { 0 };
	double v[SYNTH_COLS_MAX], w[SYNTH_COLS_MAX];
	size_t i, size = sc->n_cols * sizeof *v, same = 0;

	synth_defaults(&o, sc);
	o.seed = 8;
	synth_open(&a, sc, &o, 1, &err);
	o.alpha = 0;
	synth_open(&b, sc, &o, 1, &err);
	for (i = 0; i < 1000; i++) {
		synth_row(&a, 0, v);
		synth_row(&b, 0, w);
		same += !memcmp(v, w, size);
	}
	CHECK(same >= 999, "leaf: alpha moves all classes alike (%zu of 1000 rows the same)", same);
	synth_close(&a);
	synth_close(&b);
}

/* Sizes and prevalence of the hospitals, as the manual has them. */
static void test_hospitals(void)
{
	const struct scenario *sc = synth_find("hospitals", &err);
	double lo = 1, hi = 0, small = 1e9, large = 0;
	struct synth_opts o;
	struct synth y = { 0 };
	size_t k;

	synth_defaults(&o, sc);
	o.seed = 2;
	for (k = 1; k <= sc->silos; k++) {
		struct sums s[SYNTH_COLS_MAX] = { 0 };
		add_silo(s, sc, &o, k, 1000);
		lo = fmin(lo, mean(&s[sc->n_cols - 1]));
		hi = fmax(hi, mean(&s[sc->n_cols - 1]));
		synth_open(&y, sc, &o, k, &err);
		small = fmin(small, (double)y.size.train);
		large = fmax(large, (double)y.size.train);
		synth_close(&y);
	}
	CHECK(sc->silos == 47, "hospitals: 47 of them");
	CHECK(small < 30 && large > 100, "hospitals: %g to %g patients to learn from", small, large);
	CHECK(lo > 0.15 && lo < 0.4 && hi > 0.55 && hi < 0.85, "hospitals: %.2f to %.2f come back", lo, hi);
}

int main(void)
{
	size_t i;

	for (i = 0; synth_at(i); i++) {
		const struct scenario *sc = synth_at(i);
		CHECK(sc->source && sc->summary && sc->n_cols <= SYNTH_COLS_MAX, "%s: says what it is", sc->name);
		CHECK(synth_find(synth_name(i), &err) == sc, "%s: is found by name", sc->name);
		test_schema(sc);
		test_rows(sc);
		test_constants(sc);
		test_skew(sc);
		test_repeat(sc);
	}
	CHECK(!synth_find("no-such", &err) && err.status == FL_USAGE && strstr(err.msg, "hospitals"),
	      "names are offered");
	test_memory();
	test_leaf();
	test_leaf_alpha();
	test_hospitals();
	return check_done();
}
