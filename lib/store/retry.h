/*
 * retry.h - when to try again: exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog 2015), Retry-After before all else, everything inside one deadline. No clock, no sleep: numbers only.
 */
#ifndef FL_STORE_RETRY_H
#define FL_STORE_RETRY_H

#include "base/random.h"

#define RETRY_BASE 0.5 /* seconds: the n-th pause is drawn from [0, min(RETRY_CAP, RETRY_BASE * 2^n)) */
#define RETRY_CAP 60.0

struct retry {
	double until; /* the deadline, in the caller's seconds */
	unsigned tries;
};

enum retry_answer {
	RETRY_AGAIN,  /* after *pause seconds */
	RETRY_GIVE_UP, /* the pause would not end before the deadline */
	RETRY_LATER   /* nor would the one that we were told to make: *pause */
};

/* After a failure that may pass. after: what Retry-After said, in seconds; below 0: nothing. */
enum retry_answer retry_next(struct retry *r, struct rng *rng, double now, double after, double *pause);

/* 1: an HTTP status that may pass: 408, 425, 429, and 5xx except 501, 505, 507. */
int retry_status(long status);

/* Seconds that a Retry-After header says: a number, or a date against now (time_t); -1 where it says neither. */
double retry_after(const char *value, double now);

#endif
