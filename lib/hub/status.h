/*
 * status.h - what a federation's folder says of it, gathered for people: members, rounds, deliveries, metrics, channels.
 *
 * Only the last rounds are read, so that memory and time do not grow with a federation's age; a message that cannot be read
 * leaves its place empty. Nothing of tokens, addresses or payloads is looked at.
 */
#ifndef FL_HUB_STATUS_H
#define FL_HUB_STATUS_H

#include <time.h>

#include "base/digest.h"
#include "hub/roster-cache.h"
#include "report/svg.h"

enum {
	STATUS_ROUNDS = 20,   /* the last ones, looked at closely */
	STATUS_LOOKS = 65536, /* at envelopes, in all: with very many participants, of fewer rounds */
	STATUS_POINTS = 100,  /* rounds of metrics */
	STATUS_METRICS = 6,
	STATUS_CHANNELS = 12,
	STATUS_ENTRIES = 3    /* of each channel, the newest */
};

enum status_phase {
	STATUS_OPEN,
	STATUS_DUE,       /* past its deadline: the coordinator has to seal it */
	STATUS_SEALED,
	STATUS_CLOSED,
	STATUS_ABANDONED,
	STATUS_UNREADABLE /* its plan */
};

struct status_round {
	unsigned number, quorum, extended; /* extended: how many times so far, while it is open */
	size_t asked, counted;             /* counted: in the seal, which abandoned rounds have too */
	size_t count[SVG_MARKS];           /* of participants of the newest roster; all 0 where none were looked at */
	enum status_phase phase;
	time_t opened, deadline;           /* deadline: with its extensions so far */
	time_t settled;                    /* when its result was made; 0: not yet */
};

struct status_metric {
	char name[240];
	double y[STATUS_POINTS]; /* as status.x; not finite where a round has none */
};

struct status_entry {
	char channel[NAME_SEG], model[DIGEST_TEXT], note[520];
	unsigned serial, round;
	time_t made;
};

struct status {
	time_t now;
	struct roster_cache cache;
	const Fl__V1__Federation *roster; /* the newest, inside cache */
	const char **participant;         /* (participants) names, sorted, inside roster */
	size_t participants;
	unsigned newest;                  /* round; 0: none */
	struct status_round round[STATUS_ROUNDS];
	size_t rounds, looked;            /* oldest first; the last `looked` of them have marks */
	unsigned char *mark;              /* (participants x looked) enum svg_mark */
	unsigned x[STATUS_POINTS];
	size_t points, metrics;
	struct status_metric metric[STATUS_METRICS];
	struct status_entry entry[STATUS_CHANNELS * STATUS_ENTRIES];
	size_t entries;                   /* by channel, the newest first */
};

/* Read federation, a folder in root, as it is at time now. *s must be {0}; status_clear() frees, also after failure.
 * FL_NOINPUT: there is no such federation. */
int status_read(struct status *s, int root, const char *federation, time_t now, struct fl_err *err);
void status_clear(struct status *s);

/* The same, of the members and the number of the newest round only. */
int status_brief(struct status *s, int root, const char *federation, time_t now, struct fl_err *err);

/* Names of the folders in root that may be federations, at most max of them, sorted. Freed by status_names_clear(). */
struct status_names {
	char **v;
	size_t n, cap;
	int more;
};
int status_names(struct status_names *l, int root, size_t max, struct fl_err *err);
void status_names_clear(struct status_names *l);

#endif
