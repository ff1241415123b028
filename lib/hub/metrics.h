/*
 * metrics.h - what the hub counts, as Prometheus' text (exposition format 0.0.4).
 *
 * Counters are atomic; nothing here names a participant. What a federation's folder says (the newest round) is read when
 * the text is made.
 */
#ifndef FL_HUB_METRICS_H
#define FL_HUB_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"

#define METRICS_STEPS 10 /* of the histogram */
#define METRICS_CODES 600

struct metrics {
	atomic_ullong codes[METRICS_CODES];     /* answers by status */
	atomic_ullong steps[METRICS_STEPS + 1]; /* requests by duration; the last has no upper end */
	atomic_ullong micros;                   /* seconds of all requests, times 10^6 */
	atomic_ullong bytes_in, bytes_out;
	atomic_ullong objects;  /* created */
	atomic_ullong updates;  /* envelopes among them */
	atomic_ullong messages_refused;
	atomic_ullong late;     /* connections shut down at their deadline */
};

/* A request has been answered. */
void metrics_request(struct metrics *m, int status, double seconds, uint64_t in, uint64_t out);

/* What is so just now. */
struct metrics_now {
	int root; /* of all federations */
	unsigned connections, waiting;
	double uptime_s;
	int draining;
};
int metrics_text(struct metrics *m, const struct metrics_now *now, struct buf *b, struct fl_err *err);

#endif
