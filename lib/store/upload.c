#include "store/upload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 8 /* wrong offsets in a row: something else is writing */

/* Where the upload is: Location, an absolute path on the same host. FL_DATA for anything else. */
static int locate(const char *url, const char *location, char **out, struct fl_err *err)
{
	const char *host = strstr(url, "://");
	struct buf b = { 0 };
	int rc;

	if (location[0] != '/' || location[1] == '/' || !host)
		return fl_fail(err, FL_DATA, "answers with an upload that is elsewhere");
	host += 3;
	TRY(buf_add(&b, url, (size_t)(host - url) + strcspn(host, "/?#"), err));
	TRY(buf_adds(&b, location, err));
	*out = b.data;
	return FL_OK;
out:
	buf_clear(&b);
	return rc;
}

static int ask(struct web *w, const char *url, const struct body *b, struct web_reply *r, struct fl_err *err)
{
	struct buf u = { 0 };
	char length[40], digest[DIGEST_TEXT + 16];
	struct web_request q = { .method = "POST", .headers = { length, digest, "Tus-Resumable: 1.0.0", "Content-Type:" } };
	int rc;

	snprintf(length, sizeof length, "Upload-Length: %" PRIu64, b->size);
	snprintf(digest, sizeof digest, "FL-Digest: %s", b->digest);
	TRY(buf_addf(&u, err, "%s?upload", url));
	q.url = u.data;
	rc = web_do(w, &q, r, err);
out:
	buf_clear(&u);
	return rc;
}

/* Send what is missing; a wrong offset is answered with the right one. */
static int patch(struct web *w, const char *at, const struct body *b, uint64_t offset, struct web_reply *r, struct fl_err *err)
{
	char where[40];
	struct web_request q = { .method = "PATCH", .url = at, .body = b,
		.headers = { where, "Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream" } };
	int rc = FL_OK, i;

	for (i = 0; i < ROUNDS; i++) {
		if (offset > b->size)
			return fl_fail(err, FL_DATA, "has more of this upload than there is");
		q.from = offset;
		q.size = b->size - offset;
		snprintf(where, sizeof where, "Upload-Offset: %" PRIu64, offset);
		TRY(web_do(w, &q, r, err));
		if ((r->status != 409 && r->status != 204) || !r->has_offset || (r->status == 204 && r->offset == b->size) ||
		    (r->status == 409 && r->offset == offset))
			break;
		offset = r->offset;
	}
out:
	return rc;
}

int upload(struct web *w, struct store *s, const char *url, const struct body *b, struct web_reply *r, int *done, struct fl_err *err)
{
	char *at = NULL;
	int rc;

	*done = 1;
	TRY(ask(w, url, b, r, err));
	if (r->status == 404 || r->status == 405 || r->status == 415 || r->status == 501) {
		*done = 0;
		goto out;
	}
	if (r->status != 201 || !r->location[0])
		goto out; /* it is there, or refused */
	TRY(locate(url, r->location, &at, err));
	store_kept(s, r->offset);
	if (s->o.say && r->offset)
		s->o.say("going on with an upload after %" PRIu64 " of %" PRIu64 " bytes", r->offset, b->size);
	TRY(patch(w, at, b, r->offset, r, err));
out:
	free(at);
	return rc;
}
