/*
 * log.h - what happened at the hub, as JSON lines: one object a line, written by one write(2).
 *
 * Only the fields below are ever written: no bodies, no tokens, no header values, and addresses only where asked for.
 */
#ifndef FL_HUB_LOG_H
#define FL_HUB_LOG_H

#include <stdint.h>

struct hub_log {
	int fd;        /* -1: none */
	int addresses; /* 1: with addresses of clients */
};

/* A request that has been answered. Texts may be NULL or "" and are then left out, as is round 0. */
struct log_request {
	const char *method, *federation, *participant, *role, *object, *kind, *trace, *address, *reason;
	unsigned round;
	int status;
	uint64_t bytes_in, bytes_out;
	double duration_ms;
};

void log_request(const struct hub_log *l, const struct log_request *r);

/* Anything else: level is "info", "warning" or "error"; event is one word, message a sentence. */
void log_event(const struct hub_log *l, const char *level, const char *event, const char *message);

#endif
