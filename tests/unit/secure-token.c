/* Tokens: their form, their hash, their file. */
#include "secure/token.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "secure/private.h"

#define ZEROS "flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct fl_err err;

static int put(const char *path, const char *text)
{
	unlink(path);
	return private_create(path, 0600, text, strlen(text), &err) == FL_OK;
}

static void form(void)
{
	static const char *const bad[] = {
		"", "flt_", "flt_AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ZEROS "A", ZEROS "=", " " ZEROS,
		"FLT_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+",
		"flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ", "flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
		"flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\xd4" "AAAAAAAAAAAAA"
	};
	char a[TOKEN_TEXT], b[TOKEN_TEXT];
	size_t i;

	token_new(a);
	token_new(b);
	CHECK(strlen(a) == TOKEN_TEXT - 1 && token_ok(a) && token_ok(b), "a new token is well formed");
	CHECK(strcmp(a, b) != 0, "and another each time");
	CHECK(token_ok(ZEROS), "so is any of 43 characters of base64url");
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!token_ok(bad[i]), "no token: '%s'", bad[i]);
	token_wipe(a);
	memset(b, 0, sizeof b);
	CHECK(!memcmp(a, b, sizeof a), "nothing stays of a wiped one");
}

/* printf %s flt_AAA... | b2sum -l 256 */
static void hash(void)
{
	char h[DIGEST_TEXT];

	token_hash(ZEROS, h);
	CHECK(!strcmp(h, "b2-256:669de04bae3ab12db682a0e65cdf9c80cf81f6b4e46d1fdd550c89bfdec2dfa0"), "its hash is b2sum's");
}

static void file(void)
{
	char t[TOKEN_TEXT], big[2048];

	CHECK(put("t", ZEROS "\n") && token_read(t, "t", &err) == FL_OK && !strcmp(t, ZEROS), "a token's file");
	CHECK(put("t", ZEROS) && token_read(t, "t", &err) == FL_OK && !strcmp(t, ZEROS), "without a line end");
	CHECK(put("t", ZEROS "\r\n# until May\r\n") && token_read(t, "t", &err) == FL_OK && !strcmp(t, ZEROS), "with a note below");
	CHECK(put("t", "") && token_read(t, "t", &err) == FL_DATA && !*t, "an empty one");
	CHECK(put("t", "secret\n") && token_read(t, "t", &err) == FL_DATA && !*t && !strstr(err.msg, "secret"),
	      "something else, which is not shown");
	memset(big, 'A', sizeof big - 1);
	big[sizeof big - 1] = 0;
	CHECK(put("t", big) && token_read(t, "t", &err) == FL_DATA && !*t, "a long one");
	CHECK(put("t", ZEROS) && chmod("t", 0640) == 0 && token_read(t, "t", &err) == FL_CONFIG && !*t, "one that is open to others");
	CHECK(token_read(t, "none", &err) == FL_NOINPUT && !*t, "none");
}

int main(void)
{
	char dir[] = "/tmp/secure-token.XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	form();
	hash();
	file();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
