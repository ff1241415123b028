#include "round/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "round/cache.h"
#include "round/delta.h"
#include "round/hook.h"
#include "round/pack.h"
#include "round/plan.h"
#include "round/trace.h"

/* Both lie in the home until they have arrived. What a crash leaves of them is looked at before it is used. */
#define PAYLOAD "answer.st"
#define ENVELOPE "answer.pb"
#define PLAIN "trained.st" /* before its codec */

struct answer {
	const struct join *j;
	const struct signed_msg *plan;
	const Fl__V1__Plan *p;
	const char *coordinator;
	char path[HOME_PATH];     /* of the payload */
	char payload[DIGEST_TEXT];
	struct buf bytes;         /* of the envelope */
	struct signed_msg envelope;
};

static const Fl__V1__Envelope *envelope_of(const struct signed_msg *m)
{
	return (const Fl__V1__Envelope *)m->body;
}

/* ---- training ---- */

static int read_model(const struct answer *a, struct model *m, struct fl_err *err)
{
	char path[HOME_PATH];
	int rc;

	TRY(delta_model(a->j->fed, a->p->base_model, path, err));
	TRY(model_read(m, path, err));
	if (*a->p->schema && strcmp(a->p->schema, m->schema.digest))
		rc = fl_fail(err, FL_REFUSED, "round %u: its model has another schema than the plan says", a->p->round);
out:
	return rc;
}

/* Through the plan's codec, if it names one, to where the answer lies. */
static int pack(const struct answer *a, const char *plain, double seconds, struct fl_err *err)
{
	int packed, rc;

	TRY(pack_update(a->j->fed, a->p, a->j->me, seconds, plain, a->path, &packed, err));
	if (!packed && rename(plain, a->path) != 0)
		TRY(fl_fail_errno(err, FL_IO, "%s", a->path));
	if (packed)
		unlink(plain);
out:
	return rc;
}

static int write_update(const struct answer *a, const struct train *t, const struct model *m, const struct table *rows,
			struct fl_err *err)
{
	double start = clock_s();
	char plain[HOME_PATH];
	struct solve_out r;
	float *theta = NULL;
	struct out o = { 0 };
	int rc;

	TRY(train_run(t, m, rows, &theta, &r, err));
	TRY(home_name(&a->j->fed->home, plain, PLAIN, err));
	TRY(out_open(&o, plain, OUT_BINARY, err));
	TRY(train_write(t, m, rows, theta, TRAIN_UPDATE, &o, err));
	o.lax = 1;
	TRY(out_commit(&o, err));
	TRY(pack(a, plain, clock_s() - start, err));
	a->j->fed->more("round %u: %zu rows, %lld steps, loss %.6g", a->p->round, rows->n, r.steps, r.loss);
out:
	out_abort(&o);
	free(theta);
	return rc;
}

static int train(const struct answer *a, struct fl_err *err)
{
	const struct policy *policy = a->j->policy;
	struct model m = { 0 };
	struct table rows = { 0 };
	struct train t;
	int rc;

	TRY(plan_train(a->p, &t, err));
	TRY(read_model(a, &m, err));
	TRY(policy_allows(policy, a->coordinator, &m, &t, err));
	TRY(train_rows(&rows, &t, &m, a->j->data, err));
	TRY(policy_rows(policy, &t, rows.n, err));
	t.in.seed = plan_seed(a->p, a->j->me);
	t.in.until = policy->max_time_s ? clock_s() + (double)policy->max_time_s : 0;
	t.in.progress = a->j->progress;
	rc = write_update(a, &t, &m, &rows, err);
	if (rc == FL_REFUSED)
		fl_err_prefix(err, "policy: max_time_s %lld", policy->max_time_s);
	if (rc == FL_USAGE) { /* settings of the plan, not of this command */
		fl_err_prefix(err, "round %u", a->p->round);
		rc = err->status = FL_DATA;
	}
out:
	table_clear(&rows);
	model_clear(&m);
	return rc;
}

/* ---- the envelope ---- */

static int make_envelope(struct answer *a, struct fl_err *err)
{
	struct fed *f = a->j->fed;
	struct fed_want want = { "Envelope", FL__V1__ROLE__ROLE_PARTICIPANT, a->j->me, fed_now(f) };
	Fl__V1__Envelope e = FL__V1__ENVELOPE__INIT;
	char name[NAME_MAX_LEN + 1], trace[TRACE_TEXT];
	struct stat st;
	int rc;

	if (stat(a->path, &st) != 0)
		return fl_fail_errno(err, FL_IO, "%s", a->path);
	TRY(cache_digest(a->path, a->payload, err));
	trace_span(trace, a->p->traceparent);
	e.version = MESSAGE_VERSION;
	e.federation = fed_roster(f)->name;
	e.round = a->p->round;
	e.participant = (char *)a->j->me;
	e.plan = (char *)a->plan->digest;
	e.base_model = a->p->base_model;
	e.payload = a->payload;
	e.payload_size = (uint64_t)st.st_size;
	e.made = msg_time(fed_now(f));
	e.traceparent = trace;
	TRY(signed_make(&a->bytes, msg_find("Envelope"), &e.base, a->j->key, err));
	name_envelope(name, a->p->round, a->j->me);
	TRY(fed_check(f, name, &want, a->bytes.data, a->bytes.len, &a->envelope, err)); /* is our key the roster's? */
	TRY(home_write(&f->home, ENVELOPE, a->bytes.data, a->bytes.len, 1, err));
out:
	msg_free((ProtobufCMessage *)e.made);
	return rc;
}

/* An answer to this plan that is whole and still ours. Anything else is made anew, whatever is wrong with it. */
static int kept(struct answer *a)
{
	struct fed *f = a->j->fed;
	struct fed_want want = { "Envelope", FL__V1__ROLE__ROLE_PARTICIPANT, a->j->me, fed_now(f) };
	char name[NAME_MAX_LEN + 1], found[DIGEST_TEXT];

	name_envelope(name, a->p->round, a->j->me);
	a->bytes.max = MESSAGE_MAX;
	if (home_read(&f->home, ENVELOPE, &a->bytes, NULL) == FL_OK &&
	    fed_check(f, name, &want, a->bytes.data, a->bytes.len, &a->envelope, NULL) == FL_OK &&
	    !strcmp(envelope_of(&a->envelope)->plan, a->plan->digest) && cache_digest(a->path, found, NULL) == FL_OK &&
	    !strcmp(envelope_of(&a->envelope)->payload, found)) {
		memcpy(a->payload, found, sizeof found);
		return 1;
	}
	signed_clear(&a->envelope);
	buf_clear(&a->bytes);
	return 0;
}

/* ---- sending ---- */

static int put_payload(const struct answer *a, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct stat st;
	int fd = -1, rc;

	TRY(in_open(&fd, a->path, err));
	if (fstat(fd, &st) != 0)
		TRY(fl_fail_errno(err, FL_IO, "%s", a->path));
	name_payload(name, a->p->round, a->j->me, a->payload);
	TRY(store_put(a->j->fed->store, name, fd, (uint64_t)st.st_size, a->payload, err));
out:
	in_close(fd);
	return rc;
}

/* There is an envelope of ours: with the same payload it was sent before what is remembered here was lost. */
static int sent_before(const struct answer *a, const char *name, struct fl_err *err)
{
	struct fed_want want = { .type = "Envelope", .role = FL__V1__ROLE__ROLE_PARTICIPANT, .who = a->j->me };
	struct signed_msg m = { 0 };
	int rc;

	TRY(fed_read(a->j->fed, name, &want, 0, &m, err));
	if (strcmp(envelope_of(&m)->payload, a->payload) || strcmp(envelope_of(&m)->plan, a->plan->digest))
		rc = fl_fail(err, FL_DATA, "%s has answered round %u with another update: have its rows changed, or does another "
			     "machine have its key?", a->j->me, a->p->round);
out:
	signed_clear(&m);
	return rc;
}

/* After the last deadline an update is stale; as stale it may come for as many rounds as the plan says. */
static int in_time(const struct answer *a, struct fl_err *err)
{
	unsigned newest;
	int rc;

	if (fed_now(a->j->fed) < plan_end(a->p))
		return FL_OK;
	TRY(fed_newest(a->j->fed, a->p->round, &newest, err));
	if (!a->p->late_rounds || newest > a->p->round + a->p->late_rounds)
		rc = fl_fail(err, FL_LATER, "round %u was over before its update was ready", a->p->round);
out:
	return rc;
}

/* A hub takes nothing into a round that was sealed before its deadline, unless late updates are wanted: then we are late, and
 * it is nobody's fault. */
static int sealed_early(const struct answer *a, int rc, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct store_info info;

	name_round(name, a->p->round, "seal.pb");
	if ((rc == FL_NOINPUT || rc == FL_REFUSED) && !a->p->late_rounds &&
	    store_head(a->j->fed->store, name, &info, NULL) == FL_OK)
		return fl_fail(err, FL_LATER, "round %u was sealed before its update was there", a->p->round);
	return rc;
}

static int send(const struct answer *a, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct store_stats before;
	int rc;

	TRY(in_time(a, err));
	store_stats(a->j->fed->store, &before);
	TRY(put_payload(a, err));
	pack_learn(a->j->fed, a->p, &before);
	name_envelope(name, a->p->round, a->j->me);
	rc = store_write(a->j->fed->store, name, a->bytes.data, a->bytes.len, err);
	if (rc == FL_NO)
		rc = sent_before(a, name, err);
out:
	return rc;
}

int answer_plan(const struct join *j, const struct signed_msg *plan, const char *coordinator, struct fl_err *err)
{
	struct answer a = { .j = j, .plan = plan, .p = (const Fl__V1__Plan *)plan->body, .coordinator = coordinator };
	const char *federation = fed_roster(j->fed)->name;
	int rc;

	TRY(home_name(&j->fed->home, a.path, PAYLOAD, err));
	if (!kept(&a)) {
		TRY(hook_run(j->hooks, "pre-join", plan->body, federation, a.p->round, err));
		TRY(train(&a, err));
		TRY(make_envelope(&a, err));
	}
	if ((rc = send(&a, err)) != FL_OK)
		rc = sealed_early(&a, rc, err);
	TRY(rc);
	home_forget(&j->fed->home, ENVELOPE);
	home_forget(&j->fed->home, PAYLOAD);
	cache_sweep(j->fed, (const char *[]){ a.p->base_model }, 1);
	j->fed->more("round %u: answered", a.p->round);
	TRY(hook_run(j->hooks, "post-join", a.envelope.body, federation, a.p->round, err));
out:
	signed_clear(&a.envelope);
	buf_clear(&a.bytes);
	return rc;
}
