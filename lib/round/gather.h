/*
 * gather.h - the envelopes of an open round as they come: each is looked at once, and its payload fetched and tried, so that
 * what is sealed can be added up.
 */
#ifndef FL_ROUND_GATHER_H
#define FL_ROUND_GATHER_H

#include "round/payload.h"
#include "round/stand.h"

struct gathered {
	char *who;
	char envelope[DIGEST_TEXT], payload[DIGEST_TEXT];
	uint64_t size; /* of the payload, bytes */
	int good;      /* it can count; else why not has been said */
};

struct gather {
	struct payload_base base;
	char base_path[HOME_PATH];
	struct gathered *v; /* (n), sorted by who */
	size_t n, cap, good;
};

/* *g must be {0}; gather_clear() frees, also after failure. s is open. */
int gather_open(struct gather *g, struct fed *f, const struct stand *s, struct fl_err *err);
void gather_clear(struct gather *g);

/* Look for envelopes that were not there before. One that cannot count is named by f->say and kept as evidence; that is no
 * failure. A payload that is not there yet makes its envelope wait for another look. */
int gather_look(struct gather *g, struct fed *f, const struct stand *s, struct fl_err *err);

#endif
