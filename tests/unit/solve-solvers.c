/* Every row of the table of solvers is asked the same things; then what is special to some. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "model-rows.h"
#include "model/net.h"
#include "solve/solver.h"

#define ROWS 50

static struct solve_in in_for(const struct spec *m, const struct table *t)
{
	return (struct solve_in){ .spec = m, .data = t, SOLVE_DEFAULTS, .seed = 7 };
}

/* F at theta without l1, over all rows. */
static double objective(const struct solve_in *in, const float *theta, const float *from)
{
	size_t n = spec_params(in->spec), i;
	double *x = malloc(n * sizeof *x), *x0 = malloc(n * sizeof *x), *g = malloc(n * sizeof *g), f = NAN;

	for (i = 0; i < n; i++) {
		x[i] = (double)theta[i];
		x0[i] = (double)from[i];
	}
	net_loss_grad(in->spec, x, in->data, &f, g, NULL);
	net_penalty(in->spec, x, x0, in->l2, in->prox, &f, g);
	free(x);
	free(x0);
	free(g);
	return f;
}

static float *start_of(const struct spec *m)
{
	struct rng r;

	rng_seed(&r, 12, 0);
	return normals(&r, spec_params(m), 0.3);
}

static void test_contract(const struct solver *s, int which)
{
	struct spec m = model_no(which);
	struct table t = rows_for(&m, ROWS, 40 + (uint64_t)which, 1, 1);
	struct solve_in in = in_for(&m, &t);
	size_t n = spec_params(&m), bytes = n * sizeof(float);
	float *from = start_of(&m), *a = malloc(bytes), *b = malloc(bytes);
	struct solve_out out, again;
	struct fl_err err = { 0 };

	in.batch = 8;
	in.epochs = 5;
	in.l2 = 0.01;
	memcpy(a, from, bytes);
	memcpy(b, from, bytes);
	CHECK(solver_run(s, &in, a, &out, &err) == FL_OK, "%s, model %d: runs %s", s->name, which, err.msg);
	CHECK(objective(&in, a, from) < objective(&in, from, from), "%s, model %d: F falls", s->name, which);
	solver_run(s, &in, b, &again, NULL);
	CHECK(!memcmp(a, b, bytes) && !memcmp(&out, &again, sizeof out), "%s, model %d: again, to the bit", s->name, which);
	memcpy(b, from, bytes);
	in.prox = 1e6;
	in.lr = 1e-7;
	solver_run(s, &in, b, &again, NULL);
	CHECK(fabs((double)(b[0] - from[0])) < 1e-4 && memcmp(a, b, bytes), "%s, model %d: a huge prox stays put", s->name, which);
	free(from);
	free(a);
	free(b);
	rows_free(&t);
}

static void test_refusals(const struct solver *s)
{
	struct spec m = model_no(1);
	struct table t = rows_for(&m, ROWS, 4, 0, 0);
	struct solve_in in = in_for(&m, &t), bad;
	float *theta = start_of(&m), *keep = start_of(&m), w[2] = { 1, -1 };
	struct solve_out out;
	struct fl_err err = { 0 };

#define REFUSED(set, status)                                                                                              \
	bad = in;                                                                                                         \
	set;                                                                                                              \
	CHECK(solver_run(s, &bad, theta, &out, &err) == (status), "%s: %s: %s", s->name, #set, err.msg)
	REFUSED(bad.epochs = 0, FL_USAGE);
	REFUSED(bad.steps = -1, FL_USAGE);
	REFUSED(bad.lr = 0, FL_USAGE);
	REFUSED(bad.lr = NAN, FL_USAGE);
	REFUSED(bad.l2 = -1, FL_USAGE);
	REFUSED(bad.class_weight = w, FL_USAGE);
	t.y[7] = 3;
	REFUSED(bad.seed = 1, FL_DATA);
	t.y[7] = 0;
	setenv("FL_KERNEL", "abacus", 1);
	CHECK(solver_run(s, &in, theta, &out, &err) == (s == &solver_lbfgs ? FL_OK : FL_CONFIG), "%s: an unknown kernel", s->name);
	unsetenv("FL_KERNEL");
	if (s != &solver_lbfgs)
		CHECK(!memcmp(theta, keep, spec_params(&m) * sizeof *theta), "%s: after failure theta is as it was", s->name);
	free(theta);
	free(keep);
	rows_free(&t);
}

/* Whichever allocation fails, the run says so, leaks nothing and leaves theta alone. */
static void test_torture(const struct solver *s)
{
	struct spec m = model_no(7);
	struct table t = rows_for(&m, ROWS, 4, 1, 1);
	struct solve_in in = in_for(&m, &t);
	float *theta = start_of(&m), *keep = start_of(&m), w[3] = { 1, 2, 3 };
	struct solve_out out;
	long k;
	int rc = FL_IO, clean = 1;

	in.class_weight = w;
	for (k = 1; rc != FL_OK && k < 200; k++) {
		fl_alloc_fail_at(k);
		rc = solver_run(s, &in, theta, &out, NULL);
		clean &= rc == FL_OK || (rc == FL_IO && !memcmp(theta, keep, spec_params(&m) * sizeof *theta));
	}
	fl_alloc_fail_at(0);
	CHECK(clean && rc == FL_OK && k > 4, "%s: %ld allocations, each may fail", s->name, k - 2);
	free(theta);
	free(keep);
	rows_free(&t);
}

static void test_counts(void)
{
	struct spec m = model_no(1);
	struct table t = rows_for(&m, ROWS, 4, 0, 0);
	struct solve_in in = in_for(&m, &t);
	size_t bytes = spec_params(&m) * sizeof(float);
	float *a = start_of(&m), *b = start_of(&m);
	struct solve_out out;

	in.batch = 8;
	in.epochs = 3;
	solver_run(&solver_sgd, &in, a, &out, NULL);
	CHECK(out.steps == 21 && out.samples == 150, "3 epochs of 50 rows by 8 are 21 steps; the short batch is kept");
	in.steps = 21;
	solver_run(&solver_sgd, &in, b, &out, NULL);
	CHECK(!memcmp(a, b, bytes), "21 steps are those 3 epochs");
	in.steps = 10;
	solver_run(&solver_sgd, &in, b, &out, NULL);
	CHECK(out.steps == 10 && out.samples == 50 + 24, "10 steps are an epoch and 3 batches");
	in.epochs = 9223372036854775807;
	in.steps = 0;
	CHECK(solver_run(&solver_sgd, &in, b, &out, NULL) == FL_USAGE, "too many epochs to count");
	free(a);
	free(b);
	rows_free(&t);
}

/* One full batch of sgd is theta - lr gradient; momentum 0 is sgd; batch 0 is all rows. */
static void test_one_step(void)
{
	struct spec m = model_no(2);
	struct table t = rows_for(&m, ROWS, 4, 1, 0);
	struct solve_in in = in_for(&m, &t);
	size_t n = spec_params(&m), i;
	float *from = start_of(&m), *a = start_of(&m), *b = start_of(&m);
	double *x = malloc(n * sizeof *x), *g = malloc(n * sizeof *g), f, off = 0, off2 = 0;
	struct solve_out out;

	in.batch = 0;
	in.lr = 0.3;
	solver_run(&solver_sgd, &in, a, &out, NULL);
	for (i = 0; i < n; i++)
		x[i] = (double)from[i];
	net_loss_grad(&m, x, &t, &f, g, NULL);
	in.momentum = 0;
	solver_run(&solver_momentum, &in, b, &out, NULL);
	for (i = 0; i < n; i++) {
		off = fmax(off, fabs((double)a[i] - (x[i] - 0.3 * g[i])));
		off2 = fmax(off2, fabs((double)(a[i] - b[i])));
	}
	CHECK(out.steps == 1, "batch 0 is one batch");
	CHECK_NEAR(out.loss, f, 1e-6, "its loss");
	CHECK_NEAR(off, 0, 1e-6, "a step of sgd");
	CHECK_NEAR(off2, 0, 1e-6, "momentum 0 is sgd");
	free(from);
	free(a);
	free(b);
	free(x);
	free(g);
	rows_free(&t);
}

static void test_divergence(const struct solver *s)
{
	struct spec m = model_no(0);
	struct table t = rows_for(&m, ROWS, 4, 0, 0);
	struct solve_in in = in_for(&m, &t);
	float *theta = start_of(&m);
	struct solve_out out;
	struct fl_err err = { 0 };

	in.lr = 1e30;
	in.epochs = 100;
	CHECK(solver_run(s, &in, theta, &out, &err) == FL_DATA && strstr(err.msg, "diverged at step"), "%s: %s", s->name, err.msg);
	free(theta);
	rows_free(&t);
}

/* Class weights are row weights, and balanced ones make the classes' sums equal. */
static void test_class_weights(void)
{
	struct spec m = model_no(2);
	struct table t = rows_for(&m, ROWS, 4, 1, 0);
	struct solve_in in = in_for(&m, &t);
	size_t bytes = spec_params(&m) * sizeof(float), i;
	float *a = start_of(&m), *b = start_of(&m), w[5];
	double sum[5] = { 0 }, all = 0;
	struct solve_out out;
	struct fl_err err = { 0 };

	CHECK(solve_balanced(&m, &t, w, NULL) == FL_OK, "balanced weights");
	in.class_weight = w;
	solver_run(&solver_sgd, &in, a, &out, NULL);
	for (i = 0; i < t.n; i++) {
		all += (double)t.weight[i];
		t.weight[i] *= w[(size_t)t.y[i]];
		sum[(size_t)t.y[i]] += (double)t.weight[i];
	}
	for (i = 0; i < 5; i++)
		CHECK_NEAR(sum[i], all / 5, 1e-4, "class %zu has its share", i);
	in.class_weight = NULL;
	solver_run(&solver_sgd, &in, b, &out, NULL);
	CHECK(!memcmp(a, b, bytes), "class weights are row weights, to the bit");
	for (i = 0; i < t.n; i++)
		t.y[i] = (float)(i % 4);
	CHECK(solve_balanced(&m, &t, w, &err) == FL_DATA && strstr(err.msg, "class 5"), "an empty class: %s", err.msg);
	m = model_no(0);
	t.p = m.inputs;
	CHECK(solve_balanced(&m, &t, w, &err) == FL_USAGE, "no classes: %s", err.msg);
	free(a);
	free(b);
	rows_free(&t);
}

/* At the optimum of lbfgs no coordinate of the gradient is above the tolerance. */
static void test_lbfgs(int which)
{
	struct spec m = model_no(which);
	struct table t = rows_for(&m, ROWS, 4, 1, 1);
	struct solve_in in = in_for(&m, &t);
	size_t n = spec_params(&m), i;
	float *theta = start_of(&m), *from = start_of(&m);
	double *x = malloc(n * sizeof *x), *x0 = malloc(n * sizeof *x0), *g = malloc(n * sizeof *g), f, top = 0;
	struct solve_out out;

	in.epochs = 2000;
	in.l2 = 0.05;
	in.prox = 0.02;
	solver_run(&solver_lbfgs, &in, theta, &out, NULL);
	for (i = 0; i < n; i++) {
		x[i] = (double)theta[i];
		x0[i] = (double)from[i];
	}
	net_loss_grad(&m, x, &t, &f, g, NULL);
	net_penalty(&m, x, x0, in.l2, in.prox, &f, g);
	for (i = 0; i < n; i++)
		top = fmax(top, fabs(g[i]));
	CHECK_NEAR(top, 0, 2e-6, "lbfgs, model %d: the gradient vanishes (to a float's step) after %lld iterations", which, out.steps);
	CHECK(out.steps < 2000, "lbfgs, model %d: and it stops", which);
	in.l1 = 1;
	CHECK(solver_run(&solver_lbfgs, &in, theta, &out, NULL) == FL_USAGE, "lbfgs refuses l1");
	free(theta);
	free(from);
	free(x);
	free(x0);
	free(g);
	rows_free(&t);
}

int main(void)
{
	const struct solver *s;
	size_t i;
	int which;

	for (i = 0; (s = solver_at(i)); i++) {
		CHECK(solver_find(s->name) == s && s->summary && s->source && !strcmp(solver_name(i), s->name), "%s is whole", s->name);
		for (which = 0; which < N_MODELS; which++)
			test_contract(s, which);
		test_refusals(s);
		test_torture(s);
		if (s != &solver_lbfgs && s != &solver_adam)
			test_divergence(s);
	}
	CHECK(!solver_name(i) && !solver_find("none"), "no other solver");
	test_counts();
	test_one_step();
	test_class_weights();
	for (which = 0; which < 6; which++)
		test_lbfgs(which);
	return check_done();
}
