/* The exact objective against finite differences, and the minibatch engine, under every kernel, against the exact objective. */
#include "check.h"

#include <stdint.h>
#include <string.h>

#include "model-rows.h"
#include "model/kernel.h"
#include "model/net.h"

static double *doubles(const float *v, size_t n)
{
	double *d = malloc(n * sizeof *d);
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = (double)v[i];
	return d;
}

/* The slope of the loss along u, by central differences at h and h/2 and one step of Richardson's extrapolation. */
static double slope(const struct spec *m, const struct table *t, const double *theta, const double *u, size_t n)
{
	double at[4], x[4] = { -1e-3, 1e-3, -5e-4, 5e-4 }, *y = malloc(n * sizeof *y), *g = malloc(n * sizeof *g), d1, d2;
	size_t i, k;

	for (k = 0; k < 4; k++) {
		for (i = 0; i < n; i++)
			y[i] = theta[i] + x[k] * u[i];
		net_loss_grad(m, y, t, &at[k], g, NULL);
	}
	free(y);
	free(g);
	d1 = (at[1] - at[0]) / 2e-3;
	d2 = (at[3] - at[2]) / 1e-3;
	return (4 * d2 - d1) / 3;
}

static void test_gradient(int which, int weights, int offsets)
{
	struct spec m = model_no(which);
	struct table t = rows_for(&m, 40, 11 + (uint64_t)which, weights, offsets);
	size_t n = spec_params(&m), i, k;
	struct rng r;
	float *start;
	double *theta, *u, *g = malloc(n * sizeof *g), loss, worst = 0;

	rng_seed(&r, 5, (uint64_t)which);
	start = normals(&r, n, 0.4);
	theta = doubles(start, n);
	CHECK(net_check(&m, &t, NULL) == FL_OK, "model %d: rows pass the check", which);
	net_loss_grad(&m, theta, &t, &loss, g, NULL);
	for (k = 0; k < 8; k++) {
		float *dir = normals(&r, n, 1 / sqrt((double)n));
		double along = 0;

		u = doubles(dir, n);
		for (i = 0; i < n; i++)
			along += u[i] * g[i];
		worst = fmax(worst, fabs(along - slope(&m, &t, theta, u, n)));
		free(dir);
		free(u);
	}
	/* A kink of relu between the points would break the differences, not the gradient; these seeds have none. */
	CHECK_NEAR(worst, 0, 1e-8, "model %d (%s %s): gradient is the slope, weights %d offsets %d", which, m.family,
		   m.head->name, weights, offsets);
	free(start);
	free(theta);
	free(g);
	rows_free(&t);
}

static uint32_t *all_rows(size_t n)
{
	uint32_t *v = malloc(n * sizeof *v);
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = (uint32_t)i;
	return v;
}

/* One full batch: loss, and the gradient as net_gradient has it and as net_sgd applies it, against the exact ones. */
static void test_engine(int which, const char *kernel)
{
	struct spec m = model_no(which);
	struct table t = rows_for(&m, 37, 3 + (uint64_t)which, which % 2, which % 3 == 0);
	size_t n = spec_params(&m), i;
	struct rng r;
	float *start, *after = malloc(n * sizeof *after);
	double *theta, *theta0, *g = malloc(n * sizeof *g), loss, seen, off = 0, off2 = 0;
	uint32_t *rows = all_rows(t.n);
	struct net *net;
	struct net_opts o = { .batch = t.n, .l2 = 0.1, .prox = 0.2, .vectors = 1 };

	rng_seed(&r, 9, (uint64_t)which);
	start = normals(&r, n, 0.4);
	theta = doubles(start, n);
	theta0 = malloc(n * sizeof *theta0);
	net_loss_grad(&m, theta, &t, &loss, g, NULL);
	net_open(&net, &m, &t, start, &o, NULL);
	CHECK_NEAR(seen = net_gradient(net, rows, t.n), loss, 2e-6 * fmax(1, fabs(loss)), "model %d, %s: loss", which, kernel);
	/* At theta0 = theta the prox term is 0, so this step is the data term and l2 alone. */
	net_penalty(&m, theta, theta, 0.1, 0.2, &loss, g);
	net_sgd(net, rows, t.n, 0.5);
	net_theta(net, after);
	for (i = 0; i < n; i++)
		off = fmax(off, fabs((double)after[i] - (theta[i] - 0.5 * g[i])));
	CHECK_NEAR(off, 0, 3e-6, "model %d, %s: a step of descent is the exact gradient's", which, kernel);
	/* A second one, now away from theta0. */
	for (i = 0; i < n; i++)
		theta0[i] = (double)after[i];
	net_loss_grad(&m, theta0, &t, &loss, g, NULL);
	net_penalty(&m, theta0, theta, 0.1, 0.2, &loss, g);
	net_sgd(net, rows, t.n, 0.5);
	net_theta(net, after);
	for (i = 0; i < n; i++)
		off2 = fmax(off2, fabs((double)after[i] - (theta0[i] - 0.5 * g[i])));
	CHECK_NEAR(off2, 0, 3e-6, "model %d, %s: and so is a second one, with a proximal term", which, kernel);
	net_close(net);
	free(start);
	free(after);
	free(theta);
	free(theta0);
	free(g);
	free(rows);
	rows_free(&t);
}

/* Predictions in blocks of floats against the exact eta, here read off a gaussian head's loss of a single row. */
static void test_eta(const char *kernel)
{
	struct spec m = model_no(8);
	size_t n = 150, p = spec_params(&m), i;
	struct table t = rows_for(&m, n, 21, 0, 1);
	struct rng r;
	float *theta, eta[150];
	double *exact, *g = malloc(p * sizeof *g), off = 0, loss;

	rng_seed(&r, 2, 2);
	theta = normals(&r, p, 0.4);
	exact = doubles(theta, p);
	CHECK(net_eta(&m, theta, t.x, n, t.offset, eta, NULL) == FL_OK, "%s: predictions of %zu rows", kernel, n);
	for (i = 0; i < n; i++) {
		float zero = 0;
		struct table one = { .n = 1, .p = t.p, .x = t.x + i * t.p, .y = &zero, .offset = t.offset + i };

		net_loss_grad(&m, exact, &one, &loss, g, NULL);
		off = fmax(off, fabs(fabs((double)eta[i]) - sqrt(2 * loss)));
	}
	CHECK_NEAR(off, 0, 2e-6, "%s: eta is the exact one", kernel);
	free(theta);
	free(exact);
	free(g);
	rows_free(&t);
}

/* A row of weight 2 is that row twice. Efron's ties are not so by definition; without ties they are. */
static void test_weight_two(int which)
{
	struct spec m = model_no(which);
	struct table t = rows_for(&m, 20, 8, 0, 0), twice;
	size_t n = spec_params(&m), i, p = t.p;
	float w[20], x[21 * 16], y[21], time[21], event[21], *start;
	double *theta, *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), la, lb, off = 0;
	struct rng r;

	rng_seed(&r, 4, 4);
	start = normals(&r, n, 0.4);
	theta = doubles(start, n);
	for (i = 0; i < 20; i++)
		w[i] = i == 6 ? 2 : 1;
	memcpy(x, t.x, 20 * p * sizeof *x);
	memcpy(x + 20 * p, t.x + 6 * p, p * sizeof *x);
	for (i = 0; i < 21; i++) {
		y[i] = t.y[i < 20 ? i : 6];
		time[i] = t.time[i < 20 ? i : 6];
		event[i] = t.event[i < 20 ? i : 6];
	}
	t.weight = w;
	twice = (struct table){ .n = 21, .p = p, .x = x, .y = y, .time = time, .event = event };
	net_loss_grad(&m, theta, &t, &la, a, NULL);
	net_loss_grad(&m, theta, &twice, &lb, b, NULL);
	for (i = 0; i < n; i++)
		off = fmax(off, fabs(a[i] - b[i]));
	CHECK_NEAR(la, lb, 1e-12, "model %d: loss with a weight of 2 is that of the row twice", which);
	CHECK_NEAR(off, 0, 1e-12, "model %d: and so is the gradient", which);
	t.weight = NULL;
	free(start);
	free(theta);
	free(a);
	free(b);
	rows_free(&t);
}

static void test_check(void)
{
	struct spec m = model_no(2), c = model_no(4);
	struct table t = rows_for(&m, 10, 1, 1, 1), s = rows_for(&c, 10, 1, 0, 0);
	struct fl_err err;
	float keep;

	t.y[3] = 5;
	CHECK(net_check(&m, &t, &err) == FL_DATA && strstr(err.msg, "row 4: the label is not the index"), "class too large: %s",
	      err.msg);
	t.y[3] = NAN;
	CHECK(net_check(&m, &t, &err) == FL_DATA, "label NaN");
	t.y[3] = 0;
	keep = t.x[5 * t.p];
	t.x[5 * t.p] = INFINITY;
	CHECK(net_check(&m, &t, &err) == FL_DATA && strstr(err.msg, "row 6"), "infinite feature: %s", err.msg);
	t.x[5 * t.p] = keep;
	t.weight[0] = -1;
	CHECK(net_check(&m, &t, &err) == FL_DATA, "negative weight");
	memset(t.weight, 0, 10 * sizeof *t.weight);
	CHECK(net_check(&m, &t, &err) == FL_DATA, "no weight at all");
	t.p = 3;
	CHECK(net_check(&m, &t, &err) == FL_DATA && strstr(err.msg, "takes 16"), "other width: %s", err.msg);
	s.event[9] = 2;
	CHECK(net_check(&c, &s, &err) == FL_DATA && strstr(err.msg, "row 10"), "event 2: %s", err.msg);
	rows_free(&t);
	rows_free(&s);
}

static void test_dropout(void)
{
	struct spec m = model_no(8);
	struct table t = rows_for(&m, 1, 30, 0, 0);
	size_t n = spec_params(&m), i, draws = 20000;
	struct rng r;
	float *theta, eta;
	double mean = 0, var = 0, first;
	uint32_t row = 0;
	struct net *net;

	/* One hidden layer, so that eta is linear in what is dropped; label 0, so that the loss is eta^2 / 2. */
	m.n_hidden = 1;
	m.dropout = 0.5;
	n = spec_params(&m);
	rng_seed(&r, 6, 6);
	theta = normals(&r, n, 0.4);
	net_eta(&m, theta, t.x, 1, NULL, &eta, NULL);
	t.y[0] = -10; /* far from eta: the sign of eta - y is known */
	net_open(&net, &m, &t, theta, &(struct net_opts){ .batch = 1, .vectors = 1, .seed = 3 }, NULL);
	for (i = 0; i < draws; i++) {
		double e = sqrt(2 * net_gradient(net, &row, 1)) - 10;

		mean += e / (double)draws;
		var += e * e / (double)draws;
	}
	var -= mean * mean;
	CHECK(var > 0.01, "dropout drops: variance %g", var);
	CHECK_NEAR(mean, eta, 5 * sqrt(var / (double)draws), "dropout keeps the mean of eta");
	net_close(net);
	net_open(&net, &m, &t, theta, &(struct net_opts){ .batch = 1, .vectors = 1, .seed = 3 }, NULL);
	first = net_gradient(net, &row, 1);
	net_close(net);
	net_open(&net, &m, &t, theta, &(struct net_opts){ .batch = 1, .vectors = 1, .seed = 3 }, NULL);
	CHECK(first == net_gradient(net, &row, 1), "and drops the same for the same seed");
	net_close(net);
	free(theta);
	rows_free(&t);
}

int main(void)
{
	const struct kernel *k;
	size_t i;
	int which;

	for (which = 0; which < N_MODELS; which++) {
		test_gradient(which, 0, 0);
		test_gradient(which, 1, 1);
	}
	for (i = 0; (k = kernel_at(i)); i++) {
		if (!k->supported())
			continue;
		setenv("FL_KERNEL", k->name, 1);
		for (which = 0; which < N_MODELS; which++)
			test_engine(which, k->name);
		test_eta(k->name);
		test_dropout();
	}
	for (which = 0; which < 6; which++)
		if (which != 4)
			test_weight_two(which);
	test_check();
	return check_done();
}
