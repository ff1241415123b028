/*
 * web.h - one HTTP request and its answer, as the http, s3 and dav backends make them: libcurl's one easy handle, reused
 * connections, strict limits on what comes back.
 *
 * No compression is asked for (a small answer must not become a large one). TLS is verified always. Redirects are followed
 * here, at most 5, not from https to http, and the token goes to no other host than the one it is for.
 */
#ifndef FL_STORE_WEB_H
#define FL_STORE_WEB_H

#include "store/backend.h"

#define WEB_TEXT 300    /* bytes kept of an answer that is no success */
#define WEB_HEADERS 12

struct web; /* a handle; the state of a backend holds one */

struct web_request {
	const char *method, *url;
	const char *headers[WEB_HEADERS]; /* "Name: value", NULL after the last */
	const struct body *body;          /* NULL: none */
	uint64_t from, size;              /* of the body: this part */
	struct sink *sink;                /* where a success goes; resumed by Range where sink->at > 0 */
	struct buf *buf;                  /* or here; NULL both: it is let go */
	double wait;                      /* seconds that the server may take to answer */
	int plain;                        /* no token and no redirects: signed requests, other hosts */
	const char *userpwd, *sigv4;      /* CURLOPT_USERPWD, CURLOPT_AWS_SIGV4 */
};

struct web_reply {
	long status;
	uint64_t length;          /* Content-Length; has_length says whether there was one */
	int has_length, is_text, is_hub;
	char etag[SINK_ETAG];
	char location[512];
	char next[NAME_MAX_LEN + 1]; /* FL-Next */
	char receipt[4096];       /* FL-Receipt, base64 */
	char encoding[40];        /* Content-Encoding */
	int has_range, has_offset;
	uint64_t range_from, range_total, offset; /* Content-Range; Upload-Offset */
	double retry_after;       /* seconds; below 0: none */
	char text[WEB_TEXT + 1];  /* the beginning of the body of an answer that is no success */
	size_t text_len;
};

int web_open(struct web **w, struct store *s, struct fl_err *err);
void web_close(struct web *w); /* NULL is fine */

/* Make the request. FL_OK: an answer came, of whatever status. Else FL_NET, after store_again() where it may pass, or
 * FL_REFUSED (certificates, proxies), FL_CONFIG, FL_USAGE (the URL), or what the sink said. */
int web_do(struct web *w, const struct web_request *q, struct web_reply *r, struct fl_err *err);

/* Make a sentence of an answer that is no success, store_again() where it may pass. Returns the status, never FL_OK. */
int web_fail(struct store *s, const struct web_reply *r, struct fl_err *err);

/* *digest = what an ETag of fl-serve says, or "". */
void web_digest(char digest[DIGEST_TEXT], const char *etag);

/* A GET into q->sink with all that belongs to it: Range, If-Range, another start, 416, encodings. */
int web_get(struct web *w, struct web_request *q, struct web_reply *r, struct fl_err *err);

#endif
