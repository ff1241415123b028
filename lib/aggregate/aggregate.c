#include "aggregate/aggregate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aggregate/fold.h"
#include "aggregate/inputs.h"
#include "aggregate/state.h"
#include "base/json.h"
#include "codec/decode.h"
#include "stats/fold.h"
#include "tensor/meta.h"

#define BLOCK ((size_t)1 << 16) /* values; its sums stay in a core's cache */

struct worker {
	pthread_t thread;
	const struct inputs *in;
	uint64_t from;
	size_t n;
	struct fold fold;
	int mean;     /* finish the sums */
	float *x;     /* (block) values of one file, then their mean */
	uint64_t *lo; /* (block) limbs, where partials are read or written */
	int64_t *hi;
	uint32_t *at; /* (block) places of sparse values, where any file is in a codec */
	int rc;
	struct fl_err err;
};

struct run {
	struct inputs in;
	struct stats_fold stats; /* instead of in, where the files are statistics */
	struct art base;
	const struct agg_opts *opts;
	struct worker *w;
	size_t threads;
	size_t block; /* values: BLOCK, or a codec's chunk */
	struct state state;
	float *x;    /* (block) of the base */
	float *v[STRATEGY_STATE_MAX]; /* (block) of the state */
	int scratch; /* high limbs of a partial until the low ones are out, or -1 */
	struct out *o;
};

/* ---- one block over all files ---- */

static int fold_source(struct worker *w, size_t i, int fd, struct fl_err *err)
{
	const struct source *s = &w->in->v[i];
	size_t bad, k;
	int rc;

	if (inputs_sparse(w->in, i)) {
		TRY(inputs_read_sparse(w->in, i, fd, w->from, w->n, w->at, w->x, &k, err));
		bad = fold_add_sparse(&w->fold, w->at, w->x, k, s->weight);
		bad = bad < k ? w->at[bad] : w->n;
	} else if (s->partial) {
		TRY(inputs_read_limbs(w->in, i, fd, w->from, w->n, w->lo, w->hi, err));
		bad = fold_add_limbs(&w->fold, w->lo, w->hi, s->weight);
	} else {
		TRY(inputs_read(w->in, i, fd, w->from, w->n, w->x, err));
		bad = fold_add(&w->fold, w->x, s->weight);
	}
	if (bad < w->n)
		rc = fl_fail(err, FL_DATA, "%s: tensor \"%s\" holds a value that is not finite or beyond %g", s->path,
			     inputs_tensor(w->in, w->from + bad), (double)FOLD_VALUE_MAX);
out:
	return rc;
}

static void *fold_block(void *arg)
{
	struct worker *w = arg;
	size_t i, k;
	int fd;

	w->rc = FL_OK;
	fold_zero(&w->fold, w->n);
	for (i = 0; i < w->in->n && w->rc == FL_OK; i++) {
		if ((w->rc = inputs_open(w->in, i, &fd, &w->err)) != FL_OK)
			break;
		w->rc = fold_source(w, i, fd, &w->err);
		inputs_close(w->in, i, fd);
	}
	fold_carry(&w->fold);
	for (k = 0; w->mean && k < w->n; k++)
		w->x[k] = fold_mean(w->fold.sum[k], w->in->weights);
	return NULL;
}

static int worker_new(struct worker *w, const struct inputs *in, size_t block, int mean, struct fl_err *err)
{
	int rc;

	w->in = in;
	w->mean = mean;
	TRY(fold_new(&w->fold, block, err));
	TRY(fl_alloc(&w->x, block, sizeof *w->x, err));
	TRY(fl_alloc(&w->lo, block, sizeof *w->lo, err));
	TRY(fl_alloc(&w->hi, block, sizeof *w->hi, err));
	if (in->coded)
		TRY(fl_alloc(&w->at, block, sizeof *w->at, err));
out:
	return rc;
}

static void worker_clear(struct worker *w)
{
	fold_clear(&w->fold);
	free(w->x);
	free(w->lo);
	free(w->hi);
	free(w->at);
}

/* Give each thread a block from at on; *used is how many got one. The first error, in order of place, wins. */
static int fold_blocks(struct run *r, uint64_t at, size_t *used, struct fl_err *err)
{
	size_t i, started = 0;
	int rc = FL_OK;

	for (i = 0; i < r->threads && at < r->in.values; i++) {
		r->w[i].from = at;
		r->w[i].n = inputs_block(&r->in, at, r->block);
		at += r->w[i].n;
	}
	*used = i;
	for (started = 1; started < *used; started++)
		if (pthread_create(&r->w[started].thread, NULL, fold_block, &r->w[started]) != 0)
			break;
	fold_block(&r->w[0]);
	for (i = 1; i < *used; i++) {
		if (i < started)
			pthread_join(r->w[i].thread, NULL);
		else
			fold_block(&r->w[i]);
	}
	for (i = 0; i < *used && rc == FL_OK; i++) {
		rc = r->w[i].rc;
		if (rc != FL_OK)
			*err = r->w[i].err;
	}
	return rc;
}

/* ---- what is written ---- */

static int write_limbs(struct run *r, struct worker *w, struct fl_err *err)
{
	size_t i, n = w->n * sizeof *w->hi;
	int rc;

	for (i = 0; i < w->n; i++) {
		w->lo[i] = (uint64_t)w->fold.sum[i];
		w->hi[i] = (int64_t)(w->fold.sum[i] >> 64);
	}
	rc = file_write(r->scratch, w->hi, n, err);
	return rc == FL_OK ? out_write(r->o, w->lo, w->n * sizeof *w->lo, err) : rc;
}

/* The base must be whole and the one the updates started from before the last block goes out: a reader of a pipe then never
 * holds a complete file that is wrong. */
static int check_base(struct run *r, struct fl_err *err)
{
	int rc = art_end(&r->base, err);

	if (rc == FL_OK && strcmp(r->base.digest, meta_str(r->in.fl, "base")))
		rc = fl_fail(err, FL_DATA, "%s: is not the base model of %s: give the model that was trained from", in_name(r->base.path),
			     r->in.v[0].path);
	return rc;
}

/* From the mean in w->x to the next model's values there. */
static int take_step(struct run *r, struct worker *w, struct fl_err *err)
{
	struct strategy_in in = { .base = r->x, .mean = w->x, .n = w->n, .o = &r->opts->server };
	size_t k, n = strategy_vectors(r->opts->strategy);
	int rc;

	TRY(art_read(&r->base, r->x, w->n * sizeof *r->x, err));
	for (k = 0; k < n; k++) {
		in.state[k] = r->v[k];
		TRY(state_read(&r->state, k, w->from, w->n, r->v[k], err));
		TRY(state_write(&r->state, k, STATE_BEFORE, w->from, w->n, r->v[k], err));
	}
	r->opts->strategy->step(&in, w->x);
	for (k = 0; k < n; k++)
		TRY(state_write(&r->state, k, STATE_AFTER, w->from, w->n, r->v[k], err));
	if (w->from + w->n == r->in.values)
		TRY(check_base(r, err));
out:
	return rc;
}

static int write_values(struct run *r, struct worker *w, struct fl_err *err)
{
	int rc = FL_OK;

	if (r->base.path)
		TRY(take_step(r, w, err));
	TRY(out_write(r->o, w->x, w->n * sizeof *w->x, err));
out:
	return rc;
}

static int fold_all(struct run *r, struct fl_err *err)
{
	uint64_t at;
	size_t used, i;
	int rc = FL_OK;

	for (at = 0; at < r->in.values;) {
		TRY(fold_blocks(r, at, &used, err));
		for (i = 0; i < used; i++) {
			TRY(r->opts->partial ? write_limbs(r, &r->w[i], err) : write_values(r, &r->w[i], err));
			at += r->w[i].n;
		}
		if (r->opts->progress)
			r->opts->progress("aggregate", (double)at, (double)r->in.values);
	}
	if (r->opts->partial)
		TRY(out_copy(r->o, r->scratch, 0, r->in.values * sizeof *r->w[0].hi, err));
	if (r->state.strategy)
		TRY(state_commit(&r->state, err)); /* before the model: see state.h */
out:
	return rc;
}

/* ---- headers ---- */

static int set(json_t *fl, const char *key, json_t *v, struct fl_err *err)
{
	return json_object_set_new(fl, key, v) == 0 ? FL_OK : fl_fail(err, FL_IO, "out of memory: metadata");
}

static int partial_header(struct run *r, struct st *h, json_t **fl, struct fl_err *err)
{
	static const char *const drop[] = { "weight", "table", NULL };
	char name[ST_NAME_MAX + 4];
	uint64_t at = 0, len;
	size_t i, k;
	int rc;

	TRY(meta_derive(fl, r->in.fl, "partial", drop, err));
	TRY(set(*fl, "of", json_string(r->in.models ? "model" : "update"), err));
	TRY(set(*fl, "weight_sum", json_integer((json_int_t)r->in.weights), err));
	TRY(set(*fl, "count", json_integer(r->in.count), err));
	TRY(set(*fl, "grid", json_integer(FOLD_GRID), err));
	for (k = 0; k < 2 * r->in.ref.n; k++) {
		const struct tensor *t = &r->in.ref.tensors[k % r->in.ref.n];
		snprintf(name, sizeof name, "%s%s", t->name, k < r->in.ref.n ? "/lo" : "/hi");
		TRY(st_add(h, name, k < r->in.ref.n ? DT_U64 : DT_I64, t->ndim, t->shape, err));
	}
	for (i = 0; i < h->n; i++) { /* in the order in which they are written: that of the values, not of the names */
		len = h->tensors[i].end - h->tensors[i].begin;
		h->tensors[i].begin = at;
		h->tensors[i].end = at += len;
	}
	TRY(file_scratch(&r->scratch, err));
out:
	return rc;
}

static int model_header(struct run *r, struct st *h, json_t **fl, struct fl_err *err)
{
	static const char *const drop[] = { "weight", "of", "weight_sum", "count", "grid", "base", NULL };
	const json_t *from = r->base.path ? r->base.fl : r->in.fl;
	json_t *stages = NULL;
	size_t i;
	int rc;

	TRY(meta_derive(fl, from, "model", drop, err));
	TRY(set(*fl, "round", json_integer(meta_round(from) + 1), err));
	stages = json_object_get(r->in.fl, "stages");
	TRY(set(*fl, "stages", stages ? json_deep_copy(stages) : json_array(), err));
	TRY(meta_add_stage(*fl, json_pack("{s:s, s:s, s:I}", "op", "aggregate", "strategy", r->opts->strategy->name, "updates",
					  (json_int_t)r->in.count), err));
	for (i = 0; i < r->in.ref.n; i++) {
		const struct tensor *t = &r->in.ref.tensors[i];
		TRY(st_add(h, t->name, DT_F32, t->ndim, t->shape, err));
		h->tensors[i].begin = t->begin * sizeof(float);
		h->tensors[i].end = t->end * sizeof(float);
	}
	if (r->base.path) {
		TRY(set(*fl, "parent", json_string(meta_str(r->in.fl, "base")), err)); /* check_base() proves it */
		TRY(art_copy_meta(h, &r->base, err));
	}
out:
	return rc;
}

/* ---- the whole ---- */

static int open_base(struct run *r, struct fl_err *err)
{
	int rc;

	TRY(art_open(&r->base, r->opts->base, err));
	TRY(decode_in_place(&r->base, err));
	TRY(art_want(&r->base, "model", err));
	if ((rc = inputs_reorder(&r->in, &r->base.st, err)) != FL_OK)
		fl_err_prefix(err, "%s", in_name(r->opts->base));
	if (rc == FL_OK && r->in.values == 0)
		rc = check_base(r, err);
out:
	return rc;
}

static int open_state(struct run *r, struct fl_err *err)
{
	size_t k, n = strategy_vectors(r->opts->strategy);
	int rc;

	if (n == 0 || !r->base.path)
		return FL_OK;
	if (!r->opts->state)
		return fl_fail(err, FL_USAGE, "%s carries something on from round to round: give --state FILE", r->opts->strategy->name);
	TRY(state_open(&r->state, r->opts->state, r->opts->strategy, &r->opts->server, &r->in, r->base.fl,
		       meta_str(r->in.fl, "base"), err));
	for (k = 0; k < n; k++)
		TRY(fl_alloc(&r->v[k], r->block, sizeof *r->v[k], err));
out:
	return rc;
}

static int start(struct run *r, struct fl_err *err)
{
	size_t i;
	int rc;

	if (r->in.n == 0)
		return fl_fail(err, FL_USAGE, "no updates to aggregate");
	if (r->in.weights == 0)
		return fl_fail(err, FL_DATA, "the weights of all updates are 0");
	if (!r->opts->partial && !r->in.models)
		TRY(open_base(r, err));
	r->block = r->in.coded ? CODEC_CHUNK : BLOCK;
	TRY(open_state(r, err));
	r->threads = r->opts->threads > 0 ? (size_t)r->opts->threads : 1;
	if (r->threads > r->in.values / r->block + 1)
		r->threads = (size_t)(r->in.values / r->block + 1);
	TRY(fl_alloc(&r->w, r->threads, sizeof *r->w, err));
	for (i = 0; i < r->threads; i++)
		TRY(worker_new(&r->w[i], &r->in, r->block, !r->opts->partial, err));
	TRY(fl_alloc(&r->x, r->block, sizeof *r->x, err));
out:
	return rc;
}

static void finish(struct run *r)
{
	size_t i;

	for (i = 0; r->w && i < r->threads; i++)
		worker_clear(&r->w[i]);
	free(r->w);
	free(r->x);
	for (i = 0; i < STRATEGY_STATE_MAX; i++)
		free(r->v[i]);
	state_close(&r->state);
	if (r->scratch >= 0)
		close(r->scratch);
	art_close(&r->base);
	inputs_clear(&r->in);
	stats_fold_clear(&r->stats);
}

/* One more file, to the statistics where the first was one, else to the updates. */
static int add_file(struct run *r, const char *path, struct fl_err *err)
{
	struct source s = { .fd = -1 };
	struct art a = { 0 };
	int rc;

	TRY(source_open(&s, path, &a, err));
	if (r->stats.fl || (r->in.n == 0 && !strcmp(art_kind(&a), "stats")))
		rc = stats_fold_add(&r->stats, &a, err);
	else
		rc = inputs_add(&r->in, &s, &a, err);
out:
	art_close(&a);
	source_clear(&s);
	return rc;
}

static int write_stats(struct run *r, struct agg_result *res, struct fl_err *err)
{
	stats_fold_end(&r->stats);
	*res = (struct agg_result){ .count = r->stats.count, .values = r->stats.values, .round = meta_round(r->stats.fl) };
	return stats_fold_write(&r->stats, r->o, err);
}

static int write_sum(struct run *r, struct agg_result *res, struct fl_err *err)
{
	struct st h = { 0 };
	json_t *fl = NULL;
	int rc;

	TRY(start(r, err));
	TRY(r->opts->partial ? partial_header(r, &h, &fl, err) : model_header(r, &h, &fl, err));
	TRY(art_write_header(r->o, &h, fl, NULL, err));
	TRY(fold_all(r, err));
	*res = (struct agg_result){ r->in.count, (double)r->in.weights * 0x1p-20, r->in.values,
				    r->in.bytes, meta_round(fl) };
out:
	json_decref(fl);
	st_clear(&h);
	return rc;
}

int aggregate(const char *(*next)(void *ctx), void *ctx, const struct agg_opts *opts, struct out *o, struct agg_result *res,
	      struct fl_err *err)
{
	struct run r = { .opts = opts, .o = o, .scratch = -1 };
	const char *path;
	int rc;

	while ((path = next(ctx)))
		TRY(add_file(&r, path, err));
	rc = r.stats.fl ? write_stats(&r, res, err) : write_sum(&r, res, err);
out:
	finish(&r);
	return rc;
}
