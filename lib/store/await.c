#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/backend.h"

double store_pause(const struct store *s, double pause)
{
	double most = s->b->poll * 5;

	return pause * 1.3 < most ? pause * 1.3 : most;
}

static int add_name(void *ctx, const char *name, uint64_t size)
{
	digest_add(ctx, name, strlen(name) + 1);
	digest_add(ctx, &size, sizeof size);
	return FL_OK;
}

static int mark_list(struct store *s, const char *prefix, char mark[STORE_MARK], struct fl_err *err)
{
	struct digest d;
	int rc;

	digest_start(&d);
	rc = store_list(s, prefix, add_name, &d, err);
	if (rc == FL_NOINPUT) /* the store itself is not there yet */
		rc = FL_OK;
	if (rc == FL_OK)
		digest_end(&d, mark);
	return rc;
}

/* Look at the list every now and then. */
static int poll_list(struct store *s, const char *prefix, char mark[STORE_MARK], double wait, struct fl_err *err)
{
	char now[STORE_MARK] = "";
	double until = clock_s() + wait, pause = s->b->poll, left;
	int rc;

	for (;;) {
		TRY(mark_list(s, prefix, now, err));
		left = until - clock_s();
		if (strcmp(now, mark) || left <= 0)
			break;
		store_sleep(pause < left ? pause : left);
		pause = store_pause(s, pause);
	}
	memcpy(mark, now, sizeof now);
out:
	return rc;
}

int store_await(struct store *s, const char *prefix, char mark[STORE_MARK], double wait, struct fl_err *err)
{
	int rc;

	if (!name_prefix_ok(prefix))
		return fl_fail(err, FL_DATA, "'%.80s' is not a prefix that a store has", prefix);
	if (!s->b->await)
		return poll_list(s, prefix, mark, wait, err);
	store_begin(s, wait);
	do {
		rc = s->b->await(s, prefix, mark, wait, err);
	} while (store_retry(s, &rc, err));
	if (rc == FL_NOINPUT) {
		store_sleep(wait < 1 ? wait : 1);
		rc = FL_OK;
	}
	return store_end(s, prefix, rc, err);
}
