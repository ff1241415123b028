/* get.c - objects, whole or from an offset, and lists of them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "hub/exchange.h"
#include "hub/object.h"
#include "hub/offload.h"

#define ETAG_TEXT (DIGEST_TEXT + 2)

/* Wait for what is not there, or has not changed, if the client asked for that and its time is not over: 1 if so. */
static int wait_for(struct exchange *x, int list, const char *state, unsigned long seq)
{
	if (!x->req.wait)
		return 0;
	if (!x->wait_until)
		x->wait_until = x->began + x->req.wait;
	if (clock_s() >= x->wait_until)
		return 0;
	exchange_wait(x, list, state, seq);
	return 1;
}

static void add_waited(const struct exchange *x, struct MHD_Response *r)
{
	char s[24];

	if (!r || !x->req.wait)
		return;
	snprintf(s, sizeof s, "wait=%u", x->req.wait);
	(void)MHD_add_response_header(r, "Preference-Applied", s);
}

/* The digest of an open file, by its name where that tells. */
static int find_digest(const struct exchange *x, int fd, char digest[DIGEST_TEXT])
{
	if (!*x->req.parsed.digest)
		return object_sum(fd, digest, NULL);
	memcpy(digest, x->req.parsed.digest, DIGEST_TEXT);
	return FL_OK;
}

static int answer_not_modified(struct exchange *x, const char *etag)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

	if (r)
		(void)MHD_add_response_header(r, "ETag", etag);
	add_waited(x, r);
	return answer_response(x, 304, r);
}

static int refuse_range(struct exchange *x, uint64_t size)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char s[48];

	snprintf(s, sizeof s, "bytes */%llu", (unsigned long long)size);
	if (r)
		(void)MHD_add_response_header(r, "Content-Range", s);
	return answer_response(x, 416, r);
}

/* The object open as fd, which is taken over. */
static int answer_object(struct exchange *x, int fd, uint64_t size, const char *etag)
{
	int part = x->req.has_range && (!*x->req.if_range || !strcmp(x->req.if_range, etag));
	uint64_t from = part ? x->req.range_from : 0, to = part && x->req.range_to < size ? x->req.range_to : size - 1;
	struct MHD_Response *r;
	char s[72];

	if (from >= size) {
		close(fd);
		return refuse_range(x, size);
	}
	r = MHD_create_response_from_fd_at_offset64(to - from + 1, fd, from);
	if (!r) {
		close(fd);
		return 0;
	}
	(void)MHD_add_response_header(r, "ETag", etag);
	(void)MHD_add_response_header(r, "Accept-Ranges", "bytes");
	(void)MHD_add_response_header(r, "Content-Type", "application/octet-stream");
	add_waited(x, r);
	if (part) {
		snprintf(s, sizeof s, "bytes %llu-%llu/%llu", (unsigned long long)from, (unsigned long long)to, (unsigned long long)size);
		(void)MHD_add_response_header(r, "Content-Range", s);
	}
	x->out = x->req.method == REQ_HEAD ? 0 : to - from + 1;
	return answer_response(x, part ? 206 : 200, r);
}

static int answer_absent(struct exchange *x)
{
	struct MHD_Response *r;
	char text[NAME_MAX_LEN + 32];
	int n = snprintf(text, sizeof text, "%s is not here\n", x->req.name);

	request_refuse(&x->no, 404, "not here");
	x->no.status = 404;
	r = MHD_create_response_from_buffer((size_t)n, text, MHD_RESPMEM_MUST_COPY);
	if (r)
		(void)MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
	add_waited(x, r);
	return answer_response(x, 404, r);
}

static ssize_t no_body(void *ctx, uint64_t at, char *p, size_t n)
{
	(void)ctx;
	(void)at;
	(void)p;
	(void)n;
	return MHD_CONTENT_READER_END_OF_STREAM; /* a HEAD's body is not asked for */
}

static int is_elsewhere(const struct exchange *x, uint64_t *size)
{
	const char *url = x->hub->conf.offload;

	return url && offload_covers(&x->req.parsed) && offload_size(url, x->req.federation, x->req.name, size, NULL) == FL_OK;
}

/* HEAD of what is elsewhere: a URL to get it would be good for GET alone. */
static int answer_head(struct exchange *x, uint64_t size)
{
	struct MHD_Response *r = MHD_create_response_from_callback(size, 1, no_body, NULL, NULL);
	char etag[ETAG_TEXT + 1];

	snprintf(etag, sizeof etag, "\"%s\"", x->req.parsed.digest);
	if (r)
		(void)MHD_add_response_header(r, "ETag", etag);
	return answer_response(x, 200, r);
}

int get_object(struct exchange *x)
{
	char etag[ETAG_TEXT + 1], digest[DIGEST_TEXT];
	unsigned long seq = waits_seq(x->hub->waits);
	struct fl_err err = { 0 };
	uint64_t size;
	int fd, rc;

	if (!access_may_read(&x->who, &x->req.parsed))
		return request_refuse(&x->no, 403, "a %s may not read %s", access_role_name(x->who.role), x->req.name);
	if (exchange_open(x))
		return x->no.status;
	rc = folder_open(x->fed, x->req.name, &fd, &size, &err);
	if (rc == FL_NOINPUT && is_elsewhere(x, &size))
		return x->req.method == REQ_HEAD ? answer_head(x, size) : answer_elsewhere(x, "GET");
	if (rc == FL_NOINPUT)
		return wait_for(x, 0, NULL, seq) ? 0 : answer_absent(x);
	if (rc != FL_OK || find_digest(x, fd, digest)) {
		if (rc == FL_OK)
			close(fd);
		return request_refuse(&x->no, 500, "%s cannot be read", x->req.name);
	}
	snprintf(etag, sizeof etag, "\"%s\"", digest);
	if (!request_same(x->req.if_none_match, etag))
		return answer_object(x, fd, size, etag);
	close(fd);
	return answer_not_modified(x, etag);
}

/* A list while it is made: lines for the client, a digest of what it may see, and one of everything. */
struct listing {
	struct exchange *x;
	struct buf lines;
	struct digest seen, all;
	unsigned n;
	int more;
	char last[NAME_MAX_LEN + 1];
	struct fl_err err;
};

static int add_name(void *ctx, const char *name, uint64_t size)
{
	struct listing *l = ctx;
	const struct request *r = &l->x->req;
	char line[NAME_MAX_LEN + 64];
	struct name parsed;
	int k = snprintf(line, sizeof line, "%s %llu\n", name, (unsigned long long)size);

	digest_add(&l->all, line, (size_t)k); /* as waits_state() does */
	if (name_parse(&parsed, name, NULL) != FL_OK || !access_may_read(&l->x->who, &parsed))
		return FL_OK;
	if (*r->after && strcmp(name, r->after) <= 0)
		return FL_OK;
	digest_add(&l->seen, line, (size_t)k);
	if (l->n == r->limit) {
		l->more = 1;
		return FL_OK;
	}
	l->n++;
	memcpy(l->last, name, strlen(name) + 1);
	return buf_addf(&l->lines, &l->err, "{\"name\":\"%s\",\"size\":%llu}\n", name, (unsigned long long)size);
}

static int answer_list(struct exchange *x, struct listing *l, const char *etag)
{
	struct buf *b = &l->lines;
	struct MHD_Response *r;

	x->out = x->req.method == REQ_HEAD ? 0 : b->len;
	r = MHD_create_response_from_buffer(b->len, b->data, b->len ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (!r)
		return 0;
	if (b->len)
		*b = (struct buf){ 0 };
	(void)MHD_add_response_header(r, "Content-Type", "application/x-ndjson");
	(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	(void)MHD_add_response_header(r, "ETag", etag);
	if (l->more)
		(void)MHD_add_response_header(r, "FL-Next", l->last);
	add_waited(x, r);
	return answer_response(x, 200, r);
}

int get_list(struct exchange *x)
{
	struct listing l = { .x = x };
	char etag[ETAG_TEXT + 1], seen[DIGEST_TEXT], all[DIGEST_TEXT];
	unsigned long seq = waits_seq(x->hub->waits);
	int rc = 0;

	if (!access_may_list(&x->who))
		return request_refuse(&x->no, 403, "a %s may not list names", access_role_name(x->who.role));
	if (exchange_open(x))
		return x->no.status;
	digest_start(&l.seen);
	digest_start(&l.all);
	if (folder_list(x->fed, x->req.name, NULL, add_name, &l, &l.err) != FL_OK) {
		buf_clear(&l.lines);
		return request_refuse(&x->no, 500, "names cannot be listed");
	}
	digest_end(&l.seen, seen);
	digest_end(&l.all, all);
	snprintf(etag, sizeof etag, "\"%.32s\"", seen + 7);
	if (!request_same(x->req.if_none_match, etag))
		rc = answer_list(x, &l, etag);
	else if (!wait_for(x, 1, all, seq))
		rc = answer_not_modified(x, etag);
	buf_clear(&l.lines);
	return rc;
}
