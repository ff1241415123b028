/* An S3-compatible object store: s3://BUCKET/PREFIX, path-style, signed by libcurl. Of all the conditions that such stores
 * have, only "If-None-Match: *" is relied on, and looked at before the first put: fl-store(5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "secure/sha256.h"
#include "store/aws.h"
#include "store/presign.h"
#include "store/web.h"

#define PAGE 1000
#define PAGE_BYTES ((size_t)8 << 20)
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define PROBE ".fl-probe"
#define KEY_SET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-"

struct s3 {
	struct web *web;
	struct aws aws;
	char *base;   /* endpoint/bucket */
	char *prefix; /* of keys, "" or ending in '/' */
	char *userpwd;
	char sigv4[AWS_TEXT + 32];
	int probed;
};

/* Of the URL: bucket and prefix, whose bytes need no encoding: libcurl 7.88 signs encoded paths wrongly. */
static int locate(struct s3 *x, const char *url, struct fl_err *err)
{
	const char *bucket = url + strlen("s3://");
	size_t n = strcspn(bucket, "/");
	struct buf b = { 0 }, p = { 0 };
	int rc;

	if (n < 1 || strspn(bucket, KEY_SET) != strlen(bucket) || strstr(bucket, "//") || strstr(bucket, ".."))
		return fl_fail(err, FL_USAGE, "'%.80s': want s3://BUCKET/PREFIX of letters, digits, '.', '_', '-' and '/'", url);
	TRY(buf_addf(&b, err, "%s/%.*s", x->aws.endpoint, (int)n, bucket));
	TRY(buf_adds(&p, bucket[n] ? bucket + n + 1 : "", err));
	x->base = b.data;
	x->prefix = p.data;
	return FL_OK;
out:
	buf_clear(&b);
	buf_clear(&p);
	return rc;
}

static int s3_open(struct store *s, struct fl_err *err)
{
	struct buf pw = { 0 };
	struct s3 *x = NULL;
	int rc;

	TRY(fl_alloc(&x, 1, sizeof *x, err));
	s->state = x;
	TRY(aws_find(&x->aws, err));
	TRY(locate(x, s->url, err));
	TRY(buf_addf(&pw, err, "%s:%s", x->aws.key, x->aws.secret));
	x->userpwd = pw.data;
	snprintf(x->sigv4, sizeof x->sigv4, "aws:amz:%s:s3", x->aws.region);
	TRY(web_open(&x->web, s, err));
out:
	return rc;
}

static void s3_close(struct store *s)
{
	struct s3 *x = s->state;

	web_close(x->web);
	if (x->userpwd)
		explicit_bzero(x->userpwd, strlen(x->userpwd));
	free(x->userpwd);
	free(x->base);
	free(x->prefix);
	aws_wipe(&x->aws);
	free(x);
	s->state = NULL;
}

/* The URL of a key; of "" that of the store's own URL taken as a key. */
static int url_of(const struct s3 *x, const char *name, char **url, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc;

	TRY(buf_addf(&b, err, "%s/%s%s%s", x->base, x->prefix, *name && *x->prefix ? "/" : "", name));
	*url = b.data;
	return FL_OK;
out:
	buf_clear(&b);
	return rc;
}

/* Sign and make a request. sha: of the body. headers[0] and [1] of q are filled here. */
static int ask(struct s3 *x, struct web_request *q, const char *sha, struct web_reply *r, struct fl_err *err)
{
	char hash[SHA256_TEXT + 32], session[sizeof x->aws.session + 32];
	size_t i = 0;
	int rc;

	while (i < WEB_HEADERS - 3 && q->headers[i])
		i++;
	snprintf(hash, sizeof hash, "x-amz-content-sha256: %s", sha);
	q->headers[i++] = hash;
	snprintf(session, sizeof session, "x-amz-security-token: %s", x->aws.session);
	if (x->aws.session[0])
		q->headers[i++] = session;
	q->headers[i] = NULL;
	q->plain = 1;
	q->userpwd = x->userpwd;
	q->sigv4 = x->sigv4;
	rc = q->sink ? web_get(x->web, q, r, err) : web_do(x->web, q, r, err);
	explicit_bzero(session, sizeof session);
	return rc;
}

/* As web_fail(), with the error document's code as what the store says. */
static int fail(struct store *s, const struct web_reply *r, struct fl_err *err)
{
	struct web_reply told = *r;
	const char *code = strstr(r->text, "<Code>");
	size_t n = code ? strcspn(code += 6, "<") : 0;

	told.is_text = n > 0;
	n = n < 100 ? n : 100;
	memcpy(told.text, code ? code : "", n);
	told.text[told.text_len = n] = 0;
	if (strstr(told.text, "Skewed"))
		memcpy(told.text + n, ", this machine's clock is wrong", 32);
	return web_fail(s, &told, err);
}

static int s3_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err)
{
	struct s3 *x = s->state;
	struct web_request q = { .method = "HEAD" };
	struct web_reply r;
	char *url = NULL;
	int rc;

	TRY(url_of(x, name, &url, err));
	q.url = url;
	TRY(ask(x, &q, EMPTY_SHA256, &r, err));
	if (r.status != 200)
		TRY(fail(s, &r, err));
	info->size = r.length;
out:
	free(url);
	return rc;
}

static int s3_get(struct store *s, const char *name, struct sink *k, double wait, struct store_info *info, struct fl_err *err)
{
	struct s3 *x = s->state;
	struct web_request q = { .method = "GET", .sink = k };
	struct web_reply r = { 0 };
	char *url = NULL;
	int rc;

	(void)wait;
	TRY(url_of(x, name, &url, err));
	q.url = url;
	rc = ask(x, &q, EMPTY_SHA256, &r, err);
	if (rc != FL_OK && r.status >= 400)
		rc = fail(s, &r, err);
	info->size = k->at;
out:
	free(url);
	return rc;
}

/* PUT, only where nothing is: unless once is 0. */
static int put(struct s3 *x, const char *name, const struct body *b, int once, struct web_reply *r, struct fl_err *err)
{
	struct web_request q = { .method = "PUT", .body = b, .size = b->size,
		.headers = { "Content-Type: application/octet-stream", once ? "If-None-Match: *" : NULL } };
	char sha[SHA256_TEXT], *url = NULL;
	int rc;

	TRY(url_of(x, name, &url, err));
	TRY(sha256_file(b->fd, b->size, sha, err));
	q.url = url;
	rc = ask(x, &q, sha, r, err);
out:
	free(url);
	return rc;
}

/* Does this store honour If-None-Match? The probe stays there, so from the second run on this is one request. */
static int probe(struct store *s, struct fl_err *err)
{
	static const char text[] = "flkit made this to see whether the store honours If-None-Match: *\n";
	struct s3 *x = s->state;
	struct body b = { .size = sizeof text - 1 };
	struct web_reply r;
	int rc, i;

	TRY(file_scratch(&b.fd, err));
	if (pwrite(b.fd, text, sizeof text - 1, 0) != (ssize_t)sizeof text - 1)
		TRY(fl_fail_errno(err, FL_IO, "cannot write a temporary file"));
	for (i = 0; i < 2; i++) {
		TRY(put(x, PROBE, &b, 1, &r, err));
		if (r.status == 412) {
			x->probed = 1;
			goto out;
		}
		if (r.status == 409)
			store_again(s, -1);
		if (r.status != 200)
			TRY(r.status == 409 ? fl_fail(err, FL_NET, "the probe met another one (HTTP 409)") : fail(s, &r, err));
	}
	rc = fl_fail(err, FL_REFUSED, "this store lets one object overwrite another in spite of If-None-Match: a federation is not safe in it");
out:
	if (b.fd >= 0)
		close(b.fd);
	return rc;
}

static int s3_put(struct store *s, const char *name, const struct body *b, enum put_outcome *o, struct fl_err *err)
{
	struct s3 *x = s->state;
	struct web_reply r;
	int rc;

	if (*name && !x->probed)
		TRY(probe(s, err));
	TRY(put(x, name, b, *name != 0, &r, err));
	if (r.status == 200 || r.status == 201) {
		*o = PUT_NEW;
	} else if (r.status == 412) {
		*o = PUT_TAKEN;
	} else if (r.status == 409) { /* ConditionalRequestConflict: somebody else is putting it */
		store_again(s, -1);
		rc = fl_fail(err, FL_NET, "is being put by somebody else (HTTP 409)");
	} else {
		rc = fail(s, &r, err);
	}
out:
	return rc;
}

/* Append s with every '/' as %2F: what else names have needs no encoding. */
static int add_encoded(struct buf *b, const char *s, struct fl_err *err)
{
	int rc = FL_OK;

	for (; *s && rc == FL_OK; s++)
		rc = *s == '/' ? buf_adds(b, "%2F", err) : buf_add(b, s, 1, err);
	return rc;
}

/* A list's URL, its query sorted as the signature wants it. */
static int list_url(const struct s3 *x, const char *strip, const char *prefix, const char *after, struct buf *u, struct fl_err *err)
{
	int rc;

	TRY(buf_addf(u, err, "%s?list-type=2&max-keys=%d&prefix=", x->base, PAGE));
	TRY(add_encoded(u, strip, err));
	TRY(add_encoded(u, prefix, err));
	if (!after)
		goto out;
	TRY(buf_adds(u, "&start-after=", err));
	TRY(add_encoded(u, strip, err));
	TRY(add_encoded(u, after, err));
out:
	return rc;
}

static int s3_list(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err)
{
	struct s3 *x = s->state;
	struct buf u = { 0 }, strip = { 0 }, b = { .max = PAGE_BYTES };
	struct web_request q = { .method = "GET", .buf = &b };
	struct web_reply r;
	int rc;

	if (after && strspn(after, KEY_SET) != strlen(after)) /* a foreign key that cannot be asked for */
		TRY(fl_fail(err, FL_DATA, "holds keys of others, such as '%.60s'; give the federation a prefix of its own", after));
	TRY(buf_addf(&strip, err, "%s%s", x->prefix, *x->prefix ? "/" : ""));
	TRY(list_url(x, strip.data, prefix, after, &u, err));
	q.url = u.data;
	TRY(ask(x, &q, EMPTY_SHA256, &r, err));
	if (r.status != 200)
		TRY(fail(s, &r, err));
	TRY(listing_s3(l, b.data ? b.data : "", b.len, strip.data, err));
out:
	buf_clear(&u);
	buf_clear(&strip);
	buf_clear(&b);
	return rc;
}

static int s3_presign(struct store *s, const char *method, const char *name, unsigned seconds, struct buf *out, struct fl_err *err)
{
	struct s3 *x = s->state;
	char *url = NULL;
	int rc;

	TRY(url_of(x, name, &url, err));
	TRY(presign(out, &x->aws, method, url, time(NULL), seconds, err));
out:
	free(url);
	return rc;
}

const struct store_backend store_s3 = { .schemes = "s3", .whole = 1, .poll = 0.5, .open = s3_open, .close = s3_close, .head = s3_head,
	.get = s3_get, .put = s3_put, .list = s3_list, .presign = s3_presign };
