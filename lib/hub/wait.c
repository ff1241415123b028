#include "hub/wait.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/folder.h"

#define LIST_EVERY 1.0 /* seconds between looks at lists: a look walks the folder */
#define KNOWN 16       /* lists looked at once for all who wait for them */

struct waits {
	pthread_mutex_t lock;
	struct waiter *all;
	unsigned long seq; /* objects that came through the hub */
	unsigned count;
	int stopping;
	double lists_at;
};

/* What one look has found, so that a hundred waiters on one list cost one walk. */
struct looks {
	struct {
		const char *federation, *prefix;
		char state[DIGEST_TEXT];
	} v[KNOWN];
	size_t n;
};

int waits_open(struct waits **w, struct fl_err *err)
{
	int rc = fl_alloc(w, 1, sizeof **w, err);

	if (rc == FL_OK)
		pthread_mutex_init(&(*w)->lock, NULL);
	return rc;
}

void waits_close(struct waits *w)
{
	if (w)
		pthread_mutex_destroy(&w->lock);
	free(w);
}

unsigned long waits_seq(struct waits *w)
{
	unsigned long seq;

	pthread_mutex_lock(&w->lock);
	seq = w->seq;
	pthread_mutex_unlock(&w->lock);
	return seq;
}

void waits_add(struct waits *w, struct waiter *r)
{
	pthread_mutex_lock(&w->lock);
	if (r->seq != w->seq)
		r->deadline = 0; /* something came between the look and now: look again soon */
	r->next = w->all;
	r->at = &w->all;
	if (r->next)
		r->next->at = &r->next;
	w->all = r;
	w->count++;
	pthread_mutex_unlock(&w->lock);
}

/* With the lock held. After wake() *r may be anything. */
static void wake(struct waits *w, struct waiter *r)
{
	*r->at = r->next;
	if (r->next)
		r->next->at = r->at;
	w->count--;
	r->wake(r->ctx);
}

static int concerns(const struct waiter *r, const char *federation, const char *name, const struct name *parsed)
{
	if (strcmp(r->federation, federation))
		return 0;
	if (!r->list)
		return !strcmp(r->name, name);
	return !strncmp(r->name, name, strlen(r->name)) && access_may_read(&r->who, parsed);
}

void waits_wake(struct waits *w, const char *federation, const char *name, const struct name *parsed)
{
	struct waiter *r, *next;

	pthread_mutex_lock(&w->lock);
	w->seq++;
	for (r = w->all; r; r = next) {
		next = r->next;
		if (concerns(r, federation, name, parsed))
			wake(w, r);
	}
	pthread_mutex_unlock(&w->lock);
}

static int add_entry(void *ctx, const char *name, uint64_t size)
{
	char line[NAME_MAX_LEN + 32];
	int n = snprintf(line, sizeof line, "%s %llu\n", name, (unsigned long long)size);

	digest_add(ctx, line, (size_t)n);
	return FL_OK;
}

int waits_state(int root, const char *prefix, char state[DIGEST_TEXT], struct fl_err *err)
{
	struct digest d;
	int rc;

	digest_start(&d);
	rc = folder_list(root, prefix, NULL, add_entry, &d, err);
	digest_end(&d, state);
	return rc;
}

static int changed(struct looks *l, const struct waiter *r)
{
	char state[DIGEST_TEXT];
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].federation, r->federation) && !strcmp(l->v[i].prefix, r->name))
			return strcmp(l->v[i].state, r->state) != 0;
	if (waits_state(r->root, r->name, state, NULL) != FL_OK)
		return 1;
	if (l->n < KNOWN) {
		l->v[l->n].federation = r->federation;
		l->v[l->n].prefix = r->name;
		memcpy(l->v[l->n++].state, state, DIGEST_TEXT);
	}
	return strcmp(state, r->state) != 0;
}

void waits_poll(struct waits *w, double now)
{
	struct looks looks = { .n = 0 };
	struct waiter *r, *next;
	int lists, due;

	pthread_mutex_lock(&w->lock);
	lists = now - w->lists_at >= LIST_EVERY;
	if (lists)
		w->lists_at = now;
	for (r = w->all; r; r = next) {
		next = r->next;
		due = w->stopping || r->deadline <= now;
		if (!due && !r->list)
			due = faccessat(r->root, r->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
		else if (!due && lists)
			due = changed(&looks, r);
		if (due)
			wake(w, r);
	}
	pthread_mutex_unlock(&w->lock);
}

void waits_wake_all(struct waits *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = 1;
	pthread_mutex_unlock(&w->lock);
	waits_poll(w, clock_s());
}

unsigned waits_count(struct waits *w)
{
	unsigned n;

	pthread_mutex_lock(&w->lock);
	n = w->count;
	pthread_mutex_unlock(&w->lock);
	return n;
}
