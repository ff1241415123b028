/*
 * limits.h - deadlines of connections and rates of callers.
 *
 * libmicrohttpd's time-out is idle time only: a client that sends a byte a second keeps its connection for ever. So every
 * connection has a deadline here, set anew by each step of a request, and limits_reap(), called several times a second, shuts
 * down the sockets of those that are late; the library then closes them as if the peer had gone.
 */
#ifndef FL_HUB_LIMITS_H
#define FL_HUB_LIMITS_H

#include "base/err.h"

struct limits;
struct limits_conn;

/* rate: requests a second of one caller, and twice that at once; 0: no limit. */
int limits_open(struct limits **l, double rate, struct fl_err *err);
void limits_close(struct limits *l);

/* A connection begins: its socket, clock_s() by which its first request line must be there, and what limits_owner() then
 * gives back. NULL: no memory. */
struct limits_conn *limits_add(struct limits *l, int fd, double deadline, void *owner);
void *limits_owner(const struct limits_conn *c);
void limits_set(struct limits *l, struct limits_conn *c, double deadline);
void limits_remove(struct limits *l, struct limits_conn *c); /* before its socket is closed */

/* Shut down what is late at `now`; returns how many. limits_count(): connections there are. */
unsigned limits_reap(struct limits *l, double now);
unsigned limits_count(struct limits *l);

/* Seconds the caller must wait, or 0: this request is within its rate, and counted. */
unsigned limits_rate(struct limits *l, const char *caller, double now);

#endif
