/*
 * err.h - a status, a sentence, and one way out.
 *
 * A function that can fail returns an enum fl_status and takes a struct fl_err * last. The place that knows the detail
 * writes the sentence with fl_fail(); the place that knows the file name puts it in front with fl_err_prefix(); only
 * base/cli prints it. The status *is* the exit code (sysexits.h where it has one), published once and never moved.
 */
#ifndef FL_BASE_ERR_H
#define FL_BASE_ERR_H

#include <stddef.h>

enum fl_status {
	FL_OK = 0,
	FL_NO = 1,       /* a check answered no: drift, not equal, signature bad */
	FL_USAGE = 64,   /* wrong words on the command line */
	FL_DATA = 65,    /* bad data */
	FL_NOINPUT = 66, /* no such input */
	FL_NET = 69,     /* the hub stays away */
	FL_BUG = 70,     /* ours */
	FL_CREATE = 73,  /* cannot create an output */
	FL_IO = 74,      /* reading, writing or memory failed */
	FL_LATER = 75,   /* not now: cron tries again */
	FL_VERSION = 76, /* version or protocol not understood */
	FL_REFUSED = 77, /* policy, authority, budget */
	FL_CONFIG = 78   /* bad configuration */
};

struct fl_err {
	enum fl_status status;
	char msg[512];
};

/* Fill *err, if given, with s and the sentence; return s. */
int fl_fail(struct fl_err *err, enum fl_status s, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same, followed by ": " and the text of errno. */
int fl_fail_errno(struct fl_err *err, enum fl_status s, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put "WHERE: " in front of the sentence in *err, which must hold one. Returns err's status. */
int fl_err_prefix(struct fl_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Copy at most max bytes of the n at s into out (size >= max + 4), with control bytes as '?' and "..." where it was
 * cut: the form in which bytes from outside may appear in a sentence. Returns out. */
char *fl_err_quote(char *out, size_t max, const char *s, size_t n);

#define TRY(expr)                                  \
	do {                                       \
		if ((rc = (expr)) != FL_OK)        \
			goto out;                  \
	} while (0)

/* *p = n * size zeroed bytes, or FL_IO with *p NULL. n or size 0 gives a pointer that can be freed. */
int fl_alloc(void *p, size_t n, size_t size, struct fl_err *err);

/* Grow *p, which holds *cap items of size bytes, so that it has room for at least need; new items are zero. */
int fl_grow(void *p, size_t *cap, size_t need, size_t size, struct fl_err *err);

/* *p = a copy of the n bytes at s with a NUL after them. */
int fl_strndup(char **p, const char *s, size_t n, struct fl_err *err);
int fl_strdup(char **p, const char *s, struct fl_err *err);

/* Tests: the k-th call from now of an allocating function above fails; 0 means none does. */
void fl_alloc_fail_at(long k);

#endif
