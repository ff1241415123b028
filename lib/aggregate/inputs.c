#include "aggregate/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aggregate/coded.h"
#include "aggregate/fold.h"
#include "base/json.h"
#include "tensor/meta.h"

struct layout {
	struct layout *next;
	int partial;        /* limbs */
	int straight;       /* lies as ref does: a flat range is one read */
	uint64_t at[];      /* byte offset of each tensor of ref, then, of a partial, of its high limbs */
};

/* st_add() gives the bytes as end; make begin and end a flat range, in values. Returns their number. */
static uint64_t flat_ranges(struct st *st)
{
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < st->n; i++) {
		st->tensors[i].begin = at;
		st->tensors[i].end = at += st->tensors[i].end / sizeof(float);
	}
	return at;
}

/* The first file sets the tensors that all must have. */
static int start(struct inputs *in, const struct st *ref, struct fl_err *err)
{
	const struct tensor *t;
	size_t i, k;
	int rc = FL_OK;

	for (i = 0; i < ref->n; i++) {
		t = &ref->tensors[i];
		k = strlen(t->name);
		if (t->dtype == DT_U64 && k > 3 && !strcmp(t->name + k - 3, "/lo")) {
			t->name[k - 3] = 0;
			rc = st_add(&in->ref, t->name, DT_F32, t->ndim, t->shape, err);
			t->name[k - 3] = '/';
		} else if (t->dtype == DT_F32) {
			rc = st_add(&in->ref, t->name, DT_F32, t->ndim, t->shape, err);
		} else if (t->dtype != DT_I64 || k <= 3 || strcmp(t->name + k - 3, "/hi")) {
			rc = fl_fail(err, FL_DATA, "tensor \"%.60s\" is %s, want F32", t->name, dtype_name(t->dtype));
		}
		TRY(rc);
	}
	in->values = flat_ranges(&in->ref);
out:
	return rc;
}

void inputs_clear(struct inputs *in)
{
	struct layout *l;
	size_t i;

	for (i = 0; i < in->n; i++)
		source_clear(&in->v[i]);
	free(in->v);
	while ((l = in->layouts)) {
		in->layouts = l->next;
		free(l);
	}
	st_clear(&in->ref);
	json_decref(in->fl);
	*in = (struct inputs){ 0 };
}

int source_open(struct source *s, const char *path, struct art *a, struct fl_err *err)
{
	struct stat st;
	int fd = -1, again, rc;

	s->fd = -1;
	TRY(fl_strdup(&s->path, in_name(path), err));
	TRY(in_open(&fd, path, err));
	if (!strcmp(path, "-") || (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))) {
		TRY(file_spool(fd, &s->fd, err));
		if ((again = fcntl(s->fd, F_DUPFD_CLOEXEC, 3)) < 0)
			rc = fl_fail_errno(err, FL_IO, "temporary file");
		else
			rc = art_open_fd(a, again, s->path, err);
	} else {
		rc = art_open_fd(a, fd, s->path, err);
		fd = -1;
	}
out:
	if (fd >= 0)
		in_close(fd);
	return rc;
}

static int locate(const struct st *st, const struct tensor *want, const char *suffix, enum dtype d, uint64_t *at, struct fl_err *err)
{
	char name[ST_NAME_MAX + 4];
	const struct tensor *t;

	snprintf(name, sizeof name, "%s%s", want->name, suffix);
	t = st_find(st, name);
	if (!t)
		return fl_fail(err, FL_DATA, "has no tensor \"%.60s\"", name);
	if (t->dtype != d || t->ndim != want->ndim || memcmp(t->shape, want->shape, want->ndim * sizeof *t->shape))
		return fl_fail(err, FL_DATA, "tensor \"%.60s\" has another type or shape than in the files before it", name);
	*at = t->begin;
	return FL_OK;
}

static int is_straight(const struct inputs *in, const struct layout *l)
{
	size_t n = in->ref.n, i;
	int yes = 1;

	for (i = 0; i < n; i++) {
		yes &= l->at[i] == in->ref.tensors[i].begin * (l->partial ? 8 : 4);
		yes &= !l->partial || l->at[n + i] == (in->values + in->ref.tensors[i].begin) * 8;
	}
	return yes;
}

static int find_layout(struct inputs *in, const struct st *st, int partial, const struct layout **out, struct fl_err *err)
{
	size_t n = in->ref.n, k = partial ? 2 * n : n, i;
	struct layout *l = NULL, *seen;
	int rc;

	if (st->n != k)
		return fl_fail(err, FL_DATA, "has %zu tensors, the files before it have %zu", partial ? st->n / 2 : st->n, n);
	TRY(fl_alloc(&l, 1, sizeof *l + k * sizeof *l->at, err));
	l->partial = partial;
	for (i = 0; i < n; i++) {
		TRY(locate(st, &in->ref.tensors[i], partial ? "/lo" : "", partial ? DT_U64 : DT_F32, &l->at[i], err));
		if (partial)
			TRY(locate(st, &in->ref.tensors[i], "/hi", DT_I64, &l->at[n + i], err));
	}
	l->straight = is_straight(in, l);
	for (seen = in->layouts; seen; seen = seen->next)
		if (seen->partial == partial && !memcmp(seen->at, l->at, k * sizeof *l->at))
			break;
	if (!seen) {
		l->next = in->layouts;
		in->layouts = seen = l;
		l = NULL;
	}
	*out = seen;
out:
	free(l);
	return rc;
}

/* Where each tensor of to stands in in->ref. */
static int permutation(const struct inputs *in, const struct st *to, size_t *perm, struct fl_err *err)
{
	const struct tensor *t, *old;
	size_t i;

	if (to->n != in->ref.n)
		return fl_fail(err, FL_DATA, "has %zu tensors, the updates have %zu", to->n, in->ref.n);
	for (i = 0; i < to->n; i++) {
		t = &to->tensors[i];
		old = st_find(&in->ref, t->name);
		if (!old || t->dtype != DT_F32 || t->ndim != old->ndim || memcmp(t->shape, old->shape, t->ndim * sizeof *t->shape))
			return fl_fail(err, FL_DATA, "tensor \"%.60s\" is not that of the updates", t->name);
		perm[i] = (size_t)(old - in->ref.tensors);
	}
	return FL_OK;
}

int inputs_reorder(struct inputs *in, const struct st *to, struct fl_err *err)
{
	size_t *perm = NULL, n = in->ref.n, i;
	struct st new = { 0 };
	uint64_t *at = NULL;
	struct layout *l;
	int rc;

	TRY(fl_alloc(&perm, n, sizeof *perm, err));
	TRY(fl_alloc(&at, 2 * n, sizeof *at, err));
	TRY(permutation(in, to, perm, err));
	for (i = 0; i < n; i++)
		TRY(st_add(&new, to->tensors[i].name, DT_F32, to->tensors[i].ndim, to->tensors[i].shape, err));
	flat_ranges(&new);
	st_clear(&in->ref);
	in->ref = new;
	new = (struct st){ 0 };
	for (l = in->layouts; l; l = l->next) {
		memcpy(at, l->at, (l->partial ? 2 : 1) * n * sizeof *at);
		for (i = 0; i < n; i++) {
			l->at[i] = at[perm[i]];
			if (l->partial)
				l->at[n + i] = at[n + perm[i]];
		}
		l->straight = is_straight(in, l);
	}
	for (i = 0; i < in->n; i++)
		if (in->v[i].coded)
			coded_reorder(in->v[i].coded, perm, n, at);
out:
	st_clear(&new);
	free(perm);
	free(at);
	return rc;
}

static void common_stages(json_t *fl, const json_t *other)
{
	json_t *a = json_object_get(fl, "stages");
	const json_t *b = json_object_get(other, "stages");
	size_t i = 0;

	while (i < json_array_size(a) && json_equal(json_array_get(a, i), json_array_get(b, i)))
		i++;
	while (json_array_size(a) > i)
		json_array_remove(a, json_array_size(a) - 1);
}

/* What is said of the result is what all files say: members that agree, and stages as far as they agree from the start on.
 * So it does not depend on the order of the files. */
static void common_meta(json_t *fl, const json_t *other)
{
	static const char *const own[] = { "kind", "of", "round", "weight", "weight_sum", "count", "grid", "stages", NULL };
	const char *key;
	json_t *v;
	void *next;
	int i;

	json_object_foreach_safe(fl, next, key, v) {
		for (i = 0; own[i] && strcmp(own[i], key); i++)
			;
		if (!own[i] && !json_equal(v, json_object_get(other, key)))
			json_object_del(fl, key);
	}
	if (meta_round(other) > meta_round(fl))
		json_object_set(fl, "round", json_object_get(other, "round"));
	common_stages(fl, other);
}

static int read_weight(const struct art *a, struct source *s, long long *count, struct fl_err *err)
{
	const json_t *w = json_object_get(a->fl, "weight");
	long long sum = -1, grid = -1;
	int rc = FL_OK;

	*count = 1;
	if (!s->partial) {
		if (!w && !strcmp(art_kind(a), "update"))
			return fl_fail(err, FL_DATA, "an update without its weight");
		s->weight = (uint64_t)((w ? json_number_value(w) : 1) * 0x1p20); /* meta_check() saw to the range */
		return FL_OK;
	}
	TRY(json_get_int(a->fl, "weight_sum", &sum, err));
	TRY(json_get_int(a->fl, "count", count, err));
	TRY(json_get_int(a->fl, "grid", &grid, err));
	if (sum < 0 || *count < 1 || *count > 1ll << 40)
		return fl_fail(err, FL_DATA, "a partial without its weight_sum and count");
	if (grid != FOLD_GRID)
		rc = fl_fail(err, FL_VERSION, "is a partial on another grid than 2^-%d; upgrade flkit", FOLD_GRID);
	s->weight = (uint64_t)sum;
out:
	return rc;
}

static int check_kind(struct inputs *in, const struct art *a, struct source *s, struct fl_err *err)
{
	const char *kind = art_kind(a), *of = kind;
	int models;

	s->partial = !strcmp(kind, "partial");
	if (s->partial)
		of = meta_str(a->fl, "of");
	if (strcmp(of, "update") && strcmp(of, "model"))
		return fl_fail(err, FL_DATA, "%s%s; want updates, models or partials of them", *kind ? "is of kind " :
			       "is not an artefact of flkit", kind);
	models = !strcmp(of, "model");
	if (!in->fl)
		in->models = models;
	else if (models != in->models)
		return fl_fail(err, FL_DATA, "is %s, the files before it are %ss", models ? "a model" : "an update",
			       models ? "update" : "model");
	in->partials |= s->partial;
	return FL_OK;
}

/* Each file alone must be ready to be summed: what only it has gone through is forgotten in the sum. */
static int check_stages(const json_t *fl, struct fl_err *err)
{
	json_t *copy = json_deep_copy(fl);
	int rc = copy ? meta_add_stage(copy, json_pack("{s:s}", "op", "aggregate"), err) : fl_fail(err, FL_IO, "out of memory: metadata");

	json_decref(copy);
	return rc;
}

/* The chain of a file that is in a codec goes on as if it had been decoded, which it is when it is read. */
static int merge_meta(struct inputs *in, const struct art *a, int coded, const struct st *tensors, struct fl_err *err)
{
	json_t *fl = json_deep_copy(a->fl);
	int rc = FL_OK;

	if (!fl)
		return fl_fail(err, FL_IO, "out of memory: metadata");
	if (coded)
		TRY(meta_add_stage(fl, json_pack("{s:s}", "op", "decompress"), err));
	if (!in->fl) {
		in->fl = json_incref(fl);
		TRY(start(in, tensors, err));
	} else {
		TRY(meta_same_round(in->fl, fl, err));
		common_meta(in->fl, fl);
	}
out:
	json_decref(fl);
	return rc;
}

static int check_one(struct inputs *in, struct source *s, const struct art *a, long long *count, struct fl_err *err)
{
	struct encoded e = { 0 };
	const struct st *tensors;
	int rc;

	TRY(check_kind(in, a, s, err));
	TRY(check_stages(a->fl, err));
	TRY(encoded_read(&e, a, err));
	tensors = e.how.codec ? &e.plain : &a->st;
	TRY(merge_meta(in, a, e.how.codec != NULL, tensors, err));
	TRY(find_layout(in, tensors, s->partial, &s->layout, err));
	if (e.how.codec)
		TRY(coded_new(&s->coded, in, &e, err));
	TRY(read_weight(a, s, count, err));
out:
	encoded_clear(&e);
	return rc;
}

int inputs_add(struct inputs *in, struct source *s, const struct art *a, struct fl_err *err)
{
	long long count = 0;
	int rc;

	if ((rc = check_one(in, s, a, &count, err)) != FL_OK)
		return fl_err_prefix(err, "%s", s->path);
	if (__builtin_add_overflow(in->weights, s->weight, &in->weights) || in->weights >> 62)
		return fl_fail(err, FL_DATA, "%s: the weights add up to more than 2^42", s->path);
	in->count += count;
	in->bytes += a->st.data_len;
	in->coded |= s->coded != NULL;
	s->data_at = a->data_at;
	TRY(fl_grow(&in->v, &in->cap, in->n + 1, sizeof *in->v, err));
	in->v[in->n++] = *s;
	*s = (struct source){ .fd = -1 };
out:
	return rc;
}

void source_clear(struct source *s)
{
	free(s->path);
	free(s->coded);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct source){ .fd = -1 };
}

int inputs_open(const struct inputs *in, size_t i, int *fd, struct fl_err *err)
{
	const struct source *s = &in->v[i];

	*fd = s->fd >= 0 ? s->fd : open(s->path, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 ? FL_OK : fl_fail_errno(err, FL_NOINPUT, "%s", s->path);
}

void inputs_close(const struct inputs *in, size_t i, int fd)
{
	if (in->v[i].fd < 0)
		close(fd);
}

int source_read(const struct source *s, int fd, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	struct art a = { .path = s->path, .fd = fd, .data_at = s->data_at };

	return art_pread(&a, p, n, at, err);
}

/* Flat range [from, from + n) of items of size bytes; tensor k of ref starts at byte at[k], all in a row if straight. */
static int read_range(const struct inputs *in, const struct source *s, int fd, const uint64_t *at, size_t size, uint64_t from,
		      size_t n, char *out, struct fl_err *err)
{
	const struct tensor *t = in->ref.tensors;
	size_t k, m;
	int rc = FL_OK;

	if (s->layout->straight)
		return n ? source_read(s, fd, out, n * size, at[0] + (from - t[0].begin) * size, err) : FL_OK;
	for (k = 0; n; k++) {
		if (from >= t[k].end)
			continue;
		m = t[k].end - from < n ? (size_t)(t[k].end - from) : n;
		TRY(source_read(s, fd, out, m * size, at[k] + (from - t[k].begin) * size, err));
		from += m;
		n -= m;
		out += m * size;
	}
out:
	return rc;
}

int inputs_read(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, float *x, struct fl_err *err)
{
	const struct source *s = &in->v[i];

	if (s->coded)
		return coded_read(in, s, fd, from, n, x, err);
	return read_range(in, s, fd, s->layout->at, sizeof *x, from, n, (char *)x, err);
}

int inputs_read_limbs(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, uint64_t *lo, int64_t *hi,
		      struct fl_err *err)
{
	const struct source *s = &in->v[i];
	int rc;

	TRY(read_range(in, s, fd, s->layout->at, sizeof *lo, from, n, (char *)lo, err));
	TRY(read_range(in, s, fd, s->layout->at + in->ref.n, sizeof *hi, from, n, (char *)hi, err));
out:
	return rc;
}

const char *inputs_tensor(const struct inputs *in, uint64_t at)
{
	size_t k = 0;

	while (k + 1 < in->ref.n && at >= in->ref.tensors[k].end)
		k++;
	return in->ref.tensors[k].name;
}
