#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/backend.h"

#define DEADLINE_S 300

static const struct store_backend *const backends[] = { &store_dir, &store_http, &store_s3, &store_dav };

/* Whether word, n bytes, is one of the words in list. */
static int among(const char *list, const char *word, size_t n)
{
	const char *p;

	for (p = list; p && *p; p = strchr(p, ' ') ? strchr(p, ' ') + 1 : NULL)
		if (strcspn(p, " ") == n && !memcmp(p, word, n))
			return 1;
	return 0;
}

static const struct store_backend *find(const char *url)
{
	const char *colon = strstr(url, "://");
	size_t i;

	if (!colon)
		return &store_dir;
	for (i = 0; i < sizeof backends / sizeof *backends; i++)
		if (among(backends[i]->schemes, url, (size_t)(colon - url)))
			return backends[i];
	return NULL;
}

/* The URL as it may be shown: without what is before '@', and after '?' (a presigned URL's signature). */
static int show(struct store *s, struct fl_err *err)
{
	const char *host = strstr(s->url, "://"), *at;
	char *cut;
	size_t n;
	int rc;

	TRY(fl_strdup(&s->shown, s->url, err));
	if (!host)
		goto out;
	host += 3;
	n = strcspn(host, "/?#");
	at = memchr(host, '@', n);
	if (at && s->b != &store_dir)
		memmove(s->shown + (host - s->url), at + 1, strlen(at));
	if (s->b != &store_dir && (cut = strpbrk(s->shown, "?#")))
		*cut = 0;
out:
	return rc;
}

static int check_url(const char *url, const struct store_backend *b, struct fl_err *err)
{
	const char *host = strstr(url, "://"), *at, *colon;
	char shown[44];

	if (!b)
		return fl_fail(err, FL_USAGE, "'%s': no such kind of store; try a folder, https://, http://, davs://, dav:// or s3://",
			       fl_err_quote(shown, 40, url, strcspn(url, "@?")));
	if (!*url || strlen(url) > 2000)
		return fl_fail(err, FL_USAGE, *url ? "a store's URL is longer than 2000 bytes" : "a store's URL is empty");
	if (!host || b == &store_dir)
		return FL_OK;
	at = memchr(host + 3, '@', strcspn(host + 3, "/?#"));
	colon = at ? memchr(host + 3, ':', (size_t)(at - host - 3)) : NULL;
	if (colon)
		return fl_fail(err, FL_USAGE, "a password in a URL is seen by all users of this machine; use --netrc or --token");
	return FL_OK;
}

int store_open(struct store **out, const char *url, const struct store_opts *o, struct fl_err *err)
{
	const struct store_backend *b = find(url);
	struct store *s = NULL;
	size_t n;
	int rc;

	*out = NULL;
	TRY(check_url(url, b, err));
	TRY(fl_alloc(&s, 1, sizeof *s, err));
	s->b = b;
	if (o)
		s->o = *o;
	if (!(s->o.deadline > 0))
		s->o.deadline = DEADLINE_S;
	if (!s->o.max_object)
		s->o.max_object = STORE_OBJECT_MAX;
	rng_seed(&s->rng, rng_fresh_seed(), 0);
	TRY(fl_strdup(&s->url, url, err));
	for (n = strlen(s->url); n > 1 && s->url[n - 1] == '/' && (n < 3 || strncmp(s->url + n - 3, "://", 3)); n--)
		s->url[n - 1] = 0;
	TRY(show(s, err));
	TRY(b->open(s, err));
	*out = s;
	s = NULL;
out:
	store_close(s);
	return rc;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->state)
		s->b->close(s);
	free(s->url);
	free(s->shown);
	free(s);
}

const char *store_url(const struct store *s)
{
	return s->shown;
}

double store_skew(const struct store *s)
{
	return s->skew;
}

void store_stats(const struct store *s, struct store_stats *st)
{
	*st = s->stats;
}

char *store_path(const struct store *s, const char *name)
{
	return s->b->path ? s->b->path(s, name) : NULL;
}

int store_presign(struct store *s, const char *method, const char *name, unsigned seconds, struct buf *url, struct fl_err *err)
{
	struct name n;
	int rc = store_check(s, name, &n, err);

	if (rc == FL_OK && !s->b->presign)
		rc = fl_fail(err, FL_USAGE, "%s: URLs for others can be made of s3:// only", s->shown);
	return rc == FL_OK ? s->b->presign(s, method, name, seconds, url, err) : rc;
}

void store_begin(struct store *s, double extra)
{
	s->began = clock_s();
	s->retry = (struct retry){ .until = s->began + s->o.deadline + extra };
	s->may_pass = 0;
	s->kept = 0;
}

void store_kept(struct store *s, uint64_t n)
{
	if (n > s->kept)
		s->retry.tries = 0;
	s->kept = n > s->kept ? n : s->kept;
}

double store_left(const struct store *s)
{
	double left = s->retry.until - clock_s();

	return left > 0.001 ? left : 0.001;
}

void store_again(struct store *s, double after)
{
	s->may_pass = 1;
	s->after = after;
}

void store_sleep(double seconds)
{
	struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

	while (nanosleep(&t, &t) != 0)
		;
}

int store_retry(struct store *s, int *rc, struct fl_err *err)
{
	double pause;
	char why[sizeof err->msg];

	if (*rc == FL_OK || !s->may_pass)
		return 0;
	s->may_pass = 0;
	memcpy(why, err->msg, sizeof why);
	switch (retry_next(&s->retry, &s->rng, clock_s(), s->after, &pause)) {
	case RETRY_AGAIN:
		if (s->o.say)
			s->o.say("%s; trying again in %.1f s", why, pause);
		s->stats.retries++;
		store_sleep(pause);
		return 1;
	case RETRY_LATER:
		*rc = fl_fail(err, FL_LATER, "%.400s; asked to wait %.0f s, which is past the deadline", why, pause);
		return 0;
	default:
		if (s->after >= 0)
			*rc = err->status = FL_LATER;
		return 0;
	}
}

int store_end(struct store *s, const char *name, int rc, struct fl_err *err)
{
	s->stats.seconds += clock_s() - s->began;
	if (rc != FL_OK)
		fl_err_prefix(err, "%s%s%s", s->shown, *name ? "/" : "", name);
	return rc;
}

int store_check(const struct store *s, const char *name, struct name *n, struct fl_err *err)
{
	*n = (struct name){ 0 };
	if (!*name && s->b->whole)
		return FL_OK;
	return name_parse(n, name, err);
}

int store_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err)
{
	struct name n;
	int rc = store_check(s, name, &n, err);

	if (rc != FL_OK)
		return rc;
	store_begin(s, 0);
	do {
		*info = (struct store_info){ 0 };
		rc = s->b->head(s, name, info, err);
	} while (store_retry(s, &rc, err));
	if (rc == FL_OK && n.digest[0])
		memcpy(info->digest, n.digest, sizeof n.digest);
	return store_end(s, name, rc, err);
}

int store_list(struct store *s, const char *prefix, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
	       struct fl_err *err)
{
	return store_list_after(s, prefix, NULL, each, ctx, err);
}

/* Give a page to each(), what comes after `seen`, which moves on. */
static int hand_out(const struct listing *l, char seen[NAME_MAX_LEN + 1], int (*each)(void *ctx, const char *name, uint64_t size),
		    void *ctx)
{
	size_t i;
	int rc;

	for (i = 0; i < l->n; i++) {
		if (strlen(l->v[i].name) > NAME_MAX_LEN || strcmp(l->v[i].name, seen) <= 0)
			continue;
		snprintf(seen, NAME_MAX_LEN + 1, "%s", l->v[i].name);
		if ((rc = each(ctx, l->v[i].name, l->v[i].size)) != FL_OK)
			return rc;
	}
	return FL_OK;
}

static int list_page(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err)
{
	int rc;

	store_begin(s, 0);
	do {
		listing_clear(l);
		rc = s->b->list(s, prefix, *after ? after : NULL, l, err);
	} while (store_retry(s, &rc, err));
	listing_sort(l);
	return store_end(s, prefix, rc, err);
}

int store_list_after(struct store *s, const char *prefix, const char *first, int (*each)(void *ctx, const char *name, uint64_t size),
		     void *ctx, struct fl_err *err)
{
	struct listing l = { 0 };
	char after[LISTING_LAST] = "", seen[NAME_MAX_LEN + 1] = "";
	int rc;

	if (!name_prefix_ok(prefix) || (first && strlen(first) > NAME_MAX_LEN))
		return fl_fail(err, FL_DATA, "'%.80s' is not a prefix that a store has", prefix);
	if (first)
		snprintf(after, sizeof after, "%s", first);
	memcpy(seen, after, sizeof seen);
	do {
		TRY(list_page(s, prefix, after, &l, err));
		TRY(hand_out(&l, seen, each, ctx));
		if (l.more && strcmp(l.last, after) <= 0)
			TRY(fl_fail(err, FL_DATA, "%s/%s: its list does not get on after '%.80s'", s->shown, prefix, after));
		memcpy(after, l.last, sizeof after);
	} while (l.more);
out:
	listing_clear(&l);
	return rc;
}
