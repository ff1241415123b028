/*
 * download.h - an object as a file of its own, which appears under its name when all of it has come and was looked at.
 *
 * Until then it is PATH.part. That is kept where a transfer is cut, and the next one gets only the rest; it is locked, so two
 * at once do not mix. What must not be used is removed.
 */
#ifndef FL_STORE_DOWNLOAD_H
#define FL_STORE_DOWNLOAD_H

#include "store/store.h"

/* A last look at what has come, its digest verified as far as it is known. *drop: it is not wanted after all. */
struct download_look {
	int (*look)(void *ctx, int fd, const struct store_info *info, int *drop, struct fl_err *err);
	void *ctx;
};

/* digest as in store_get(). FL_CREATE, FL_IO; FL_LATER: another process is getting the same file; and those of store_get() and
 * of look(). */
int store_download(struct store *s, const char *name, const char *digest, const char *path, const struct download_look *look,
		   struct fl_err *err);

#endif
