/* What is due when, as a table; what a plan's settings become; where its seeds come from. */
#include "check.h"

#include <string.h>

#include "round/plan.h"

#define T0 1000000 /* opened */

static Fl__V1__Plan plan_of(Google__Protobuf__Timestamp *opened, Google__Protobuf__Timestamp *deadline)
{
	Fl__V1__Plan p = FL__V1__PLAN__INIT;

	google__protobuf__timestamp__init(opened);
	google__protobuf__timestamp__init(deadline);
	opened->seconds = T0;
	deadline->seconds = T0 + 100;
	p.opened = opened;
	p.deadline = deadline;
	p.round = 3;
	p.quorum = 2;
	p.extend_times = 2;
	p.extend_s = 50;
	return p;
}

/* phase, rounds, interval, asked, answered, good, seconds since the opening; what is due, and when the clock changes that. */
static const struct row {
	enum plan_phase phase;
	unsigned rounds, interval;
	size_t asked, answered, good;
	int after;
	enum plan_due due;
	int next;
} rows[] = {
	{ PLAN_OPEN, 0, 0, 3, 0, 0, 0, DUE_NOTHING, 100 },
	{ PLAN_OPEN, 0, 0, 3, 2, 2, 99, DUE_NOTHING, 100 },
	{ PLAN_OPEN, 0, 0, 3, 3, 3, 1, DUE_SEAL, 0 },
	{ PLAN_OPEN, 0, 0, 3, 3, 2, 1, DUE_SEAL, 0 },
	{ PLAN_OPEN, 0, 0, 3, 3, 1, 1, DUE_NOTHING, 100 }, /* a roster may yet grow */
	{ PLAN_OPEN, 0, 0, 3, 2, 2, 100, DUE_SEAL, 0 },
	{ PLAN_OPEN, 0, 0, 3, 2, 1, 100, DUE_EXTENDED, 200 },
	{ PLAN_OPEN, 0, 0, 3, 2, 2, 150, DUE_SEAL, 0 },
	{ PLAN_OPEN, 0, 0, 3, 2, 1, 199, DUE_EXTENDED, 200 },
	{ PLAN_OPEN, 0, 0, 3, 2, 1, 200, DUE_ABANDON, 0 },
	{ PLAN_OPEN, 0, 0, 3, 2, 2, 500, DUE_SEAL, 0 },
	{ PLAN_SEALED, 0, 0, 3, 0, 0, 0, DUE_CLOSE, 0 },
	{ PLAN_CLOSED, 0, 0, 3, 0, 0, 0, DUE_OPEN, 0 },
	{ PLAN_CLOSED, 3, 0, 3, 0, 0, 0, DUE_DONE, 0 },
	{ PLAN_CLOSED, 4, 0, 3, 0, 0, 0, DUE_OPEN, 0 },
	{ PLAN_CLOSED, 4, 60, 3, 0, 0, 59, DUE_NOTHING, 60 },
	{ PLAN_CLOSED, 4, 60, 3, 0, 0, 60, DUE_OPEN, 0 },
};

static void test_due(void)
{
	Google__Protobuf__Timestamp opened, deadline;
	Fl__V1__Plan p = plan_of(&opened, &deadline);
	struct plan_state none = { .phase = PLAN_NONE };
	time_t next;
	size_t i;

	CHECK(plan_due(&none, &next) == DUE_OPEN, "no round yet: the first is due");
	CHECK(plan_end(&p) == T0 + 200, "two extensions of 50 seconds end 200 after the opening");
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct plan_state s = { r->phase, &p, r->rounds, r->interval, r->asked, r->answered, r->good, T0 + r->after };

		CHECK(plan_due(&s, &next) == r->due && next == (r->next ? T0 + r->next : 0), "row %zu: %zu of %zu good at %d", i,
		      r->good, r->asked, r->after);
	}
}

static void test_until(void)
{
	static const int until[][2] = { { 0, 100 }, { 99, 100 }, { 100, 150 }, { 149, 150 }, { 150, 200 }, { 200, 200 }, { 1000000, 200 } };
	Google__Protobuf__Timestamp opened, deadline;
	Fl__V1__Plan p = plan_of(&opened, &deadline);
	size_t i;

	for (i = 0; i < sizeof until / sizeof *until; i++)
		CHECK(plan_until(&p, T0 + until[i][0]) == T0 + until[i][1], "%d s after the opening it goes on until %d", until[i][0],
		      until[i][1]);
	p.extend_times = 0;
	CHECK(plan_until(&p, T0 + 500) == T0 + 100 && plan_until(&p, T0 + 500) == plan_end(&p), "without extensions: the deadline");
}

static void test_train(void)
{
	Fl__V1__Plan p = FL__V1__PLAN__INIT;
	Fl__V1__Train t = FL__V1__TRAIN__INIT;
	struct train out;

	CHECK(plan_train(&p, &out, NULL) == FL_OK && !strcmp(out.solver, "sgd") && out.in.epochs == 1 && out.in.batch == 32 &&
	      out.in.lr == 0.01, "no settings are fl-train's defaults");
	p.train = &t;
	CHECK(plan_train(&p, &out, NULL) == FL_OK && out.in.epochs == 1 && out.in.batch == 32, "nor are empty ones");
	t.solver = (char *)"lbfgs";
	CHECK(plan_train(&p, &out, NULL) == FL_OK && out.in.epochs == 100, "lbfgs counts iterations");
	t.whole = 1;
	t.lr = 0.5;
	CHECK(plan_train(&p, &out, NULL) == FL_OK && out.in.batch == 0 && out.in.lr == 0.5, "whole is one batch of all rows");
	t.steps = 9;
	CHECK(plan_train(&p, &out, NULL) == FL_OK && out.in.steps == 9, "steps");
	t.epochs = 1;
	CHECK(plan_train(&p, &out, NULL) == FL_DATA, "steps and epochs exclude each other");
	t.steps = 0;
	t.lr = NAN;
	CHECK(plan_train(&p, &out, NULL) == FL_DATA, "NaN is no learning rate");
	t.lr = -1;
	CHECK(plan_train(&p, &out, NULL) == FL_DATA, "nor is -1");
	t.lr = 0;
	t.scale = (char *)"moon";
	CHECK(plan_train(&p, &out, NULL) == FL_DATA, "no such scale");
}

static void test_strategy(void)
{
	Fl__V1__Plan p = FL__V1__PLAN__INIT;
	Fl__V1__Aggregate a = FL__V1__AGGREGATE__INIT;
	const struct strategy *s;
	struct strategy_opts o;

	CHECK(plan_strategy(&p, &s, &o, NULL) == FL_OK && !strcmp(s->name, "fedavg") && o.lr == s->lr, "fedavg by default");
	p.aggregate = &a;
	a.strategy = (char *)"fedadam";
	a.beta1 = 0.5;
	CHECK(plan_strategy(&p, &s, &o, NULL) == FL_OK && o.lr == s->lr && o.beta1 == 0.5 && o.beta2 == 0.99 && o.tau == 1e-3,
	      "what is 0 is fl-aggregate's default");
	a.beta2 = 1;
	CHECK(plan_strategy(&p, &s, &o, NULL) == FL_DATA, "beta2 of 1 is out of range");
	a.beta2 = 0;
	a.strategy = (char *)"moon";
	CHECK(plan_strategy(&p, &s, &o, NULL) == FL_DATA, "no such strategy");
}

static void test_seed(void)
{
	Google__Protobuf__Timestamp opened, deadline;
	Fl__V1__Plan p = plan_of(&opened, &deadline);
	uint64_t a, b;

	p.federation = (char *)"demo";
	p.base_model = (char *)"b2-256:00";
	a = plan_seed(&p, "h01");
	deadline.seconds++;
	CHECK(plan_seed(&p, "h01") == a && a < 1ull << 52, "the same whenever it is asked, below 2^52");
	CHECK(plan_seed(&p, "h02") != a, "another for another participant");
	p.seed = 1;
	b = plan_seed(&p, "h01");
	CHECK(b != a, "another for another seed of the plan");
	p.round++;
	CHECK(plan_seed(&p, "h01") != b, "another for another round");
}

int main(void)
{
	test_due();
	test_until();
	test_train();
	test_strategy();
	test_seed();
	return check_done();
}
