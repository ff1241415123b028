/*
 * exchange.h - one request and its answer on their way through the hub, and the hub's own state.
 *
 * Private to lib/hub. A request is handled by one thread at a time. Operations (get.c, look.c, put.c, part.c) return 0 when they have
 * answered, wait, or want the body; else the status of the refusal they have put into x->no.
 */
#ifndef FL_HUB_EXCHANGE_H
#define FL_HUB_EXCHANGE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "hub/access.h"
#include "hub/check.h"
#include "hub/hub.h"
#include "hub/limits.h"
#include "hub/log.h"
#include "hub/metrics.h"
#include "hub/request.h"
#include "hub/wait.h"
#include "store/folder.h"

struct tls;

struct hub {
	struct hub_conf conf;
	char url[160];
	unsigned port;
	int root, listener;
	struct MHD_Daemon *daemon;
	pthread_rwlock_t access_lock; /* of the pointer below */
	struct access *access;        /* with conf.tokens; else anybody may come */
	struct checker *checker;
	struct limits *limits;
	struct waits *waits;
	struct tls *tls;
	struct hub_log log;
	struct metrics metrics;
	double started;
	atomic_int draining, stopping;
	atomic_uint active; /* requests under way */
	pthread_t watcher;
	int watching;
	pthread_mutex_t quota_lock;
	struct exchange *uploads; /* under way, for quotas */
};

enum stage {
	STAGE_NEW,
	STAGE_BODY,    /* the body goes to x->put */
	STAGE_DISCARD, /* the body is read and dropped; x->no is the answer */
	STAGE_WAIT,    /* suspended until something changes */
	STAGE_DONE     /* answered */
};

struct exchange {
	struct hub *hub;
	struct MHD_Connection *conn;
	struct limits_conn *limit;
	struct request req;
	struct refusal no;
	struct access_who who;
	int fed; /* the federation's folder, or -1 */
	enum stage stage;
	int begun; /* counted among the active */
	int status;
	uint64_t in, out; /* bytes of bodies */
	double began;
	char target[REQUEST_TARGET + 2];

	struct folder_put put;
	int part;                     /* x->put is a resumable upload's (part.c) */
	long long offset;             /* how far that is, for the answer; -1: not to be said */
	int founded;                  /* we made the federation's folder */
	struct buf location;          /* where the client is sent with a 307 */
	uint64_t reserved;            /* bytes that count against the quota */
	struct exchange *next, **at;  /* among hub->uploads */

	struct waiter waiter;
	double wait_until;
};

/* Answers. Each queues a response, or makes the library close the connection. */
int answer_text(struct exchange *x, int status, const char *text);
int answer_refusal(struct exchange *x);
int answer_buf(struct exchange *x, int status, const char *type, struct buf *b); /* takes over what b holds */
int answer_elsewhere(struct exchange *x, const char *method);                    /* 307 to where large objects are; or 503 */
int answer_response(struct exchange *x, int status, struct MHD_Response *r);     /* takes over r; NULL: no memory */

/* Operations, by kind of request. */
int get_object(struct exchange *x);
int get_list(struct exchange *x);
int get_health(struct exchange *x);
int get_metrics(struct exchange *x);
int get_page(struct exchange *x);
int put_begin(struct exchange *x);
void put_take(struct exchange *x, const void *p, size_t n);
int put_end(struct exchange *x);
void put_drop(struct exchange *x); /* whatever was begun and not finished */

/* Suspend x until `name` (or the list under it) may have changed, at most to x->wait_until; then it is served again. */
void exchange_wait(struct exchange *x, int list, const char *state, unsigned long seq);

/* x->fed is open: 0, or 404. */
int exchange_open(struct exchange *x);

/* The library's callbacks (exchange.c). */
void *exchange_new(void *hub, const char *target, struct MHD_Connection *conn);
enum MHD_Result exchange_serve(void *hub, struct MHD_Connection *conn, const char *url, const char *method,
			       const char *version, const char *data, size_t *n, void **ctx);
void exchange_end(void *hub, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode why);
void exchange_connection(void *hub, struct MHD_Connection *conn, void **ctx, enum MHD_ConnectionNotificationCode what);

#endif
