#include "round/delta.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/decode.h"
#include "codec/encode.h"
#include "tensor/meta.h"

static uint64_t file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static int put(struct fed *f, const char *name, const char *path, struct fl_err *err)
{
	char digest[DIGEST_TEXT];
	int fd = -1, rc;

	TRY(cache_digest(path, digest, err));
	TRY(in_open(&fd, path, err));
	TRY(store_put(f->store, name, fd, file_size(path), digest, err));
out:
	in_close(fd);
	return rc;
}

/* The difference into the file at path; *worth: it is small enough. */
static int make(const char *to, const char *from, const char *path, int *worth, struct fl_err *err)
{
	struct encode_opts o = { .base = from };
	struct encode e = { .scratch = -1 };
	struct codec_choice how;
	struct out out = { 0 };
	int rc;

	TRY(codec_parse(&how, "ulp", err));
	TRY(encode_open(&e, to, &o, err));
	TRY(encode_make(&e, &how, 0, NULL, err));
	*worth = (double)e.bytes_out <= DELTA_GAIN * (double)e.bytes_in;
	if (!*worth)
		goto out;
	TRY(out_open(&out, path, OUT_BINARY, err));
	TRY(encode_write(&e, &out, err));
	out.lax = 1;
	TRY(out_commit(&out, err));
out:
	out_abort(&out);
	encode_close(&e);
	return rc;
}

int delta_offer(struct fed *f, const char *to, const char *from, struct fl_err *err)
{
	char new[HOME_PATH], old[HOME_PATH], path[HOME_PATH], name[NAME_MAX_LEN + 1];
	int worth = 0, rc;

	if (!strcmp(to, from))
		return FL_OK;
	TRY(cache_blob(f, to, new, err));
	if (file_size(new) < DELTA_MIN)
		goto out;
	TRY(cache_blob(f, from, old, err));
	TRY(home_name(&f->home, path, "delta.st", err));
	TRY(make(new, old, path, &worth, err));
	if (!worth)
		goto out;
	name_delta(name, to, from);
	rc = put(f, name, path, err);
	if (rc == FL_NO) /* another version of flkit may have packed it in other bytes */
		rc = FL_OK;
	unlink(path);
out:
	return rc;
}

/* decode_file() proves that what comes out has the digest that the stage says. */
static int decode(int delta, const char *name, const char *have, const char *to, int *fd, struct fl_err *err)
{
	struct decode_opts o = { .base = have };
	struct art a = { 0 };
	int rc;

	if (lseek(delta, 0, SEEK_SET) != 0)
		return fl_fail_errno(err, FL_IO, "temporary file");
	TRY(art_open_fd(&a, dup(delta), name, err));
	if (strcmp(meta_str(encoded_stage(a.fl), "file"), to))
		TRY(fl_fail(err, FL_DATA, "%s: leads to another model", name));
	TRY(decode_scratch(&a, &o, fd, err));
out:
	art_close(&a);
	return rc;
}

int delta_get(struct store *s, const char *to, const char *from, const char *have, int *fd, uint64_t *size, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1];
	struct store_info info;
	int delta = -1, rc;

	name_delta(name, to, from);
	TRY(file_scratch(&delta, err));
	TRY(store_get(s, name, NULL, delta, &info, err));
	*size = info.size;
	TRY(decode(delta, name, have, to, fd, err));
out:
	if (delta >= 0)
		close(delta);
	return rc;
}

/* By way of the model with these digits, if it is one. */
static int by_way_of(struct fed *f, const char *digits, const char *digest, const char *path, struct fl_err *err)
{
	char from[DIGEST_TEXT], have[HOME_PATH];
	uint64_t size;
	int fd = -1, rc;

	snprintf(from, sizeof from, "b2-256:%.64s", digits);
	if (!digest_ok(from))
		return FL_NOINPUT;
	TRY(cache_path(f, from, have, err));
	if (file_size(have) < DELTA_MIN)
		return FL_NOINPUT;
	TRY(delta_get(f->store, digest, from, have, &fd, &size, err)); /* decoding holds `have` against its digest */
	TRY(out_file(path, fd, 1, err));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

int delta_model(struct fed *f, const char *digest, char out[HOME_PATH], struct fl_err *err)
{
	char folder[HOME_PATH], path[HOME_PATH];
	struct dirent *e;
	int rc = FL_NOINPUT;
	DIR *d;

	if (cache_path(f, digest, path, NULL) == FL_OK && access(path, F_OK) != 0 &&
	    home_name(&f->home, folder, "cache", NULL) == FL_OK && (d = opendir(folder))) {
		while (rc != FL_OK && (e = readdir(d)))
			rc = by_way_of(f, e->d_name, digest, path, NULL);
		closedir(d);
		if (rc == FL_OK)
			f->more("model %.20s... came as a difference", digest);
	}
	return cache_blob(f, digest, out, err);
}
