/*
 * kernel - speed of training steps, and the trace by which another program can repeat them.
 *
 *   kernel                                 samples/s of the three nets of the speed bar, as lines NET KERNEL BATCH SAMPLES/S
 *   kernel trace DIR NET BATCH STEPS LR    DIR/x, y, theta, losses, after: raw floats (losses: doubles) of plain SGD in order
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/head.h"
#include "model/kernel.h"
#include "model/net.h"

struct bench {
	const char *name;
	struct spec m;
};

static const struct bench benches[] = {
	{ "logistic-108", { .family = "logistic", .head = &head_bernoulli, .inputs = 108, .outputs = 1, .intercept = 1 } },
	{ "mlp-108-64-32-2", { .family = "mlp", .head = &head_categorical, .inputs = 108, .outputs = 2, .n_hidden = 2,
			       .hidden = { 64, 32 }, .intercept = 1 } },
	{ "mlp-784-200-200-10", { .family = "mlp", .head = &head_categorical, .inputs = 784, .outputs = 10, .n_hidden = 2,
				  .hidden = { 200, 200 }, .intercept = 1 } },
};

#define N_BENCHES (sizeof benches / sizeof *benches)

static int fail(const char *why)
{
	fprintf(stderr, "kernel: %s\n", why);
	return 1;
}

/* Rows whose label follows from the first features, so that there is something to learn. */
static int make_rows(struct table *t, const struct spec *m, size_t n)
{
	size_t i, j, classes = m->outputs > 1 ? m->outputs : 2;
	struct rng r;

	*t = (struct table){ .n = n, .p = m->inputs, .x = calloc(n * m->inputs, sizeof *t->x), .y = calloc(n, sizeof *t->y) };
	if (!t->x || !t->y)
		return 1;
	rng_seed(&r, 1, 0);
	for (i = 0; i < n; i++) {
		double s = 0;

		for (j = 0; j < t->p; j++)
			s += (double)(t->x[i * t->p + j] = (float)rng_normal(&r)) * (j < 5);
		t->y[i] = (float)((size_t)(s > 0 ? s : -s) % classes);
	}
	return 0;
}

static double cpu_s(void)
{
	struct timespec s;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &s);
	return (double)s.tv_sec + 1e-9 * (double)s.tv_nsec;
}

/* Best of five runs of 0.2 s. */
static double speed(struct net *net, size_t n, size_t batch)
{
	uint32_t *rows = calloc(n, sizeof *rows);
	double best = 0;
	size_t i, at = 0;
	int run;

	for (i = 0; rows && i < n; i++)
		rows[i] = (uint32_t)i;
	for (run = 0; rows && run < 5; run++) {
		double start = cpu_s(), done = 0, took;

		do {
			for (i = 0; i < 16; i++, at = (at + batch) % (n - batch))
				net_sgd(net, rows + at, batch, 0.01);
			done += 16 * (double)batch;
		} while ((took = cpu_s() - start) < 0.2);
		best = done / took > best ? done / took : best;
	}
	free(rows);
	return best;
}

static int measure(const struct bench *b, const char *kernel, size_t batch)
{
	struct fl_err err;
	struct table t;
	struct net *net = NULL;
	struct rng r;
	float *theta = calloc(spec_params(&b->m), sizeof *theta);
	int rc = !theta || make_rows(&t, &b->m, 8192);

	if (rc)
		return fail("out of memory");
	setenv("FL_KERNEL", kernel, 1);
	rng_seed(&r, 2, 0);
	spec_init(&b->m, INIT_TORCH, &r, theta);
	rc = net_open(&net, &b->m, &t, theta, &(struct net_opts){ .batch = batch }, &err);
	if (rc == FL_OK)
		printf("%s %s %zu %.0f\n", b->name, kernel, batch, speed(net, t.n, batch));
	else
		fail(err.msg);
	fflush(stdout);
	net_close(net);
	free(theta);
	free(t.x);
	free(t.y);
	return rc;
}

static int measure_all(void)
{
	static const size_t sizes[] = { 10, 32, 256 };
	const struct kernel *k;
	size_t i, j, b;

	for (i = 0; i < N_BENCHES; i++)
		for (b = 0; b < 3; b++)
			for (j = 0; (k = kernel_at(j)); j++)
				if (k->supported() && measure(&benches[i], k->name, sizes[b]))
					return 1;
	return 0;
}

static int dump(const char *dir, const char *name, const void *p, size_t size, size_t n)
{
	char path[4096];
	FILE *f;
	int bad;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f)
		return 1;
	bad = fwrite(p, size, n, f) != n;
	return fclose(f) || bad;
}

static int trace(const struct bench *b, const char *dir, size_t batch, size_t steps, double lr)
{
	const struct spec *m = &b->m;
	size_t n = batch * steps, i, j, params = spec_params(m);
	float *theta = calloc(params, sizeof *theta);
	double *loss = calloc(steps, sizeof *loss);
	uint32_t *rows = calloc(batch, sizeof *rows);
	struct net *net = NULL;
	struct fl_err err;
	struct table t;
	struct rng r;
	int bad;

	if (!theta || !loss || !rows || make_rows(&t, m, n))
		return fail("out of memory");
	rng_seed(&r, 2, 0);
	spec_init(m, INIT_TORCH, &r, theta);
	bad = dump(dir, "x", t.x, sizeof *t.x, n * t.p) | dump(dir, "y", t.y, sizeof *t.y, n) |
	      dump(dir, "theta", theta, sizeof *theta, params);
	if (net_open(&net, m, &t, theta, &(struct net_opts){ .batch = batch }, &err) != FL_OK)
		return fail(err.msg);
	for (i = 0; i < steps; i++) {
		for (j = 0; j < batch; j++)
			rows[j] = (uint32_t)(i * batch + j);
		loss[i] = net_sgd(net, rows, batch, lr);
	}
	net_theta(net, theta);
	bad |= dump(dir, "losses", loss, sizeof *loss, steps) | dump(dir, "after", theta, sizeof *theta, params);
	net_close(net);
	free(theta);
	free(loss);
	free(rows);
	free(t.x);
	free(t.y);
	return bad ? fail("cannot write the trace") : 0;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc == 1)
		return measure_all();
	for (i = 0; argc == 7 && !strcmp(argv[1], "trace") && i < N_BENCHES; i++)
		if (!strcmp(argv[3], benches[i].name))
			return trace(&benches[i], argv[2], strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10),
				     strtod(argv[6], NULL));
	return fail("usage: kernel [trace DIR NET BATCH STEPS LR]");
}
