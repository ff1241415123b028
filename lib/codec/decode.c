#include "codec/decode.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "tensor/meta.h"

#define MAX_ANY ((uint64_t)64 << 20)
#define MAX_ALL ((uint64_t)16 << 30)

struct run {
	struct encoded e;
	const struct art *a;
	const struct decode_opts *o;
	struct art base; /* where the codec needs it */
	struct out *out;
	struct digest sum;
	uint64_t left;   /* bytes to write */
	float *x;        /* (CODEC_CHUNK) */
};

static int open_base(struct run *r, struct fl_err *err)
{
	const char *want = meta_str(r->e.stage, "base");
	int rc;

	if (!(r->e.how.codec->flags & CODEC_BASE))
		return FL_OK;
	if (!r->o->base)
		return fl_fail(err, FL_USAGE, "%s: is the difference to model %.20s...; give that model", in_name(r->a->path), want);
	TRY(art_open_seekable(&r->base, r->o->base, err));
	TRY(art_end(&r->base, err));
	if (strcmp(r->base.digest, want))
		rc = fl_fail(err, FL_DATA, "%s is not the model it is the difference to: that is %.20s...", in_name(r->base.path), want);
out:
	return rc;
}

/* The chain of an exact file is what it was; of another, longer by what is done here. */
static int chain(json_t **fl, const struct run *r, struct fl_err *err)
{
	json_t *stages;

	*fl = json_deep_copy(r->a->fl);
	stages = json_object_get(*fl, "stages");
	if (!*fl)
		return fl_fail(err, FL_IO, "out of memory: metadata");
	if (!(r->e.how.codec->flags & CODEC_EXACT))
		return meta_add_stage(*fl, json_pack("{s:s}", "op", "decompress"), err);
	json_array_remove(stages, json_array_size(stages) - 1);
	return FL_OK;
}

static int raw_header(struct run *r, const char *text, struct fl_err *err)
{
	size_t n = strlen(text), i;
	unsigned char len[8];
	int rc;

	for (i = 0; i < 8; i++)
		len[i] = (unsigned char)((uint64_t)n >> 8 * i);
	digest_start(&r->sum);
	digest_add(&r->sum, len, sizeof len);
	digest_add(&r->sum, text, n);
	rc = out_write(r->out, len, sizeof len, err);
	return rc == FL_OK ? out_write(r->out, text, n, err) : rc;
}

static int write_header(struct run *r, struct fl_err *err)
{
	const char *text = json_string_value(json_object_get(r->e.stage, "header"));
	struct st h = { 0 };
	json_t *fl = NULL;
	size_t i;
	int rc;

	if (text && r->e.how.codec->flags & CODEC_EXACT)
		return raw_header(r, text, err);
	TRY(chain(&fl, r, err));
	for (i = 0; i < r->e.plain.n; i++) {
		const struct tensor *t = &r->e.plain.tensors[i];
		TRY(st_add(&h, t->name, DT_F32, t->ndim, t->shape, err));
	}
	TRY(st_layout(&h, err));
	TRY(art_copy_meta(&h, r->a, err));
	TRY(art_write_header(r->out, &h, fl, &r->sum, err));
out:
	json_decref(fl);
	st_clear(&h);
	return rc;
}

/* An exact file must be the one that was encoded before a reader of a pipe holds all of it. */
static int write_chunk(struct run *r, size_t n, struct fl_err *err)
{
	char digest[DIGEST_TEXT];

	r->left -= n * sizeof *r->x;
	if (r->e.how.codec->flags & CODEC_EXACT) {
		digest_add(&r->sum, r->x, n * sizeof *r->x);
		if (r->left == 0) {
			digest_end(&r->sum, digest);
			if (strcmp(digest, meta_str(r->e.stage, "file")))
				return fl_fail(err, FL_DATA, "what comes out is not the file that went in: it was changed on the way");
		}
	}
	return out_write(r->out, r->x, n * sizeof *r->x, err);
}

static int write_tensor(struct run *r, size_t i, struct fl_err *err)
{
	uint64_t at, n, len = r->e.v[i].t.n;
	float *base = NULL;
	int rc;

	if (r->base.path)
		TRY(encoded_base(&base, &r->base, &r->e.v[i].t, err));
	for (at = 0; at < len; at += n) {
		n = len - at < CODEC_CHUNK ? len - at : CODEC_CHUNK;
		TRY(encoded_chunk(&r->e, i, r->a, base, at, (size_t)n, r->x, err));
		TRY(write_chunk(r, (size_t)n, err));
	}
out:
	free(base);
	return rc;
}

static uint64_t limit(const struct run *r)
{
	uint64_t data = r->a->st.data_len;

	if (r->o->max)
		return r->o->max;
	return data < (MAX_ALL - MAX_ANY) / DECODE_RATIO ? MAX_ANY + data * DECODE_RATIO : MAX_ALL;
}

static int run(struct run *r, struct fl_err *err)
{
	uint64_t max = limit(r);
	size_t i;
	int rc;

	TRY(encoded_read(&r->e, r->a, err));
	if (!r->e.how.codec)
		return fl_fail(err, FL_DATA, "is not compressed");
	r->left = r->e.plain.data_len;
	if (r->left > max)
		return fl_fail(err, FL_DATA, "would be %llu bytes decoded, more than the limit of %llu", (unsigned long long)r->left,
			       (unsigned long long)max);
	TRY(open_base(r, err));
	TRY(fl_alloc(&r->x, CODEC_CHUNK, sizeof *r->x, err));
	TRY(write_header(r, err));
	for (i = 0; i < r->e.plain.n; i++) {
		TRY(write_tensor(r, i, err));
		if (r->o->progress)
			r->o->progress("decode", (double)(r->e.plain.data_len - r->left), (double)r->e.plain.data_len);
	}
out:
	return rc;
}

int decode_file(const struct art *a, const struct decode_opts *o, struct out *out, struct fl_err *err)
{
	struct run r = { .a = a, .o = o, .out = out };
	int rc = run(&r, err);

	if (rc == FL_DATA)
		fl_err_prefix(err, "%s", in_name(a->path));
	free(r.x);
	encoded_clear(&r.e);
	art_close(&r.base);
	return rc;
}

int decode_scratch(const struct art *a, const struct decode_opts *o, int *fd, struct fl_err *err)
{
	struct out out = { .path = "temporary file" };
	int copy = -1, rc;

	*fd = -1;
	TRY(file_scratch(fd, err));
	if ((copy = dup(*fd)) < 0 || !(out.f = fdopen(copy, "wb"))) {
		rc = fl_fail_errno(err, FL_IO, "temporary file");
		if (copy >= 0)
			close(copy);
		goto out;
	}
	TRY(decode_file(a, o, &out, err));
	out.lax = 1;
	TRY(out_commit(&out, err));
	if (lseek(*fd, 0, SEEK_SET) != 0)
		rc = fl_fail_errno(err, FL_IO, "temporary file");
out:
	out_abort(&out);
	if (rc != FL_OK && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

int decode_in_place(struct art *a, struct fl_err *err)
{
	struct art plain = { 0 }, seekable = *a;
	int fd = -1, spool = -1, rc;

	if (!encoded_stage(a->fl))
		return FL_OK;
	if (lseek(a->fd, 0, SEEK_CUR) < 0) { /* a pipe: its data follow */
		TRY(file_spool(a->fd, &spool, err));
		seekable.fd = spool;
		seekable.data_at = 0;
	}
	TRY(decode_scratch(&seekable, &(struct decode_opts){ 0 }, &fd, err));
	TRY(art_open_fd(&plain, fd, a->path, err));
	art_close(a);
	*a = plain;
	plain = (struct art){ 0 };
out:
	art_close(&plain);
	if (spool >= 0)
		close(spool);
	return rc;
}
