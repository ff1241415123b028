/*
 * fit - fit a model to rows of numbers, so that another program's fit of the same rows can be compared. Not a test itself.
 *
 *   fit SPEC SOLVER [KEY=VALUE]... < ROWS
 *
 * SPEC is the spec's JSON. Each row is the features, then the label (survival: time, event), then weight and offset where the
 * keys weight=1 and offset=1 say so, all separated by white space. theta=FILE starts from the raw floats in FILE, else from
 * zeros. Other keys are those of struct solve_in. Prints the loss, then theta, a number a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/head.h"
#include "model/net.h"
#include "solve/solver.h"

static struct spec m;
static struct table t;
static struct solve_in in = { SOLVE_DEFAULTS };
static int weights, offsets;
static const char *start;

static int die(const char *why)
{
	fprintf(stderr, "fit: %s\n", why);
	exit(1);
}

static void set(const char *key, const char *v)
{
	double x = strtod(v, NULL);

	if (!strcmp(key, "epochs"))
		in.epochs = (long long)x;
	else if (!strcmp(key, "steps"))
		in.steps = (long long)x;
	else if (!strcmp(key, "batch"))
		in.batch = (size_t)x;
	else if (!strcmp(key, "lr"))
		in.lr = x;
	else if (!strcmp(key, "momentum"))
		in.momentum = x;
	else if (!strcmp(key, "l1"))
		in.l1 = x;
	else if (!strcmp(key, "l2"))
		in.l2 = x;
	else if (!strcmp(key, "prox"))
		in.prox = x;
	else if (!strcmp(key, "tol"))
		in.tol = x;
	else if (!strcmp(key, "weight"))
		weights = x != 0;
	else if (!strcmp(key, "offset"))
		offsets = x != 0;
	else if (!strcmp(key, "theta"))
		start = v;
	else
		die("unknown key");
}

static void push(float **v, size_t *cap, size_t i, double x)
{
	if (fl_grow(v, cap, i + 1, sizeof **v, NULL) != FL_OK)
		die("out of memory");
	(*v)[i] = (float)x;
}

static void read_rows(void)
{
	int survival = m.head->label == HEAD_SURVIVAL;
	size_t cap[6] = { 0 }, width = m.inputs + 1 + (size_t)(survival + weights + offsets), at;
	double x;

	t.p = m.inputs;
	for (at = 0; scanf("%lf", &x) == 1; at++) {
		size_t col = at % width, row = at / width;

		t.n = row + 1;
		if (col < t.p)
			push(&t.x, &cap[0], row * t.p + col, x);
		else if (col == t.p)
			push(survival ? &t.time : &t.y, &cap[1], row, x);
		else if (survival && col == t.p + 1)
			push(&t.event, &cap[2], row, x);
		else if (weights && col == width - 1 - (size_t)offsets)
			push(&t.weight, &cap[3], row, x);
		else
			push(&t.offset, &cap[4], row, x);
	}
	if (at % width)
		die("a row is cut short");
}

static void read_theta(float *theta, size_t n)
{
	FILE *f = fopen(start, "rb");

	if (!f || fread(theta, sizeof *theta, n, f) != n)
		die("cannot read theta");
	fclose(f);
}

int main(int argc, char **argv)
{
	struct solve_out out;
	struct fl_err err;
	json_t *j;
	float *theta;
	size_t i;
	int a;

	if (argc < 3 || !solver_find(argv[2]))
		die("usage: fit SPEC SOLVER [KEY=VALUE]...");
	if (json_parse(&j, argv[1], strlen(argv[1]), &err) != FL_OK || spec_from_json(&m, j, &err) != FL_OK)
		die(err.msg);
	for (a = 3; a < argc; a++) {
		char *eq = strchr(argv[a], '=');

		if (!eq)
			die("KEY=VALUE");
		*eq = 0;
		set(argv[a], eq + 1);
	}
	read_rows();
	in.spec = &m;
	in.data = &t;
	theta = calloc(spec_params(&m), sizeof *theta);
	if (start)
		read_theta(theta, spec_params(&m));
	if (solver_run(solver_find(argv[2]), &in, theta, &out, &err) != FL_OK)
		die(err.msg);
	printf("%.17g\n", out.loss);
	for (i = 0; i < spec_params(&m); i++)
		printf("%.9g\n", (double)theta[i]);
	free(theta);
	json_decref(j);
	table_clear(&t);
	return 0;
}
