/* listing.h - some names and sizes: a page of a list, and the three forms in which they come over a wire. */
#ifndef FL_STORE_LISTING_H
#define FL_STORE_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LISTING_MAX ((size_t)1 << 20) /* names */
#define LISTING_LAST 1100

struct listing {
	struct listed {
		char *name;
		uint64_t size;
	} *v;
	size_t n, cap;
	int more;
	char last[LISTING_LAST]; /* where more of it begins: after this name, which need not be one of ours */
};

/* Add a name; FL_DATA beyond LISTING_MAX. */
int listing_add(struct listing *l, const char *name, size_t n, uint64_t size, struct fl_err *err);
void listing_sort(struct listing *l); /* by the names' bytes */
void listing_clear(struct listing *l);

/* JSON lines of fl-serve: {"name":"...","size":311}. Names that no store has are left out; other members are let be. */
int listing_json(struct listing *l, const char *text, size_t n, struct fl_err *err);

/* S3's ListBucketResult (API ListObjectsV2): keys that begin with strip, without it; l->more is IsTruncated. A document with a
 * DTD is refused, here and below. */
int listing_s3(struct listing *l, const char *text, size_t n, const char *strip, struct fl_err *err);

/* WebDAV's multistatus (RFC 4918, 14.16) of a folder whose path is `base` (it ends in '/'): what lies directly in it, by its
 * last segment; a folder's ends in '/'. */
int listing_dav(struct listing *l, const char *text, size_t n, const char *base, struct fl_err *err);

#endif
