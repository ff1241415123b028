#include "aggregate/state.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "tensor/meta.h"

static const char *suffix(int when)
{
	return when == STATE_BEFORE ? "/before" : "";
}

/* Find vector k of all tensors of ref in the old file: they lie one after the other, as they were written. */
static int locate(struct state *s, const struct inputs *in, size_t k, int when, struct fl_err *err)
{
	char name[ST_NAME_MAX + 32];
	const struct tensor *t, *want;
	size_t i;

	for (i = 0; i < in->ref.n; i++) {
		want = &in->ref.tensors[i];
		snprintf(name, sizeof name, "%s/%s%s", want->name, s->strategy->state[k], suffix(when));
		t = st_find(&s->old.st, name);
		if (i == 0 && t)
			s->old_at[k] = t->begin;
		if (!t || t->dtype != DT_F32 || tensor_len(t) != want->end - want->begin ||
		    t->begin != s->old_at[k] + want->begin * sizeof(float))
			return fl_fail(err, FL_DATA, "%s: has no \"%.60s\" where it should be: it belongs to another model", s->old.path, name);
	}
	return FL_OK;
}

static int open_old(struct state *s, const char *path, const struct inputs *in, const json_t *base, const char *digest,
		    struct fl_err *err)
{
	const char *from;
	size_t k;
	int rc, when;

	TRY(art_open(&s->old, path, err));
	TRY(art_want(&s->old, "state", err));
	if (strcmp(meta_str(s->old.fl, "strategy"), s->strategy->name))
		return fl_fail(err, FL_DATA, "%s: is the state of %.40s, not of %s", path, meta_str(s->old.fl, "strategy"), s->strategy->name);
	from = meta_str(s->old.fl, "base");
	when = !strcmp(from, digest) ? STATE_BEFORE : STATE_AFTER;
	if (when == STATE_AFTER && strcmp(from, meta_str(base, "parent")))
		return fl_fail(err, FL_DATA, "%s: does not go with this model: neither it nor its parent is the model of the last round", path);
	for (k = 0; k < strategy_vectors(s->strategy); k++)
		TRY(locate(s, in, k, when, err));
out:
	return rc;
}

static int add_vector(struct st *h, const struct inputs *in, const char *vector, int when, struct fl_err *err)
{
	char name[ST_NAME_MAX + 32];
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < in->ref.n; i++) {
		snprintf(name, sizeof name, "%s/%s%s", in->ref.tensors[i].name, vector, suffix(when));
		TRY(st_add(h, name, DT_F32, in->ref.tensors[i].ndim, in->ref.tensors[i].shape, err));
	}
out:
	return rc;
}

/* Header of the new file; its data are written at their places, in any order. */
static int begin_new(struct state *s, const char *path, const struct inputs *in, const char *digest, struct fl_err *err)
{
	json_t *fl = json_pack("{s:i, s:s, s:s, s:s, s:[]}", "v", META_VERSION, "kind", "state", "strategy", s->strategy->name, "base",
			       digest, "stages");
	struct st h = { 0 };
	size_t k;
	int rc;

	for (k = 0; k < strategy_vectors(s->strategy); k++) {
		TRY(add_vector(&h, in, s->strategy->state[k], STATE_AFTER, err));
		TRY(add_vector(&h, in, s->strategy->state[k], STATE_BEFORE, err));
	}
	if ((rc = art_begin_places(&s->out, path, &h, fl, &s->out_at, err)) == FL_USAGE)
		fl_err_prefix(err, "--state");
out:
	json_decref(fl);
	st_clear(&h);
	return rc;
}

int state_open(struct state *s, const char *path, const struct strategy *strategy, const struct strategy_opts *o,
	       const struct inputs *in, const json_t *base, const char *digest, struct fl_err *err)
{
	int rc = FL_OK;

	s->strategy = strategy;
	s->o = o;
	s->values = in->values;
	if (access(path, F_OK) == 0)
		TRY(open_old(s, path, in, base, digest, err));
	TRY(begin_new(s, path, in, digest, err));
out:
	return rc;
}

int state_read(const struct state *s, size_t k, uint64_t from, size_t n, float *v, struct fl_err *err)
{
	double first = s->strategy->start ? s->strategy->start(s->o, k) : 0;
	size_t i;

	if (s->old.path)
		return art_pread(&s->old, v, n * sizeof *v, s->old_at[k] + from * sizeof *v, err);
	for (i = 0; i < n; i++)
		v[i] = (float)first;
	return FL_OK;
}

int state_write(const struct state *s, size_t k, int when, uint64_t from, size_t n, const float *v, struct fl_err *err)
{
	uint64_t at = s->out_at + ((2 * k + (uint64_t)when) * s->values + from) * sizeof *v;
	int rc = file_write_at(fileno(s->out.f), v, n * sizeof *v, (off_t)at, err);

	return rc == FL_OK ? rc : fl_err_prefix(err, "%s", s->out.path);
}

int state_commit(struct state *s, struct fl_err *err)
{
	return out_commit(&s->out, err);
}

void state_close(struct state *s)
{
	out_abort(&s->out);
	art_close(&s->old);
}
