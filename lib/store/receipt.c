#include "store/receipt.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "wire/signed.h"

static int sextet(char c)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(set, c) : NULL;

	return p ? (int)(p - set) : -1;
}

/* Base64 (RFC 4648, 4) with its padding. */
static int decode(const char *s, struct buf *b, struct fl_err *err)
{
	size_t n = strlen(s), pad = n && s[n - 1] == '=' ? 1 + (n > 1 && s[n - 2] == '=') : 0, i, k;
	unsigned char out[3];
	long v;
	int x, rc;

	if (n % 4)
		return fl_fail(err, FL_DATA, "it is not base64");
	for (i = 0; i < n; i += 4) {
		for (v = 0, k = 0; k < 4; k++) {
			x = i + k >= n - pad ? 0 : sextet(s[i + k]);
			if (x < 0)
				return fl_fail(err, FL_DATA, "it is not base64");
			v = v << 6 | x;
		}
		out[0] = (unsigned char)(v >> 16);
		out[1] = (unsigned char)(v >> 8);
		out[2] = (unsigned char)v;
		if ((rc = buf_add(b, out, i + 4 == n ? 3 - pad : 3, err)) != FL_OK)
			return rc;
	}
	return FL_OK;
}

/* The receipt must be for what was put. FL_DATA, FL_VERSION. */
static int check(const struct buf *bytes, const char *name, const struct body *b, struct fl_err *err)
{
	struct signed_msg m = { 0 };
	const Fl__V1__Receipt *r;
	int rc;

	TRY(signed_read(&m, "Receipt", bytes->data, bytes->len, err));
	r = (const Fl__V1__Receipt *)(void *)m.body;
	if (strcmp(r->object, name))
		rc = fl_fail(err, FL_DATA, "it is for %.100s", r->object);
	else if (strcmp(r->digest, b->digest) || r->size != b->size)
		rc = fl_fail(err, FL_DATA, "it is for %s of %" PRIu64 " bytes, not for %s of %" PRIu64, r->digest, r->size, b->digest, b->size);
out:
	signed_clear(&m);
	return rc;
}

static int write_file(const char *folder, const char *name, const struct buf *bytes, struct fl_err *err)
{
	struct buf path = { 0 };
	struct out o = { 0 };
	size_t i;
	int rc;

	TRY(buf_addf(&path, err, "%s/%s.receipt", folder, name));
	for (i = strlen(folder) + 1; i < path.len; i++)
		if (path.data[i] == '/')
			path.data[i] = '+';
	TRY(out_open(&o, path.data, OUT_BINARY, err));
	TRY(out_write(&o, bytes->data, bytes->len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	buf_clear(&path);
	return rc;
}

int receipt_keep(const struct store *s, const char *name, const struct body *b, const char *text, struct fl_err *err)
{
	struct buf bytes = { 0 };
	int rc;

	if (!s->o.receipts || !*text || !*name)
		return FL_OK;
	rc = decode(text, &bytes, err);
	if (rc == FL_OK)
		rc = check(&bytes, name, b, err);
	if (rc == FL_OK) {
		rc = write_file(s->o.receipts, name, &bytes, err);
	} else if (rc == FL_DATA || rc == FL_VERSION) {
		if (s->o.warn)
			s->o.warn("%s/%s: the receipt that came is not kept: %s", s->shown, name, err->msg);
		rc = FL_OK;
	}
	buf_clear(&bytes);
	return rc;
}
