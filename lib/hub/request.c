#include "hub/request.h"

#include <gnutls/gnutls.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const methods[] = { "GET", "HEAD", "PUT", "POST", "PATCH" };

int request_refuse(struct refusal *no, int status, const char *fmt, ...)
{
	va_list ap;

	no->status = status;
	va_start(ap, fmt);
	vsnprintf(no->text, sizeof no->text, fmt, ap);
	va_end(ap);
	return status;
}

/* A message whose end is in doubt: nothing more is read from this connection. */
static int malformed(struct refusal *no, const char *what)
{
	no->close = 1;
	return request_refuse(no, 400, "malformed request: %s", what);
}

const char *request_method_name(enum request_method m)
{
	return methods[m];
}

static int find_method(struct request *r, const char *method)
{
	size_t i;

	for (i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (!strcmp(methods[i], method)) {
			r->method = (enum request_method)i;
			return 1;
		}
	}
	return 0;
}

/* A decimal number of digits only. */
static int number(const char *s, uint64_t *v)
{
	uint64_t x = 0;

	if (!*s)
		return 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || x > (UINT64_MAX - (uint64_t)(*s - '0')) / 10)
			return 0;
		x = 10 * x + (uint64_t)(*s - '0');
	}
	*v = x;
	return 1;
}

static int copy(char *out, size_t size, const char *s, size_t n)
{
	if (n >= size)
		return 0;
	memcpy(out, s, n);
	out[n] = 0;
	return 1;
}

static int upload_id_ok(const char *s)
{
	return strspn(s, "0123456789abcdef") == REQUEST_UPLOAD - 1 && !s[REQUEST_UPLOAD - 1];
}

/* after=NAME or limit=N, n bytes at s. */
static int list_word(struct request *r, const char *s, size_t n)
{
	struct name parsed;
	char text[NAME_MAX_LEN + 16];
	uint64_t v;

	if (!copy(text, sizeof text, s, n))
		return 0;
	if (!strncmp(text, "after=", 6))
		return (!text[6] || name_parse(&parsed, text + 6, NULL) == FL_OK) &&
		       copy(r->after, sizeof r->after, text + 6, strlen(text + 6));
	if (strncmp(text, "limit=", 6) || !number(text + 6, &v) || v < 1 || v > REQUEST_LIST)
		return 0;
	r->limit = (unsigned)v;
	return 1;
}

/* What stands after the '?': list[&after=NAME][&limit=N], upload or upload=ID. */
static int read_query(struct request *r, const char *q, struct refusal *no)
{
	size_t n = strcspn(q, "&");

	if (!strncmp(q, "upload", 6) && (!q[6] || q[6] == '=')) {
		r->kind = REQ_UPLOAD;
		if (q[6] && !upload_id_ok(q + 7))
			return request_refuse(no, 404, "no such upload");
		if (q[6])
			memcpy(r->upload, q + 7, REQUEST_UPLOAD);
		return 0;
	}
	if (n != 4 || strncmp(q, "list", 4))
		return request_refuse(no, 400, "the query is not list or upload");
	r->kind = REQ_LIST;
	r->limit = 1000;
	for (q += n; *q; q += n) {
		q++;
		n = strcspn(q, "&");
		if (!list_word(r, q, n))
			return request_refuse(no, 400, "list takes after=NAME and limit=1..%d", REQUEST_LIST);
	}
	return 0;
}

/* FEDERATION/NAME[?QUERY], behind "/v1/". */
static int read_place(struct request *r, const char *s, struct refusal *no)
{
	struct fl_err err = { 0 };
	size_t n = strcspn(s, "/?"), k;

	if (!name_segment_ok(s, n) || !copy(r->federation, sizeof r->federation, s, n))
		return request_refuse(no, 400, "malformed name of a federation");
	if (s[n] != '/')
		return request_refuse(no, 404, "no such place; a federation's is /v1/NAME/");
	s += n + 1;
	k = strcspn(s, "?");
	if (!copy(r->name, sizeof r->name, s, k))
		return request_refuse(no, 400, "name longer than %d bytes", NAME_MAX_LEN);
	r->kind = k ? REQ_OBJECT : REQ_PAGE;
	if (s[k] && read_query(r, s + k + 1, no))
		return no->status;
	if (r->kind == REQ_PAGE)
		return 0;
	if (r->kind == REQ_LIST)
		return name_prefix_ok(r->name) ? 0 : request_refuse(no, 400, "not a prefix that can be listed");
	if (name_parse(&r->parsed, r->name, &err) != FL_OK)
		return request_refuse(no, 400, "%s", err.msg);
	return 0;
}

static int read_target(struct request *r, const char *t, struct refusal *no)
{
	const char *s;

	if (strlen(t) > REQUEST_TARGET)
		return request_refuse(no, 414, "target longer than %d bytes", REQUEST_TARGET);
	for (s = t; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("%\"<>\\^`{|}#", *s))
			return request_refuse(no, 400, "a byte in the target that no name has; nothing is decoded");
	if (!strcmp(t, "/"))
		r->kind = REQ_PAGE;
	else if (!strcmp(t, "/healthz"))
		r->kind = REQ_HEALTH;
	else if (!strcmp(t, "/metrics"))
		r->kind = REQ_METRICS;
	else if (!strncmp(t, "/v1/", 4))
		return read_place(r, t + 4, no);
	else
		return request_refuse(no, *t == '/' ? 404 : 400, "no such place; names are under /v1/");
	return 0;
}

int request_line(struct request *r, const char *method, const char *target, const char *version, struct refusal *no)
{
	if (strcmp(version, "HTTP/1.1") && strcmp(version, "HTTP/1.0")) {
		no->close = 1;
		return request_refuse(no, 505, "this is an HTTP/1.1 server");
	}
	if (!find_method(r, method)) {
		no->close = 1;
		return request_refuse(no, 405, "methods are GET, HEAD, PUT, POST and PATCH");
	}
	return read_target(r, target, no);
}

static int token_char(unsigned char c) /* RFC 9110, 5.6.2 */
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Basic: whatever the user's name, the password is the token; so browsers and netrc files work. */
static int read_basic(struct request *r, const char *value)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)value, (unsigned)strlen(value) }, out = { NULL, 0 };
	unsigned char *colon;
	int ok = 0;

	if (in.size > 512 || gnutls_base64_decode2(&in, &out) < 0)
		return 0;
	colon = memchr(out.data, ':', out.size);
	if (colon)
		ok = copy(r->token, sizeof r->token, (char *)colon + 1, out.size - (size_t)(colon + 1 - out.data)) &&
		     token_ok(r->token);
	gnutls_memset(out.data, 0, out.size);
	gnutls_free(out.data);
	return ok;
}

static int on_authorization(struct request *r, const char *v, struct refusal *no)
{
	int ok;

	if (!strncasecmp(v, "Basic ", 6))
		ok = read_basic(r, v + 6);
	else
		ok = !strncasecmp(v, "Bearer ", 7) && token_ok(v + 7) && copy(r->token, sizeof r->token, v + 7, strlen(v + 7));
	if (ok)
		return 0;
	token_wipe(r->token);
	return request_refuse(no, 401, "Authorization is not Bearer and a token");
}

static int on_length(struct request *r, const char *v, struct refusal *no)
{
	r->has_length = 1;
	return number(v, &r->length) ? 0 : malformed(no, "Content-Length is not a number");
}

static int on_coding(struct request *r, const char *v, struct refusal *no)
{
	(void)r;
	return strcasecmp(v, "chunked") ? malformed(no, "unknown Transfer-Encoding") : 0;
}

static int on_expect(struct request *r, const char *v, struct refusal *no)
{
	r->expect = !strcasecmp(v, "100-continue");
	return r->expect ? 0 : request_refuse(no, 417, "Expect is not 100-continue");
}

static int on_digest(struct request *r, const char *v, struct refusal *no)
{
	if (!digest_ok(v))
		return request_refuse(no, 400, "FL-Digest is not b2-256: and 64 hex digits");
	if (*r->digest && strcmp(r->digest, v))
		return request_refuse(no, 400, "FL-Digest is not the digest in the name");
	memcpy(r->digest, v, DIGEST_TEXT);
	return 0;
}

/* One range, bytes=N- or bytes=N-M. Others may be ignored (RFC 9110, 14.2), and are. */
static int on_range(struct request *r, const char *v, struct refusal *no)
{
	char from[24];
	size_t n;

	(void)no;
	if (strncmp(v, "bytes=", 6))
		return 0;
	v += 6;
	n = strcspn(v, "-");
	r->range_to = UINT64_MAX;
	if (v[n] != '-' || !copy(from, sizeof from, v, n) || !number(from, &r->range_from))
		return 0;
	r->has_range = !v[n + 1] || (number(v + n + 1, &r->range_to) && r->range_to >= r->range_from);
	return 0;
}

static int on_offset(struct request *r, const char *v, struct refusal *no)
{
	r->has_offset = number(v, &r->offset);
	return r->has_offset ? 0 : request_refuse(no, 400, "Upload-Offset is not a number");
}

static int on_total(struct request *r, const char *v, struct refusal *no)
{
	r->has_total = number(v, &r->total);
	return r->has_total ? 0 : request_refuse(no, 400, "Upload-Length is not a number");
}

static int on_none_match(struct request *r, const char *v, struct refusal *no)
{
	if (!copy(r->if_none_match, sizeof r->if_none_match, v, strlen(v)))
		return request_refuse(no, 400, "If-None-Match is too long");
	return 0;
}

static int on_if_range(struct request *r, const char *v, struct refusal *no)
{
	(void)no;
	if (!copy(r->if_range, sizeof r->if_range, v, strlen(v)))
		r->if_range[0] = '?'; /* matches nothing */
	return 0;
}

static int on_type(struct request *r, const char *v, struct refusal *no)
{
	(void)no;
	r->offset_stream = !strcasecmp(v, "application/offset+octet-stream");
	return 0;
}

static int on_host(struct request *r, const char *v, struct refusal *no)
{
	(void)r;
	(void)v;
	(void)no;
	return 0;
}

/* wait=N among preferences with commas between (RFC 7240). */
static int on_prefer(struct request *r, const char *v, struct refusal *no)
{
	char word[24];
	uint64_t s;
	size_t n;

	(void)no;
	for (; *v; v += n + (v[n] == ',')) {
		v += strspn(v, " \t");
		n = strcspn(v, ",");
		if (!strncasecmp(v, "wait=", 5) && copy(word, sizeof word, v + 5, strcspn(v + 5, " \t,;")) && number(word, &s))
			r->wait = s > REQUEST_WAIT ? REQUEST_WAIT : (unsigned)s;
	}
	return 0;
}

/* https://www.w3.org/TR/trace-context/#traceparent-header; a malformed one is as none. */
static int on_trace(struct request *r, const char *v, struct refusal *no)
{
	static const char zeros[] = "00000000000000000000000000000000";
	size_t i;

	(void)no;
	for (i = 0; i < 55; i++)
		if (i == 2 || i == 35 || i == 52 ? v[i] != '-' : !v[i] || !strchr("0123456789abcdef", v[i]))
			return 0;
	if (v[55] || !strncmp(v, "ff", 2) || !strncmp(v + 3, zeros, 32) || !strncmp(v + 36, zeros, 16))
		return 0;
	memcpy(r->trace, v, 56);
	return 0;
}

static const struct {
	const char *name;
	int once;
	int (*on)(struct request *r, const char *v, struct refusal *no);
} headers[] = {
	{ "Content-Length", 1, on_length },
	{ "Transfer-Encoding", 1, on_coding },
	{ "Host", 1, on_host },
	{ "Authorization", 1, on_authorization },
	{ "Expect", 1, on_expect },
	{ "FL-Digest", 1, on_digest },
	{ "Upload-Offset", 1, on_offset },
	{ "Upload-Length", 1, on_total },
	{ "Range", 1, on_range },
	{ "If-Range", 1, on_if_range },
	{ "If-None-Match", 1, on_none_match },
	{ "Content-Type", 1, on_type },
	{ "Prefer", 0, on_prefer },
	{ "traceparent", 0, on_trace },
};

enum { HEADER_LENGTH = 1 << 0, HEADER_CODING = 1 << 1 }; /* by their places in the table */

int request_header(struct request *r, const char *name, const char *value, struct refusal *no)
{
	const char *s;
	size_t i;

	for (s = name; token_char((unsigned char)*s); s++)
		;
	if (*s || s == name)
		return malformed(no, "the name of a header");
	for (s = value; *s; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 127)
			return malformed(no, "a control byte in a header");
	for (i = 0; i < sizeof headers / sizeof *headers; i++) {
		if (strcasecmp(name, headers[i].name))
			continue;
		if (headers[i].once && (r->seen & 1u << i))
			return malformed(no, "a header that may occur only once occurs twice");
		r->seen |= 1u << i;
		if ((r->seen & HEADER_LENGTH) && (r->seen & HEADER_CODING))
			return malformed(no, "both Content-Length and Transfer-Encoding");
		return headers[i].on(r, value, no);
	}
	return 0;
}

/* What a method may be used for; r->kind by r->method. */
static int fits(const struct request *r)
{
	switch (r->method) {
	case REQ_PUT:
		return r->kind == REQ_OBJECT;
	case REQ_POST:
		return r->kind == REQ_UPLOAD && !*r->upload;
	case REQ_PATCH:
		return r->kind == REQ_UPLOAD && *r->upload;
	case REQ_HEAD:
		return r->kind != REQ_UPLOAD || *r->upload;
	default:
		return r->kind != REQ_UPLOAD;
	}
}

static int end_upload(struct request *r, struct refusal *no)
{
	if (r->method == REQ_POST && (!r->has_total || !*r->digest))
		return request_refuse(no, 400, "an upload begins with Upload-Length and FL-Digest");
	if (r->method == REQ_POST && r->length)
		return request_refuse(no, 400, "an upload begins without a body");
	if (r->method == REQ_PATCH && (!r->has_offset || !r->offset_stream))
		return request_refuse(no, 400, "PATCH needs Upload-Offset and Content-Type: application/offset+octet-stream");
	return 0;
}

int request_end(struct request *r, struct refusal *no)
{
	if ((r->method == REQ_GET || r->method == REQ_HEAD) && r->length)
		return malformed(no, "a body where none is expected");
	if ((r->seen & HEADER_CODING) || ((r->method == REQ_PUT || r->method == REQ_PATCH) && !r->has_length)) {
		no->close = 1; /* a chunked body has no length to hold against a quota */
		return request_refuse(no, 411, "a body needs Content-Length; chunked is not taken");
	}
	if (!fits(r))
		return request_refuse(no, 405, "%s cannot be used here", methods[r->method]);
	if ((r->kind == REQ_OBJECT || r->kind == REQ_UPLOAD) && *r->parsed.digest && on_digest(r, r->parsed.digest, no))
		return no->status;
	return r->kind == REQ_UPLOAD ? end_upload(r, no) : 0;
}

int request_same(const char *if_none_match, const char *etag)
{
	return !strcmp(if_none_match, "*") || (*if_none_match && strstr(if_none_match, etag));
}
