#include "hub/limits.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BUCKETS 4096 /* callers whose names fall together share one: a limit may bite early, never late */

struct limits_conn {
	struct limits_conn *next, **at;
	int fd;
	double deadline;
	void *owner;
};

struct bucket {
	double left, at; /* requests that may still come; clock_s() when that was so */
};

struct limits {
	pthread_mutex_t lock;
	struct limits_conn *conns;
	unsigned count;
	double rate;
	struct bucket buckets[BUCKETS];
};

int limits_open(struct limits **l, double rate, struct fl_err *err)
{
	int rc = fl_alloc(l, 1, sizeof **l, err);

	if (rc == FL_OK) {
		pthread_mutex_init(&(*l)->lock, NULL);
		(*l)->rate = rate;
	}
	return rc;
}

void limits_close(struct limits *l)
{
	struct limits_conn *c;

	if (!l)
		return;
	while ((c = l->conns)) {
		l->conns = c->next;
		free(c);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct limits_conn *limits_add(struct limits *l, int fd, double deadline, void *owner)
{
	struct limits_conn *c;

	if (fl_alloc(&c, 1, sizeof *c, NULL) != FL_OK)
		return NULL;
	c->fd = fd;
	c->deadline = deadline;
	c->owner = owner;
	pthread_mutex_lock(&l->lock);
	c->next = l->conns;
	c->at = &l->conns;
	if (c->next)
		c->next->at = &c->next;
	l->conns = c;
	l->count++;
	pthread_mutex_unlock(&l->lock);
	return c;
}

void *limits_owner(const struct limits_conn *c)
{
	return c->owner;
}

void limits_set(struct limits *l, struct limits_conn *c, double deadline)
{
	if (!c)
		return;
	pthread_mutex_lock(&l->lock);
	c->deadline = deadline;
	pthread_mutex_unlock(&l->lock);
}

void limits_remove(struct limits *l, struct limits_conn *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&l->lock);
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	l->count--;
	pthread_mutex_unlock(&l->lock);
	free(c);
}

unsigned limits_reap(struct limits *l, double now)
{
	struct limits_conn *c;
	unsigned n = 0;

	pthread_mutex_lock(&l->lock);
	for (c = l->conns; c; c = c->next) {
		if (c->deadline <= now) {
			shutdown(c->fd, SHUT_RDWR);
			c->deadline = now + 1; /* again, should it not have been seen */
			n++;
		}
	}
	pthread_mutex_unlock(&l->lock);
	return n;
}

unsigned limits_count(struct limits *l)
{
	unsigned n;

	pthread_mutex_lock(&l->lock);
	n = l->count;
	pthread_mutex_unlock(&l->lock);
	return n;
}

/* FNV-1a, folded. */
static size_t slot(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return (h ^ h >> 16) % BUCKETS;
}

unsigned limits_rate(struct limits *l, const char *caller, double now)
{
	struct bucket *b = &l->buckets[slot(caller)];
	unsigned wait = 0;

	if (l->rate <= 0)
		return 0;
	pthread_mutex_lock(&l->lock);
	b->left += (now - b->at) * l->rate; /* a bucket never used is full: its `at` is 0, long ago */
	b->at = now;
	if (b->left > 2 * l->rate)
		b->left = 2 * l->rate;
	if (b->left >= 1)
		b->left -= 1;
	else
		wait = (unsigned)((1 - b->left) / l->rate) + 1;
	pthread_mutex_unlock(&l->lock);
	return wait;
}
