/*
 * presign.h - a URL that lets whoever holds it do one thing to one object of an S3 store, for a while.
 *
 * AWS Signature Version 4 in the query (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html): a hub hands such
 * URLs to participants, so that large objects go past it and no participant holds the store's keys. Pure: no clock, no network.
 */
#ifndef FL_STORE_PRESIGN_H
#define FL_STORE_PRESIGN_H

#include <time.h>

#include "store/aws.h"

#define PRESIGN_MAX_S 604800 /* a week, S3's own limit */

/* Append to *url: object's URL (scheme://host/path of [A-Za-z0-9._/-], nothing to encode) with its signature for method, good
 * from now on for so many seconds. FL_CONFIG for an object URL of another shape. */
int presign(struct buf *url, const struct aws *a, const char *method, const char *object, time_t now, unsigned seconds,
	    struct fl_err *err);

#endif
