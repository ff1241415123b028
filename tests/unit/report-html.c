/* Text becomes markup without becoming more than text, and the policy allows the one stylesheet. */
#include "report/html.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define IS(want, ...)                                                                          \
	do {                                                                                   \
		struct buf b = { 0 };                                                          \
		int rc = html_addf(&b, NULL, __VA_ARGS__);                                     \
		if (!CHECK(rc == FL_OK && !strcmp(b.data ? b.data : "", want), "%s", #want))   \
			printf("# got %s\n", b.data);                                          \
		buf_clear(&b);                                                                 \
	} while (0)

static void test_text(void)
{
	IS("<b>&lt;b a=&quot;x&quot;&gt; &amp;amp; it&#39;s</b>", "<b>%s</b>", "<b a=\"x\"> &amp; it's");
	IS("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "%s", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
	IS("a\xef\xbf\xbd" "b\xef\xbf\xbd" "c", "%s", "a\xff" "b\xc3" "c");
	IS("\xef\xbf\xbd\xef\xbf\xbd", "%s", "\xc0\xbc"); /* '<' overlong */
	IS("\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd", "%s", "\x01|\x7f|\xef\xbf\xbf");
	IS("a\tb\nc", "%s", "a\tb\nc");
	IS("abc\xe2\x80\xa6", "%.3s", "abcd");
	IS("abc", "%.3s", "abc");
	IS("\xc3\xa4&lt;\xe2\x80\xa6", "%.2s", "\xc3\xa4<b>");
	IS("", "%s", "");
}

static void test_numbers(void)
{
	IS("-7 7 ff 0042 c", "%d %u %x %04d %c", -7, 7u, 255u, 42, 'c');
	IS("18446744073709551615 -9 100%", "%zu %ld 100%%", (size_t)-1, -9L);
	IS("0.50 1e+10 0.3333", "%.2f %.4g %.4g", 0.5, 1e10, 1.0 / 3);
	IS("&lt;", "%c", '<');
}

static void test_limits(void)
{
	struct buf b = { .max = 20 };
	struct fl_err err = { 0 };

	CHECK(html_addf(&b, &err, "%s", "&&&&&&&&&&&&") == FL_DATA, "a buffer's cap holds");
	CHECK(b.len <= 20, "and nothing is beyond it");
	buf_clear(&b);
}

static void test_time(void)
{
	struct buf b = { 0 };

	CHECK(html_time(&b, 1795516375, NULL) == FL_OK &&
	      !strcmp(b.data, "<time datetime=\"2026-11-24T10:32:55Z\">2026-11-24 10:32</time>"), "an instant, in UTC, to the minute");
	buf_clear(&b);
}

static void test_frame(void)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char text[64];
	struct buf b = { 0 };
	const char *style;

	CHECK(html_open(&b, "a<b", NULL) == FL_OK && html_close(&b, NULL) == FL_OK, "an empty page");
	CHECK(strstr(b.data, "<title>a&lt;b</title>") && strstr(b.data, "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">"),
	      "has a title and a language");
	style = strstr(b.data, "<style>");
	CHECK(style && !strncmp(style + 7, html_style, strlen(html_style)) && !strncmp(style + 7 + strlen(html_style), "</style>", 8),
	      "the stylesheet stands between its tags as it is");
	crypto_hash_sha256(sum, (const unsigned char *)html_style, strlen(html_style));
	sodium_bin2base64(text, sizeof text, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL);
	if (!CHECK(!strcmp(text, HTML_STYLE_SHA256) && strstr(HTML_CSP, text), "its digest is the one that the policy allows"))
		printf("# HTML_STYLE_SHA256 should be %s\n", text);
	CHECK(!strpbrk(html_style, "<&"), "and it needs no escaping");
	CHECK(!strstr(b.data, "<script"), "there is no script");
	buf_clear(&b);
}

int main(void)
{
	test_text();
	test_numbers();
	test_limits();
	test_time();
	test_frame();
	return check_done();
}
