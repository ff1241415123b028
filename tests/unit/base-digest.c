#include "base/digest.h"

#include <string.h>

#include "check.h"

/* The digits are those of `printf abc | b2sum -l 256` of GNU coreutils. */
#define ABC "b2-256:bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define NOTHING "b2-256:0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"

int main(void)
{
	char text[DIGEST_TEXT], again[DIGEST_TEXT], big[1000];
	struct digest d;
	size_t i;

	digest_of("abc", 3, text);
	CHECK(!strcmp(text, ABC), "abc");
	digest_of("", 0, text);
	CHECK(!strcmp(text, NOTHING), "nothing");
	memset(big, 'x', sizeof big);
	digest_of(big, sizeof big, text);
	digest_start(&d);
	for (i = 0; i < sizeof big; i += 125)
		digest_add(&d, big + i, 125);
	digest_end(&d, again);
	CHECK(!strcmp(text, again), "in pieces as at once");
	CHECK(digest_ok(text) && digest_ok(ABC), "a digest is one");
	CHECK(!digest_ok(""), "an empty text is not");
	CHECK(!digest_ok("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"), "nor one without its prefix");
	CHECK(!digest_ok(ABC "0"), "nor a longer one");
	text[DIGEST_TEXT - 2] = 0;
	CHECK(!digest_ok(text), "nor a shorter one");
	memcpy(text, ABC, sizeof text);
	text[10] = 'D';
	CHECK(!digest_ok(text), "nor one in upper case");
	text[10] = 'g';
	CHECK(!digest_ok(text), "nor one with another letter");
	return check_done();
}
