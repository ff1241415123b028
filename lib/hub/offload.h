/*
 * offload.h - blobs and payloads that lie in an S3 store instead of on the hub's disk.
 *
 * The hub keeps the messages, and so all authority; whoever may put or get a large object is sent to the store with a URL that is
 * good for this one object and a few minutes. Nobody but the hub holds the store's credentials. The store's keys are
 * PREFIX/FEDERATION/NAME: what the hub keeps there is itself a store that s3://BUCKET/PREFIX/FEDERATION opens.
 */
#ifndef FL_HUB_OFFLOAD_H
#define FL_HUB_OFFLOAD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/name.h"

#define OFFLOAD_URL_S 600 /* seconds that such a URL is good for */

/* 1: objects of this kind go there. */
int offload_covers(const struct name *n);

/* Can this store be used? FL_USAGE, FL_CONFIG (no credentials). */
int offload_check(const char *url, struct fl_err *err);

/* Append the URL with which to do method ("GET", "PUT") to an object. */
int offload_url(const char *url, const char *federation, const char *method, const char *name, struct buf *out, struct fl_err *err);

/* Is it there, and how large? FL_NOINPUT; FL_NET, FL_LATER. */
int offload_size(const char *url, const char *federation, const char *name, uint64_t *size, struct fl_err *err);

#endif
