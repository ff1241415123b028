/*
 * check.h - whether an upload may count: rounds that are open, and messages held against the federation's newest roster.
 *
 * The token says who may knock; what is here says what may come in. A message is parsed, its signature checked, and every
 * digest it names looked up: a reader never finds a pointer to nothing. Rosters are kept in memory and read again when
 * a newer federation file appears. As many are checked at a time as there are
 * threads, so memory does not grow with the number of clients.
 */
#ifndef FL_HUB_CHECK_H
#define FL_HUB_CHECK_H

#include <stdint.h>

#include "hub/access.h"
#include "hub/request.h"

struct checker;

/* A message on its way in. root is the federation's folder. */
struct check_in {
	int root;
	const char *federation, *name;
	const struct name *parsed;
	int fd;        /* the file, readable from its start by pread() */
	uint64_t size;
	const char *offload; /* where blobs and payloads may be too (offload.h), or NULL */
};

int checker_open(struct checker **c, struct fl_err *err);
void checker_close(struct checker *c); /* NULL is fine */

/* 1: names of this kind are messages. check_max(): bytes such a message may have. */
int check_is_message(enum name_kind kind);
size_t check_max(enum name_kind kind);

/* May the participant put this payload or envelope of `size` bytes into its round now? 0; 404: not open; 403: not asked;
 * 413; 500. */
int check_round(int root, const struct name *n, uint64_t size, struct refusal *no);

/* 0; 422 with the reason; 500. */
int check_message(struct checker *c, const struct check_in *in, struct refusal *no);

#endif
