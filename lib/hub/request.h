/*
 * request.h - what a client asks for, read strictly: method, target and headers in, a struct request or a refusal out.
 *
 * Pure: no file, no clock, no socket; fuzzed. The protocol is HTTP/1.1 (RFC 9110, 9112) over the names of store/name.h.
 * Nothing is decoded: a target with '%' is refused, for no name of ours needs one. What decides where a request ends
 * (Content-Length, Transfer-Encoding) may occur once, and only one of both, so that no proxy in front can see another
 * message than we do.
 */
#ifndef FL_HUB_REQUEST_H
#define FL_HUB_REQUEST_H

#include <stdint.h>

#include "secure/token.h"
#include "store/name.h"

#define REQUEST_TARGET 1024 /* bytes of a target, at most */
#define REQUEST_WAIT 60     /* seconds of Prefer: wait, at most */
#define REQUEST_LIST 10000  /* names in one answer, at most */
#define REQUEST_UPLOAD 65   /* id of a resumable upload: 64 hex digits and NUL */

enum request_method { REQ_GET, REQ_HEAD, REQ_PUT, REQ_POST, REQ_PATCH };

enum request_kind {
	REQ_OBJECT, /* federation and name */
	REQ_LIST,   /* federation and prefix */
	REQ_UPLOAD, /* federation and name; upload is "" where one begins */
	REQ_PAGE,   /* federation, or "" for the index */
	REQ_METRICS,
	REQ_HEALTH
};

struct request {
	enum request_method method;
	enum request_kind kind;
	char federation[NAME_SEG];
	char name[NAME_MAX_LEN + 1]; /* or prefix */
	struct name parsed;          /* of name */
	char after[NAME_MAX_LEN + 1];
	unsigned limit;
	char upload[REQUEST_UPLOAD];

	unsigned seen; /* headers that may occur once */
	int has_length, has_range, has_offset, has_total;
	uint64_t length;               /* Content-Length */
	uint64_t range_from, range_to; /* inclusive; to is UINT64_MAX where open */
	uint64_t offset, total;        /* Upload-Offset, Upload-Length */
	int expect;                    /* Expect: 100-continue: nothing of the body is sent before we answer */
	int offset_stream;             /* Content-Type: application/offset+octet-stream */
	unsigned wait;                 /* seconds */
	char digest[DIGEST_TEXT];      /* FL-Digest, or ""; of content-addressed names always */
	char if_none_match[256], if_range[96];
	char token[TOKEN_TEXT];        /* or ""; wipe it with token_wipe() */
	char trace[56];                /* traceparent, or "" */
};

/* Why not: an HTTP status, one line for the client, and whether the connection can go on. */
struct refusal {
	int status;
	int close;
	int retry; /* seconds, of 429 and 503 */
	char text[256];
};

/* Fill *no; returns the status. */
int request_refuse(struct refusal *no, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Method, target and version, then every header, then the rules that need all of them. Each returns 0 or the refusal's
 * status. *r must be {0} before the first. */
int request_line(struct request *r, const char *method, const char *target, const char *version, struct refusal *no);
int request_header(struct request *r, const char *name, const char *value, struct refusal *no);
int request_end(struct request *r, struct refusal *no);

/* 1: etag (with its quotes) is among those of an If-None-Match. */
int request_same(const char *if_none_match, const char *etag);

const char *request_method_name(enum request_method m);

#endif
