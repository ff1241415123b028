/*
 * round.h - where a federation's rounds stand, as its folder says: rounds are numbered 1, 2, ... without gaps.
 */
#ifndef FL_HUB_ROUND_H
#define FL_HUB_ROUND_H

struct round_state {
	unsigned newest; /* the highest round with a plan; 0: none */
	int sealed, closed;
};

/* root is the federation's folder. hint: a round known to have a plan, to begin from; 0: none known. */
void round_look(int root, unsigned hint, struct round_state *s);
const char *round_state_name(const struct round_state *s); /* open, sealed, closed */

#endif
