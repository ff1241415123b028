/* What the headers and the status of an answer say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "store/date.h"
#include "store/web-reply.h"

/* Whether the line is header `name`; its value, without blanks around it, in out, cut at size - 1: a value that does not fit
 * is no value. */
static int value(char *out, size_t size, const char *name, const char *line, size_t n)
{
	size_t k = strlen(name);

	if (n <= k || strncasecmp(line, name, k) || line[k] != ':')
		return 0;
	line += k + 1;
	n -= k + 1;
	while (n && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	if (n >= size || memchr(line, 0, n))
		n = 0;
	memcpy(out, line, n);
	out[n] = 0;
	return 1;
}

/* A whole number and nothing else. */
static int number(const char *s, uint64_t *v)
{
	size_t n = strspn(s, "0123456789");

	if (n < 1 || n > 18 || s[n])
		return 0;
	*v = strtoull(s, NULL, 10);
	return 1;
}

/* "bytes 5-9/10", and of 416 "bytes *" "/10". */
static void content_range(struct web_reply *r, const char *s)
{
	const char *slash = strchr(s, '/');
	char from[24] = "";
	size_t n;

	if (strncmp(s, "bytes ", 6) || !slash || !number(slash + 1, &r->range_total))
		return;
	n = strspn(s + 6, "0123456789");
	if (n && n < sizeof from && s[6 + n] == '-') {
		memcpy(from, s + 6, n);
		r->has_range = number(from, &r->range_from);
	}
}

void reply_start(struct web_reply *r)
{
	*r = (struct web_reply){ .retry_after = -1 };
}

void reply_header(struct web_reply *r, const char *line, size_t n, double now, double *skew)
{
	char v[4096];
	time_t t;

	if (n > 5 && !strncmp(line, "HTTP/", 5)) /* after 100 Continue, or of the next in a row */
		reply_start(r);
	else if (value(v, sizeof v, "Content-Length", line, n))
		r->has_length = number(v, &r->length);
	else if (value(v, sizeof v, "Content-Type", line, n))
		r->is_text = !strncasecmp(v, "text/plain", 10);
	else if (value(v, sizeof v, "Content-Range", line, n))
		content_range(r, v);
	else if (value(v, sizeof v, "Upload-Offset", line, n))
		r->has_offset = number(v, &r->offset);
	else if (value(v, sizeof v, "Retry-After", line, n))
		r->retry_after = retry_after(v, now);
	else if (value(v, sizeof v, "Date", line, n) && date_parse(&t, v))
		*skew = fabs((double)t - now) > 2 ? (double)t - now : 0; /* both are whole seconds */
	else if (value(r->etag, sizeof r->etag, "ETag", line, n) || value(r->location, sizeof r->location, "Location", line, n) ||
		 value(r->next, sizeof r->next, "FL-Next", line, n) || value(r->receipt, sizeof r->receipt, "FL-Receipt", line, n) ||
		 value(r->encoding, sizeof r->encoding, "Content-Encoding", line, n))
		return;
}

void reply_text(struct web_reply *r, const char *p, size_t n)
{
	size_t room = WEB_TEXT - r->text_len, k = n < room ? n : room;

	memcpy(r->text + r->text_len, p, k);
	r->text_len += k;
	r->text[r->text_len] = 0;
}

void web_digest(char digest[DIGEST_TEXT], const char *etag)
{
	size_t n = strlen(etag);

	digest[0] = 0;
	if (n == DIGEST_TEXT + 1 && etag[0] == '"' && etag[n - 1] == '"') {
		memcpy(digest, etag + 1, n - 2);
		digest[n - 2] = 0;
		if (!digest_ok(digest))
			digest[0] = 0;
	}
}

static const struct {
	long status;
	enum fl_status s;
	const char *words;
} meanings[] = {
	{ 400, FL_DATA, "was not understood" },
	{ 401, FL_REFUSED, "asks for a token or password" },
	{ 403, FL_REFUSED, "refuses" },
	{ 404, FL_NOINPUT, "is not there" },
	{ 405, FL_VERSION, "cannot be done there" },
	{ 407, FL_REFUSED, "the proxy asks for a password" },
	{ 408, FL_NET, "took too long" },
	{ 409, FL_NO, "is there already, with other bytes" },
	{ 410, FL_NOINPUT, "is gone" },
	{ 411, FL_VERSION, "asks for a length" },
	{ 412, FL_NO, "is there already" },
	{ 413, FL_REFUSED, "is too large for it" },
	{ 422, FL_DATA, "is refused" },
	{ 425, FL_NET, "is too early" },
	{ 429, FL_NET, "too many requests" },
	{ 500, FL_NET, "has failed inside" },
	{ 501, FL_VERSION, "cannot do that" },
	{ 502, FL_NET, "is not reached through its gateway" },
	{ 503, FL_NET, "cannot serve now" },
	{ 504, FL_NET, "is not reached in time through its gateway" },
	{ 505, FL_VERSION, "does not speak this version of HTTP" },
	{ 507, FL_IO, "has no room left" },
};

int web_fail(struct store *s, const struct web_reply *r, struct fl_err *err)
{
	enum fl_status status = r->status >= 500 ? FL_NET : r->status >= 400 ? FL_REFUSED : FL_DATA;
	const char *words = r->status >= 300 && r->status < 400 ? "leads elsewhere" : "unexpected answer";
	char shown[WEB_TEXT + 4] = "";
	size_t i;

	for (i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		if (meanings[i].status == r->status) {
			status = meanings[i].s;
			words = meanings[i].words;
		}
	}
	if (retry_status(r->status))
		store_again(s, r->retry_after);
	if (r->is_text && r->text_len)
		fl_err_quote(shown, WEB_TEXT - 100, r->text, strcspn(r->text, "\r\n"));
	return fl_fail(err, status, "%s%s%s (HTTP %ld)", words, *shown ? ": " : "", shown, r->status);
}
