/*
 * private.h - files that nobody else may read: secret keys, tokens, passphrases.
 *
 * What is checked is the open file, never its name, so that nothing can be swapped in between. Nothing here says in a
 * sentence what such a file holds.
 */
#ifndef FL_SECURE_PRIVATE_H
#define FL_SECURE_PRIVATE_H

#include <stddef.h>

#include "base/err.h"

/* Read the whole of path into p, at most max bytes; *n says how many. It must be a regular file, no symbolic link, that
 * belongs to us or root, with no rights for group and others (FL_CONFIG). FL_NOINPUT, FL_DATA (too long), FL_IO. On failure p
 * may hold a part: the caller wipes it. */
int private_read(void *p, size_t max, size_t *n, const char *path, struct fl_err *err);

/* Create path with the n bytes at p, whole and durable or not at all. FL_CREATE where something has the name already. mode
 * is 0600, or 0644 for what may be public; umask applies. */
int private_create(const char *path, unsigned mode, const void *p, size_t n, struct fl_err *err);

/* Make what was created and renamed in path's folder durable. FL_IO. */
int private_sync_folder(const char *path, struct fl_err *err);

#endif
