#include "round/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"

#define BATCH_DEFAULT 32 /* of fl-train */

static int check_template(const Fl__V1__Plan *p, struct fl_err *err)
{
	struct train t;
	const struct strategy *s;
	struct strategy_opts o;
	struct codec_choice how;
	int rc;

	if (!p->quorum)
		return fl_fail(err, FL_CONFIG, "quorum is missing: how many updates a round needs");
	if (!p->deadline_s)
		return fl_fail(err, FL_CONFIG, "deadlineS is missing: seconds from a round's opening to its deadline");
	if (p->extend_times && !p->extend_s)
		return fl_fail(err, FL_CONFIG, "extendS is missing: seconds of each of the %u extensions", p->extend_times);
	if (p->round || p->opened || p->deadline || *p->federation || *p->base_model || *p->previous || *p->roster)
		return fl_fail(err, FL_CONFIG, "federation, round, roster, baseModel, previous, opened and deadline are filled in "
			       "when a round is opened; leave them out");
	TRY(plan_train(p, &t, err));
	TRY(plan_strategy(p, &s, &o, err));
	TRY(plan_codec(p, &how, err));
out:
	return rc;
}

int plan_template(Fl__V1__Plan **p, const char *path, struct fl_err *err)
{
	ProtobufCMessage *m = NULL;
	json_t *j = NULL;
	int rc;

	TRY(json_read(&j, path, err));
	if ((rc = msg_from_json(&m, msg_find("Plan"), j, err)) == FL_OK)
		rc = check_template((const Fl__V1__Plan *)m, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	if (rc == FL_DATA) { /* of a file of settings */
		rc = FL_CONFIG;
		if (err)
			err->status = rc;
	}
	if (rc != FL_OK) {
		msg_free(m);
		m = NULL;
	}
	*p = (Fl__V1__Plan *)m;
	json_decref(j);
	return rc;
}

static int in_range(double x, double lo, double hi)
{
	return x >= lo && x <= hi; /* never true of a NaN */
}

int plan_train(const Fl__V1__Plan *p, struct train *t, struct fl_err *err)
{
	const Fl__V1__Train *from = p->train;
	int i;

	*t = (struct train)TRAIN_DEFAULTS;
	t->in.batch = BATCH_DEFAULT;
	if (!from)
		return FL_OK;
	if (*from->solver)
		t->solver = from->solver;
	if (*from->scale)
		t->scale = from->scale;
	if (*from->class_weight)
		t->class_weight = from->class_weight;
	if (!solver_find(t->solver))
		return fl_fail(err, FL_DATA, "train: no solver '%.40s' here", t->solver);
	for (i = 0; rows_scale_name((size_t)i) && strcmp(rows_scale_name((size_t)i), t->scale); i++)
		;
	if (!rows_scale_name((size_t)i))
		return fl_fail(err, FL_DATA, "train: no scale '%.40s'", t->scale);
	if (from->epochs && from->steps)
		return fl_fail(err, FL_DATA, "train: epochs and steps exclude each other");
	if (!in_range(from->lr, 0, 1e6) || !in_range(from->momentum, 0, 0.999999) || !in_range(from->l1, 0, 1e12) ||
	    !in_range(from->l2, 0, 1e12) || !in_range(from->prox, 0, 1e12))
		return fl_fail(err, FL_DATA, "train: lr, momentum, l1, l2 or prox is out of range");
	t->in.epochs = from->epochs ? from->epochs : train_epochs(t->solver);
	t->in.steps = from->steps;
	t->in.batch = from->whole ? 0 : from->batch ? from->batch : BATCH_DEFAULT;
	t->in.lr = from->lr > 0 ? from->lr : t->in.lr;
	t->in.momentum = from->momentum > 0 ? from->momentum : t->in.momentum;
	t->in.l1 = from->l1;
	t->in.l2 = from->l2;
	t->in.prox = from->prox;
	return FL_OK;
}

int plan_strategy(const Fl__V1__Plan *p, const struct strategy **s, struct strategy_opts *o, struct fl_err *err)
{
	static const Fl__V1__Aggregate none = FL__V1__AGGREGATE__INIT;
	const Fl__V1__Aggregate *a = p->aggregate ? p->aggregate : &none;

	*s = strategy_find(*a->strategy ? a->strategy : "fedavg");
	if (!*s)
		return fl_fail(err, FL_DATA, "aggregate: no strategy '%.40s' here", a->strategy);
	if (!in_range(a->server_lr, 0, 1e6) || !in_range(a->beta1, 0, 0.999999) || !in_range(a->beta2, 0, 0.999999) ||
	    !in_range(a->tau, 0, 1e6))
		return fl_fail(err, FL_DATA, "aggregate: serverLr, beta1, beta2 or tau is out of range");
	*o = (struct strategy_opts){ a->server_lr > 0 ? a->server_lr : (*s)->lr, a->beta1 > 0 ? a->beta1 : 0.9,
				     a->beta2 > 0 ? a->beta2 : 0.99, a->tau > 0 ? a->tau : 1e-3 };
	return FL_OK;
}

int plan_codec(const Fl__V1__Plan *p, struct codec_choice *how, struct fl_err *err)
{
	int rc;

	how->codec = NULL;
	if (!*p->codec || !strcmp(p->codec, PLAN_AUTO))
		return FL_OK;
	TRY(codec_parse(how, p->codec, err));
	if (how->codec->flags & CODEC_BASE)
		rc = fl_fail(err, FL_DATA, "codec %s is for models, not for a plan's updates", how->codec->name);
	else if (p->error_feedback && how->codec->flags & CODEC_EXACT)
		rc = fl_fail(err, FL_DATA, "codec %s loses nothing that errorFeedback could carry on", how->codec->name);
	else if (p->error_feedback && how->codec->omega && how->codec->omega(how->v, (uint64_t)1 << 20) >= 1)
		rc = fl_fail(err, FL_DATA, "codec %s expands with these parameters: with errorFeedback errors would grow", how->codec->name);
out:
	if (rc == FL_USAGE) /* words of the plan, not of a command line */
		rc = FL_DATA;
	if (err && rc != FL_OK)
		err->status = (enum fl_status)rc;
	return rc;
}

uint64_t plan_seed(const Fl__V1__Plan *p, const char *who)
{
	char text[DIGEST_TEXT], digits[14], round[16], seed[24];
	struct digest d;

	snprintf(round, sizeof round, "%" PRIu32, p->round);
	snprintf(seed, sizeof seed, "%" PRIu64, p->seed);
	digest_start(&d);
	digest_add(&d, "fl-v1-seed", 11);
	digest_add(&d, p->federation, strlen(p->federation) + 1);
	digest_add(&d, round, strlen(round) + 1);
	digest_add(&d, p->base_model, strlen(p->base_model) + 1);
	digest_add(&d, seed, strlen(seed) + 1);
	digest_add(&d, who, strlen(who) + 1);
	digest_end(&d, text);
	memcpy(digits, strchr(text, ':') + 1, 13);
	digits[13] = 0;
	return strtoull(digits, NULL, 16);
}

const char *plan_channel(const Fl__V1__Plan *p)
{
	return *p->channel ? p->channel : PLAN_CHANNEL;
}

time_t plan_end(const Fl__V1__Plan *p)
{
	return msg_seconds(p->deadline, 0) + (time_t)p->extend_times * (time_t)p->extend_s;
}

time_t plan_until(const Fl__V1__Plan *p, time_t now)
{
	time_t deadline = msg_seconds(p->deadline, 0), begun;

	if (now < deadline || !p->extend_s)
		return deadline;
	begun = (now - deadline) / (time_t)p->extend_s + 1;
	return deadline + (begun < (time_t)p->extend_times ? begun : (time_t)p->extend_times) * (time_t)p->extend_s;
}

int plan_enough(const Fl__V1__Plan *p, size_t good)
{
	return good && good >= p->quorum;
}

static enum plan_due due_open(const struct plan_state *s, time_t *next)
{
	time_t at;

	if (!s->plan)
		return DUE_OPEN;
	if (s->rounds && s->plan->round >= s->rounds)
		return DUE_DONE;
	at = msg_seconds(s->plan->opened, 0) + (time_t)s->interval;
	if (s->now >= at)
		return DUE_OPEN;
	*next = at;
	return DUE_NOTHING;
}

static enum plan_due due_seal(const struct plan_state *s, time_t *next)
{
	time_t deadline = msg_seconds(s->plan->deadline, 0), end = plan_end(s->plan);

	if (plan_enough(s->plan, s->good) && (s->answered >= s->asked || s->now >= deadline))
		return DUE_SEAL;
	if (s->now >= end)
		return DUE_ABANDON;
	*next = s->now < deadline ? deadline : end;
	return s->now < deadline ? DUE_NOTHING : DUE_EXTENDED;
}

enum plan_due plan_due(const struct plan_state *s, time_t *next)
{
	*next = 0;
	switch (s->phase) {
	case PLAN_OPEN:
		return due_seal(s, next);
	case PLAN_SEALED:
		return DUE_CLOSE;
	default:
		return due_open(s, next);
	}
}
