#include "hub/offload.h"

#include <string.h>

#include "store/store.h"

#define HEAD_DEADLINE_S 10

/* Every request opens the store anew: threads share nothing, and to sign takes no connection. */
static int open_store(struct store **s, const char *url, const char *federation, struct fl_err *err)
{
	const struct store_opts o = { .deadline = HEAD_DEADLINE_S };
	struct buf b = { 0 };
	int rc;

	TRY(buf_addf(&b, err, "%s/%s", url, federation));
	TRY(store_open(s, b.data, &o, err));
out:
	buf_clear(&b);
	return rc;
}

int offload_covers(const struct name *n)
{
	return n->kind == NAME_BLOB || n->kind == NAME_PAYLOAD;
}

int offload_check(const char *url, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc;

	if (strncmp(url, "s3://", 5))
		return fl_fail(err, FL_USAGE, "'%.80s': want s3://BUCKET/PREFIX", url);
	rc = offload_url(url, "x", "GET", "federation.pb", &b, err);
	buf_clear(&b);
	return rc;
}

int offload_url(const char *url, const char *federation, const char *method, const char *name, struct buf *out, struct fl_err *err)
{
	struct store *s = NULL;
	int rc;

	TRY(open_store(&s, url, federation, err));
	TRY(store_presign(s, method, name, OFFLOAD_URL_S, out, err));
out:
	store_close(s);
	return rc;
}

int offload_size(const char *url, const char *federation, const char *name, uint64_t *size, struct fl_err *err)
{
	struct store_info info = { 0 };
	struct store *s = NULL;
	int rc;

	TRY(open_store(&s, url, federation, err));
	TRY(store_head(s, name, &info, err));
	*size = info.size;
out:
	store_close(s);
	return rc;
}
