#include "hub/roster-cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/object.h"
#include "wire/roster.h"

static int entry(struct roster_cache *c, const char *federation, struct roster_entry **e, struct fl_err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < c->n; i++) {
		if (!strcmp(c->v[i]->federation, federation)) {
			*e = c->v[i];
			return FL_OK;
		}
	}
	TRY(fl_grow(&c->v, &c->cap, c->n + 1, sizeof *c->v, err));
	TRY(fl_alloc(&c->v[c->n], 1, sizeof **c->v, err));
	*e = c->v[c->n++];
	snprintf((*e)->federation, sizeof (*e)->federation, "%s", federation);
out:
	return rc;
}

static void forget(struct roster_entry *e)
{
	signed_clear(&e->roster);
	e->serial = 0;
}

static int first(struct roster_entry *e, int root, const struct stat *st, struct fl_err *err)
{
	int rc;

	TRY(object_read(root, "federation.pb", "Federation", &e->roster, err));
	TRY(roster_first(&e->roster, NULL, err));
	e->serial = 1;
	e->inode = st->st_ino;
	e->made = st->st_mtim;
out:
	if (rc != FL_OK) {
		fl_err_prefix(err, "federation.pb");
		forget(e);
	}
	return rc;
}

/* One step along the chain: 1 if there was one. */
static int step(struct roster_entry *e, int root)
{
	char name[NAME_MAX_LEN + 1];
	struct signed_msg next = { 0 };

	name_federation(name, e->serial + 1);
	if (faccessat(root, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	if (object_read(root, name, "Federation", &next, NULL) != FL_OK || roster_follows(&e->roster, &next, NULL) != FL_OK) {
		signed_clear(&next);
		return 0;
	}
	signed_clear(&e->roster);
	e->roster = next;
	e->serial++;
	return 1;
}

int roster_cache_get(struct roster_cache *c, int root, const char *federation, const struct signed_msg **roster, struct fl_err *err)
{
	struct roster_entry *e;
	struct stat st;
	int rc;

	TRY(entry(c, federation, &e, err));
	if (fstatat(root, "federation.pb", &st, AT_SYMLINK_NOFOLLOW) != 0) {
		forget(e);
		return fl_fail(err, FL_NOINPUT, "there is no federation.pb here yet");
	}
	if (e->serial && (st.st_ino != e->inode || st.st_mtim.tv_sec != e->made.tv_sec || st.st_mtim.tv_nsec != e->made.tv_nsec))
		forget(e);
	if (!e->serial)
		TRY(first(e, root, &st, err));
	while (step(e, root))
		;
	*roster = &e->roster;
out:
	return rc;
}

void roster_cache_clear(struct roster_cache *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		signed_clear(&c->v[i]->roster);
		free(c->v[i]);
	}
	free(c->v);
	*c = (struct roster_cache){ 0 };
}
