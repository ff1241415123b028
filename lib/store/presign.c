#include "store/presign.h"

#include <string.h>

#include "secure/sha256.h"

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" /* RFC 3986, 2.3: never encoded */

/* Append s, everything but unreserved characters encoded, '/' too. */
static int add_encoded(struct buf *b, const char *s, struct fl_err *err)
{
	size_t n;
	int rc = FL_OK;

	while (rc == FL_OK && *s) {
		if ((n = strspn(s, PLAIN)) > 0)
			rc = buf_add(b, s, n, err);
		else
			rc = buf_addf(b, err, "%%%02X", (unsigned char)s[n++]);
		s += n;
	}
	return rc;
}

/* The signing key: each part of the scope in turn is the text of an HMAC under what came before. */
static void sign(const struct aws *a, const char *stamp, const char *text, char signature[SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char first[AWS_TEXT + 8] = "AWS4";
	char date[9] = "";
	unsigned char k[SHA256_BYTES];
	size_t i;

	memcpy(date, stamp, 8);
	strncat(first, a->secret, AWS_TEXT);
	sha256_mac(first, strlen(first), date, k);
	sha256_mac(k, sizeof k, a->region, k);
	sha256_mac(k, sizeof k, "s3", k);
	sha256_mac(k, sizeof k, "aws4_request", k);
	sha256_mac(k, sizeof k, text, k);
	for (i = 0; i < sizeof k; i++) {
		signature[2 * i] = digits[k[i] >> 4];
		signature[2 * i + 1] = digits[k[i] & 15];
	}
	signature[2 * sizeof k] = 0;
	explicit_bzero(first, sizeof first);
	explicit_bzero(k, sizeof k);
}

/* The query but for its signature, names in the order of their bytes. */
static int add_query(struct buf *q, const struct aws *a, const char *stamp, unsigned seconds, struct fl_err *err)
{
	int rc;

	TRY(buf_adds(q, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=", err));
	TRY(add_encoded(q, a->key, err));
	TRY(buf_addf(q, err, "%%2F%.8s%%2F", stamp));
	TRY(add_encoded(q, a->region, err));
	TRY(buf_addf(q, err, "%%2Fs3%%2Faws4_request&X-Amz-Date=%s&X-Amz-Expires=%u", stamp, seconds));
	if (a->session[0]) {
		TRY(buf_adds(q, "&X-Amz-Security-Token=", err));
		TRY(add_encoded(q, a->session, err));
	}
	TRY(buf_adds(q, "&X-Amz-SignedHeaders=host", err));
out:
	return rc;
}

int presign(struct buf *url, const struct aws *a, const char *method, const char *object, time_t now, unsigned seconds,
	    struct fl_err *err)
{
	const char *host = strstr(object, "://"), *path = host ? strchr(host += 3, '/') : NULL;
	struct buf query = { 0 }, request = { 0 }, text = { 0 };
	char stamp[20], hash[SHA256_TEXT], signature[SHA256_TEXT];
	struct tm tm;
	int rc;

	if (!path || path == host || strspn(path, PLAIN "/") != strlen(path) || seconds < 1 || seconds > PRESIGN_MAX_S)
		return fl_fail(err, FL_CONFIG, "a URL of this shape cannot be signed for others");
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	TRY(add_query(&query, a, stamp, seconds, err));
	TRY(buf_addf(&request, err, "%s\n%s\n%s\nhost:%.*s\n\nhost\nUNSIGNED-PAYLOAD", method, path, query.data, (int)(path - host), host));
	sha256_of(request.data, request.len, hash);
	TRY(buf_addf(&text, err, "AWS4-HMAC-SHA256\n%s\n%.8s/%s/s3/aws4_request\n%s", stamp, stamp, a->region, hash));
	sign(a, stamp, text.data, signature);
	TRY(buf_addf(url, err, "%s?%s&X-Amz-Signature=%s", object, query.data, signature));
out:
	buf_clear(&query);
	buf_clear(&request);
	buf_clear(&text);
	return rc;
}
