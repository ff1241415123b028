/* fl-serve over HTTP, and whatever else gives and takes files by GET and PUT. The protocol: fl-store(5). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/receipt.h"
#include "store/upload.h"
#include "store/web.h"

#define PAGE 1000
#define PAGE_BYTES ((size_t)4 << 20) /* of one page: names have at most 255 bytes */
#define WHOLE_MAX ((uint64_t)8 << 20) /* more is uploaded so that it can be resumed */

struct http {
	struct web *web;
	int broken; /* a PUT of this run was cut: upload in parts */
};

static int http_open(struct store *s, struct fl_err *err)
{
	struct http *h = NULL;
	int rc;

	TRY(fl_alloc(&h, 1, sizeof *h, err));
	s->state = h;
	TRY(web_open(&h->web, s, err));
out:
	return rc;
}

static void http_close(struct store *s)
{
	struct http *h = s->state;

	web_close(h->web);
	free(h);
	s->state = NULL;
}

/* The URL of a name; of "" the store's own. */
static int url_of(const struct store *s, const char *name, const char *query, char **url, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc;

	TRY(buf_addf(&b, err, "%s%s%s%s", s->url, *name || *query ? "/" : "", name, query));
	*url = b.data;
	return FL_OK;
out:
	buf_clear(&b);
	return rc;
}

static void note_info(struct store_info *info, const struct web_reply *r)
{
	if (r->has_length)
		info->size = r->length;
	web_digest(info->digest, r->etag);
}

static int http_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err)
{
	struct http *h = s->state;
	struct web_request q = { .method = "HEAD" };
	struct web_reply r;
	char *url = NULL;
	int rc;

	TRY(url_of(s, name, "", &url, err));
	q.url = url;
	TRY(web_do(h->web, &q, &r, err));
	if (r.status != 200)
		TRY(web_fail(s, &r, err));
	note_info(info, &r);
out:
	free(url);
	return rc;
}

static int http_get(struct store *s, const char *name, struct sink *k, double wait, struct store_info *info, struct fl_err *err)
{
	struct http *h = s->state;
	struct web_request q = { .method = "GET", .sink = k, .wait = wait };
	struct web_reply r;
	char *url = NULL, prefer[40];
	int rc;

	TRY(url_of(s, name, "", &url, err));
	q.url = url;
	if (wait >= 1) {
		snprintf(prefer, sizeof prefer, "Prefer: wait=%.0f", wait);
		q.headers[0] = prefer;
	}
	TRY(web_get(h->web, &q, &r, err));
	web_digest(info->digest, r.etag);
	info->size = k->at;
out:
	free(url);
	return rc;
}

/* One PUT of the whole. *cut: the connection broke, so parts may do better. */
static int put_whole(struct store *s, const char *url, const struct body *b, int may_replace, struct web_reply *r, int *cut,
		     struct fl_err *err)
{
	struct http *h = s->state;
	char digest[DIGEST_TEXT + 16];
	struct web_request q = { .method = "PUT", .url = url, .body = b, .size = b->size,
		.headers = { "Content-Type: application/octet-stream", digest, may_replace ? NULL : "If-None-Match: *" } };
	int rc;

	snprintf(digest, sizeof digest, "FL-Digest: %s", b->digest);
	rc = web_do(h->web, &q, r, err);
	*cut = rc == FL_NET;
	return rc;
}

static int http_put(struct store *s, const char *name, const struct body *b, enum put_outcome *o, struct fl_err *err)
{
	struct http *h = s->state;
	struct web_reply r;
	char *url = NULL;
	int rc, cut = 0, done = 0;

	TRY(url_of(s, name, "", &url, err));
	if (*name && (b->size > WHOLE_MAX || (h->broken && b->size > PAGE)))
		TRY(upload(h->web, s, url, b, &r, &done, err));
	if (!done) {
		rc = put_whole(s, url, b, !*name, &r, &cut, err);
		h->broken |= cut;
		if (rc != FL_OK)
			goto out;
	}
	if (r.status == 200 || r.status == 201 || r.status == 204) {
		*o = r.status == 200 ? PUT_SAME : PUT_NEW;
		rc = receipt_keep(s, name, b, r.receipt, err);
	} else if (*name && (r.status == 409 || r.status == 412)) {
		*o = PUT_TAKEN;
	} else {
		rc = web_fail(s, &r, err);
	}
out:
	free(url);
	return rc;
}

/* GET PREFIX?list, one page. */
static int get_page(struct store *s, const char *prefix, const char *query, const char *extra, const char *prefer, double wait,
		    struct buf *b, struct web_reply *r, struct fl_err *err)
{
	struct http *h = s->state;
	struct web_request q = { .method = "GET", .buf = b, .wait = wait, .headers = { prefer ? prefer : extra, prefer ? extra : NULL } };
	char *url = NULL;
	int rc;

	b->max = PAGE_BYTES;
	TRY(url_of(s, prefix, query, &url, err));
	q.url = url;
	rc = web_do(h->web, &q, r, err);
out:
	free(url);
	return rc;
}

static int http_list(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err)
{
	struct buf b = { 0 };
	struct web_reply r;
	char query[NAME_MAX_LEN + 64];
	int rc;

	snprintf(query, sizeof query, "?list&limit=%d%s%s", PAGE, after ? "&after=" : "", after ? after : "");
	TRY(get_page(s, prefix, query, NULL, NULL, 0, &b, &r, err));
	if (r.status != 200)
		TRY(web_fail(s, &r, err));
	TRY(listing_json(l, b.data ? b.data : "", b.len, err));
	l->more = r.next[0] != 0;
	snprintf(l->last, sizeof l->last, "%s", r.next);
out:
	buf_clear(&b);
	return rc;
}

/* mark is the list's ETag. A server that does not wait is not asked more than once a second. */
static int http_await(struct store *s, const char *prefix, char mark[STORE_MARK], double wait, struct fl_err *err)
{
	struct buf b = { 0 };
	struct web_reply r;
	char match[STORE_MARK + 20], prefer[40];
	double began = clock_s();
	int rc;

	snprintf(match, sizeof match, "If-None-Match: %s", mark);
	snprintf(prefer, sizeof prefer, "Prefer: wait=%.0f", wait < 60 ? wait : 60);
	TRY(get_page(s, prefix, "?list&limit=1", *mark ? match : NULL, prefer, wait, &b, &r, err));
	if ((r.status == 304 || (*mark && !strcmp(r.etag, mark))) && clock_s() - began < 1)
		store_sleep(wait < 1 ? wait : 1);
	if (r.status == 304)
		goto out;
	if (r.status != 200)
		TRY(web_fail(s, &r, err));
	if (!r.etag[0] || strlen(r.etag) >= STORE_MARK)
		TRY(fl_fail(err, FL_VERSION, "gives its list no ETag to wait by"));
	memcpy(mark, r.etag, strlen(r.etag) + 1);
out:
	buf_clear(&b);
	return rc;
}

const struct store_backend store_http = { .schemes = "http https", .whole = 1, .poll = 0.25, .open = http_open, .close = http_close,
	.head = http_head, .get = http_get, .put = http_put, .list = http_list, .await = http_await };
