#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"

#define TMP_MAX_OPEN 16

static char stdout_buffer[1 << 16]; /* glibc ignores a size without a buffer; as static as stdout itself */
static char *volatile tmp_names[TMP_MAX_OPEN]; /* what a signal must remove */

const char *in_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

int in_open(int *fd, const char *path, struct fl_err *err)
{
	struct stat st;

	*fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (*fd < 0)
		return fl_fail_errno(err, FL_NOINPUT, "%s", path);
	if (fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		in_close(*fd);
		*fd = -1;
		return fl_fail(err, FL_NOINPUT, "%s: is a directory", in_name(path));
	}
	return FL_OK;
}

void in_close(int fd)
{
	if (fd > STDERR_FILENO)
		close(fd);
}

int in_read(int fd, void *p, size_t n, size_t *got, struct fl_err *err)
{
	ssize_t k;

	for (*got = 0; *got < n; *got += (size_t)k) {
		k = read(fd, (char *)p + *got, n - *got);
		if (k < 0 && errno == EINTR) {
			k = 0;
			continue;
		}
		if (k < 0)
			return fl_fail_errno(err, FL_IO, "cannot read");
		if (k == 0)
			break;
	}
	return FL_OK;
}

int in_slurp_fd(struct buf *b, int fd, struct fl_err *err)
{
	size_t got, max = b->max ? b->max : BUF_MAX;
	char c;
	int rc;

	for (;;) {
		TRY(buf_reserve(b, b->len < max ? 1 : 0, err)); /* at the cap: one read of 1 byte tells the end */
		got = b->cap - 1 - b->len;
		if (got > max - b->len)
			got = max - b->len;
		if (got == 0) {
			TRY(in_read(fd, &c, 1, &got, err));
			return got ? fl_fail(err, FL_DATA, "longer than the limit of %zu bytes", max) : FL_OK;
		}
		TRY(in_read(fd, b->data + b->len, got, &got, err));
		b->len += got;
		b->data[b->len] = 0;
		if (got == 0)
			return FL_OK;
	}
out:
	return rc;
}

int in_slurp(struct buf *b, const char *path, struct fl_err *err)
{
	int fd, rc = in_open(&fd, path, err);

	if (rc != FL_OK)
		return rc;
	if ((rc = in_slurp_fd(b, fd, err)) != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
	in_close(fd);
	return rc;
}

static int open_temp(struct out *o, struct fl_err *err)
{
	const char *slash = strrchr(o->path, '/');
	int fd = -1, i, try, dir = slash ? (int)(slash - o->path + 1) : 0;
	size_t size = strlen(o->path) + 32;
	int rc = fl_alloc(&o->tmp, size, 1, err);

	if (rc != FL_OK)
		return rc;
	for (try = 0; try < 100 && fd < 0; try++) {
		snprintf(o->tmp, size, "%.*s.%s.%08x", dir, o->path, o->path + dir, (unsigned)rng_fresh_seed());
		fd = open(o->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0 || !(o->f = fdopen(fd, "wb"))) {
		rc = fl_fail_errno(err, FL_CREATE, "%s", o->path);
		if (fd >= 0) {
			close(fd);
			unlink(o->tmp);
		}
		free(o->tmp);
		o->tmp = NULL;
		return rc;
	}
	for (i = 0; i < TMP_MAX_OPEN; i++) {
		if (!tmp_names[i]) {
			tmp_names[i] = o->tmp;
			break;
		}
	}
	return FL_OK;
}

int out_open(struct out *o, const char *path, int mode, struct fl_err *err)
{
	struct stat st;
	int rc;

	o->path = path;
	if (!strcmp(path, "-")) {
		if (mode == OUT_BINARY && isatty(STDOUT_FILENO))
			return fl_fail(err, FL_USAGE,
				       "binary output on a terminal; redirect it with > FILE, | COMMAND or -o FILE");
		o->f = stdout;
		setvbuf(stdout, stdout_buffer, _IOFBF, sizeof stdout_buffer);
	} else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return fl_fail(err, FL_CREATE, "%s: is a directory", path);
	} else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		if (!(o->f = fopen(path, "wbe")))
			return fl_fail_errno(err, FL_CREATE, "%s", path);
	} else if ((rc = open_temp(o, err)) != FL_OK) {
		return rc;
	}
	return FL_OK;
}

static const char *out_name(const struct out *o)
{
	return o->f == stdout ? "standard output" : o->path;
}

int out_write(struct out *o, const void *p, size_t n, struct fl_err *err)
{
	if (n && fwrite(p, 1, n, o->f) != n)
		return fl_fail_errno(err, FL_IO, "%s: cannot write", out_name(o));
	return FL_OK;
}

int out_copy(struct out *o, int fd, off_t at, uint64_t n, struct fl_err *err)
{
	char b[65536];
	ssize_t k;
	int rc = FL_OK;

	for (; n && rc == FL_OK; n -= (uint64_t)k, at += k) {
		k = pread(fd, b, n < sizeof b ? (size_t)n : sizeof b, at);
		if (k < 0 && errno == EINTR)
			k = 0;
		else if (k <= 0)
			return k ? fl_fail_errno(err, FL_IO, "cannot read back") : fl_fail(err, FL_IO, "cannot read back: ends too early");
		rc = out_write(o, b, (size_t)k, err);
	}
	return rc;
}

static void forget(struct out *o)
{
	int i;

	for (i = 0; i < TMP_MAX_OPEN; i++)
		if (o->tmp && tmp_names[i] == o->tmp)
			tmp_names[i] = NULL;
	free(o->tmp);
	*o = (struct out){ 0 };
}

/* The rename itself lives in the folder: without this a crash may undo it. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];
	int fd;

	if (slash && (size_t)(slash - path) + 2 > sizeof dir)
		return;
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

int out_commit(struct out *o, struct fl_err *err)
{
	int bad, rc = FL_OK;

	bad = fflush(o->f) != 0 || ferror(o->f);
	if (!bad && o->tmp && !o->lax)
		bad = fsync(fileno(o->f)) != 0;
	if (o->f == stdout) {
		if (bad)
			rc = fl_fail_errno(err, FL_IO, "standard output: cannot write");
		forget(o);
		return rc;
	}
	if (fclose(o->f) != 0)
		bad = 1;
	o->f = NULL;
	if (bad)
		rc = fl_fail_errno(err, FL_IO, "%s: cannot write", o->path);
	else if (o->tmp && rename(o->tmp, o->path) != 0)
		rc = fl_fail_errno(err, FL_CREATE, "%s", o->path);
	else if (o->tmp && !o->lax)
		sync_folder(o->path);
	if (rc != FL_OK && o->tmp)
		unlink(o->tmp);
	forget(o);
	return rc;
}

int out_file(const char *path, int fd, int lax, struct fl_err *err)
{
	struct out o = { 0 };
	struct stat st;
	int rc;

	if (fstat(fd, &st) != 0)
		return fl_fail_errno(err, FL_IO, "%s", path);
	TRY(out_open(&o, path, OUT_BINARY, err));
	TRY(out_copy(&o, fd, 0, (uint64_t)st.st_size, err));
	o.lax = lax;
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	return rc;
}

void out_abort(struct out *o)
{
	if (o->f && o->f != stdout)
		fclose(o->f);
	if (o->f == stdout) /* what has not left yet never does */
		__fpurge(stdout);
	if (o->tmp)
		unlink(o->tmp);
	forget(o);
}

void out_abort_all(void)
{
	int i;

	for (i = 0; i < TMP_MAX_OPEN; i++)
		if (tmp_names[i])
			unlink(tmp_names[i]);
}

int file_make_folders(const char *path, struct fl_err *err)
{
	const char *slash = path;
	char *part = NULL;
	struct stat st;
	int rc;

	TRY(fl_strdup(&part, path, err));
	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			part[slash - path] = 0;
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			TRY(fl_fail_errno(err, FL_CREATE, "%s", part));
		if (slash)
			part[slash - path] = '/';
	} while (slash && slash[1]);
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		rc = fl_fail(err, FL_CREATE, "%s: is not a directory", path);
out:
	free(part);
	return rc;
}

int file_state_home(struct buf *b, struct fl_err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int given = state && *state == '/';

	if (!given && (!home || *home != '/'))
		return fl_fail(err, FL_CONFIG, "neither HOME nor XDG_STATE_HOME is set");
	return buf_addf(b, err, "%s%s/flkit", given ? state : home, given ? "" : "/.local/state");
}

int file_scratch(int *fd, struct fl_err *err)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];

	if (!dir || !*dir)
		dir = "/tmp";
	if (snprintf(name, sizeof name, "%s/fl.XXXXXX", dir) >= (int)sizeof name)
		return fl_fail(err, FL_CREATE, "TMPDIR: name too long");
	if ((*fd = mkostemp(name, O_CLOEXEC)) < 0)
		return fl_fail_errno(err, FL_CREATE, "%s", name);
	unlink(name);
	return FL_OK;
}

int file_write(int fd, const void *p, size_t n, struct fl_err *err)
{
	const char *s = p;
	ssize_t k;

	for (; n; s += k, n -= (size_t)k) {
		k = write(fd, s, n);
		if (k < 0 && errno != EINTR)
			return fl_fail_errno(err, FL_IO, "cannot write to a temporary file");
		k = k < 0 ? 0 : k;
	}
	return FL_OK;
}

int file_write_at(int fd, const void *p, size_t n, off_t at, struct fl_err *err)
{
	const char *s = p;
	ssize_t k;

	for (; n; s += k, n -= (size_t)k, at += k) {
		k = pwrite(fd, s, n, at);
		if (k < 0 && errno != EINTR)
			return fl_fail_errno(err, FL_IO, "cannot write");
		k = k < 0 ? 0 : k;
	}
	return FL_OK;
}

int file_spool(int from, int *to, struct fl_err *err)
{
	char b[65536];
	size_t got;
	int rc;

	TRY(file_scratch(to, err));
	do {
		TRY(in_read(from, b, sizeof b, &got, err));
		TRY(file_write(*to, b, got, err));
	} while (got);
	if (lseek(*to, 0, SEEK_SET) != 0)
		rc = fl_fail_errno(err, FL_IO, "temporary file");
out:
	return rc;
}

int names_split(struct names *l, const char *list, struct fl_err *err)
{
	char *name, *rest = NULL;
	int rc;

	TRY(fl_strdup(&l->text, list, err));
	for (name = strtok_r(l->text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		TRY(fl_grow(&l->v, &l->cap, l->n + 1, sizeof *l->v, err));
		l->v[l->n++] = name;
	}
	if (l->n == 0)
		rc = fl_fail(err, FL_USAGE, "\"%.40s\" names no file", list);
out:
	return rc;
}

void names_clear(struct names *l)
{
	free(l->text);
	free(l->v);
	*l = (struct names){ 0 };
}
