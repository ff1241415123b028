#include "codec/residual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "tensor/meta.h"

#define PIECE 4096 /* values added together */

static void before_name(char name[ST_NAME_MAX + 8], const char *tensor)
{
	snprintf(name, ST_NAME_MAX + 8, "%s/before", tensor);
}

static int same_model(const struct residual *r, const json_t *fl, const struct st *plain, struct fl_err *err)
{
	static const char *const keys[] = { "schema", "spec_digest" };
	char name[ST_NAME_MAX + 8];
	const struct tensor *t, *b;
	size_t i;
	int bad = r->old.st.n != 2 * plain->n;

	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		bad |= strcmp(meta_str(fl, keys[i]), meta_str(r->old.fl, keys[i])) != 0;
	for (i = 0; i < plain->n && !bad; i++) {
		before_name(name, plain->tensors[i].name);
		t = st_find(&r->old.st, plain->tensors[i].name);
		b = st_find(&r->old.st, name);
		bad |= !t || !b || t->dtype != DT_F32 || b->dtype != DT_F32 || tensor_len(t) != tensor_len(&plain->tensors[i]) ||
		       tensor_len(b) != tensor_len(t);
	}
	return bad ? fl_fail(err, FL_DATA, "%s: is the residual of another model", r->old.path) : FL_OK;
}

static int open_old(struct residual *r, const char *path, const json_t *fl, const char *digest, const struct st *plain,
		    struct fl_err *err)
{
	long long was, is = meta_round(fl);
	int rc;

	TRY(art_open(&r->old, path, err));
	TRY(art_want(&r->old, "residual", err));
	TRY(same_model(r, fl, plain, err));
	was = meta_round(r->old.fl);
	r->before = was == is || !strcmp(meta_str(r->old.fl, "update"), digest);
	if (r->before)
		return FL_OK;
	r->dropped = is < was;
	r->missed = is > was ? is - was - 1 : 0;
	r->factor = pow(RESIDUAL_DECAY, (double)r->missed);
	if (r->dropped)
		art_close(&r->old);
out:
	return rc;
}

static int begin_new(struct residual *r, const char *path, const json_t *fl, const char *digest, const struct st *plain,
		     struct fl_err *err)
{
	json_t *own = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:[]}", "v", META_VERSION, "kind", "residual", "schema",
				meta_str(fl, "schema"), "spec_digest", meta_str(fl, "spec_digest"), "update", digest, "round",
				(json_int_t)meta_round(fl), "stages");
	char name[ST_NAME_MAX + 8];
	struct st h = { 0 };
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < 2 * plain->n; i++) {
		const struct tensor *t = &plain->tensors[i % plain->n];
		before_name(name, t->name);
		TRY(st_add(&h, i < plain->n ? t->name : name, DT_F32, t->ndim, t->shape, err));
		r->values += i < plain->n ? tensor_len(t) : 0;
	}
	if ((rc = art_begin_places(&r->out, path, &h, own, &r->out_at, err)) == FL_USAGE)
		fl_err_prefix(err, "--residual");
out:
	json_decref(own);
	st_clear(&h);
	return rc;
}

int residual_open(struct residual *r, const char *path, const json_t *fl, const char *digest, const struct st *plain, struct fl_err *err)
{
	int rc = FL_OK;

	r->factor = 1;
	if (access(path, F_OK) == 0)
		TRY(open_old(r, path, fl, digest, plain, err));
	TRY(begin_new(r, path, fl, digest, plain, err));
out:
	return rc;
}

int residual_add(const struct residual *r, const struct tensor *t, uint64_t from, size_t n, float *x, struct fl_err *err)
{
	char name[ST_NAME_MAX + 8];
	const struct tensor *old;
	float e[PIECE];
	size_t i, k, m;
	int rc = FL_OK;

	if (!r->old.path)
		return FL_OK;
	before_name(name, t->name);
	old = st_find(&r->old.st, r->before ? name : t->name);
	for (i = 0; i < n; i += m) {
		m = n - i < PIECE ? n - i : PIECE;
		TRY(art_pread(&r->old, e, m * sizeof *e, old->begin + (from + i) * sizeof *e, err));
		for (k = 0; k < m; k++)
			x[i + k] += (float)(r->factor * (double)e[k]);
	}
out:
	return rc;
}

/* Values into the new file, counted from its first. */
static int write_at(const struct residual *r, const float *v, size_t n, uint64_t at, struct fl_err *err)
{
	int rc = file_write_at(fileno(r->out.f), v, n * sizeof *v, (off_t)(r->out_at + at * sizeof *v), err);

	return rc == FL_OK ? rc : fl_err_prefix(err, "%s", r->out.path);
}

int residual_keep(const struct residual *r, const struct tensor *t, uint64_t from, size_t n, const float *added, const float *left,
		  struct fl_err *err)
{
	uint64_t at = t->begin / sizeof(float) + from;
	int rc;

	TRY(write_at(r, left, n, at, err));
	TRY(write_at(r, added, n, r->values + at, err));
out:
	return rc;
}

int residual_commit(struct residual *r, struct fl_err *err)
{
	return out_commit(&r->out, err);
}

void residual_close(struct residual *r)
{
	out_abort(&r->out);
	art_close(&r->old);
}
