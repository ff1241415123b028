/* UTF-8: Markus Kuhn's boundary cases. */
#include <string.h>

#include "base/utf8.h"
#include "check.h"

static void is(int want, const char *s, const char *name)
{
	CHECK(utf8_text(s, strlen(s)) == want, "%s", name);
}

int main(void)
{
	is(1, "", "nothing");
	is(1, "plain \x7f", "ASCII");
	is(1, "\xc2\x80 \xdf\xbf", "two bytes");
	is(1, "\xe0\xa0\x80 \xef\xbf\xbf", "three");
	is(1, "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf", "four");
	is(1, "\xed\x9f\xbf \xee\x80\x80", "around the surrogates");
	is(0, "\xed\xa0\x80", "a surrogate");
	is(0, "\xc0\xaf", "overlong, two");
	is(0, "\xc1\xbf", "overlong, two, last");
	is(0, "\xe0\x9f\xbf", "overlong, three");
	is(0, "\xf0\x8f\xbf\xbf", "overlong, four");
	is(0, "\xf4\x90\x80\x80", "beyond U+10FFFF");
	is(0, "\xf5\x80\x80\x80", "no lead byte");
	is(0, "\x80", "a continuation alone");
	is(0, "a\xe2\x82", "cut off");
	is(0, "\xe2\x28\xa1", "not continued");
	CHECK(!utf8_text("a\0b", 3), "a zero byte");
	CHECK(utf8_len((const unsigned char *)"", (const unsigned char *)"" + 0) == 0, "no byte");
	return check_done();
}
