/*
 * cache.h - models and payloads by content, in the home's cache folder.
 */
#ifndef FL_ROUND_CACHE_H
#define FL_ROUND_CACHE_H

#include "round/fed.h"

/* The object `name`, whose content must have this digest, as a file of the cache: its path into out. What an earlier process
 * left there is verified once. FL_NOINPUT, FL_DATA, and those of store_get(). */
int cache_get(struct fed *f, const char *name, const char *digest, char out[HOME_PATH], struct fl_err *err);
int cache_blob(struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err);

/* The digest of the file at path. FL_NOINPUT, FL_IO. */
int cache_digest(const char *path, char digest[DIGEST_TEXT], struct fl_err *err);

/* Where a file of that content is or would be. */
int cache_path(const struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err);

/* Put the file at path as a blob, and remember it. *digest: what it is. */
int cache_put_blob(struct fed *f, const char *path, char digest[DIGEST_TEXT], struct fl_err *err);

/* Remove everything but these digests (n). */
void cache_sweep(struct fed *f, const char *const *keep, size_t n);

#endif
