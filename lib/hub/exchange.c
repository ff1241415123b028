#include "hub/exchange.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "hub/auth.h"
#include "hub/part.h"

#define BODY_S 10                       /* beside what the minimum rate gives */
#define IDLE_S 60                       /* between two requests of a connection */
#define DISCARD_MAX ((uint64_t)1 << 20) /* a refused body up to this is read, so that the answer is seen */

void *exchange_new(void *hub, const char *target, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct exchange *x;

	if (fl_alloc(&x, 1, sizeof *x, NULL) != FL_OK)
		return NULL;
	x->hub = hub;
	x->conn = conn;
	x->limit = info ? info->socket_context : NULL;
	x->fed = -1;
	x->put.fd = -1;
	x->offset = -1;
	x->began = clock_s();
	strncat(x->target, target, sizeof x->target - 1); /* longer ones are refused for their length */
	limits_set(x->hub->limits, x->limit, x->began + x->hub->conf.header_s);
	return x;
}

static enum MHD_Result on_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct exchange *x = ctx;

	(void)kind;
	return request_header(&x->req, name, value ? value : "", &x->no) ? MHD_NO : MHD_YES;
}

/* The request's words, and whether the hub takes requests at all. */
static int read_request(struct exchange *x, const char *method, const char *version)
{
	if (request_line(&x->req, method, x->target, version, &x->no)) {
		x->no.close |= strcmp(method, "GET") && strcmp(method, "HEAD"); /* a body may follow; its length was not read */
		return x->no.status;
	}
	MHD_get_connection_values(x->conn, MHD_HEADER_KIND, on_header, x);
	if (x->no.status || request_end(&x->req, &x->no))
		return x->no.status;
	if (x->hub->draining && x->req.kind != REQ_HEALTH) {
		x->no.close = 1;
		x->no.retry = 5;
		return request_refuse(&x->no, 503, "the hub is stopping; try again soon");
	}
	return 0;
}

int exchange_open(struct exchange *x)
{
	if (x->fed < 0)
		x->fed = openat(x->hub->root, x->req.federation, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return x->fed < 0 ? request_refuse(&x->no, 404, "there is no federation %s here", x->req.federation) : 0;
}

/* To the operation that the request is for: 0 or a refusal. */
static int operate(struct exchange *x)
{
	switch (x->req.kind) {
	case REQ_HEALTH:
		return get_health(x);
	case REQ_METRICS:
		return get_metrics(x);
	case REQ_LIST:
		return get_list(x);
	case REQ_OBJECT:
		return x->req.method == REQ_PUT ? put_begin(x) : get_object(x);
	case REQ_UPLOAD:
		return x->req.method == REQ_POST ? part_create(x) : x->req.method == REQ_PATCH ? part_begin(x) : part_head(x);
	default:
		return get_page(x);
	}
}

static int admit(struct exchange *x)
{
	unsigned wait;

	if (x->req.kind == REQ_HEALTH)
		return 0;
	if (auth_check(x))
		return x->no.status;
	wait = limits_rate(x->hub->limits, x->who.name, x->began);
	if (!wait)
		return 0;
	x->no.retry = (int)wait;
	return request_refuse(&x->no, 429, "too many requests; one of %g a second is allowed", x->hub->conf.rate);
}

/* A refusal (or an answer that needs no body) before the body: where the client waits for our word, or the body is too
 * much to read, answer and close; else read it first, for a client that is still sending may miss the answer. */
static void settle_early(struct exchange *x)
{
	int reads = !x->no.close && !x->req.expect && (x->no.status < 400 || x->req.length <= DISCARD_MAX);

	if (reads) {
		x->stage = STAGE_DISCARD;
		return;
	}
	x->no.close = 1; /* the library would do so anyway: what comes next may be a body */
	answer_refusal(x);
}

/* The head is here. Only uploads are worth a look before the body: an answer now costs the connection. */
static void begin(struct exchange *x, const char *method, const char *version)
{
	x->begun = 1;
	x->hub->active++;
	x->status = 400;
	if (read_request(x, method, version) == 0) {
		limits_set(x->hub->limits, x->limit,
			   x->began + BODY_S + x->hub->conf.header_s + (double)x->req.length / x->hub->conf.min_rate);
		if (admit(x) == 0 && (x->req.method == REQ_PUT || x->req.method == REQ_PATCH))
			(void)operate(x);
	}
	token_wipe(x->req.token);
	if (x->no.status && x->stage == STAGE_NEW)
		settle_early(x);
}

static void body(struct exchange *x, const char *data, size_t n)
{
	x->in += n;
	if (x->stage == STAGE_BODY)
		put_take(x, data, n);
}

/* All of the request is here. */
static void finish(struct exchange *x)
{
	if (x->stage == STAGE_NEW)
		(void)operate(x);
	else if (x->stage == STAGE_BODY)
		(void)put_end(x);
	if (x->stage != STAGE_DONE && x->stage != STAGE_WAIT && x->no.status)
		answer_refusal(x);
}

/* Woken: look again, as if the request had just come, until its time is over. */
static void again(struct exchange *x)
{
	x->stage = STAGE_NEW;
	if (x->hub->draining) {
		x->stage = STAGE_DISCARD;
		x->no.close = 1;
		x->no.retry = 5;
		request_refuse(&x->no, 503, "the hub is stopping; try again soon");
	}
	finish(x);
}

enum MHD_Result exchange_serve(void *hub, struct MHD_Connection *conn, const char *url, const char *method,
			       const char *version, const char *data, size_t *n, void **ctx)
{
	struct exchange *x = *ctx;

	(void)hub;
	(void)conn;
	(void)url;
	if (!x)
		return MHD_NO; /* there was no memory */
	if (!x->begun) {
		begin(x, method, version);
	} else if (x->stage == STAGE_WAIT) {
		again(x);
	} else if (*n) {
		body(x, data, *n);
		*n = 0;
	} else if (x->stage != STAGE_DONE) {
		finish(x);
		return x->stage == STAGE_NEW ? MHD_NO : MHD_YES; /* no memory for an answer: the connection ends */
	}
	return MHD_YES;
}

static void resume(void *ctx)
{
	MHD_resume_connection(((struct exchange *)ctx)->conn);
}

void exchange_wait(struct exchange *x, int list, const char *state, unsigned long seq)
{
	struct waiter *w = &x->waiter;

	*w = (struct waiter){ .root = x->fed, .federation = x->req.federation, .name = x->req.name, .list = list, .who = x->who,
			      .seq = seq, .deadline = x->wait_until, .wake = resume, .ctx = x };
	if (state)
		memcpy(w->state, state, DIGEST_TEXT);
	x->stage = STAGE_WAIT;
	limits_set(x->hub->limits, x->limit, x->wait_until + IDLE_S);
	MHD_suspend_connection(x->conn);
	waits_add(x->hub->waits, w); /* it may be resumed from now on */
	if (x->hub->draining)
		waits_wake_all(x->hub->waits); /* whoever stops the hub may have woken all before this one came */
}

static void note(struct exchange *x)
{
	char address[64];
	double seconds = clock_s() - x->began;

	metrics_request(&x->hub->metrics, x->status, seconds, x->in, x->out);
	log_request(&x->hub->log, &(struct log_request){
		.method = request_method_name(x->req.method), .federation = x->req.federation, .object = x->req.name,
		.participant = x->who.name, .role = *x->who.name ? access_role_name(x->who.role) : "", .trace = x->req.trace,
		.round = x->req.parsed.kind >= NAME_PLAN && x->req.parsed.kind <= NAME_ENVELOPE ? x->req.parsed.number : 0,
		.status = x->status, .bytes_in = x->in, .bytes_out = x->out, .duration_ms = 1000 * seconds,
		.reason = x->no.status >= 400 ? x->no.text : "",
		.address = x->hub->log.addresses ? auth_address(x->conn, address, sizeof address) : "" });
}

void exchange_end(void *hub, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *ctx;

	(void)hub;
	(void)conn;
	*ctx = NULL;
	if (!x)
		return;
	put_drop(x);
	if (x->fed >= 0)
		close(x->fed);
	if (x->begun) {
		if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK && x->stage != STAGE_DONE)
			x->status = 499; /* the client went away first, as nginx calls it */
		note(x);
		x->hub->active--;
	}
	limits_set(x->hub->limits, x->limit, clock_s() + IDLE_S);
	token_wipe(x->req.token);
	buf_clear(&x->location);
	free(x);
}

void exchange_connection(void *hub, struct MHD_Connection *conn, void **ctx, enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;
	struct hub *h = hub;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		limits_remove(h->limits, *ctx);
		*ctx = NULL;
		return;
	}
	info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info)
		*ctx = limits_add(h->limits, info->connect_fd, clock_s() + h->conf.header_s, h->tls);
}
