/*
 * Limited-memory BFGS over all rows, in double precision: Nocedal and Wright 2006, Algorithms 7.4 (two loops) and 7.5, with the
 * line search of Algorithms 3.5 and 3.6 for the strong Wolfe conditions. Where decreases of F drown in rounding, a point whose
 * slope satisfies the approximate Wolfe condition will do (Hager and Zhang 2005, eq. 4.1), so the gradient can still shrink.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/net.h"
#include "solve/solver.h"

#define HISTORY 10
#define C1      1e-4
#define C2      0.9
#define TRIALS  60

/* F along the line: at step a, its value f, slope d. */
struct point {
	double a, f, d;
};

struct lbfgs {
	const struct solve_in *in;
	size_t n;
	double *x0;               /* start, and theta0 of the proximal term */
	double *x, *g;            /* where we are */
	double *xt, *gt;          /* trial point */
	double *p;                /* direction */
	double *s, *y;            /* (HISTORY, n) */
	double rho[HISTORY], alpha[HISTORY];
	size_t pairs;             /* ever stored; the newest is at (pairs - 1) % HISTORY */
	double f;
	long long evaluations;
};

static double dot(const double *a, const double *b, size_t n)
{
	double s = 0;
	size_t i;

	for (i = 0; i < n; i++)
		s += a[i] * b[i];
	return s;
}

static void add(double *to, double a, const double *from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] += a * from[i];
}

static double largest(const double *a, size_t n)
{
	double m = 0;
	size_t i;

	for (i = 0; i < n; i++)
		m = fmax(m, fabs(a[i]));
	return m;
}

static int objective(struct lbfgs *b, const double *x, double *f, double *g, struct fl_err *err)
{
	int rc = net_loss_grad(b->in->spec, x, b->in->data, f, g, err);

	if (rc == FL_OK)
		net_penalty(b->in->spec, x, b->x0, b->in->l2, b->in->prox, f, g);
	b->evaluations++;
	return rc;
}

static int evaluate(struct lbfgs *b, double a, struct point *at, struct fl_err *err)
{
	int rc;

	memcpy(b->xt, b->x, b->n * sizeof *b->xt);
	add(b->xt, a, b->p, b->n);
	at->a = a;
	TRY(objective(b, b->xt, &at->f, b->gt, err));
	at->d = dot(b->gt, b->p, b->n);
	if (!isfinite(at->f) || !isfinite(at->d))
		*at = (struct point){ a, INFINITY, INFINITY };
out:
	return rc;
}

/* p = -H g (Algorithm 7.4), H0 scaled by the newest pair (eq. 7.20). */
static void direction(struct lbfgs *b)
{
	size_t i, k, kept = b->pairs < HISTORY ? b->pairs : HISTORY, n = b->n;

	for (i = 0; i < n; i++)
		b->p[i] = -b->g[i];
	for (i = 0; i < kept; i++) {
		k = (b->pairs - 1 - i) % HISTORY;
		b->alpha[k] = b->rho[k] * dot(b->s + k * n, b->p, n);
		add(b->p, -b->alpha[k], b->y + k * n, n);
	}
	if (kept) {
		double *y = b->y + (b->pairs - 1) % HISTORY * n, scale = 1 / (b->rho[(b->pairs - 1) % HISTORY] * dot(y, y, n));

		for (i = 0; i < n; i++)
			b->p[i] *= scale;
	}
	for (i = kept; i-- > 0;) {
		k = (b->pairs - 1 - i) % HISTORY;
		add(b->p, b->alpha[k] - b->rho[k] * dot(b->y + k * n, b->p, n), b->s + k * n, n);
	}
}

static int too_high(const struct point *at, const struct point *start)
{
	return !(at->f <= start->f + C1 * at->a * start->d);
}

static int good(const struct point *at, const struct point *start)
{
	if (!too_high(at, start) && fabs(at->d) <= -C2 * start->d)
		return 1;
	return fabs(at->f - start->f) <= 1e-13 * fabs(start->f) && at->d >= C2 * start->d && at->d <= (2 * C1 - 1) * start->d;
}

/* Minimum of the cubic through both values and slopes (eq. 3.59), or the middle where that is not well inside. */
static double between(const struct point *u, const struct point *v)
{
	double d1 = u->d + v->d - 3 * (u->f - v->f) / (u->a - v->a), d2 = d1 * d1 - u->d * v->d, a, margin;

	d2 = (v->a > u->a ? 1 : -1) * sqrt(d2);
	a = v->a - (v->a - u->a) * (v->d + d2 - d1) / (v->d - u->d + 2 * d2);
	margin = 0.1 * fabs(v->a - u->a);
	if (a >= fmin(u->a, v->a) + margin && a <= fmax(u->a, v->a) - margin)
		return a;
	return 0.5 * (u->a + v->a);
}

/* Algorithm 3.6. *at is the point found, and xt, gt belong to it; *found 0 if there is none. */
static int zoom(struct lbfgs *b, const struct point *start, struct point lo, struct point hi, struct point *at, int *found,
		struct fl_err *err)
{
	int i, rc = FL_OK;

	for (i = 0; i < TRIALS && !*found && lo.a != hi.a; i++) {
		TRY(evaluate(b, between(&lo, &hi), at, err));
		*found = good(at, start);
		if (too_high(at, start) || at->f >= lo.f) {
			hi = *at;
			continue;
		}
		if (at->d * (hi.a - lo.a) >= 0)
			hi = lo;
		lo = *at;
	}
	/* No Wolfe point, yet one that is lower: better than to stop. */
	if (!*found && lo.a > 0 && lo.f < start->f) {
		TRY(evaluate(b, lo.a, at, err));
		*found = 1;
	}
out:
	return rc;
}

/* Algorithm 3.5. */
static int search(struct lbfgs *b, double first, struct point *at, int *found, struct fl_err *err)
{
	struct point start = { 0, b->f, dot(b->g, b->p, b->n) }, last = start;
	double a = first;
	int i, rc = FL_OK;

	*found = 0;
	for (i = 0; i < TRIALS; i++) {
		TRY(evaluate(b, a, at, err));
		*found = good(at, &start);
		if (*found)
			break;
		if (too_high(at, &start) || (i && at->f >= last.f))
			return zoom(b, &start, last, *at, at, found, err);
		if (at->d >= 0)
			return zoom(b, &start, *at, last, at, found, err);
		last = *at;
		a *= 2;
	}
out:
	return rc;
}

/* Keep the pair of this step if it has curvature, and move. */
static void move(struct lbfgs *b, double f)
{
	size_t i, k = b->pairs % HISTORY, n = b->n;
	double *s = b->s + k * n, *y = b->y + k * n, sy, *swap;

	for (i = 0; i < n; i++) {
		s[i] = b->xt[i] - b->x[i];
		y[i] = b->gt[i] - b->g[i];
	}
	sy = dot(s, y, n);
	if (sy > 1e-300) {
		b->rho[k] = 1 / sy;
		b->pairs++;
	}
	swap = b->x;
	b->x = b->xt;
	b->xt = swap;
	swap = b->g;
	b->g = b->gt;
	b->gt = swap;
	b->f = f;
}

static int iterate(struct lbfgs *b, long long most, struct solve_out *out, struct fl_err *err)
{
	struct point at;
	int found = 1, rc;

	TRY(objective(b, b->x, &b->f, b->g, err));
	if (!isfinite(b->f))
		TRY(fl_fail(err, FL_DATA, "the loss is not finite at the parameters given"));
	while (out->steps < most && largest(b->g, b->n) > b->in->tol) {
		direction(b);
		if (!(dot(b->p, b->g, b->n) < 0)) { /* rounding took the descent out of it: start anew */
			b->pairs = 0;
			direction(b);
		}
		TRY(search(b, b->pairs ? 1 : fmin(1, 1 / largest(b->g, b->n)), &at, &found, err));
		if (!found)
			break; /* nothing lower within rounding */
		move(b, at.f);
		out->steps++;
		if (b->in->progress)
			b->in->progress("training", (double)out->steps, (double)most);
		TRY(solve_in_time(b->in, err));
	}
out:
	return rc;
}

static int open_lbfgs(struct lbfgs *b, const float *theta, struct fl_err *err)
{
	size_t i;
	int rc;

	b->n = spec_params(b->in->spec);
	TRY(fl_alloc(&b->x0, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->x, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->g, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->xt, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->gt, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->p, b->n, sizeof(double), err));
	TRY(fl_alloc(&b->s, b->n, HISTORY * sizeof(double), err));
	TRY(fl_alloc(&b->y, b->n, HISTORY * sizeof(double), err));
	for (i = 0; i < b->n; i++)
		b->x0[i] = b->x[i] = (double)theta[i];
out:
	return rc;
}

static void close_lbfgs(struct lbfgs *b)
{
	free(b->x0);
	free(b->x);
	free(b->g);
	free(b->xt);
	free(b->gt);
	free(b->p);
	free(b->s);
	free(b->y);
}

static int run(const struct solve_in *in, float *theta, struct solve_out *out, struct fl_err *err)
{
	struct lbfgs b = { .in = in };
	size_t i;
	int rc;

	TRY(open_lbfgs(&b, theta, err));
	TRY(iterate(&b, in->steps ? in->steps : in->epochs, out, err));
	for (i = 0; i < b.n; i++)
		theta[i] = (float)b.x[i];
	out->samples = b.evaluations * (long long)in->data->n;
	out->loss = b.f;
out:
	close_lbfgs(&b);
	return rc;
}

static const char *check(const struct solve_in *in)
{
	if (in->l1 > 0)
		return "lbfgs needs a smooth objective, and l1 is none; try sgd, momentum or adam";
	if (in->spec->dropout > 0)
		return "lbfgs needs an objective without chance, and dropout is chance; try sgd, momentum or adam";
	return in->tol >= 0 ? NULL : "the tolerance must be at least 0";
}

const struct solver solver_lbfgs = { .name = "lbfgs", .summary = "limited-memory BFGS over all rows, for exact optima",
	.source = "Nocedal and Wright 2006, Algorithms 7.4, 7.5, 3.5, 3.6", .check = check, .run = run };
