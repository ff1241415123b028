#include "store/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole number in [1, NAME_ROUND_MAX] with or without leading zeros and ".pb", n bytes at s; 0 otherwise. */
static unsigned number(const char *s, size_t n)
{
	char digits[8] = "";

	if (n > 3 && !memcmp(s + n - 3, ".pb", 3))
		n -= 3;
	if (n < 1 || n > 6)
		return 0;
	memcpy(digits, s, n);
	return strspn(digits, "0123456789") == n ? (unsigned)strtoul(digits, NULL, 10) : 0;
}

/* Copy s, with segment `at` (counted from 0) written as a number of six digits and tail. 0 if it is none, or too long. */
static int renumber(char out[NAME_MAX_LEN + 1], const char *s, int at, const char *tail)
{
	const char *p = s;
	size_t n;
	unsigned k;
	int w;

	for (; at > 0 && (p = strchr(p, '/')); at--)
		p++;
	if (!p)
		return snprintf(out, NAME_MAX_LEN + 1, "%s", s) <= NAME_MAX_LEN;
	n = strcspn(p, "/");
	if (!(k = number(p, n)))
		return 0;
	w = snprintf(out, NAME_MAX_LEN + 1, "%.*s%06u%s%s", (int)(p - s), s, k, tail, p + n);
	return w > 0 && w <= NAME_MAX_LEN;
}

/* "b2-256:" becomes "b2-256-"; rounds/7/plan becomes rounds/7/plan.pb. */
static void respell(char out[NAME_MAX_LEN + 1])
{
	static const struct {
		const char *end;
		int depth; /* slashes before it, its own among them: a participant may be called "plan" */
	} files[] = { { "/plan", 2 }, { "/seal", 2 }, { "/result", 2 }, { "/envelope", 4 } };
	char *colon = strchr(out, ':'), *p;
	size_t n = strlen(out), i, k;
	int depth = 0;

	if (colon && colon - out > 7 && !memcmp(colon - 7, "/b2-256", 7))
		*colon = '-';
	for (p = out; (p = strchr(p, '/')); p++)
		depth++;
	for (i = 0; i < sizeof files / sizeof *files; i++) {
		k = strlen(files[i].end);
		if (!strncmp(out, "rounds/", 7) && depth == files[i].depth && n > k && !strcmp(out + n - k, files[i].end) &&
		    n + 3 <= NAME_MAX_LEN) {
			memcpy(out + n, ".pb", 4);
			return;
		}
	}
}

static int is_place(const char *s)
{
	struct name n;
	char prefix[NAME_MAX_LEN + 2];

	if (name_parse(&n, s, NULL) == FL_OK)
		return 1;
	snprintf(prefix, sizeof prefix, "%s/", s);
	return *s && name_prefix_ok(prefix);
}

int name_place(char out[NAME_MAX_LEN + 1], const char *s)
{
	char bare[NAME_MAX_LEN + 1];
	size_t n = strlen(s);

	if (n && s[n - 1] == '/')
		n--;
	if (n < 1 || n > NAME_MAX_LEN)
		return 0;
	memcpy(bare, s, n);
	bare[n] = 0;
	if (!strncmp(bare, "rounds/", 7)) {
		if (!renumber(out, bare, 1, ""))
			return 0;
	} else if (!strncmp(bare, "channels/", 9)) {
		if (!renumber(out, bare, 2, ".pb"))
			return 0;
	} else if (!strncmp(bare, "federation/", 11)) {
		if (number(bare + 11, n - 11) == 1)
			snprintf(out, NAME_MAX_LEN + 1, "federation.pb");
		else if (!renumber(out, bare, 1, ".pb"))
			return 0;
	} else {
		memcpy(out, bare, n + 1);
	}
	respell(out);
	return is_place(out);
}
