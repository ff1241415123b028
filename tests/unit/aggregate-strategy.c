#include "aggregate/strategy.h"

#include <math.h>
#include <string.h>

#include "check.h"

static const struct strategy_opts opts = { .lr = 0.1, .beta1 = 0.9, .beta2 = 0.99, .tau = 1e-3 };

/* Two rounds by hand, x0 = 1, D = 0.5 and then -0.25. */
static void two_rounds(const char *name, double x1, double x2)
{
	const struct strategy *s = strategy_find(name);
	float x = 1, d[2] = { 0.5f, -0.25f }, v[STRATEGY_STATE_MAX];
	double got[2];
	size_t k, r;

	for (k = 0; k < STRATEGY_STATE_MAX; k++)
		v[k] = s->start ? (float)s->start(&opts, k) : 0;
	for (r = 0; r < 2; r++) {
		struct strategy_in in = { .base = &x, .mean = &d[r], .n = 1, .state = { &v[0], &v[1] }, .o = &opts };
		s->step(&in, &x);
		got[r] = (double)x;
	}
	CHECK_NEAR(got[0], x1, 1e-6, "%s: round 1", name);
	CHECK_NEAR(got[1], x2, 1e-6, "%s: round 2", name);
}

/* The formulas of Reddi et al. 2021, Algorithm 2, written out. */
static void by_hand(void)
{
	double tau = 1e-3, m1 = 0.1 * 0.5, m2 = 0.9 * m1 + 0.1 * -0.25, v0 = tau * tau, v1, v2;

	two_rounds("fedavg", 1.05, 1.025);
	two_rounds("fedavgm", 1.05, 1.05 + 0.1 * (0.9 * 0.5 - 0.25));
	v1 = v0 + 0.25, v2 = v1 + 0.0625;
	two_rounds("fedadagrad", 1 + 0.1 * m1 / (sqrt(v1) + tau), 1 + 0.1 * m1 / (sqrt(v1) + tau) + 0.1 * m2 / (sqrt(v2) + tau));
	v1 = 0.99 * v0 + 0.01 * 0.25, v2 = 0.99 * v1 + 0.01 * 0.0625;
	two_rounds("fedadam", 1 + 0.1 * m1 / (sqrt(v1) + tau), 1 + 0.1 * m1 / (sqrt(v1) + tau) + 0.1 * m2 / (sqrt(v2) + tau));
	v1 = v0 + 0.01 * 0.25, v2 = v1 + 0.01 * 0.0625; /* v < D^2 both times: the sign is -1 */
	two_rounds("fedyogi", 1 + 0.1 * m1 / (sqrt(v1) + tau), 1 + 0.1 * m1 / (sqrt(v1) + tau) + 0.1 * m2 / (sqrt(v2) + tau));
}

/* What every row promises. */
static void contract(const struct strategy *s)
{
	enum { N = 100 };
	float base[N], mean[N] = { 0 }, out[N], again[N], state[2][STRATEGY_STATE_MAX][N];
	struct strategy_in in = { .base = base, .mean = mean, .n = N, .o = &opts };
	size_t i, k, half;

	CHECK(s->name && s->summary && strstr(s->source, "20"), "%s: has a summary and a source with its year", s->name);
	CHECK(s->lr > 0, "%s: has a default learning rate", s->name);
	for (i = 0; i < N; i++)
		base[i] = (float)i - 50;
	for (k = 0; k < STRATEGY_STATE_MAX; k++)
		for (i = 0; i < N; i++)
			state[0][k][i] = state[1][k][i] = s->start ? (float)s->start(&opts, k) : 0;
	in.state[0] = state[0][0], in.state[1] = state[0][1];
	s->step(&in, out);
	CHECK(!memcmp(out, base, sizeof out), "%s: no update, no step", s->name);

	for (i = 0; i < N; i++)
		mean[i] = (float)(i % 7) - 3;
	s->step(&in, out);
	in.state[0] = state[1][0], in.state[1] = state[1][1]; /* the same two rounds in blocks of other sizes */
	for (half = 0; half < 2; half++) {
		struct strategy_in part = in;
		float zero[N] = { 0 };
		part.base = base + 40 * half, part.mean = zero, part.n = half ? 60 : 40;
		part.state[0] += 40 * half, part.state[1] += 40 * half;
		s->step(&part, again + 40 * half);
		part.mean = mean + 40 * half;
		s->step(&part, again + 40 * half);
	}
	CHECK(!memcmp(out, again, sizeof out), "%s: blocks do not show", s->name);
	for (k = 0; k < strategy_vectors(s); k++)
		CHECK(!memcmp(state[0][k], state[1][k], sizeof state[0][k]), "%s: nor in %s", s->name, s->state[k]);
}

int main(void)
{
	size_t i;

	by_hand();
	for (i = 0; strategy_name(i); i++) {
		contract(strategy_find(strategy_name(i)));
		CHECK(i == 0 || strcmp(strategy_name(i - 1), strategy_name(i)) < 0, "%s: in order", strategy_name(i));
	}
	CHECK(!strategy_find("fedmagic"), "no strategy of an unknown name");
	return check_done();
}
