/*
 * backend.h - what a kind of store does, one try of one operation at a time; and the store they all share.
 *
 * store.c and transfer.c hold what is common: names checked, one deadline, trying again, digests. A backend that fails for a
 * reason that may pass calls store_again() before it returns. Sentences do not say the object's name; store.c does.
 */
#ifndef FL_STORE_BACKEND_H
#define FL_STORE_BACKEND_H

#include "store/listing.h"
#include "store/name.h"
#include "store/retry.h"
#include "store/sink.h"
#include "store/store.h"

#define STORE_OBJECT_MAX ((uint64_t)16 << 30) /* bytes of any object, unless the options say otherwise */

/* What is put: bytes of a file, read with pread() so that another try sends the same. */
struct body {
	int fd;
	uint64_t size;
	char digest[DIGEST_TEXT];
};

enum put_outcome { PUT_NEW, PUT_SAME, PUT_TAKEN }; /* taken: something has the name, and it is not known what */

struct store_backend {
	const char *schemes; /* "http https" */
	int whole;           /* "" is a name too: the URL itself */
	double poll;         /* seconds between two looks at what is waited for, at first; then longer, up to 5 times as long */
	int (*open)(struct store *s, struct fl_err *err);
	void (*close)(struct store *s);
	int (*head)(struct store *s, const char *name, struct store_info *info, struct fl_err *err);
	/* From k->at on where that can be had, else from 0. wait: the server may wait that long for it to appear. */
	int (*get)(struct store *s, const char *name, struct sink *k, double wait, struct store_info *info, struct fl_err *err);
	int (*put)(struct store *s, const char *name, const struct body *b, enum put_outcome *o, struct fl_err *err);
	/* Add the names under prefix after `after` to *l; l->more: there are more than came. */
	int (*list)(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err);
	/* NULL: the list is looked at every now and then. */
	int (*await)(struct store *s, const char *prefix, char mark[STORE_MARK], double wait, struct fl_err *err);
	char *(*path)(const struct store *s, const char *name); /* NULL: objects have no path */
	/* NULL: no URL for others can be made. */
	int (*presign)(struct store *s, const char *method, const char *name, unsigned seconds, struct buf *url, struct fl_err *err);
};

extern const struct store_backend store_dir, store_http, store_s3, store_dav;

struct store {
	const struct store_backend *b;
	struct store_opts o;
	char *url;           /* as given, without the last slash */
	char *shown;         /* as in sentences */
	void *state;         /* the backend's own */
	struct store_stats stats;
	struct rng rng;
	struct retry retry;  /* of the operation under way */
	double began;        /* clock_s() */
	uint64_t kept;       /* bytes that need not be moved again: store_kept() */
	int may_pass;        /* the last failure: store_again() */
	double after;        /* what the server said of when; below 0: nothing */
	double skew;
};

/* The failure under way may pass; after: seconds that the server told us to wait, below 0 if it did not. */
void store_again(struct store *s, double after);

/* n bytes of the object under way are safely across: where that is more than before, the pauses begin anew. */
void store_kept(struct store *s, uint64_t n);

/* Around the tries of an operation: begin; do { rc = ... } while (store_retry(s, &rc, err)); end. */
void store_begin(struct store *s, double extra);
int store_retry(struct store *s, int *rc, struct fl_err *err);
int store_end(struct store *s, const char *name, int rc, struct fl_err *err);

void store_sleep(double seconds);
double store_pause(const struct store *s, double pause); /* the pause after pause, between two looks */

/* Seconds until the deadline of the operation under way. */
double store_left(const struct store *s);

/* A name of name.h, or "" where the backend takes it. *n: what it says. */
int store_check(const struct store *s, const char *name, struct name *n, struct fl_err *err);

#endif
