#include "secure/key-rotate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "secure/private.h"

enum { SECRET, PUBLIC, STATEMENT, N_FILES };

/* The three files of a key pair. */
struct set {
	char *name[N_FILES];
};

static int set_of(struct set *s, const char *path, const unsigned char *id, struct fl_err *err)
{
	static const char *const ends[N_FILES] = { "", ".pub", ".pub.minisig" };
	char text[KEY_ID_TEXT] = "";
	size_t i, size = strlen(path) + KEY_ID_TEXT + 16;
	int rc = FL_OK;

	if (id)
		key_id_text(id, text);
	for (i = 0; i < N_FILES; i++) {
		TRY(fl_alloc(&s->name[i], size, 1, err));
		snprintf(s->name[i], size, "%s%s%s%s", path, id ? "." : "", text, ends[i]);
	}
out:
	return rc;
}

static void set_free(struct set *s)
{
	size_t i;

	for (i = 0; i < N_FILES; i++)
		free(s->name[i]);
}

static int same_file(const char *a, const char *b)
{
	struct stat x, y;

	return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Give from the name to as well, which an interrupted run may have done; where there are no links, only that name. */
static int keep(const char *from, const char *to, struct fl_err *err)
{
	if (link(from, to) == 0 || (errno == EEXIST && same_file(from, to)))
		return FL_OK;
	if (errno == EEXIST)
		return fl_fail(err, FL_CREATE, "%s: exists already; it is not overwritten", to);
	if (rename(from, to) != 0)
		return fl_fail_errno(err, FL_CREATE, "%s", to);
	return FL_OK;
}

/* A .pub file beside the key is kept as it is, if it is the key's; without one, it is written. */
static int keep_public(const struct set *at, const struct set *kept, const struct key_pub *old, struct fl_err *err)
{
	struct key_pub p;

	if (access(at->name[PUBLIC], F_OK) != 0)
		return access(kept->name[PUBLIC], F_OK) == 0 ? FL_OK : key_write_pub(old, kept->name[PUBLIC], NULL, err);
	if (key_pub_read(&p, at->name[PUBLIC], err) != FL_OK)
		return err ? (int)err->status : FL_DATA;
	if (!key_pub_same(&p, old))
		return fl_fail(err, FL_DATA, "%s: is not the public half of %s; move it away", at->name[PUBLIC], at->name[SECRET]);
	return keep(at->name[PUBLIC], kept->name[PUBLIC], err);
}

/* The old key's signature of the file of the new one. */
static int state(const struct set *new, const struct key *old, const struct key_pub *now, struct fl_err *err)
{
	char was[KEY_ID_TEXT], is[KEY_ID_TEXT], comment[128];
	struct buf b = { 0 };
	int rc;

	key_id_text(key_public(old)->id, was);
	key_id_text(now->id, is);
	snprintf(comment, sizeof comment, "timestamp:%lld\tkey %s follows key %s", (long long)time(NULL), is, was);
	TRY(key_sign_file(old, new->name[PUBLIC], comment, &b, err));
	TRY(private_create(new->name[STATEMENT], 0644, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

static int move_in(const struct set *new, const struct set *at, struct fl_err *err)
{
	int i;

	for (i = SECRET; i < N_FILES; i++)
		if (rename(new->name[i], at->name[i]) != 0)
			return fl_fail_errno(err, FL_CREATE, "%s", at->name[i]);
	return private_sync_folder(at->name[SECRET], err);
}

static int replace(const struct set *at, const struct set *kept, const struct set *new, const struct key *old, const struct key_pub *now,
		   struct fl_err *err)
{
	int rc;

	TRY(state(new, old, now, err));
	TRY(keep_public(at, kept, key_public(old), err));
	if (access(at->name[STATEMENT], F_OK) == 0) /* the word of the key before the old one */
		TRY(keep(at->name[STATEMENT], kept->name[STATEMENT], err));
	TRY(keep(at->name[SECRET], kept->name[SECRET], err));
	TRY(move_in(new, at, err));
out:
	return rc;
}

/* Nothing new stays unless the secret key is in place: then what belongs to it is needed. */
static void undo(const struct set *new)
{
	int i;

	for (i = N_FILES - 1; i >= SECRET && access(new->name[SECRET], F_OK) == 0; i--)
		unlink(new->name[i]);
}

int key_rotate(struct key_rotated *r, const char *path, const char *comment, const struct key_pass *pass, struct fl_err *err)
{
	struct set at = { 0 }, kept = { 0 }, new = { 0 };
	struct key *old = NULL, *now = NULL;
	int rc, written = 0;

	TRY(key_read(&old, path, pass, err));
	TRY(key_generate(&now, err));
	r->old = *key_public(old);
	r->now = *key_public(now);
	TRY(set_of(&at, path, NULL, err));
	TRY(set_of(&kept, path, r->old.id, err));
	TRY(set_of(&new, path, r->now.id, err));
	TRY(fl_strdup(&r->kept, kept.name[SECRET], err));
	TRY(fl_strdup(&r->statement, at.name[STATEMENT], err));
	TRY(key_write(now, new.name[SECRET], new.name[PUBLIC], comment, key_protected(old) ? pass : NULL, err));
	written = 1;
	TRY(replace(&at, &kept, &new, old, &r->now, err));
out:
	if (rc != FL_OK && written)
		undo(&new);
	set_free(&at);
	set_free(&kept);
	set_free(&new);
	key_close(old);
	key_close(now);
	return rc;
}

void key_rotated_clear(struct key_rotated *r)
{
	free(r->kept);
	free(r->statement);
	*r = (struct key_rotated){ 0 };
}
