/* A folder as a store: path, or file://path. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backend.h"
#include "store/folder.h"

#define PAGE 10000
#define LEFTOVER_S 86400 /* a temporary file this old was left by a crash */

struct dir {
	int root; /* -1: it is not there */
	int swept;
	const char *path;
};

static int open_root(struct dir *d)
{
	if (d->root < 0)
		d->root = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return d->root;
}

static int need_root(struct dir *d, struct fl_err *err)
{
	if (open_root(d) >= 0)
		return FL_OK;
	return errno == ENOENT ? fl_fail(err, FL_NOINPUT, "no such folder") : fl_fail_errno(err, FL_NOINPUT, "cannot open the folder");
}

/* Make the folder itself, not those above it: a missing one is more often a mistake, or a disk that is not mounted. */
static int make_root(struct dir *d, struct fl_err *err)
{
	char *up = NULL, *slash;
	int fd, rc = FL_OK;

	if (open_root(d) >= 0)
		return FL_OK;
	if (errno != ENOENT || (mkdir(d->path, 0777) != 0 && errno != EEXIST))
		return fl_fail_errno(err, FL_CREATE, "cannot make the folder");
	TRY(fl_strdup(&up, d->path, err));
	slash = strrchr(up, '/');
	if (slash)
		slash[slash == up] = 0;
	fd = open(slash ? up : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0 || open_root(d) < 0)
		rc = fl_fail_errno(err, FL_CREATE, "cannot make the folder");
	if (fd >= 0)
		close(fd);
out:
	free(up);
	return rc;
}

static int dir_open(struct store *s, struct fl_err *err)
{
	struct dir *d = NULL;
	int rc;

	TRY(fl_alloc(&d, 1, sizeof *d, err));
	s->state = d;
	d->path = strncmp(s->url, "file://", 7) ? s->url : s->url + 7;
	d->root = -1;
	if (!strncmp(s->url, "file://", 7) && s->url[7] != '/')
		rc = fl_fail(err, FL_USAGE, "'%.80s': want file:///PATH", s->url);
	else if (open_root(d) < 0 && errno == ENOTDIR)
		rc = fl_fail(err, FL_NOINPUT, "%s: is not a folder", s->url);
out:
	return rc;
}

static void dir_close(struct store *s)
{
	struct dir *d = s->state;

	if (d->root >= 0)
		close(d->root);
	free(d);
	s->state = NULL;
}

static int dir_head(struct store *s, const char *name, struct store_info *info, struct fl_err *err)
{
	struct dir *d = s->state;
	int fd = -1, rc;

	TRY(need_root(d, err));
	TRY(folder_open(d->root, name, &fd, &info->size, err));
	close(fd);
out:
	return rc;
}

static int dir_get(struct store *s, const char *name, struct sink *k, double wait, struct store_info *info, struct fl_err *err)
{
	struct dir *d = s->state;
	char b[65536];
	ssize_t got;
	int fd = -1, rc;

	(void)wait;
	TRY(need_root(d, err));
	TRY(folder_open(d->root, name, &fd, &info->size, err));
	k->total = info->size;
	if (k->at > info->size)
		TRY(sink_seek(k, 0, err));
	while ((got = pread(fd, b, sizeof b, (off_t)k->at)) > 0) {
		TRY(sink_add(k, b, (size_t)got, err));
		s->stats.bytes_down += (uint64_t)got;
	}
	if (got < 0)
		rc = fl_fail_errno(err, FL_IO, "cannot read");
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

static int dir_put(struct store *s, const char *name, const struct body *body, enum put_outcome *o, struct fl_err *err)
{
	struct dir *d = s->state;
	struct folder_put p = { 0 };
	enum folder_outcome outcome;
	char b[65536];
	ssize_t got;
	int rc;

	TRY(make_root(d, err));
	if (!d->swept++)
		folder_sweep(d->root, LEFTOVER_S);
	TRY(folder_start(&p, d->root, err));
	while ((got = pread(body->fd, b, sizeof b, (off_t)p.size)) > 0) {
		TRY(folder_add(&p, b, (size_t)got, err));
		if (s->o.progress)
			s->o.progress("push", (double)p.size, (double)body->size);
	}
	if (got < 0)
		TRY(fl_fail_errno(err, FL_IO, "cannot read"));
	TRY(folder_commit(&p, name, NULL, &outcome, err));
	s->stats.bytes_up += body->size;
	*o = outcome == FOLDER_NEW ? PUT_NEW : outcome == FOLDER_SAME ? PUT_SAME : PUT_TAKEN;
out:
	if (p.tmp[0])
		folder_abort(&p);
	if (rc == FL_LATER)
		store_again(s, -1);
	return rc;
}

struct page {
	struct listing *l;
	struct fl_err *err;
};

/* FL_NO stops at a full page. */
static int add(void *ctx, const char *name, uint64_t size)
{
	struct page *p = ctx;

	if (p->l->n == PAGE) {
		p->l->more = 1;
		snprintf(p->l->last, sizeof p->l->last, "%s", p->l->v[PAGE - 1].name);
		return FL_NO;
	}
	return listing_add(p->l, name, strlen(name), size, p->err);
}

static int dir_list(struct store *s, const char *prefix, const char *after, struct listing *l, struct fl_err *err)
{
	struct dir *d = s->state;
	struct page p = { l, err };
	int rc;

	TRY(need_root(d, err));
	rc = folder_list(d->root, prefix, after, add, &p, err);
	if (rc == FL_NO && l->more)
		rc = FL_OK;
out:
	return rc;
}

static char *dir_path(const struct store *s, const char *name)
{
	const struct dir *d = s->state;
	struct name n;
	char *path = NULL;
	size_t size = strlen(d->path) + strlen(name) + 2;

	if (name_parse(&n, name, NULL) == FL_OK && fl_alloc(&path, size, 1, NULL) == FL_OK)
		snprintf(path, size, "%s/%s", d->path, name);
	return path;
}

const struct store_backend store_dir = { .schemes = "file", .poll = 0.05, .open = dir_open, .close = dir_close, .head = dir_head,
	.get = dir_get, .put = dir_put, .list = dir_list, .path = dir_path };
