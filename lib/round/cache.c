#include "round/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"

#define DIGITS(digest) (strchr(digest, ':') + 1)

int cache_path(const struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err)
{
	char name[96];

	snprintf(name, sizeof name, "cache/%s", DIGITS(digest));
	return home_name(&f->home, out, name, err);
}

int cache_digest(const char *path, char digest[DIGEST_TEXT], struct fl_err *err)
{
	char b[65536];
	struct digest d;
	size_t got;
	int fd = -1, rc;

	TRY(in_open(&fd, path, err));
	digest_start(&d);
	do {
		TRY(in_read(fd, b, sizeof b, &got, err));
		digest_add(&d, b, got);
	} while (got);
	digest_end(&d, digest);
out:
	in_close(fd);
	return rc;
}

/* *there: a file of that content is at path. One of other content, as a crash may leave it, is removed. */
static int look(struct fed *f, const char *path, const char *digest, int *there, struct fl_err *err)
{
	char found[DIGEST_TEXT];
	int rc;

	*there = access(path, R_OK) == 0;
	if (!*there || texts_find(&f->verified, digest, strlen(digest)) != TEXTS_NONE)
		return FL_OK;
	TRY(cache_digest(path, found, err));
	*there = !strcmp(found, digest);
	if (!*there && unlink(path) != 0)
		rc = fl_fail_errno(err, FL_IO, "%s", path);
out:
	return rc;
}

/* Fetch what is not there; what an earlier try left is gone on with. */
static int fetch(struct fed *f, const char *name, const char *digest, const char *path, struct fl_err *err)
{
	struct store_info info;
	char tmp[HOME_PATH];
	int fd, rc;

	if (snprintf(tmp, sizeof tmp, "%s.part", path) >= (int)sizeof tmp)
		return fl_fail(err, FL_CONFIG, "%.60s...: name too long", path);
	if ((fd = open(tmp, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return fl_fail_errno(err, FL_CREATE, "%s", tmp);
	rc = store_get(f->store, name, digest, fd, &info, err);
	if (rc == FL_DATA) /* the next try starts anew */
		unlink(tmp);
	if (rc == FL_OK && rename(tmp, path) != 0)
		rc = fl_fail_errno(err, FL_CREATE, "%s", path);
	close(fd);
	return rc;
}

int cache_get(struct fed *f, const char *name, const char *digest, char out[HOME_PATH], struct fl_err *err)
{
	size_t at;
	int there, rc;

	TRY(cache_path(f, digest, out, err));
	TRY(look(f, out, digest, &there, err));
	if (!there)
		TRY(fetch(f, name, digest, out, err));
	TRY(texts_add(&f->verified, digest, strlen(digest), &at, err));
out:
	return rc;
}

int cache_blob(struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];

	name_blob(name, digest);
	return cache_get(f, name, digest, out, err);
}

int cache_put_blob(struct fed *f, const char *path, char digest[DIGEST_TEXT], struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1], to[HOME_PATH];
	struct stat st;
	int fd = -1, rc;

	TRY(cache_digest(path, digest, err));
	TRY(in_open(&fd, path, err));
	if (fstat(fd, &st) != 0) {
		rc = fl_fail_errno(err, FL_IO, "%s", path);
		goto out;
	}
	name_blob(name, digest);
	TRY(store_put(f->store, name, fd, (uint64_t)st.st_size, digest, err));
	if (f->home.path) {
		TRY(cache_path(f, digest, to, err));
		if (strncmp(path, f->home.path, strlen(f->home.path)) == 0 && strcmp(path, to))
			rename(path, to); /* a loss only of time */
	}
out:
	in_close(fd);
	return rc;
}

void cache_sweep(struct fed *f, const char *const *keep, size_t n)
{
	char path[HOME_PATH], file[HOME_PATH];
	struct dirent *e;
	size_t i;
	DIR *d;

	if (home_name(&f->home, path, "cache", NULL) != FL_OK || !(d = opendir(path)))
		return;
	while ((e = readdir(d))) {
		for (i = 0; i < n && strcmp(e->d_name, DIGITS(keep[i])); i++)
			;
		if (i == n && e->d_name[0] != '.' && snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file)
			unlink(file);
	}
	closedir(d);
	texts_clear(&f->verified);
}
