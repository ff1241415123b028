#include "hub/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define KEY_MAX (DIGEST_TEXT + NAME_SEG)
#define FILE_MAX ((size_t)16 << 20)

struct entry {
	char key[KEY_MAX];
	char federation[NAME_SEG];
	struct access_who who;
	time_t expires; /* 0: never */
};

struct access {
	struct entry *v; /* (n), sorted by key */
	size_t n, cap;
};

enum { R = 1, W = 2, OWN = 4 }; /* OWN: only names under its own */

/* Kinds of names by roles: architecture's rule of who writes what, and who reads it. */
static const unsigned char rights[][5] = {
	/*                    participant  coordinator  reader  monitor  anybody */
	[NAME_FEDERATION] = { R,           R | W,       R,      0,       R | W },
	[NAME_BLOB]       = { R,           R | W,       R,      0,       R | W },
	[NAME_PLAN]       = { R,           R | W,       0,      0,       R | W },
	[NAME_SEAL]       = { R,           R | W,       0,      0,       R | W },
	[NAME_RESULT]     = { R,           R | W,       R,      0,       R | W },
	[NAME_PAYLOAD]    = { R | W | OWN, R,           0,      0,       R | W },
	[NAME_ENVELOPE]   = { R | W | OWN, R,           0,      0,       R | W },
	[NAME_CHANNEL]    = { R,           R | W,       R,      0,       R | W },
	[NAME_DELTA]      = { R,           R | W,       R,      0,       R | W },
};

static const char *const roles[] = { "participant", "coordinator", "reader", "monitor", "anybody" };

const char *access_role_name(enum access_role r)
{
	return roles[r];
}

static int may(const struct access_who *w, const struct name *n, unsigned what)
{
	unsigned have;

	if (n->kind == NAME_NONE || (size_t)n->kind >= sizeof rights / sizeof *rights)
		return 0;
	have = rights[n->kind][w->role];
	return (have & what) && (!(have & OWN) || !strcmp(n->who, w->name));
}

int access_may_read(const struct access_who *w, const struct name *n)
{
	return may(w, n, R);
}

int access_may_write(const struct access_who *w, const struct name *n)
{
	return may(w, n, W);
}

int access_may_list(const struct access_who *w)
{
	return w->role != ACCESS_MONITOR;
}

int access_may_look(const struct access_who *w)
{
	return w->role == ACCESS_MONITOR || w->role == ACCESS_COORDINATOR || w->role == ACCESS_ANYBODY;
}

int access_may_found(const struct access_who *w)
{
	return w->role == ACCESS_COORDINATOR || w->role == ACCESS_ANYBODY;
}

/* RFC 3339 in UTC without fractions. */
static int read_time(const char *s, time_t *t)
{
	struct tm tm = { 0 };
	char z, end;

	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d%c%c", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
		   &z, &end) != 7 || z != 'Z' || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*t = timegm(&tm);
	return *t > 0;
}

static int key_ok(const char *s)
{
	return digest_ok(s) || (!strncmp(s, "cert:", 5) && name_segment_ok(s + 5, strlen(s + 5)));
}

static int read_role(const char *s, enum access_role *r)
{
	size_t i;

	for (i = 0; i < ACCESS_ANYBODY; i++) {
		if (!strcmp(s, roles[i])) {
			*r = (enum access_role)i;
			return 1;
		}
	}
	return 0;
}

/* The words of a line into *e; NULL, or what is wrong. */
static const char *read_words(struct entry *e, char *const w[], size_t n)
{
	if (n < 4 || n > 5)
		return "is not: HASH ROLE NAME FEDERATION [EXPIRES]";
	if (!key_ok(w[0]))
		return "begins with neither a token's hash (fl-key token prints it) nor cert:NAME";
	if (!read_role(w[1], &e->who.role))
		return "has a role that is not participant, coordinator, reader or monitor";
	if (!name_segment_ok(w[2], strlen(w[2])))
		return "has a malformed name";
	if (strcmp(w[3], "*") && !name_segment_ok(w[3], strlen(w[3])))
		return "has a malformed federation";
	if (n == 5 && !read_time(w[4], &e->expires))
		return "ends in something that is not a time like 2027-01-31T00:00:00Z";
	snprintf(e->key, sizeof e->key, "%s", w[0]);
	snprintf(e->who.name, sizeof e->who.name, "%s", w[2]);
	snprintf(e->federation, sizeof e->federation, "%s", w[3]);
	return NULL;
}

/* One line, NUL-terminated; it is cut into words. */
static int read_line(struct access *a, char *line, size_t number, struct fl_err *err)
{
	char *words[6], *save = NULL, *s;
	const char *wrong;
	size_t n = 0;
	int rc;

	line[strcspn(line, "#")] = 0;
	for (s = strtok_r(line, " \t\r", &save); s && n < 6; s = strtok_r(NULL, " \t\r", &save))
		words[n++] = s;
	if (!n)
		return FL_OK;
	TRY(fl_grow(&a->v, &a->cap, a->n + 1, sizeof *a->v, err));
	if ((wrong = read_words(&a->v[a->n], words, n)))
		return fl_fail(err, FL_CONFIG, "line %zu %s", number, wrong);
	a->n++;
out:
	return rc;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

int access_open(struct access **a, const char *path, struct fl_err *err)
{
	struct buf b = { .max = FILE_MAX };
	size_t number = 0;
	char *s, *end;
	int rc;

	*a = NULL;
	TRY(in_slurp(&b, path, err));
	TRY(fl_alloc(a, 1, sizeof **a, err));
	for (s = b.data; s && *s; s = end) {
		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = 0;
		if ((rc = read_line(*a, s, ++number, err)) != FL_OK) {
			fl_err_prefix(err, "%s", path);
			goto out;
		}
	}
	if ((*a)->n)
		qsort((*a)->v, (*a)->n, sizeof *(*a)->v, by_key);
out:
	if (rc != FL_OK) {
		access_close(*a);
		*a = NULL;
	}
	buf_clear(&b);
	return rc;
}

void access_close(struct access *a)
{
	if (a)
		free(a->v);
	free(a);
}

size_t access_count(const struct access *a)
{
	return a->n;
}

/* The first entry with this key, or n. */
static size_t first(const struct access *a, const char *key)
{
	size_t lo = 0, hi = a->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(a->v[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int access_find(const struct access *a, const char *key, const char *federation, time_t now, struct access_who *who,
		struct fl_err *err)
{
	int known = 0, valid = 0;
	size_t i;

	for (i = first(a, key); i < a->n && !strcmp(a->v[i].key, key); i++) {
		known = 1;
		if (a->v[i].expires && a->v[i].expires <= now)
			continue;
		valid = 1;
		if (federation && strcmp(a->v[i].federation, "*") && strcmp(a->v[i].federation, federation))
			continue;
		*who = a->v[i].who;
		return FL_OK;
	}
	if (!known)
		return fl_fail(err, FL_NO, "unknown token");
	if (!valid)
		return fl_fail(err, FL_NO, "this token has expired");
	return fl_fail(err, FL_REFUSED, "this token is not for federation %s", federation);
}
