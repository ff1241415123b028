/* base64 and RFC 3339: examples of the RFCs, and the ends of what is allowed. */
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static void base64(const char *bytes, const char *text)
{
	char *out = NULL;
	unsigned char *back = NULL;
	size_t n = 0, len = strlen(text);

	CHECK(base64_text(&out, bytes, strlen(bytes), NULL) == FL_OK && !strcmp(out, text), "'%s' is '%s'", bytes, text);
	CHECK(base64_parse(&back, &n, text, len, NULL) == FL_OK && n == strlen(bytes) && !memcmp(back, bytes, n), "and back");
	free(back);
	while (len && text[len - 1] == '=')
		len--;
	CHECK(base64_parse(&back, &n, text, len, NULL) == FL_OK && n == strlen(bytes) && !memcmp(back, bytes, n), "without padding too");
	free(back);
	free(out);
}

static void not_base64(const char *text)
{
	unsigned char *p = NULL;
	struct fl_err err;
	size_t n;

	CHECK(base64_parse(&p, &n, text, strlen(text), &err) == FL_DATA && !p, "'%s' is not base64", text);
}

static void test_base64(void)
{
	unsigned char *p = NULL;
	size_t n = 0;

	base64("", ""); /* RFC 4648, section 10 */
	base64("f", "Zg==");
	base64("fo", "Zm8=");
	base64("foo", "Zm9v");
	base64("foob", "Zm9vYg==");
	base64("fooba", "Zm9vYmE=");
	base64("foobar", "Zm9vYmFy");
	base64("\xfb\xff\xbf", "+/+/");
	CHECK(base64_parse(&p, &n, "-_-_", 4, NULL) == FL_OK && n == 3 && !memcmp(p, "\xfb\xff\xbf", 3), "the alphabet of URLs");
	free(p);
	not_base64("A");
	not_base64("AAAAA");
	not_base64("Zg=");
	not_base64("Zg===");
	not_base64("Zh=="); /* bits that belong to no byte */
	not_base64("Zm9=");
	not_base64("Z g=");
	not_base64("Zm9v=");
	not_base64("=");
}

static void time_is(const char *text, long long s, int ns, const char *as)
{
	char out[TIME_TEXT];
	int64_t seconds = 0;
	int32_t nanos = 0;

	CHECK(time_parse(&seconds, &nanos, text, NULL) == FL_OK && seconds == s && nanos == ns, "'%s' is %lld.%09d", text, s, ns);
	time_text(out, s, ns);
	CHECK(!strcmp(out, as), "and printed as '%s'", out);
}

static void not_a_time(const char *text)
{
	int64_t seconds;
	int32_t nanos;
	struct fl_err err;

	CHECK(time_parse(&seconds, &nanos, text, &err) == FL_DATA, "'%s' is no time", text);
}

static void test_time(void)
{
	static const char *const bad[] = { "", "2026", "2026-11-24", "2026-11-24T10:00:00", "2026-11-24 10:00:00Z", "2026-11-24T10:00:00z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-01-32T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00Zx", "0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "+026-01-01T00:00:00Z" };
	size_t i;

	time_is("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z");
	time_is("1985-04-12T23:20:50.52Z", 482196050, 520000000, "1985-04-12T23:20:50.520Z"); /* RFC 3339, section 5.8 */
	time_is("1996-12-19T16:39:57-08:00", 851042397, 0, "1996-12-20T00:39:57Z");
	time_is("1937-01-01T12:00:27.87+00:20", -1041337173, 870000000, "1937-01-01T11:40:27.870Z");
	time_is("2000-02-29T00:00:00.000001Z", 951782400, 1000, "2000-02-29T00:00:00.000001Z");
	time_is("2000-02-29T00:00:00.000000001Z", 951782400, 1, "2000-02-29T00:00:00.000000001Z");
	time_is("0001-01-01T00:00:00Z", TIME_FIRST, 0, "0001-01-01T00:00:00Z");
	time_is("9999-12-31T23:59:59.999999999Z", TIME_LAST, 999999999, "9999-12-31T23:59:59.999999999Z");
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		not_a_time(bad[i]);
}

int main(void)
{
	test_base64();
	test_time();
	return check_done();
}
