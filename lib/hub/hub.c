#include "hub/hub.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "hub/exchange.h"
#include "hub/listen.h"
#include "hub/offload.h"
#include "hub/sweep.h"
#include "hub/tls.h"

#define TICK_NS 100000000   /* between two looks at deadlines and waiters */
#define SWEEP_S 3600        /* between two looks for what uploads have left */
#define HEAD_MAX (32 << 10) /* bytes of a request's head, and of a piece of its body */

/* No name is encoded, so nothing is decoded: what a client sends is what request.c sees. */
static size_t unescape(void *ctx, struct MHD_Connection *conn, char *s)
{
	(void)ctx;
	(void)conn;
	return strlen(s);
}

static void on_library_log(void *hub, const char *fmt, va_list ap)
{
	char line[256];

	vsnprintf(line, sizeof line, fmt, ap);
	line[strcspn(line, "\n")] = 0;
	log_event(&((struct hub *)hub)->log, "info", "http", line);
}

/* Deadlines, waiters and leftovers, until the hub stops. */
static void *watch(void *ctx)
{
	const struct timespec tick = { 0, TICK_NS };
	struct hub *h = ctx;
	double swept = clock_s();

	while (!h->stopping) {
		nanosleep(&tick, NULL);
		h->metrics.late += limits_reap(h->limits, clock_s());
		waits_poll(h->waits, clock_s());
		if (clock_s() - swept > SWEEP_S) {
			sweep_all(h->root);
			swept = clock_s();
		}
	}
	return NULL;
}

static int start_watch(struct hub *h, struct fl_err *err)
{
	sigset_t all, old;
	int e;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	e = pthread_create(&h->watcher, NULL, watch, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (e)
		return fl_fail(err, FL_IO, "cannot start a thread");
	h->watching = 1;
	return FL_OK;
}

/* Every connection is a descriptor, and an upload two more. */
static void raise_files(unsigned connections)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < 4ull * connections + 64) {
		r.rlim_cur = r.rlim_max < 4ull * connections + 64 ? r.rlim_max : 4ull * connections + 64;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int start_daemon(struct hub *h, struct fl_err *err)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[TLS_OPTIONS] = { { MHD_OPTION_END, 0, NULL } };

	if (h->tls) {
		flags |= MHD_USE_TLS;
		tls_options(h->tls, tls);
	}
	h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, exchange_serve, h,
				     MHD_OPTION_EXTERNAL_LOGGER, on_library_log, h,
				     MHD_OPTION_LISTEN_SOCKET, h->listener,
				     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)h->conf.threads,
				     MHD_OPTION_CONNECTION_LIMIT, h->conf.connections,
				     MHD_OPTION_PER_IP_CONNECTION_LIMIT, h->conf.per_address,
				     MHD_OPTION_CONNECTION_TIMEOUT, 60u,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX,
				     MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
				     MHD_OPTION_URI_LOG_CALLBACK, exchange_new, h,
				     MHD_OPTION_NOTIFY_COMPLETED, exchange_end, h,
				     MHD_OPTION_NOTIFY_CONNECTION, exchange_connection, h,
				     MHD_OPTION_STRICT_FOR_CLIENT, 1,
				     MHD_OPTION_ARRAY, tls,
				     MHD_OPTION_END);
	if (!h->daemon)
		return fl_fail_errno(err, FL_IO, "cannot start serving");
	return FL_OK;
}

/* Who may reach the hub, and who is then let in, go together. */
static int check_exposure(const struct hub_conf *c, int local, struct fl_err *err)
{
	if (local)
		return FL_OK;
	if (!c->tokens && !c->client_ca)
		return fl_fail(err, FL_CONFIG, "without --tokens anybody may write; that is for loopback or a Unix socket only");
	if (!c->cert && !c->plain)
		return fl_fail(err, FL_CONFIG, "others than this machine can reach this address, and tokens would pass in the clear; "
					       "give --tls-cert and --tls-key, or --plain where TLS ends in front of the hub");
	return FL_OK;
}

static int open_listener(struct hub *h, struct fl_err *err)
{
	char where[128];
	int local, rc;

	if (h->listener < 0)
		TRY(listen_open(&h->listener, h->conf.listen, err));
	TRY(listen_describe(h->listener, where, sizeof where, &h->port, &local, err));
	TRY(check_exposure(&h->conf, local, err));
	snprintf(h->url, sizeof h->url, "%s%s", !h->port ? "" : h->conf.cert ? "https://" : "http://", where);
	if (local)
		h->conf.per_address = 0; /* a proxy in front has one address for all */
out:
	return rc;
}

static int open_parts(struct hub *h, struct fl_err *err)
{
	int rc;

	TRY(checker_open(&h->checker, err));
	TRY(limits_open(&h->limits, h->conf.rate, err));
	TRY(waits_open(&h->waits, err));
	if (h->conf.offload)
		TRY(offload_check(h->conf.offload, err));
	if (h->conf.tokens)
		TRY(access_open(&h->access, h->conf.tokens, err));
	if (h->conf.cert)
		TRY(tls_open(&h->tls, h->conf.cert, h->conf.cert_key, h->conf.client_ca, err));
	h->root = open(h->conf.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->root < 0)
		rc = fl_fail_errno(err, FL_NOINPUT, "%s", h->conf.root);
out:
	return rc;
}

static void clear(struct hub *h)
{
	if (h->root >= 0)
		close(h->root);
	if (h->listener >= 0)
		close(h->listener);
	access_close(h->access);
	checker_close(h->checker);
	limits_close(h->limits);
	waits_close(h->waits);
	tls_close(h->tls);
	pthread_rwlock_destroy(&h->access_lock);
	pthread_mutex_destroy(&h->quota_lock);
	free(h);
}

int hub_start(struct hub **out, const struct hub_conf *c, struct fl_err *err)
{
	struct hub *h;
	int rc = fl_alloc(&h, 1, sizeof *h, err);

	*out = NULL;
	if (rc != FL_OK)
		return rc;
	h->conf = *c;
	h->root = -1;
	h->listener = c->listener;
	h->log = (struct hub_log){ c->log_fd, c->log_addresses };
	h->started = clock_s();
	pthread_rwlock_init(&h->access_lock, NULL);
	pthread_mutex_init(&h->quota_lock, NULL);
	TRY(open_parts(h, err));
	TRY(open_listener(h, err));
	raise_files(c->connections);
	sweep_all(h->root);
	TRY(start_watch(h, err));
	TRY(start_daemon(h, err));
	*out = h;
	return FL_OK;
out:
	h->stopping = 1;
	if (h->watching)
		pthread_join(h->watcher, NULL);
	clear(h);
	return rc;
}

const char *hub_url(const struct hub *h)
{
	return h->url;
}

unsigned hub_port(const struct hub *h)
{
	return h->port;
}

int hub_reload(struct hub *h, struct fl_err *err)
{
	struct access *old, *a = NULL;
	int rc = FL_OK;

	if (h->conf.tokens) {
		TRY(access_open(&a, h->conf.tokens, err));
		pthread_rwlock_wrlock(&h->access_lock);
		old = h->access;
		h->access = a;
		pthread_rwlock_unlock(&h->access_lock);
		access_close(old);
	}
	if (h->tls)
		TRY(tls_reload(h->tls, err));
out:
	log_event(&h->log, rc == FL_OK ? "info" : "error", "reload", rc == FL_OK ? "tokens and certificate are read anew" : err->msg);
	return rc;
}

/* Until nothing is under way, or the time is over: 1 if nothing is. */
static int drain(struct hub *h, double grace)
{
	const struct timespec tick = { 0, TICK_NS / 5 };
	double end = clock_s() + grace;

	while (h->active && clock_s() < end) {
		waits_wake_all(h->waits);
		nanosleep(&tick, NULL);
	}
	return !h->active;
}

int hub_stop(struct hub *h, double grace, struct fl_err *err)
{
	int done;

	h->draining = 1;
	(void)MHD_quiesce_daemon(h->daemon); /* the listening socket is ours again */
	done = drain(h, grace);
	waits_wake_all(h->waits);
	MHD_stop_daemon(h->daemon);
	h->stopping = 1;
	pthread_join(h->watcher, NULL);
	log_event(&h->log, "info", "stop", done ? "everything under way was finished" : "the grace was over before everything was finished");
	clear(h);
	return done ? FL_OK : fl_fail(err, FL_LATER, "requests were cut off after %g s of grace", grace);
}
