#include "hub/quota.h"

#include <stdio.h>
#include <string.h>

#include "hub/part.h"

#define RETRY_S 3600 /* a quota is of a round: it does not come back soon */

struct used {
	uint64_t bytes;
	unsigned objects;
};

static int add(void *ctx, const char *name, uint64_t size)
{
	struct used *u = ctx;

	(void)name;
	u->bytes += size;
	u->objects++;
	return FL_OK;
}

/* Uploads of the same participant in the same round that are under way. */
static void add_running(const struct exchange *x, struct used *u)
{
	const struct exchange *o;

	for (o = x->hub->uploads; o; o = o->next) {
		if (!strcmp(o->req.federation, x->req.federation) && o->req.parsed.number == x->req.parsed.number &&
		    !strcmp(o->req.parsed.who, x->req.parsed.who)) {
			u->bytes += o->reserved;
			u->objects++;
		}
	}
}

static int over(struct exchange *x, const struct used *u, uint64_t size)
{
	const struct hub_conf *c = &x->hub->conf;

	x->no.retry = RETRY_S;
	if (c->quota && (u->bytes > c->quota || size > c->quota - u->bytes))
		return request_refuse(&x->no, 429, "the quota of %llu bytes for %s in round %u is used up",
				      (unsigned long long)c->quota, x->req.parsed.who, x->req.parsed.number);
	if (c->quota_objects && u->objects >= c->quota_objects)
		return request_refuse(&x->no, 429, "the quota of %u objects for %s in round %u is used up", c->quota_objects,
				      x->req.parsed.who, x->req.parsed.number);
	return 0;
}

int quota_reserve(struct exchange *x, uint64_t size)
{
	struct hub *h = x->hub;
	char prefix[NAME_MAX_LEN + 1];
	struct used used = { 0 };
	unsigned parts = 0;

	if (x->req.parsed.kind != NAME_PAYLOAD && x->req.parsed.kind != NAME_ENVELOPE)
		return 0;
	snprintf(prefix, sizeof prefix, "rounds/%06u/updates/%s/", x->req.parsed.number, x->req.parsed.who);
	if (folder_list(x->fed, prefix, NULL, add, &used, NULL) != FL_OK)
		return request_refuse(&x->no, 500, "the quota cannot be looked up");
	part_used(x, &used.bytes, &parts);
	pthread_mutex_lock(&h->quota_lock);
	add_running(x, &used);
	if (over(x, &used, size) == 0) {
		x->reserved = size;
		x->next = h->uploads;
		x->at = &h->uploads;
		if (x->next)
			x->next->at = &x->next;
		h->uploads = x;
	}
	pthread_mutex_unlock(&h->quota_lock);
	return x->no.status;
}

void quota_release(struct exchange *x)
{
	if (!x->at)
		return;
	pthread_mutex_lock(&x->hub->quota_lock);
	*x->at = x->next;
	if (x->next)
		x->next->at = x->at;
	pthread_mutex_unlock(&x->hub->quota_lock);
	x->at = NULL;
	x->reserved = 0;
}
