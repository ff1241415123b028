#include "tensor/artefact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "tensor/meta.h"

static int read_header(struct art *a, struct fl_err *err)
{
	struct buf b = { .max = ST_HEADER_MAX };
	uint64_t n = 0;
	size_t got;
	int i, rc = FL_OK;

	if (a->n_first < sizeof a->first) {
		rc = fl_fail(err, FL_DATA, a->n_first ? "shorter than 8 bytes: not a safetensors file" : "is empty");
		goto out;
	}
	for (i = 7; i >= 0; i--)
		n = n << 8 | a->first[i];
	if (n < 2 || n > ST_HEADER_MAX) {
		rc = fl_fail(err, FL_DATA, "header length %llu is not within 2 and %zu: not a safetensors file",
			     (unsigned long long)n, ST_HEADER_MAX);
		goto out;
	}
	/* Grow with what really arrives: a length alone buys no memory. */
	while (b.len < n) {
		size_t k = n - b.len < 65536 ? n - b.len : 65536;
		TRY(buf_reserve(&b, k, err));
		TRY(in_read(a->fd, b.data + b.len, k, &got, err));
		b.len += got;
		if (got < k) {
			rc = fl_fail(err, FL_DATA, "ends within the header");
			goto out;
		}
	}
	digest_start(&a->sum);
	digest_add(&a->sum, a->first, 8);
	digest_add(&a->sum, b.data, b.len);
	a->data_at = 8 + n;
	TRY(st_parse(&a->st, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

static int check_length(const struct art *a, struct fl_err *err)
{
	struct stat st;
	uint64_t want;

	if (fstat(a->fd, &st) != 0 || !S_ISREG(st.st_mode) || lseek(a->fd, 0, SEEK_CUR) != (off_t)a->data_at)
		return FL_OK;
	if (__builtin_add_overflow(a->data_at, a->st.data_len, &want))
		return fl_fail(err, FL_DATA, "header promises more data than a file can hold");
	if ((uint64_t)st.st_size < want)
		return fl_fail(err, FL_DATA, "ends %llu bytes too early", (unsigned long long)(want - (uint64_t)st.st_size));
	if ((uint64_t)st.st_size > want)
		return fl_fail(err, FL_DATA, "%llu bytes after the last tensor",
			       (unsigned long long)((uint64_t)st.st_size - want));
	return FL_OK;
}

int art_open(struct art *a, const char *path, struct fl_err *err)
{
	int fd, rc = in_open(&fd, path, err);

	return rc == FL_OK ? art_open_fd(a, fd, path, err) : rc;
}

int art_begin(struct art *a, int fd, const char *path, struct fl_err *err)
{
	int rc;

	a->path = path;
	a->fd = fd;
	rc = in_read(fd, a->first, sizeof a->first, &a->n_first, err);
	return rc == FL_OK ? rc : fl_err_prefix(err, "%s", in_name(path));
}

int art_go_on(struct art *a, struct fl_err *err)
{
	const char *text;
	int rc;

	TRY(read_header(a, err));
	TRY(check_length(a, err));
	text = st_get_meta(&a->st, "fl");
	if (text) {
		if ((rc = json_parse(&a->fl, text, strlen(text), err)) != FL_OK) {
			fl_err_prefix(err, "metadata \"fl\"");
			goto out;
		}
		TRY(meta_check(a->fl, err));
	}
out:
	return rc == FL_OK ? rc : fl_err_prefix(err, "%s", in_name(a->path));
}

int art_open_fd(struct art *a, int fd, const char *path, struct fl_err *err)
{
	int rc = art_begin(a, fd, path, err);

	return rc == FL_OK ? art_go_on(a, err) : rc;
}

int art_open_seekable(struct art *a, const char *path, struct fl_err *err)
{
	struct stat st;
	int fd, scratch = -1, rc;

	TRY(in_open(&fd, path, err));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0)
		return art_open_fd(a, fd, path, err);
	rc = file_spool(fd, &scratch, err);
	in_close(fd);
	if (rc == FL_OK)
		return art_open_fd(a, scratch, path, err);
	if (scratch >= 0)
		close(scratch);
out:
	return rc;
}

int art_read(struct art *a, void *p, size_t n, struct fl_err *err)
{
	size_t got;
	int rc = in_read(a->fd, p, n, &got, err);

	if (rc != FL_OK)
		return fl_err_prefix(err, "%s", in_name(a->path));
	if (got < n)
		return fl_fail(err, FL_DATA, "%s: ends %llu bytes too early", in_name(a->path),
			       (unsigned long long)(a->st.data_len - a->pos - got));
	digest_add(&a->sum, p, n);
	a->pos += n;
	return FL_OK;
}

int art_end(struct art *a, struct fl_err *err)
{
	char junk[16384];
	size_t got;
	int rc;

	while (a->pos < a->st.data_len) {
		uint64_t left = a->st.data_len - a->pos;
		TRY(art_read(a, junk, left < sizeof junk ? (size_t)left : sizeof junk, err));
	}
	TRY(in_read(a->fd, junk, 1, &got, err));
	if (got) {
		rc = fl_fail(err, FL_DATA, "%s: bytes after the last tensor", in_name(a->path));
		goto out;
	}
	digest_end(&a->sum, a->digest);
out:
	return rc;
}

int art_pread(const struct art *a, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	size_t done = 0;
	ssize_t k;

	while (done < n) {
		k = pread(a->fd, (char *)p + done, n - done, (off_t)(a->data_at + at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fl_fail_errno(err, FL_IO, "%s: cannot read", in_name(a->path));
		if (k == 0)
			return fl_fail(err, FL_DATA, "%s: ends too early", in_name(a->path));
		done += (size_t)k;
	}
	return FL_OK;
}

int art_map(struct art *a, const void **data, struct fl_err *err)
{
	size_t len = (size_t)(a->data_at + a->st.data_len);

	if (!a->map) {
		void *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, a->fd, 0);
		if (p == MAP_FAILED)
			return fl_fail(err, FL_IO, "%s: cannot be mapped: give a file, not a pipe", in_name(a->path));
		a->map = p;
		a->map_len = len;
	}
	*data = (const char *)a->map + a->data_at;
	return FL_OK;
}

void art_close(struct art *a)
{
	if (a->map)
		munmap(a->map, a->map_len);
	if (a->path)
		in_close(a->fd);
	json_decref(a->fl);
	st_clear(&a->st);
	*a = (struct art){ 0 };
}

const char *art_kind(const struct art *a)
{
	const char *k = json_string_value(json_object_get(a->fl, "kind"));

	return k ? k : "";
}

int art_want(const struct art *a, const char *kind, struct fl_err *err)
{
	const char *k = art_kind(a);

	if (!strcmp(k, kind))
		return FL_OK;
	return fl_fail(err, FL_DATA, "%s: %s%s, want a file of kind %s; see fl-show", in_name(a->path),
		       *k ? "is of kind " : "is not an artefact of flkit", k, kind);
}

int art_begin_places(struct out *o, const char *path, struct st *h, const json_t *fl, uint64_t *data_at, struct fl_err *err)
{
	uint64_t at = 0, len;
	size_t i;
	int rc;

	for (i = 0; i < h->n; i++) {
		len = h->tensors[i].end - h->tensors[i].begin;
		h->tensors[i].begin = at;
		h->tensors[i].end = at += len;
	}
	TRY(out_open(o, path, OUT_BINARY, err));
	if (!o->tmp)
		TRY(fl_fail(err, FL_USAGE, "%s is not a regular file", path));
	TRY(art_write_header(o, h, fl, NULL, err));
	if (fflush(o->f) != 0 || ftruncate(fileno(o->f), ftell(o->f) + (off_t)at) != 0)
		TRY(fl_fail_errno(err, FL_IO, "%s: cannot write", path));
	*data_at = (uint64_t)ftell(o->f);
out:
	return rc;
}

int art_copy_meta(struct st *h, const struct art *a, struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < a->st.n_meta && rc == FL_OK; i++)
		if (strcmp(a->st.meta[i].key, "fl"))
			rc = st_add_meta(h, a->st.meta[i].key, a->st.meta[i].val, err);
	return rc;
}

int art_write_header(struct out *o, struct st *h, const json_t *fl, struct digest *sum, struct fl_err *err)
{
	struct buf b = { 0 };
	char *text = NULL;
	int rc;

	TRY(json_canonical(&text, fl, err));
	TRY(st_add_meta(h, "fl", text, err));
	TRY(st_format(h, &b, err));
	if (sum) {
		digest_start(sum);
		digest_add(sum, b.data, b.len);
	}
	TRY(out_write(o, b.data, b.len, err));
out:
	free(text);
	buf_clear(&b);
	return rc;
}
