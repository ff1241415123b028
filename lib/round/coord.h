/*
 * coord.h - the coordinator's steps: open a round, seal it, close it; and the tick that does whatever is due.
 *
 * Every step looks at what is there and does what is missing, so each may be done twice, by two machines at once, or again
 * after a crash: plans, seals and results are created once, and what is made from a seal depends on nothing else.
 */
#ifndef FL_ROUND_COORD_H
#define FL_ROUND_COORD_H

#include "round/gather.h"

struct coord {
	struct fed *fed;
	const struct key *key;
	const Fl__V1__Plan *template; /* for opening; NULL where nothing is opened */
	const char *model;            /* path of a model to open the next round from, instead of the channel's; or NULL */
	const char *eval;             /* CSV files on which the next model is measured, or NULL */
	const char *hooks;            /* folder, or NULL */
	int threads;
	double wait;                  /* seconds to wait for something to be due; below 0: as long as it takes */
	void (*progress)(const char *what, double done, double total);
};

/* Open the round after s (closed, or none), from the channel's newest model; s becomes the new round. FL_LATER where the one
 * before is not closed. */
int coord_open(const struct coord *c, struct stand *s, struct fl_err *err);

/* Seal s, open, with those of g that can count, or as abandoned. */
int coord_seal(const struct coord *c, struct stand *s, const struct gather *g, int abandon, struct fl_err *err);

/* The same by hand: with what is there now. FL_LATER: too little, and it is not to be abandoned. */
int coord_seal_now(const struct coord *c, struct stand *s, int abandon, struct fl_err *err);

/* From the seal to the next model: the sum, its channel entry, the result. */
int coord_close(const struct coord *c, struct stand *s, struct fl_err *err);

/* Do what is due until nothing is. FL_OK: done, or nothing to do; FL_LATER: a round is below quorum, extended; FL_REFUSED: one
 * was abandoned (once: the next tick opens the next). */
int coord_tick(const struct coord *c, struct fl_err *err);

/* Read the newest round there is into *s. */
int coord_newest(const struct coord *c, struct stand *s, struct fl_err *err);

/* The metrics of the model at path on c->eval, into r, to be freed by metrics_free(). */
int coord_measure(const char *path, const char *eval, Fl__V1__Result *r, struct fl_err *err);
void coord_measure_free(Fl__V1__Result *r);

#endif
