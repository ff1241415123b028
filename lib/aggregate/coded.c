#include "aggregate/coded.h"

#include <string.h>

#include "base/json.h"

/* Encoded bytes of tensor k of ref lie from place[2k] on, place[2k + 1] of them. */
struct coded {
	struct codec_choice how;
	uint64_t seed;
	uint64_t place[];
};

int coded_new(struct coded **c, const struct inputs *in, const struct encoded *e, struct fl_err *err)
{
	size_t i, k, n = in->ref.n;
	long long seed = 0;
	int rc;

	if (e->how.codec->flags & CODEC_BASE)
		return fl_fail(err, FL_DATA, "is the difference to a model: decode it first, by fl-compress -d --base");
	TRY(json_get_int(e->stage, "seed", &seed, err));
	TRY(fl_alloc(c, 1, sizeof **c + 2 * n * sizeof *(*c)->place, err));
	(*c)->how = e->how;
	(*c)->seed = (uint64_t)seed;
	for (i = 0; i < n; i++) {
		k = (size_t)(st_find(&e->plain, in->ref.tensors[i].name) - e->plain.tensors); /* find_layout() saw to it */
		(*c)->place[2 * i] = e->v[k].at;
		(*c)->place[2 * i + 1] = e->v[k].len;
	}
out:
	return rc;
}

void coded_reorder(struct coded *c, const size_t *perm, size_t n, uint64_t *spare)
{
	size_t i;

	memcpy(spare, c->place, 2 * n * sizeof *spare);
	for (i = 0; i < n; i++) {
		c->place[2 * i] = spare[2 * perm[i]];
		c->place[2 * i + 1] = spare[2 * perm[i] + 1];
	}
}

struct place {
	const struct source *s;
	int fd;
	uint64_t at;
};

static int read_place(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	const struct place *x = ctx;

	return source_read(x->s, x->fd, p, n, x->at + at, err);
}

/* One step over a flat range: the part of it in one tensor, which is whole chunks. */
struct step {
	struct place place;
	struct codec_bytes bytes;
	struct codec_tensor t;
	uint64_t from; /* in the tensor */
	size_t n;
};

static void step_to(struct step *p, const struct inputs *in, const struct source *s, int fd, size_t k, uint64_t from, size_t n)
{
	const struct tensor *t = &in->ref.tensors[k];

	p->place = (struct place){ s, fd, s->coded->place[2 * k] };
	p->bytes = (struct codec_bytes){ s->coded->place[2 * k + 1], read_place, &p->place };
	p->t = (struct codec_tensor){ t->name, t->ndim, t->shape, t->end - t->begin, encoded_seed(s->coded->seed, t->name), NULL };
	p->from = from - t->begin;
	p->n = t->end - from < n ? (size_t)(t->end - from) : n;
	if (p->n > CODEC_CHUNK)
		p->n = CODEC_CHUNK;
}

static int decode_range(const struct inputs *in, const struct source *s, int fd, uint64_t from, size_t n, uint32_t *at, float *x,
			size_t *found, struct fl_err *err)
{
	const struct codec_choice *how = &s->coded->how;
	size_t k, i, m, done = 0;
	struct step p;
	int rc = FL_OK;

	for (k = 0; done < n;) {
		if (from + done >= in->ref.tensors[k].end) {
			k++;
			continue;
		}
		step_to(&p, in, s, fd, k, from + done, n - done);
		if (at) {
			if ((rc = how->codec->sparse(how->v, &p.t, &p.bytes, p.from, p.n, at + *found, x + *found, &m, err)) == FL_OK)
				for (i = 0; i < m; i++)
					at[(*found)++] += (uint32_t)done;
		} else {
			rc = how->codec->decode(how->v, &p.t, &p.bytes, p.from, p.n, x + done, err);
		}
		if (rc != FL_OK)
			return rc == FL_DATA ? fl_err_prefix(err, "%s: tensor \"%.60s\"", s->path, p.t.name) : rc;
		done += p.n;
	}
	return rc;
}

int coded_read(const struct inputs *in, const struct source *s, int fd, uint64_t from, size_t n, float *x, struct fl_err *err)
{
	return decode_range(in, s, fd, from, n, NULL, x, NULL, err);
}

size_t inputs_block(const struct inputs *in, uint64_t from, size_t most)
{
	const struct tensor *t = in->ref.tensors;
	uint64_t n;
	size_t k = 0;

	if (!in->coded)
		return in->values - from < most ? (size_t)(in->values - from) : most;
	while (from >= t[k].end)
		k++;
	n = t[k].end - from;
	if (n > CODEC_CHUNK)
		return CODEC_CHUNK;
	while (++k < in->ref.n && t[k].end - t[k].begin <= most - n)
		n += t[k].end - t[k].begin;
	return (size_t)n;
}

int inputs_sparse(const struct inputs *in, size_t i)
{
	return in->v[i].coded && in->v[i].coded->how.codec->sparse;
}

int inputs_read_sparse(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, uint32_t *at, float *x, size_t *k,
		       struct fl_err *err)
{
	*k = 0;
	return decode_range(in, &in->v[i], fd, from, n, at, x, k, err);
}
