#include <string.h>

#include "store/presign.h"

#include "check.h"

/* The example of docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html. */
static void published(void)
{
	static const struct aws a = { .region = "us-east-1", .key = "AKIAIOSFODNN7EXAMPLE",
				      .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
	struct buf url = { 0 };
	struct fl_err err = { 0 };

	CHECK(presign(&url, &a, "GET", "https://examplebucket.s3.amazonaws.com/test.txt", 1369353600, 86400, &err) == FL_OK, "signed");
	CHECK(!strcmp(url.data, "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
		   "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
		   "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
		   "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
	   "AWS's own example");
	buf_clear(&url);
}

static void refused(void)
{
	static const char *const bad[] = { "test.txt", "https://host", "https:///x", "https://h/a b", "https://h/a?x=1", "https://h/%2e" };
	static const struct aws a = { .region = "r", .key = "k", .secret = "s", .session = "a/b+c=" };
	struct buf url = { 0 };
	struct fl_err err = { 0 };
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(presign(&url, &a, "PUT", bad[i], 0, 60, &err) == FL_CONFIG, "refused: %s", bad[i]);
	CHECK(presign(&url, &a, "PUT", "http://h/x", 0, 0, &err) == FL_CONFIG, "refused: no time");
	CHECK(presign(&url, &a, "PUT", "http://h/x", 0, PRESIGN_MAX_S + 1, &err) == FL_CONFIG, "refused: more than a week");
	CHECK(url.len == 0, "nothing was written");
	CHECK(presign(&url, &a, "PUT", "http://h/x", 0, 60, &err) == FL_OK && strstr(url.data, "&X-Amz-Security-Token=a%2Fb%2Bc%3D&X-Amz-Sig"),
	   "a session's token is encoded, and in its place");
	buf_clear(&url);
}

int main(void)
{
	published();
	refused();
	return check_done();
}
