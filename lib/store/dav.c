/* A WebDAV folder (RFC 4918): dav://HOST/PATH, and davs:// over TLS. Servers differ in what they make of conditions; all of
 * those tried let one of many racing MOVEs with "Overwrite: F" win, so a put is PUT to a temporary name, then MOVE. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/web.h"

#define PAGE_BYTES ((size_t)16 << 20)
#define TMP "tmp"

struct dav {
	struct web *web;
	char *base; /* http(s)://HOST/PATH */
};

static int dav_open(struct store *s, struct fl_err *err)
{
	struct buf b = { 0 };
	struct dav *d = NULL;
	int rc;

	TRY(fl_alloc(&d, 1, sizeof *d, err));
	s->state = d;
	if (strpbrk(s->url, "?# "))
		TRY(fl_fail(err, FL_USAGE, "'%.80s' is not the URL of a WebDAV folder", s->shown));
	TRY(buf_addf(&b, err, "http%s", s->url + strlen("dav")));
	d->base = b.data;
	TRY(web_open(&d->web, s, err));
out:
	return rc;
}

static void dav_close(struct store *s)
{
	struct dav *d = s->state;

	web_close(d->web);
	free(d->base);
	free(d);
	s->state = NULL;
}

/* A request for what base, slash and n bytes of name make together. */
static int ask_for(struct dav *d, struct web_request *q, const char *slash, const char *name, size_t n, struct web_reply *r,
		   struct fl_err *err)
{
	struct buf u = { 0 };
	int rc;

	TRY(buf_addf(&u, err, "%s%s%.*s", d->base, slash, (int)n, name));
	q->url = u.data;
	rc = q->sink ? web_get(d->web, q, r, err) : web_do(d->web, q, r, err);
out:
	buf_clear(&u);
	return rc;
}

/* A request for an object; of "" for the store's own URL. */
static int ask(struct dav *d, struct web_request *q, const char *name, struct web_reply *r, struct fl_err *err)
{
	return ask_for(d, q, *name ? "/" : "", name, strlen(name), r, err);
}

static int dav_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err)
{
	struct web_request q = { .method = "HEAD" };
	struct web_reply r;
	int rc;

	TRY(ask(s->state, &q, name, &r, err));
	if (r.status != 200)
		TRY(web_fail(s, &r, err));
	info->size = r.length;
out:
	return rc;
}

static int dav_get(struct store *s, const char *name, struct sink *k, double wait, struct store_info *info, struct fl_err *err)
{
	struct web_request q = { .method = "GET", .sink = k };
	struct web_reply r;
	int rc;

	(void)wait;
	rc = ask(s->state, &q, name, &r, err);
	info->size = k->at;
	return rc;
}

static int is_done(long status)
{
	return status == 200 || status == 201 || status == 204;
}

/* Make the folders that name lies in, from the store's own on. One that is there already answers 405. */
static int make_folders(struct store *s, const char *name, struct fl_err *err)
{
	struct web_request q = { .method = "MKCOL" };
	struct web_reply r;
	const char *end = name - 1;
	int rc;

	do {
		TRY(ask_for(s->state, &q, "/", name, (size_t)(end + 1 - name), &r, err));
		if (r.status == 409 || r.status == 404)
			TRY(fl_fail(err, FL_CREATE, "cannot make its folder: the one above is not there (HTTP %ld)", r.status));
		if (!is_done(r.status) && r.status != 405 && r.status != 301)
			TRY(web_fail(s, &r, err));
	} while ((end = strchr(end + 1, '/')));
out:
	return rc;
}

/* A request that fails where a folder is missing, once more after making it. */
static int ask_twice(struct store *s, struct web_request *q, const char *name, const char *where, struct web_reply *r, struct fl_err *err)
{
	int rc;

	TRY(ask(s->state, q, name, r, err));
	if (r->status == 404 || r->status == 409 || r->status == 500) { /* lighttpd: 500 */
		TRY(make_folders(s, where, err));
		TRY(ask(s->state, q, name, r, err));
	}
out:
	return rc;
}

/* Take a temporary object away; one that cannot be is only a leftover. */
static void drop(struct store *s, const char *tmp)
{
	struct web_request q = { .method = "DELETE" };
	struct web_reply r;
	struct fl_err ignored;

	ask(s->state, &q, tmp, &r, &ignored);
}

static int move(struct store *s, const char *tmp, const char *name, enum put_outcome *o, struct fl_err *err)
{
	struct dav *d = s->state;
	struct web_request q = { .method = "MOVE" };
	struct buf to = { 0 };
	struct web_reply r;
	int rc;

	TRY(buf_addf(&to, err, "Destination: %s/%s", d->base, name));
	q.headers[0] = to.data;
	q.headers[1] = "Overwrite: F";
	TRY(ask_twice(s, &q, tmp, name, &r, err));
	if (is_done(r.status))
		*o = PUT_NEW;
	else if (r.status == 412)
		*o = PUT_TAKEN;
	else
		rc = web_fail(s, &r, err);
out:
	buf_clear(&to);
	return rc;
}

static int dav_put(struct store *s, const char *name, const struct body *b, enum put_outcome *o, struct fl_err *err)
{
	struct web_request q = { .method = "PUT", .body = b, .size = b->size, .headers = { "Content-Type: application/octet-stream" } };
	struct web_reply r;
	char tmp[40];
	int rc;

	snprintf(tmp, sizeof tmp, TMP "/%016" PRIx64, rng_u64(&s->rng));
	if (!*name)
		tmp[0] = 0;
	TRY(ask_twice(s, &q, tmp, tmp, &r, err));
	if (!is_done(r.status))
		TRY(web_fail(s, &r, err));
	*o = PUT_NEW;
	if (!*name)
		goto out;
	rc = move(s, tmp, name, o, err);
	if (rc != FL_OK || *o == PUT_TAKEN)
		drop(s, tmp);
out:
	return rc;
}

/* What lies directly in a folder; one that is not there is empty. */
static int look(struct store *s, const char *prefix, struct listing *l, struct fl_err *err)
{
	struct dav *d = s->state;
	struct buf b = { .max = PAGE_BYTES }, base = { 0 };
	struct web_request q = { .method = "PROPFIND", .buf = &b, .headers = { "Depth: 1" } };
	struct web_reply r;
	const char *path = strstr(d->base, "://") + 3;
	int rc;

	TRY(buf_addf(&base, err, "%s/%s", path + strcspn(path, "/"), prefix));
	TRY(ask_for(d, &q, "/", prefix, strlen(prefix), &r, err));
	if (r.status == 404 && *prefix)
		goto out;
	if (r.status != 207)
		TRY(web_fail(s, &r, err));
	rc = listing_dav(l, b.data ? b.data : "", b.len, base.data, err);
out:
	buf_clear(&b);
	buf_clear(&base);
	return rc;
}

/* All under prefix, folder by folder: no deeper than names are. */
static int walk(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err)
{
	struct listing here = { 0 };
	char whole[NAME_MAX_LEN + LISTING_LAST];
	struct name parsed;
	size_t i, n;
	int rc;

	TRY(look(s, prefix, &here, err));
	for (i = 0; i < here.n; i++) {
		n = (size_t)snprintf(whole, sizeof whole, "%s%s", prefix, here.v[i].name);
		if (n && whole[n - 1] == '/') {
			if (name_prefix_ok(whole) && (!after || !strncmp(after, whole, n) || strcmp(whole, after) > 0))
				TRY(walk(s, whole, after, l, err));
		} else if (here.v[i].size && name_parse(&parsed, whole, NULL) == FL_OK && (!after || strcmp(whole, after) > 0)) {
			TRY(listing_add(l, whole, n, here.v[i].size, err));
		}
	}
out:
	listing_clear(&here);
	return rc;
}

const struct store_backend store_dav = { .schemes = "dav davs", .whole = 1, .poll = 0.5, .open = dav_open, .close = dav_close,
	.head = dav_head, .get = dav_get, .put = dav_put, .list = walk };
