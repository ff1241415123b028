#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/name.h"

/* One folder's entries; those of folders end in '/', so that sorting them sorts whole names. */
struct entries {
	char **v;
	size_t n, cap;
};

struct walk {
	const char *after;
	int (*each)(void *ctx, const char *name, uint64_t size);
	void *ctx;
};

static void entries_clear(struct entries *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct entries){ 0 };
}

static int entries_add(struct entries *l, const char *name, int is_dir, struct fl_err *err)
{
	size_t n = strlen(name);
	int rc;

	if (!name_segment_ok(name, n))
		return FL_OK;
	TRY(fl_grow(&l->v, &l->cap, l->n + 1, sizeof *l->v, err));
	TRY(fl_alloc(&l->v[l->n], n + 2, 1, err));
	memcpy(l->v[l->n], name, n);
	if (is_dir)
		l->v[l->n][n] = '/';
	l->n++;
out:
	return rc;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int entries_read(struct entries *l, int dir, struct fl_err *err)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = FL_OK;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return fl_fail_errno(err, FL_IO, "cannot list a folder");
	}
	while (rc == FL_OK && (errno = 0, e = readdir(d))) {
		if (e->d_type == DT_DIR)
			rc = entries_add(l, e->d_name, 1, err);
		else if (e->d_type == DT_REG)
			rc = entries_add(l, e->d_name, 0, err);
		else if (e->d_type == DT_UNKNOWN && fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			 (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)))
			rc = entries_add(l, e->d_name, S_ISDIR(st.st_mode), err);
	}
	if (rc == FL_OK && errno)
		rc = fl_fail_errno(err, FL_IO, "cannot list a folder");
	closedir(d);
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, by_bytes);
	return rc;
}

/* All names that begin with prefix, a folder's, come at or before `after`. */
static int is_past(const struct walk *w, const char *prefix)
{
	return w->after && strncmp(w->after, prefix, strlen(prefix)) && strcmp(prefix, w->after) < 0;
}

static int visit(const struct walk *w, int dir, const char *last, const char *whole)
{
	struct name n;
	struct stat st;

	if ((w->after && strcmp(whole, w->after) <= 0) || name_parse(&n, whole, NULL) != FL_OK)
		return FL_OK;
	if (fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return FL_OK;
	return w->each(w->ctx, whole, (uint64_t)st.st_size);
}

/* prefix: the name of the open folder dir, with its '/'. No deeper than names are: name_prefix_ok() sees to that. */
static int walk(const struct walk *w, int dir, const char *prefix, struct fl_err *err)
{
	struct entries l = { 0 };
	char whole[NAME_MAX_LEN + NAME_SEG + 1], last[NAME_SEG + 1];
	size_t i, n;
	int rc, sub;

	TRY(entries_read(&l, dir, err));
	for (i = 0; i < l.n; i++) {
		n = strlen(l.v[i]);
		snprintf(whole, sizeof whole, "%s%s", prefix, l.v[i]);
		if (l.v[i][n - 1] != '/') {
			TRY(visit(w, dir, l.v[i], whole));
		} else if (name_prefix_ok(whole) && !is_past(w, whole)) {
			memcpy(last, l.v[i], n - 1);
			last[n - 1] = 0;
			sub = openat(dir, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (sub < 0)
				continue;
			rc = walk(w, sub, whole, err);
			close(sub);
			if (rc != FL_OK)
				goto out;
		}
	}
out:
	entries_clear(&l);
	return rc;
}

/* prefix's folder, following no link; -1 if there is none. */
static int open_prefix(int root, const char *prefix)
{
	int dir = fcntl(root, F_DUPFD_CLOEXEC, 3), next, e;
	char seg[NAME_SEG];
	size_t n;

	for (; dir >= 0 && *prefix; prefix += n + 1) {
		n = strcspn(prefix, "/");
		memcpy(seg, prefix, n);
		seg[n] = 0;
		next = openat(dir, seg, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		e = errno;
		close(dir);
		errno = e;
		dir = next;
	}
	return dir;
}

int folder_list(int root, const char *prefix, const char *after, int (*each)(void *ctx, const char *name, uint64_t size), void *ctx,
		struct fl_err *err)
{
	struct walk w = { after, each, ctx };
	char shown[84];
	int dir, rc;

	if (!name_prefix_ok(prefix))
		return fl_fail(err, FL_DATA, "'%s' is not a prefix that a store has", fl_err_quote(shown, 80, prefix, strlen(prefix)));
	if ((dir = open_prefix(root, prefix)) < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? FL_OK : fl_fail_errno(err, FL_IO, "cannot list a folder");
	rc = walk(&w, dir, prefix, err);
	close(dir);
	return rc;
}
