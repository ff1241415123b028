/*
 * Keys and signatures. Known answers: the key pair is TEST 1 of RFC 8032, 7.1, its id 01 02 .. 08. The protected file was made
 * by Python's hashlib.scrypt (n 1024, r 8, p 1) and hashlib.blake2b, the signature of a message by OpenSSL 3.0, the detached
 * ones by minisign 0.11.
 */
#include "secure/key.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "secure/private.h"

#define HEAD "untrusted comment: RFC 8032\n"
#define PLAIN                                                                                                              \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQIDBAUGBwidYbGd7/1aYLqESvSS7CzEREnFaXsyaRlwO6wD" \
	"HK5/YNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1EaAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PROTECTED                                                                                                          \
	"RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAAAEAAAAAc/Ed2JU/Uc7/lH4PsaZAZwLIa1kQYAmtUTi/OFKrcs0QWjNK" \
	"oSCqnm34y219MbM0foXywj7OxSBA+pi+X3PsbvpfFeactPLV+EfeCK+NLfec7soRgJ7YuVwGzH5HCLFxQNYDCFtm/5I="
#define PUB "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
#define SIG_2 "RUQBAgMEBQYHCL/KEmeOD8/likKJaWp70VmAakuifmanMQiQ/D0S4yNbwpClZwHQC5vIvv2jSsw8aq5XcgIyDZ/SPmwm7gyP3wc="
#define SIG_4 "Y5pRAAxLh7QbrMDye7CxA7r5nYxrDzMoaGeI+4vNcHVrXT+m/m5ydlbA6P1XfCiUI7wUrYhifB7rmUakznJlBA=="
#define OLD_2 "RWQBAgMEBQYHCIDXJLAefKJg9Mx/jefJX3PPrGFbqx92K2Q1tuwmyM9tLHWNri+HOZqO7aHLzSg1rFumbW7Ko6ul5WenUQU9wgc="
#define OLD_4 "Wn9BYGdQarIEYeLiP7f0O4JJUpKMRtJTwhAYJ0PQeUcuvppXtBOwO7esCIlqiirI951HIaYHOt2LbQK/y6X4Bg=="
#define UNTRUSTED "untrusted comment: c\n"
#define TRUSTED "trusted comment: known answer\n"

static struct fl_err err;

static int give(void *ctx, char *s, size_t n, int confirm, struct fl_err *e)
{
	(void)confirm;
	if (!ctx)
		return fl_fail(e, FL_REFUSED, "nobody answers");
	snprintf(s, n, "%s", (const char *)ctx);
	return FL_OK;
}

static int parse(struct key **k, const char *text, const char *pass)
{
	struct key_pass p = { give, (void *)(uintptr_t)pass };

	return key_parse(k, text, strlen(text), KEY_MEMORY, &p, &err);
}

static int put(const char *path, const char *text)
{
	unlink(path);
	return private_create(path, 0600, text, strlen(text), &err) == FL_OK;
}

static void known_answers(void)
{
	static const unsigned char openssl[KEY_SIG] = {
		0xb8, 0x04, 0x95, 0xc2, 0xa0, 0x32, 0x02, 0xf9, 0x5b, 0x4c, 0x13, 0x42, 0x8e, 0xc6, 0xad, 0xd0,
		0x76, 0x73, 0x69, 0x72, 0x71, 0x11, 0x8c, 0x4b, 0xca, 0x0e, 0x96, 0x11, 0xc1, 0xd9, 0x2a, 0x09,
		0x72, 0xbc, 0xdd, 0x41, 0x3e, 0xc0, 0x98, 0x61, 0x41, 0xa1, 0xb9, 0x55, 0x07, 0xb5, 0xf5, 0x83,
		0x70, 0xe6, 0x31, 0x4c, 0xcd, 0x43, 0xb3, 0xaa, 0x90, 0xbb, 0x17, 0xf5, 0xc9, 0x9b, 0xc5, 0x0c
	};
	unsigned char sig[KEY_SIG];
	struct key *k = NULL;
	struct key_pub p;
	char text[KEY_TEXT], id[KEY_ID_TEXT];

	CHECK(parse(&k, HEAD PLAIN "\n", NULL) == FL_OK && !key_protected(k), "a key without a passphrase");
	key_pub_text(key_public(k), text);
	CHECK(!strcmp(text, PUB), "its public half is that of RFC 8032");
	key_id_text(key_public(k)->id, id);
	CHECK(!strcmp(id, "0807060504030201"), "its id is written last byte first");
	CHECK(key_pub_parse(&p, PUB, &err) == FL_OK && key_pub_same(&p, key_public(k)), "the public key's text is read back");
	CHECK(key_sign(k, "fl-v1-Test", "abc", 3, sig, &err) == FL_OK && !memcmp(sig, openssl, sizeof sig), "a signature is OpenSSL's");
	CHECK(key_good(&p, "fl-v1-Test", "abc", 3, sig), "and good");
	CHECK(!key_good(&p, "fl-v1-Tes", "t\0abc", 5, sig), "the context ends where it ends");
	CHECK(!key_good(&p, "fl-v1-Test", "abd", 3, sig) && !key_good(&p, "fl-v1-Test", "abc\0", 4, sig) &&
	      !key_good(&p, "fl-v1-Plan", "abc", 3, sig), "other bytes are not what was signed");
	sig[63] ^= 0x10;
	CHECK(!key_good(&p, "fl-v1-Test", "abc", 3, sig), "nor is another signature");
	key_close(k);

	CHECK(parse(&k, HEAD PROTECTED "\n", "open sesame") == FL_OK && key_protected(k) && key_pub_same(&p, key_public(k)),
	      "the same key behind a passphrase");
	key_close(k);
	CHECK(parse(&k, HEAD PROTECTED "\n", "Open sesame") == FL_REFUSED && !k && strstr(err.msg, "wrong passphrase"), "a wrong one");
	CHECK(parse(&k, HEAD PROTECTED "\n", NULL) == FL_REFUSED && !k && strstr(err.msg, "nobody answers"), "none is given");
	CHECK(key_parse(&k, HEAD PROTECTED, strlen(HEAD PROTECTED), KEY_MEMORY, NULL, &err) == FL_CONFIG && !k, "nobody to ask");
	CHECK(key_parse(&k, HEAD PROTECTED, strlen(HEAD PROTECTED), 1 << 20, NULL, &err) == FL_DATA && !k, "too much memory is wanted");
}

/* Small-order and malformed points: ed25519-speccheck, cases 0 and 1; RFC 8032, 5.1.3. */
static void no_keys(void)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{ "", "nothing" },
		{ "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1E", "a character is missing" },
		{ PUB "=", "a character too many" },
		{ " " "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1E", "a space" },
		{ "RWQBAgMEBQYHCNdamAGCsQq31Uv-08lkBzoO4XLz2qYjJa8CGmj3B1Ea", "base64url" },
		{ "RWQBAgMEBQYHCNdamA\xd4" "CsQq15Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", "a byte that is no letter" },
		{ "RUQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", "the letters of a signature" },
		{ "RWQBAgMEBQYHCAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "the neutral point" },
		{ "RWQBAgMEBQYHCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a point of order 4" },
		{ "RWQBAgMEBQYHCP//////////////////////////////////////////", "not reduced" },
		{ "RWQBAgMEBQYHCAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "not on the curve" },
	};
	struct key_pub p;
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++)
		CHECK(key_pub_parse(&p, table[i].text, &err) == FL_DATA, "no public key: %s", table[i].why);
}

static void no_secrets(void)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{ "", "an empty file" },
		{ HEAD, "a comment alone" },
		{ PLAIN "\n", "no comment" },
		{ "comment: x\n" PLAIN "\n", "another comment" },
		{ HEAD "\n" PLAIN "\n", "an empty line between" },
		{ HEAD PLAIN "\n" PLAIN "\n", "two keys" },
		{ HEAD PLAIN "=\n", "a longer line" },
		{ HEAD PUB "\n", "a public key" },
		{ HEAD "A" PLAIN "\n", "shifted" },
	};
	char text[sizeof HEAD PLAIN];
	struct key *k;
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++)
		CHECK(parse(&k, table[i].text, NULL) == FL_DATA && !k && !strstr(err.msg, "AAAA"), "no secret key: %s", table[i].why);
	for (i = 0; i < 8; i++) { /* "Ed", kdf, "B2": no other letters */
		strcpy(text, HEAD PLAIN);
		text[strlen(HEAD) + i] = text[strlen(HEAD) + i] == 'x' ? 'y' : 'x';
		CHECK(parse(&k, text, NULL) == FL_DATA && !k, "no secret key: character %zu is another", i);
	}
	strcpy(text, HEAD PLAIN);
	text[strlen(HEAD) + 100] ^= 1;
	CHECK(parse(&k, text, NULL) == FL_DATA && strstr(err.msg, "does not belong"), "halves that do not belong together");
	strcpy(text, HEAD PLAIN);
	text[sizeof text - 10] = 'B';
	CHECK(parse(&k, text, NULL) == FL_DATA && strstr(err.msg, "checksum"), "a checksum that does not fit");
	CHECK(parse(&k, "untrusted comment: x\r\n" PLAIN "\r\n\r\n", NULL) == FL_OK, "line ends of another system are fine");
	key_close(k);
}

static void files(void)
{
	struct key *k = NULL, *again = NULL;
	struct key_pub p;
	struct stat st;

	CHECK(key_generate(&k, &err) == FL_OK && key_write(k, "k", "k.pub", "me", NULL, &err) == FL_OK, "a key is made and written");
	CHECK(stat("k", &st) == 0 && (st.st_mode & 0777) == 0600, "for us alone");
	CHECK(key_read(&again, "k", NULL, &err) == FL_OK && key_pub_same(key_public(again), key_public(k)), "and read back");
	key_close(again);
	CHECK(key_pub_read(&p, "k.pub", &err) == FL_OK && key_pub_same(&p, key_public(k)), "so is its public half");
	CHECK(key_write(k, "k", NULL, NULL, NULL, &err) == FL_CREATE && strstr(err.msg, "k: exists"), "it is not overwritten");
	CHECK(key_write(k, "k2", "k.pub", NULL, NULL, &err) == FL_CREATE && access("k2", F_OK) != 0, "nor is a public one");
	CHECK(key_write(k, "k2", NULL, "two\nlines", NULL, &err) == FL_USAGE && access("k2", F_OK) != 0, "a comment is a line");
	CHECK(key_pub_read(&p, "k", &err) == FL_DATA && strstr(err.msg, "k: not a public key"), "a secret key is no public one");
	CHECK(key_pub_read(&p, "none", &err) == FL_NOINPUT && key_read(&again, "none", NULL, &err) == FL_NOINPUT && !again, "no file");
	CHECK(chmod("k", 0644) == 0 && key_read(&again, "k", NULL, &err) == FL_CONFIG && !again, "one that is open to others");
	key_close(k);
	key_close(NULL);
}

/* ---- detached signatures ---- */

static void sign_and_verify(void)
{
	static const char want[] = SIG_2 "\n" TRUSTED SIG_4 "\n";
	struct buf out = { 0 };
	struct key *k = NULL;
	struct key_pub p;
	char *trusted = NULL;

	parse(&k, HEAD PLAIN, NULL);
	p = *key_public(k);
	CHECK(put("abc", "abc") && key_sign_file(k, "abc", "known answer", &out, &err) == FL_OK && strchr(out.data, '\n') &&
	      !strcmp(strchr(out.data, '\n') + 1, want), "a signature is minisign's, byte for byte");
	CHECK(put("s", out.data) && key_verify_file(&p, "abc", "s", &trusted, &err) == FL_OK && !strcmp(trusted, "known answer"),
	      "and good");
	free(trusted);
	CHECK(put("abd", "abd") && key_verify_file(&p, "abd", "s", &trusted, &err) == FL_NO && !trusted && strstr(err.msg, "abd: "),
	      "of no other file");
	buf_clear(&out);
	CHECK(key_sign_file(k, "abc", NULL, &out, &err) == FL_OK && strstr(out.data, "\tfile:abc\thashed\n"), "minisign's comment");
	buf_clear(&out);
	CHECK(key_sign_file(k, "abc", "two\nlines", &out, &err) == FL_USAGE && !out.len, "a comment of two lines");
	CHECK(key_sign_file(k, "none", NULL, &out, &err) == FL_NOINPUT, "no file to sign");
	CHECK(key_verify_file(&p, "none", "s", &trusted, &err) == FL_NOINPUT && !trusted, "none to check");
	CHECK(key_verify_file(&p, "abc", "none", &trusted, &err) == FL_NOINPUT && !trusted, "no signature");
	p.id[0] ^= 1;
	CHECK(key_verify_file(&p, "abc", "s", &trusted, &err) == FL_NO && strstr(err.msg, "0807060504030201, want 0807060504030200"),
	      "another key's id");
	buf_clear(&out);
	key_close(k);
}

static void no_signatures(void)
{
	static const struct {
		int want;
		const char *text, *why;
	} table[] = {
		{ FL_OK, UNTRUSTED SIG_2 "\n" TRUSTED SIG_4, "what all others differ from" },
		{ FL_OK, "untrusted comment: c\r\n" SIG_2 "\r\n" "trusted comment: known answer\r\n" SIG_4 "\r\n", "other line ends" },
		{ FL_NO, UNTRUSTED OLD_2 "\n" "trusted comment: old\n" OLD_4 "\n", "of the bytes themselves" },
		{ FL_NO, UNTRUSTED SIG_2 "\n" "trusted comment: known answers\n" SIG_4 "\n", "another comment" },
		{ FL_NO, UNTRUSTED SIG_2 "\n" "trusted comment: \n" SIG_4 "\n", "no comment" },
		{ FL_NO, UNTRUSTED SIG_2 "\n" TRUSTED OLD_4 "\n", "another second signature" },
		{ FL_DATA, "", "nothing" },
		{ FL_DATA, UNTRUSTED, "one line" },
		{ FL_DATA, UNTRUSTED SIG_2 "\n" TRUSTED, "three lines" },
		{ FL_DATA, SIG_2 "\n" TRUSTED SIG_4 "\n", "no first line" },
		{ FL_DATA, UNTRUSTED SIG_2 "\n" SIG_4 "\n" TRUSTED, "another order" },
		{ FL_DATA, UNTRUSTED SIG_4 "\n" TRUSTED SIG_2 "\n", "signatures changed over" },
		{ FL_DATA, UNTRUSTED "R" SIG_2 "\n" TRUSTED SIG_4 "\n", "a longer one" },
	};
	struct key_pub p;
	char *trusted;
	size_t i;

	key_pub_parse(&p, PUB, &err);
	put("abc", "abc");
	for (i = 0; i < sizeof table / sizeof *table; i++) {
		put("s", table[i].text);
		CHECK(key_verify_file(&p, "abc", "s", &trusted, &err) == table[i].want && !trusted == !!table[i].want, "a signature: %s",
		      table[i].why);
		free(trusted);
	}
}

/* Every allocation fails once: an error, and nothing is left behind. */
static void torture(void)
{
	unsigned char sig[KEY_SIG];
	struct buf out = { 0 };
	struct key *k = NULL;
	char *trusted;
	int rc = FL_IO, i;

	parse(&k, HEAD PLAIN, NULL);
	put("s", UNTRUSTED SIG_2 "\n" TRUSTED SIG_4);
	for (i = 1; rc != FL_OK && i < 30; i++) {
		fl_alloc_fail_at(i);
		rc = key_sign_file(k, "abc", "x", &out, &err);
		CHECK(rc == FL_OK || (rc == FL_IO && !out.len), "signing without memory, %d", i);
		buf_clear(&out);
	}
	for (rc = FL_IO, i = 1; rc != FL_OK && i < 30; i++) {
		fl_alloc_fail_at(i);
		rc = key_verify_file(key_public(k), "abc", "s", &trusted, &err);
		CHECK(rc == FL_OK || (rc == FL_IO && !trusted), "checking without memory, %d", i);
		free(trusted);
	}
	fl_alloc_fail_at(1);
	CHECK(key_sign(k, "fl-v1-Test", "abc", 3, sig, &err) == FL_IO, "signing a message without memory");
	fl_alloc_fail_at(1);
	CHECK(!key_good(key_public(k), "fl-v1-Test", "abc", 3, sig), "what cannot be checked is not good");
	fl_alloc_fail_at(0);
	key_close(k);
}

int main(void)
{
	char dir[] = "/tmp/secure-key.XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	known_answers();
	no_keys();
	no_secrets();
	files();
	sign_and_verify();
	no_signatures();
	torture();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
