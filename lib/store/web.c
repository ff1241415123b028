#include "store/web.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "secure/token.h"
#include "store/web-reply.h"

#define REDIRECTS 5
#define CONNECT_S 20
#define STALL_S 30   /* a connection on which nothing moves for so long is dead */
#define HEAD_MAX 262144 /* bytes of heads of one request's answers */
#define TEXT_MAX 65536 /* of an answer that is no success: more is not waited for */

struct web {
	struct store *s;
	CURL *curl;
	char auth[TOKEN_TEXT + 32]; /* the header, or "" */
	char agent[32];
	char why[CURL_ERROR_SIZE];
	/* of the request under way */
	const struct web_request *q;
	struct web_reply *r;
	uint64_t sent, passed, heads;
	int begun, rc; /* rc: what a callback failed with, in *err */
	struct fl_err *err;
};

/* 1: what goes to this URL in clear does not leave the machine. */
static int is_loopback(const char *host)
{
	size_t n = strcspn(host, "/?#");

	if (memchr(host, '@', n)) /* what looks like a host is a name and a password */
		return 0;
	return (n >= 9 && !strncasecmp(host, "localhost", 9) && (n == 9 || host[9] == ':')) ||
	       (n >= 4 && !strncmp(host, "127.", 4) && strspn(host, "0123456789.:") >= n) || !strncmp(host, "[::1]", 5);
}

/* Who listens on the way must not learn what opens the door. */
static int check_clear(const struct store *s, struct fl_err *err)
{
	const char *host = !strncmp(s->url, "http://", 7) ? s->url + 7 : !strncmp(s->url, "dav://", 6) ? s->url + 6 : NULL;

	if (!host || is_loopback(host) || s->o.plain || (!s->o.token_file && !s->o.netrc))
		return FL_OK;
	return fl_fail(err, FL_REFUSED, "%s: %s would cross the network in clear; use https://, or --plain where the way is safe",
		       s->shown, s->o.token_file ? "the token" : "a password");
}

/* libcurl is vague about files that it cannot read. */
static int check_files(const struct store_opts *o, struct fl_err *err)
{
	const char *const files[] = { o->cacert, o->cert, o->cert_key, o->netrc };
	size_t i;

	for (i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i] && access(files[i], R_OK) != 0)
			return fl_fail_errno(err, FL_CONFIG, i == 3 ? "netrc file %s" : "certificate file %s", files[i]);
	return FL_OK;
}

int web_open(struct web **out, struct store *s, struct fl_err *err)
{
	struct web *w = NULL;
	char token[TOKEN_TEXT] = "";
	int rc;

	TRY(check_clear(s, err));
	TRY(fl_alloc(&w, 1, sizeof *w, err));
	w->s = s;
	TRY(check_files(&s->o, err));
	if (s->o.token_file) {
		TRY(token_read(token, s->o.token_file, err));
		snprintf(w->auth, sizeof w->auth, "Authorization: Bearer %s", token);
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(w->curl = curl_easy_init()))
		TRY(fl_fail(err, FL_IO, "cannot start libcurl"));
	snprintf(w->agent, sizeof w->agent, "flkit/%s", FLKIT_VERSION);
	*out = w;
	w = NULL;
out:
	token_wipe(token);
	web_close(w);
	return rc;
}

void web_close(struct web *w)
{
	if (!w)
		return;
	if (w->curl)
		curl_easy_cleanup(w->curl);
	explicit_bzero(w->auth, sizeof w->auth);
	free(w);
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct web *w = ctx;

	if ((w->heads += size * n) > HEAD_MAX) {
		w->rc = fl_fail(w->err, FL_DATA, "answers with more than %d bytes of headers", HEAD_MAX);
		return 0;
	}
	reply_header(w->r, p, size * n, (double)time(NULL), &w->s->skew);
	return size * n;
}

/* The first bytes of a success: where in the object are they? */
static int begin(struct web *w, long status)
{
	const struct sink *k = w->q->sink;

	if (w->r->encoding[0] && strcasecmp(w->r->encoding, "identity"))
		return fl_fail(w->err, FL_DATA, "comes in the encoding '%s', which was not asked for", w->r->encoding);
	if (!k)
		return FL_OK;
	if (status == 206 && (!w->r->has_range || w->r->range_from != k->at))
		return fl_fail(w->err, FL_DATA, "another part came than was asked for");
	if (k->progress && w->r->has_length)
		w->q->sink->total = w->r->length + (status == 206 ? k->at : 0);
	snprintf(w->q->sink->etag, SINK_ETAG, "%s", w->r->etag);
	return sink_seek(w->q->sink, status == 206 ? k->at : 0, w->err);
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct web *w = ctx;
	long status = 0;

	(void)size; /* is 1 */
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	w->passed += n;
	if (status < 200 || status > 299) {
		reply_text(w->r, p, n);
		return w->passed > TEXT_MAX ? 0 : n;
	}
	w->s->stats.bytes_down += n;
	if (!w->begun && (w->begun = 1) && (w->rc = begin(w, status)) != FL_OK)
		return 0;
	if (w->q->sink)
		w->rc = sink_add(w->q->sink, p, n, w->err);
	else if (w->q->buf)
		w->rc = buf_add(w->q->buf, p, n, w->err);
	return w->rc == FL_OK ? n : 0;
}

static size_t on_read(char *p, size_t size, size_t n, void *ctx)
{
	struct web *w = ctx;
	uint64_t left = w->q->size - w->sent;
	ssize_t k;

	n *= size;
	n = left < n ? (size_t)left : n;
	if (!n)
		return 0;
	do {
		k = pread(w->q->body->fd, p, n, (off_t)(w->q->from + w->sent));
	} while (k < 0 && errno == EINTR);
	if (k <= 0) {
		w->rc = k < 0 ? fl_fail_errno(w->err, FL_IO, "cannot read what is sent") : fl_fail(w->err, FL_IO, "what is sent has become shorter");
		return CURL_READFUNC_ABORT;
	}
	w->sent += (uint64_t)k;
	w->s->stats.bytes_up += (uint64_t)k;
	if (w->s->o.progress)
		w->s->o.progress("push", (double)(w->q->from + w->sent), (double)w->q->body->size);
	return (size_t)k;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct web *w = ctx;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > w->q->size)
		return CURL_SEEKFUNC_FAIL;
	w->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static const char *ca_file(const struct store_opts *o)
{
	const char *env = getenv("CURL_CA_BUNDLE");

	if (!env || !*env)
		env = getenv("SSL_CERT_FILE");
	return o->cacert ? o->cacert : env && *env ? env : NULL;
}

#define SET(option, value) (bad |= curl_easy_setopt(w->curl, option, value) != CURLE_OK)

static int set_tls(struct web *w, int home)
{
	const struct store_opts *o = &w->s->o;
	int bad = 0;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca_file(o))
		SET(CURLOPT_CAINFO, ca_file(o));
	if (o->cert && home)
		SET(CURLOPT_SSLCERT, o->cert);
	if (o->cert_key && home)
		SET(CURLOPT_SSLKEY, o->cert_key);
	if (o->pin)
		SET(CURLOPT_PINNEDPUBLICKEY, o->pin);
	if (o->proxy)
		SET(CURLOPT_PROXY, o->proxy);
	return bad;
}

static int set_limits(struct web *w, const struct web_request *q)
{
	int bad = 0;

	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	SET(CURLOPT_TIMEOUT_MS, (long)(store_left(w->s) * 1e3) + 1);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)(STALL_S + q->wait));
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(w->curl, CURLOPT_BUFFERSIZE, 262144L); /* fails after some failures, as buffers are in use; no matter */
	curl_easy_setopt(w->curl, CURLOPT_UPLOAD_BUFFERSIZE, 262144L);
	return bad;
}

static int set_method(struct web *w, const struct web_request *q)
{
	int bad = 0;

	if (q->body) {
		SET(CURLOPT_UPLOAD, 1L);
		SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->size);
		SET(CURLOPT_READFUNCTION, on_read);
		SET(CURLOPT_READDATA, w);
		SET(CURLOPT_SEEKFUNCTION, on_seek);
		SET(CURLOPT_SEEKDATA, w);
	} else if (!strcmp(q->method, "POST")) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE, 0L);
		SET(CURLOPT_POSTFIELDS, "");
	}
	if (!strcmp(q->method, "HEAD"))
		SET(CURLOPT_NOBODY, 1L);
	else
		SET(CURLOPT_CUSTOMREQUEST, q->method);
	return bad;
}

static int set_all(struct web *w, const struct web_request *q, const char *url, int home, struct curl_slist *headers)
{
	int bad = 0;

	curl_easy_reset(w->curl);
	w->why[0] = 0;
	SET(CURLOPT_ERRORBUFFER, w->why);
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_USERAGENT, w->agent);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, w);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, w);
	SET(CURLOPT_HTTPHEADER, headers);
	if (q->userpwd)
		SET(CURLOPT_USERPWD, q->userpwd);
	if (q->sigv4)
		SET(CURLOPT_AWS_SIGV4, q->sigv4);
	if (w->s->o.netrc && !q->userpwd) {
		SET(CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
		SET(CURLOPT_NETRC_FILE, w->s->o.netrc);
	}
	return bad | set_tls(w, home) | set_limits(w, q) | set_method(w, q);
}

static int add_header(struct curl_slist **l, const char *line)
{
	struct curl_slist *more = curl_slist_append(*l, line);

	if (more)
		*l = more;
	return more != NULL;
}

/* The request's headers, ours, and the token where it may go. */
static int make_headers(struct web *w, const struct web_request *q, int home, struct curl_slist **l)
{
	char line[SINK_ETAG + 32];
	size_t i;
	int ok = 1;

	for (i = 0; i < WEB_HEADERS && q->headers[i]; i++)
		ok &= add_header(l, q->headers[i]);
	if (w->auth[0] && home && !q->plain)
		ok &= add_header(l, w->auth);
	if (w->s->o.traceparent && !q->plain) {
		snprintf(line, sizeof line, "traceparent: %.60s", w->s->o.traceparent);
		ok &= add_header(l, line);
	}
	if (q->sink && q->sink->at) {
		snprintf(line, sizeof line, "Range: bytes=%" PRIu64 "-", q->sink->at);
		ok &= add_header(l, line);
		snprintf(line, sizeof line, "If-Range: %s", q->sink->etag);
		if (q->sink->etag[0])
			ok &= add_header(l, line);
	}
	return ok;
}

static void free_headers(struct curl_slist *l)
{
	struct curl_slist *p;

	for (p = l; p; p = p->next)
		explicit_bzero(p->data, strlen(p->data));
	curl_slist_free_all(l);
}

static int is_tls_trouble(CURLcode c)
{
	return c == CURLE_PEER_FAILED_VERIFICATION || c == CURLE_SSL_PINNEDPUBKEYNOTMATCH || c == CURLE_SSL_CIPHER ||
		c == CURLE_SSL_ISSUER_ERROR || c == CURLE_SSL_INVALIDCERTSTATUS || c == CURLE_SSL_CLIENTCERT || c == CURLE_USE_SSL_FAILED;
}

/* No answer came: why, and may it pass? */
static int no_answer(struct web *w, CURLcode c)
{
	char shown[204];
	const char *why = w->why[0] ? w->why : curl_easy_strerror(c);
	long connect = 0;

	fl_err_quote(shown, 200, why, strlen(why));
	curl_easy_getinfo(w->curl, CURLINFO_HTTP_CONNECTCODE, &connect);
	if (w->rc != FL_OK)
		return w->rc;
	if (c == CURLE_OUT_OF_MEMORY)
		return fl_fail(w->err, FL_IO, "out of memory: libcurl");
	if (c == CURLE_URL_MALFORMAT || c == CURLE_UNSUPPORTED_PROTOCOL)
		return fl_fail(w->err, FL_USAGE, "%s", shown);
	if (c == CURLE_SSL_CACERT_BADFILE || c == CURLE_SSL_CERTPROBLEM || c == CURLE_SSL_CRL_BADFILE || strstr(why, "error reading X.509"))
		return fl_fail(w->err, FL_CONFIG, "certificate file: %s", shown);
	if (is_tls_trouble(c) || strstr(why, "alert"))
		return fl_fail(w->err, FL_REFUSED, "%s", shown);
	if (connect >= 400 && !retry_status(connect))
		return fl_fail(w->err, FL_REFUSED, "the proxy refuses (HTTP %ld)", connect);
	store_again(w->s, -1);
	return fl_fail(w->err, FL_NET, "%s", shown);
}

/* One request to one URL. home: it is the store's own. */
static int go(struct web *w, const struct web_request *q, const char *url, int home)
{
	struct curl_slist *headers = NULL;
	CURLcode c = CURLE_OUT_OF_MEMORY;

	w->q = q;
	w->sent = w->passed = w->heads = 0;
	w->begun = 0;
	w->rc = FL_OK;
	reply_start(w->r);
	if (make_headers(w, q, home, &headers) && set_all(w, q, url, home, headers) == 0) {
		c = curl_easy_perform(w->curl);
		w->s->stats.requests++;
		curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &w->r->status);
	}
	curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, NULL);
	free_headers(headers);
	/* A server that has refused need not read to the end of what it refuses. */
	return c == CURLE_OK || (w->rc == FL_OK && w->r->status >= 300) ? FL_OK : no_answer(w, c);
}

/* Scheme, host and port of a URL are those of another. */
static int same_host(const char *a, const char *b)
{
	const char *host = strstr(a, "://");
	size_t n = host ? (size_t)(host - a) + 3 + strcspn(host + 3, "/?#") : 0;

	return n && !strncasecmp(a, b, n) && strchr("/?#", b[n]);
}

static int follows(const struct web_request *q, long status)
{
	int reads = !strcmp(q->method, "GET") || !strcmp(q->method, "HEAD");

	if (q->plain)
		return 0;
	return status == 307 || status == 308 || (reads && (status == 301 || status == 302 || status == 303));
}

int web_do(struct web *w, const struct web_request *q, struct web_reply *r, struct fl_err *err)
{
	char *url = NULL, *next;
	int rc, hops = 0;

	w->r = r;
	w->err = err;
	TRY(fl_strdup(&url, q->url, err));
	for (;;) {
		TRY(go(w, q, url, same_host(q->url, url)));
		if (!follows(q, r->status))
			break;
		next = NULL;
		curl_easy_getinfo(w->curl, CURLINFO_REDIRECT_URL, &next);
		if (!next || ++hops > REDIRECTS)
			TRY(fl_fail(err, FL_DATA, next ? "leads from one place to another more than %d times" : "leads nowhere", REDIRECTS));
		if (!strncasecmp(url, "https:", 6) && strncasecmp(next, "https:", 6))
			TRY(fl_fail(err, FL_REFUSED, "leads from https to something else"));
		free(url);
		TRY(fl_strdup(&url, next, err));
	}
out:
	free(url);
	return rc;
}

int web_get(struct web *w, struct web_request *q, struct web_reply *r, struct fl_err *err)
{
	struct sink *k = q->sink;
	int rc;

	if (k->at && !k->etag[0] && !k->known)
		TRY(sink_seek(k, 0, err));
	TRY(web_do(w, q, r, err));
	if (r->status == 416 && k->at && r->range_total == k->at)
		return FL_OK; /* all of it is there */
	if (r->status == 416 && k->at) {
		TRY(sink_seek(k, 0, err));
		TRY(web_do(w, q, r, err));
	}
	if (r->status != 200 && r->status != 206)
		return web_fail(w->s, r, err);
	if (!w->begun) /* there was no body */
		rc = sink_seek(k, r->status == 206 ? k->at : 0, err);
out:
	return rc;
}
