#include "round/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"

#define LOCK_PAUSE_NS 100000000L

int home_name(const struct home *h, char out[HOME_PATH], const char *name, struct fl_err *err)
{
	if (snprintf(out, HOME_PATH, "%s/%s", h->path, name) >= HOME_PATH)
		return fl_fail(err, FL_CONFIG, "%.60s...: name too long", h->path);
	return FL_OK;
}

static int take_lock(struct home *h, double wait, struct fl_err *err)
{
	const struct timespec pause = { 0, LOCK_PAUSE_NS };
	double until = clock_s() + wait;
	char path[HOME_PATH];
	int rc;

	TRY(home_name(h, path, "lock", err));
	if ((h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return fl_fail_errno(err, FL_CREATE, "%s", path);
	while (flock(h->lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fl_fail_errno(err, FL_IO, "%s", path);
		if (clock_s() >= until)
			return fl_fail(err, FL_LATER, "%s: another fl-round is at work here", h->path);
		nanosleep(&pause, NULL);
	}
out:
	return rc;
}

static int read_notes(struct home *h, struct fl_err *err)
{
	struct buf b = { .max = JSON_MAX };
	int rc = home_read(h, "notes.json", &b, err);

	if (rc == FL_OK)
		rc = json_parse(&h->notes, b.data, b.len, err);
	else if (rc == FL_NOINPUT)
		rc = (h->notes = json_object()) ? FL_OK : fl_fail(err, FL_IO, "out of memory: notes");
	if (rc == FL_OK && !json_is_object(h->notes))
		rc = fl_fail(err, FL_DATA, "is not an object");
	if (rc == FL_DATA)
		fl_err_prefix(err, "%s/notes.json", h->path);
	buf_clear(&b);
	return rc;
}

/* Remove what was being written when an earlier command was killed: temporary names begin with a dot. */
static void sweep(const struct home *h)
{
	char file[HOME_PATH];
	struct dirent *e;
	DIR *d = opendir(h->path);

	while (d && (e = readdir(d)))
		if (e->d_name[0] == '.' && strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		    home_name(h, file, e->d_name, NULL) == FL_OK)
			unlink(file);
	if (d)
		closedir(d);
}

int home_open(struct home *h, const char *path, double wait, struct fl_err *err)
{
	char part[HOME_PATH];
	int rc;

	h->lock = -1;
	TRY(fl_strdup(&h->path, path, err));
	TRY(home_name(h, part, "cache", err));
	TRY(file_make_folders(part, err));
	TRY(home_name(h, part, "evidence", err));
	TRY(file_make_folders(part, err));
	TRY(take_lock(h, wait, err));
	sweep(h);
	TRY(read_notes(h, err));
out:
	return rc;
}

void home_close(struct home *h)
{
	if (h->path && h->lock >= 0)
		close(h->lock);
	json_decref(h->notes);
	free(h->path);
	*h = (struct home){ 0 };
}

int home_default(char **path, const char *who, const char *url, struct fl_err *err)
{
	char sum[DIGEST_TEXT];
	struct buf b = { 0 };
	int rc;

	if ((rc = file_state_home(&b, err)) != FL_OK) {
		fl_err_prefix(err, "--state is missing");
		goto out;
	}
	digest_of(url, strlen(url), sum);
	TRY(buf_addf(&b, err, "/%s-%.16s", who, strchr(sum, ':') + 1));
	*path = b.data;
	b = (struct buf){ 0 };
out:
	buf_clear(&b);
	return rc;
}

int home_read(const struct home *h, const char *name, struct buf *b, struct fl_err *err)
{
	char path[HOME_PATH];
	int rc = home_name(h, path, name, err);

	return rc == FL_OK ? in_slurp(b, path, err) : rc;
}

int home_write(const struct home *h, const char *name, const void *p, size_t n, int lax, struct fl_err *err)
{
	char path[HOME_PATH];
	struct out o = { 0 };
	int rc;

	TRY(home_name(h, path, name, err));
	TRY(out_open(&o, path, OUT_BINARY, err));
	TRY(out_write(&o, p, n, err));
	o.lax = lax;
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	return rc;
}

void home_forget(const struct home *h, const char *name)
{
	char path[HOME_PATH];

	if (home_name(h, path, name, NULL) == FL_OK)
		unlink(path);
}

int home_note(struct home *h, struct fl_err *err)
{
	char *text = NULL;
	int rc;

	TRY(json_canonical(&text, h->notes, err));
	TRY(home_write(h, "notes.json", text, strlen(text), 0, err));
out:
	free(text);
	return rc;
}

void home_evidence(const struct home *h, const char *name, const void *p, size_t n)
{
	char path[HOME_PATH], part[HOME_PATH];

	if (!h->path || snprintf(part, sizeof part, "evidence/%s", name) >= (int)sizeof part ||
	    home_name(h, path, part, NULL) != FL_OK || access(path, F_OK) == 0)
		return;
	home_write(h, part, p, n, 1, NULL);
}
