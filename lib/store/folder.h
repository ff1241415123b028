/*
 * folder.h - put-if-absent in a directory: what the directory backend and the hub do with files.
 *
 * Everything is relative to a directory descriptor, one segment at a time, following no symbolic link. An object is written
 * to an invisible temporary file in the root, synced, then linked to its name (link() fails if the name exists), and its
 * folders are synced: what was acknowledged survives a crash. Where there is no link() it is renameat2(RENAME_NOREPLACE),
 * and where there is neither, a claim and rename(): an empty file under the object's name, made with O_EXCL and locked with
 * flock() until the object has taken its place. So an empty file counts as absent, and no object is empty. A claim older than
 * a minute that nobody holds was left by a crash and is taken over. Only where flock() does not reach all writers either (none,
 * or one machine's own, in a folder of several) could a writer that stalls for that minute between claim and rename replace
 * what another has put meanwhile: such a file system is fit for one writer of each name, as a federation's participants are.
 * Sentences do not say the object's name; the caller does.
 */
#ifndef FL_STORE_FOLDER_H
#define FL_STORE_FOLDER_H

#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

struct folder_put {
	int root, fd;  /* fd: the temporary file */
	char tmp[64];  /* its name, ".tmp-..."; "" when there is none */
	struct digest sum;
	uint64_t size;
	int full;      /* the last failure was a full disk or an exhausted quota (ENOSPC, EDQUOT) */
};

enum folder_outcome { FOLDER_NEW, FOLDER_SAME, FOLDER_OTHER }; /* created; the same bytes were there; other bytes were */

/* Start writing an object. *p must be {0}, committed or aborted. FL_CREATE, FL_IO; p->full says that the disk is full. */
int folder_start(struct folder_put *p, int root, struct fl_err *err);
int folder_add(struct folder_put *p, const void *b, size_t n, struct fl_err *err);

/* Give it its name; *digest (may be NULL) is what was written. The temporary file is gone afterwards, also after failure.
 * FL_DATA for a bad name, an empty object, or a content-addressed name of other content. */
int folder_commit(struct folder_put *p, const char *name, char digest[DIGEST_TEXT], enum folder_outcome *outcome,
		  struct fl_err *err);
void folder_abort(struct folder_put *p);

/* Open an object for reading: *fd, *size. FL_NOINPUT if there is none. */
int folder_open(int root, const char *name, int *fd, uint64_t *size, struct fl_err *err);

/* Names under prefix (name_prefix_ok), sorted by bytes, after `after` (NULL: all), files only, whole names. each() may
 * stop with a status other than FL_OK, which is returned. An absent folder is an empty list. */
int folder_list(int root, const char *prefix, const char *after, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
		struct fl_err *err);

/* Remove temporary files older than age seconds; returns how many. */
int folder_sweep(int root, double age);

#endif
