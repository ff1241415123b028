#include "store/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 6
#define DIGEST_SEG 71 /* "b2-256-" and 64 hex digits */
#define SEGS_MAX 6

/* s cut at its slashes; views into s. */
struct segs {
	size_t n;
	struct seg {
		const char *s;
		size_t n;
	} v[SEGS_MAX];
};

int name_segment_ok(const char *s, size_t n)
{
	size_t i;

	if (n < 1 || n >= NAME_SEG || s[0] == '.' || s[0] == '_' || s[0] == '-')
		return 0;
	for (i = 0; i < n; i++) {
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '.' || s[i] == '_' || s[i] == '-'))
			return 0;
		if (i && s[i] == '.' && s[i - 1] == '.')
			return 0;
	}
	return 1;
}

/* 0: not a list of good segments. */
static int cut(struct segs *l, const char *s)
{
	const char *slash;

	l->n = 0;
	if (strlen(s) > NAME_MAX_LEN)
		return 0;
	for (;; s = slash + 1) {
		slash = strchr(s, '/');
		if (l->n == SEGS_MAX)
			return 0;
		l->v[l->n] = (struct seg){ s, slash ? (size_t)(slash - s) : strlen(s) };
		if (!name_segment_ok(s, l->v[l->n++].n))
			return 0;
		if (!slash)
			return 1;
	}
}

static int is(const struct seg *g, const char *word)
{
	return g->n == strlen(word) && !memcmp(g->s, word, g->n);
}

/* Six digits and then tail, which says a number in [1, NAME_ROUND_MAX]; 0 otherwise. */
static unsigned six(const struct seg *g, const char *tail)
{
	char digits[DIGITS + 1] = "";

	if (g->n != DIGITS + strlen(tail) || memcmp(g->s + DIGITS, tail, strlen(tail)))
		return 0;
	memcpy(digits, g->s, DIGITS);
	return strspn(digits, "0123456789") == DIGITS ? (unsigned)strtoul(digits, NULL, 10) : 0;
}

static int digest_seg(char digest[DIGEST_TEXT], const struct seg *g)
{
	if (g->n != DIGEST_SEG || memcmp(g->s, "b2-256-", 7))
		return 0;
	memcpy(digest, g->s, DIGEST_SEG);
	digest[6] = ':';
	digest[DIGEST_SEG] = 0;
	return digest_ok(digest);
}

static enum name_kind parse_round(struct name *n, const struct segs *l)
{
	n->number = six(&l->v[1], "");
	if (!n->number)
		return NAME_NONE;
	if (l->n == 3)
		return is(&l->v[2], "plan.pb") ? NAME_PLAN : is(&l->v[2], "seal.pb") ? NAME_SEAL
			: is(&l->v[2], "result.pb") ? NAME_RESULT : NAME_NONE;
	if (l->n != 5 || !is(&l->v[2], "updates"))
		return NAME_NONE;
	memcpy(n->who, l->v[3].s, l->v[3].n);
	if (is(&l->v[4], "envelope.pb"))
		return NAME_ENVELOPE;
	return digest_seg(n->digest, &l->v[4]) ? NAME_PAYLOAD : NAME_NONE;
}

static enum name_kind parse(struct name *n, const struct segs *l)
{
	if (l->n == 1 && is(&l->v[0], "federation.pb")) {
		n->number = 1;
		return NAME_FEDERATION;
	}
	if (l->n == 2 && is(&l->v[0], "federation"))
		return (n->number = six(&l->v[1], ".pb")) > 1 ? NAME_FEDERATION : NAME_NONE;
	if (l->n == 2 && is(&l->v[0], "blobs"))
		return digest_seg(n->digest, &l->v[1]) ? NAME_BLOB : NAME_NONE;
	if (l->n == 3 && is(&l->v[0], "deltas"))
		return digest_seg(n->to, &l->v[1]) && digest_seg(n->from, &l->v[2]) ? NAME_DELTA : NAME_NONE;
	if (l->n == 3 && is(&l->v[0], "channels")) {
		memcpy(n->who, l->v[1].s, l->v[1].n);
		return (n->number = six(&l->v[2], ".pb")) ? NAME_CHANNEL : NAME_NONE;
	}
	return l->n >= 3 && is(&l->v[0], "rounds") ? parse_round(n, l) : NAME_NONE;
}

int name_parse(struct name *n, const char *s, struct fl_err *err)
{
	struct segs l;
	char shown[84];

	*n = (struct name){ 0 };
	if (cut(&l, s))
		n->kind = parse(n, &l);
	if (n->kind != NAME_NONE)
		return FL_OK;
	*n = (struct name){ 0 };
	return fl_fail(err, FL_DATA, "'%s' is not a name that a store has", fl_err_quote(shown, 80, s, strlen(s)));
}

int name_prefix_ok(const char *s)
{
	struct segs l;
	char bare[NAME_MAX_LEN + 1], digest[DIGEST_TEXT];
	size_t n = strlen(s);

	if (n == 0)
		return 1;
	if (n > NAME_MAX_LEN || s[n - 1] != '/')
		return 0;
	memcpy(bare, s, n);
	bare[n - 1] = 0;
	if (!cut(&l, bare))
		return 0;
	if (l.n == 1)
		return is(&l.v[0], "blobs") || is(&l.v[0], "rounds") || is(&l.v[0], "channels") || is(&l.v[0], "federation") ||
		       is(&l.v[0], "deltas");
	if (is(&l.v[0], "deltas"))
		return l.n == 2 && digest_seg(digest, &l.v[1]);
	if (is(&l.v[0], "channels"))
		return l.n == 2;
	return is(&l.v[0], "rounds") && six(&l.v[1], "") && l.n <= 4 && (l.n == 2 || is(&l.v[2], "updates"));
}

void name_blob(char out[NAME_MAX_LEN + 1], const char *digest)
{
	snprintf(out, NAME_MAX_LEN + 1, "blobs/b2-256-%.64s", strlen(digest) > 7 ? digest + 7 : "");
}

void name_delta(char out[NAME_MAX_LEN + 1], const char *to, const char *from)
{
	snprintf(out, NAME_MAX_LEN + 1, "deltas/b2-256-%.64s/b2-256-%.64s", strlen(to) > 7 ? to + 7 : "", strlen(from) > 7 ? from + 7 : "");
}

void name_round(char out[NAME_MAX_LEN + 1], unsigned round, const char *file)
{
	snprintf(out, NAME_MAX_LEN + 1, "rounds/%06u/%s", round, file);
}

void name_payload(char out[NAME_MAX_LEN + 1], unsigned round, const char *who, const char *digest)
{
	snprintf(out, NAME_MAX_LEN + 1, "rounds/%06u/updates/%s/b2-256-%.64s", round, who, strlen(digest) > 7 ? digest + 7 : "");
}

void name_envelope(char out[NAME_MAX_LEN + 1], unsigned round, const char *who)
{
	snprintf(out, NAME_MAX_LEN + 1, "rounds/%06u/updates/%s/envelope.pb", round, who);
}

void name_channel(char out[NAME_MAX_LEN + 1], const char *channel, unsigned serial)
{
	snprintf(out, NAME_MAX_LEN + 1, "channels/%s/%06u.pb", channel, serial);
}

void name_federation(char out[NAME_MAX_LEN + 1], unsigned serial)
{
	if (serial == 1)
		snprintf(out, NAME_MAX_LEN + 1, "federation.pb");
	else
		snprintf(out, NAME_MAX_LEN + 1, "federation/%06u.pb", serial);
}
