/*
 * plan.h - what a Plan says to do, and what of a round is due when. Pure: no store, no files but the template.
 *
 * An extension is no new message: a round below quorum at its deadline goes on for extend_s seconds, extend_times times, and
 * everybody who has the plan knows when that ends.
 */
#ifndef FL_ROUND_PLAN_H
#define FL_ROUND_PLAN_H

#include <time.h>

#include "aggregate/aggregate.h"
#include "codec/codec.h"
#include "solve/train.h"
#include "wire/message.h"

/* A template: proto3 JSON of a Plan that leaves out what an opening fills in. quorum and deadlineS must be there. FL_NOINPUT,
 * FL_CONFIG with the name of the file. Freed with msg_free(). */
int plan_template(Fl__V1__Plan **p, const char *path, struct fl_err *err);

/* p's settings on top of the defaults of fl-train and fl-aggregate. The texts are p's. FL_DATA for what those would refuse. */
int plan_train(const Fl__V1__Plan *p, struct train *t, struct fl_err *err);
int plan_strategy(const Fl__V1__Plan *p, const struct strategy **s, struct strategy_opts *o, struct fl_err *err);

/* The codec for updates: what fl-compress takes as --codec. *how has none where p names none, or PLAN_AUTO: whichever suits the
 * participant's network. FL_DATA where it does not read or cannot be asked for: one that needs a model, or one that expands or
 * loses nothing together with error feedback. */
#define PLAN_AUTO "auto"
int plan_codec(const Fl__V1__Plan *p, struct codec_choice *how, struct fl_err *err);

/* The seed of a participant's training: the first 52 bits of BLAKE2b-256 of "fl-v1-seed", the federation's name, round, base
 * model, the plan's seed and the participant's name, each with a zero byte after it. What is asked alike is answered alike,
 * whenever it is asked: a retry sends the same bytes, and a run done again comes to the same models. */
uint64_t plan_seed(const Fl__V1__Plan *p, const char *who);

/* Where its models are announced; PLAN_CHANNEL, where new channels begin too, if it does not say. */
#define PLAN_CHANNEL "stable"
const char *plan_channel(const Fl__V1__Plan *p);

/* The deadline with the extensions that have begun by now; and when the last of them ends. */
time_t plan_until(const Fl__V1__Plan *p, time_t now);
time_t plan_end(const Fl__V1__Plan *p);

/* 1: so many updates that can count make a quorum; none never do. */
int plan_enough(const Fl__V1__Plan *p, size_t good);

/* What is known of the newest round. */
enum plan_phase { PLAN_NONE, PLAN_OPEN, PLAN_SEALED, PLAN_CLOSED };
struct plan_state {
	enum plan_phase phase;
	const Fl__V1__Plan *plan; /* NULL: PLAN_NONE */
	unsigned rounds;          /* the last round of the run; 0: no end */
	unsigned interval;        /* seconds from one opening to the next, at least */
	size_t asked;             /* participants */
	size_t answered, good;    /* envelopes, and those that can count */
	time_t now;
};

/* What is due. *next: when, by the clock alone, something else will be; 0: never. EXTENDED: nothing, below quorum. */
enum plan_due { DUE_NOTHING, DUE_OPEN, DUE_SEAL, DUE_ABANDON, DUE_CLOSE, DUE_EXTENDED, DUE_DONE };
enum plan_due plan_due(const struct plan_state *s, time_t *next);

#endif
