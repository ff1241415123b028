/* put.c - an upload from its first byte to its name: streamed to disk, held against its digest, checked, committed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub/exchange.h"
#include "hub/keep.h"
#include "hub/object.h"
#include "hub/offload.h"
#include "hub/part.h"
#include "hub/put.h"
#include "hub/quota.h"
#include "hub/receipt.h"

#define FULL_RETRY_S 60

/* The federation's folder, made by who may found one with its first message. */
static int open_federation(struct exchange *x)
{
	int first = x->req.parsed.kind == NAME_FEDERATION && x->req.parsed.number == 1;

	if (first && access_may_found(&x->who) && mkdirat(x->hub->root, x->req.federation, 0777) == 0) {
		x->founded = 1;
		(void)fsync(x->hub->root);
	}
	return exchange_open(x);
}

static int check_size(struct exchange *x, uint64_t size)
{
	uint64_t max = x->hub->conf.max_object;

	if (check_is_message(x->req.parsed.kind) && check_max(x->req.parsed.kind) < max)
		max = check_max(x->req.parsed.kind);
	if (!size)
		return request_refuse(&x->no, 400, "an object cannot be empty");
	if (size > max)
		return request_refuse(&x->no, 413, "%s may have %" PRIu64 " bytes at most", x->req.name, max);
	return 0;
}

/* Something has the name already. Then an upload is somebody trying again, whatever has become of rounds and rosters since: the
 * same bytes are welcome, others are not, and nothing else need be asked. */
static int is_here(const struct exchange *x)
{
	return object_size(x->fed, x->req.name, NULL, NULL) == FL_OK;
}

int put_allowed(struct exchange *x, uint64_t size)
{
	const struct name *n = &x->req.parsed;
	int update = n->kind == NAME_PAYLOAD || n->kind == NAME_ENVELOPE;

	if (!access_may_write(&x->who, n))
		return request_refuse(&x->no, 403, "%s %s may not write %s", access_role_name(x->who.role), x->who.name, x->req.name);
	if (check_size(x, size) || open_federation(x))
		return x->no.status;
	if (is_here(x))
		return *n->digest && object_settle(x->fed, x->req.name) == 0
			? request_refuse(&x->no, 200, "the same bytes are here already") : 0;
	if (update && check_round(x->fed, n, size, &x->no))
		return x->no.status;
	return quota_reserve(x, size);
}

int put_failed(struct exchange *x, const struct fl_err *err)
{
	if (x->put.full)
		return request_refuse(&x->no, 507, "the hub's disk is full");
	if (err->status == FL_LATER) {
		x->no.retry = 1;
		return request_refuse(&x->no, 503, "%s is being written by somebody else", x->req.name);
	}
	if (err->status == FL_DATA)
		return request_refuse(&x->no, 400, "%s: %s", x->req.name, err->msg);
	log_event(&x->hub->log, "error", "storage", err->msg);
	return request_refuse(&x->no, 500, "%s cannot be stored", x->req.name);
}

int put_begin(struct exchange *x)
{
	struct fl_err err = { 0 };

	if (put_allowed(x, x->req.length))
		return x->no.status;
	if (x->hub->conf.offload && offload_covers(&x->req.parsed))
		return answer_elsewhere(x, "PUT");
	if (folder_start(&x->put, x->fed, &err) != FL_OK)
		return put_failed(x, &err);
	x->stage = STAGE_BODY;
	return 0;
}

static void drop_put(struct exchange *x)
{
	if (x->part)
		part_drop(x);
	else
		folder_abort(&x->put);
}

void put_take(struct exchange *x, const void *p, size_t n)
{
	struct fl_err err = { 0 };

	if (folder_add(&x->put, p, n, &err) == FL_OK)
		return;
	x->stage = STAGE_DISCARD; /* the library takes an answer only at the body's end */
	put_failed(x, &err);
	drop_put(x);
}

/* The digest that the client has announced is that of what came. The sum goes on being open. */
static int check_digest(struct exchange *x)
{
	struct digest copy = x->put.sum;
	char sum[DIGEST_TEXT];

	digest_end(&copy, sum);
	if (!*x->req.digest || !strcmp(sum, x->req.digest))
		return 0;
	return request_refuse(&x->no, 400, "digest of what came is %s, announced was %s", sum, x->req.digest);
}

/* Messages must hold; those that do not are kept aside. */
static int check_content(struct exchange *x)
{
	const struct name *n = &x->req.parsed;
	struct check_in in = { x->fed, x->req.federation, x->req.name, n, x->put.fd, x->put.size,
		x->hub->conf.offload };

	if (!check_is_message(n->kind) || check_message(x->hub->checker, &in, &x->no) == 0)
		return 0;
	if (x->no.status == 422) {
		x->hub->metrics.messages_refused++;
		if (!x->founded)
			keep_refused(&x->put, n);
	}
	return x->no.status;
}

static int answer_stored(struct exchange *x, int status, const char *digest, uint64_t size)
{
	static const char text[] = "stored\n";
	struct MHD_Response *r = MHD_create_response_from_buffer(sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	char etag[DIGEST_TEXT + 3];

	if (r) {
		snprintf(etag, sizeof etag, "\"%s\"", digest);
		(void)MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
		(void)MHD_add_response_header(r, "ETag", etag);
		receipt_add(r, x, digest, size);
	}
	x->out = x->no.status ? 0 : sizeof text - 1;
	return answer_response(x, status, r);
}

int put_commit(struct exchange *x)
{
	enum folder_outcome outcome = FOLDER_OTHER;
	char digest[DIGEST_TEXT];
	struct fl_err err = { 0 };
	uint64_t size = x->put.size;

	if (check_digest(x) || (!is_here(x) && check_content(x)))
		return x->no.status;
	if (folder_commit(&x->put, x->req.name, digest, &outcome, &err) != FL_OK)
		return put_failed(x, &err);
	if (outcome == FOLDER_OTHER)
		return request_refuse(&x->no, 409, "%s is here with other bytes; nothing is overwritten", x->req.name);
	x->founded = 0;
	if (outcome == FOLDER_NEW) {
		x->hub->metrics.objects++;
		x->hub->metrics.updates += x->req.parsed.kind == NAME_ENVELOPE;
		waits_wake(x->hub->waits, x->req.federation, x->req.name, &x->req.parsed);
	}
	return answer_stored(x, outcome == FOLDER_NEW ? 201 : 200, digest, size);
}

int put_end(struct exchange *x)
{
	int status;

	if (x->in != x->req.length)
		return request_refuse(&x->no, 400, "the body is shorter than Content-Length");
	status = x->part ? part_end(x) : put_commit(x);
	put_drop(x);
	return status;
}

void put_drop(struct exchange *x)
{
	drop_put(x);
	quota_release(x);
	if (x->founded)
		(void)unlinkat(x->hub->root, x->req.federation, AT_REMOVEDIR); /* stays if somebody has put something */
	x->founded = 0;
}
