#include "store/receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

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
		return fl_fail(err, FL_DATA, "the receipt that came is not base64");
	for (i = 0; i < n; i += 4) {
		for (v = 0, k = 0; k < 4; k++) {
			x = i + k >= n - pad ? 0 : sextet(s[i + k]);
			if (x < 0)
				return fl_fail(err, FL_DATA, "the receipt that came is not base64");
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

int receipt_keep(const char *folder, const char *name, const char *text, struct fl_err *err)
{
	struct buf path = { 0 }, bytes = { 0 };
	struct out o = { 0 };
	size_t i;
	int rc = FL_OK;

	if (!folder || !*text)
		return FL_OK;
	TRY(decode(text, &bytes, err));
	TRY(buf_addf(&path, err, "%s/%s.receipt", folder, name));
	for (i = strlen(folder) + 1; i < path.len; i++)
		if (path.data[i] == '/')
			path.data[i] = '+';
	TRY(out_open(&o, path.data, OUT_BINARY, err));
	TRY(out_write(&o, bytes.data, bytes.len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	buf_clear(&path);
	buf_clear(&bytes);
	return rc;
}
