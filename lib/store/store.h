/*
 * store.h - where a federation's objects lie: get, put-if-absent, list, head, over one of several backends.
 *
 * The URL chooses: a path or file:// (a directory), http:// and https:// (fl-serve), dav:// and davs:// (a WebDAV folder:
 * PUT then MOVE), s3:// (any S3-compatible store; endpoint, region and credentials as in s3.h). Names are those of name.h,
 * relative to the URL. Nothing is ever overwritten; putting the same bytes again is success, so every operation may be
 * retried, and is: on what may pass, with full-jitter backoff and Retry-After, until the deadline.
 *
 * Statuses: FL_NOINPUT absent; FL_NO other bytes are there already; FL_NET unreachable to the end; FL_LATER told to wait
 * beyond the deadline; FL_REFUSED 401, 403, certificate, quota; FL_DATA digest wrong; FL_IO disk full there or here.
 */
#ifndef FL_STORE_STORE_H
#define FL_STORE_STORE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

struct store;

struct store_opts {
	const char *token_file;  /* bearer token; NULL: none, then netrc */
	const char *netrc;       /* NULL: none */
	const char *cacert;      /* NULL: the system's */
	const char *cert, *cert_key; /* client certificate, PEM */
	const char *pin;         /* "sha256//...", as curl's --pinnedpubkey */
	const char *proxy;       /* NULL: the environment's */
	int plain;               /* tokens and passwords may go over http:// and dav:// to other machines */
	double deadline;         /* seconds for one operation with all its retries; 0: 300 */
	const char *traceparent; /* W3C, sent along */
	const char *receipts;    /* a folder in which to keep those of the hub's receipts that are for what was put; NULL: none */
	uint64_t max_object;     /* bytes of what store_get() takes; 0: 16 GiB */
	void (*progress)(const char *what, double done, double total);
	void (*say)(const char *fmt, ...); /* words for -v: retries */
	void (*warn)(const char *fmt, ...); /* words for all: what went well, but for this */
};

struct store_info {
	uint64_t size;
	char digest[DIGEST_TEXT]; /* "" where the store does not say */
};

/* The strings in *o must outlive the store; o may be NULL. A folder need not be there: store_put() makes it, not those above.
 * A backend that takes URLs other than a federation's has "" as the name of the URL itself: http, dav, s3. */
int store_open(struct store **s, const char *url, const struct store_opts *o, struct fl_err *err);
void store_close(struct store *s); /* NULL is fine */
const char *store_url(const struct store *s); /* without credentials; as in sentences */

int store_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err);

/* The object into fd, a file that is empty or holds a first part of it, verified: against digest, or what its name says, or
 * what the store says. Only what can be verified by one of the first two is resumed from an earlier call; a connection that
 * breaks is resumed always. FL_DATA: it is something else, and the file is empty. info (may be NULL): its size and digest. */
int store_get(struct store *s, const char *name, const char *digest, int fd, struct store_info *info, struct fl_err *err);

/* A small object into *b (at most b->max bytes). wait: seconds to wait for it to appear. */
int store_read(struct store *s, const char *name, double wait, struct buf *b, struct fl_err *err);

/* Put size bytes of fd from its start. FL_NO where other bytes have the name. */
int store_put(struct store *s, const char *name, int fd, uint64_t size, const char *digest, struct fl_err *err);
int store_write(struct store *s, const char *name, const void *p, size_t n, struct fl_err *err);

/* Every name under prefix, sorted, whole names. */
int store_list(struct store *s, const char *prefix, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
	       struct fl_err *err);

/* The same, after the name `after` (NULL: all). */
int store_list_after(struct store *s, const char *prefix, const char *after, int (*each)(void *ctx, const char *name, uint64_t size),
		     void *ctx, struct fl_err *err);

/* Return when the list under prefix may have changed since *mark (in: "" or what an earlier call left; out: now), or after
 * `wait` seconds. FL_OK either way. */
#define STORE_MARK 80
int store_await(struct store *s, const char *prefix, char mark[STORE_MARK], double wait, struct fl_err *err);

/* Seconds the store's clock is ahead of ours; 0 where it has none or has not been heard yet. */
double store_skew(const struct store *s);

/* A directory store's own file for name, so that it need not be copied; NULL for other backends. Free it. */
char *store_path(const struct store *s, const char *name);

/* Append a URL that lets whoever holds it do `method` ("GET", "PUT") to this one object for so many seconds, without any
 * credentials. Only s3:// can do that: FL_USAGE for the others. */
int store_presign(struct store *s, const char *method, const char *name, unsigned seconds, struct buf *url, struct fl_err *err);

/* Where it was measured, what moved, for metrics: bytes, requests, retries, seconds. */
struct store_stats {
	uint64_t bytes_up, bytes_down;
	unsigned long long requests, retries;
	double seconds;
};
void store_stats(const struct store *s, struct store_stats *st);

/* Split URL/rounds/7/updates/h12 into the store's URL and a name, numbers normalised: "rounds/000007/updates/h12". name is ""
 * where the URL names no place in a store. Both are freed by the caller. */
int store_split(char **url, char **name, const char *whole, struct fl_err *err);

#endif
