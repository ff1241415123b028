/*
 * residual.h - error feedback: what a codec lost of the last update is added to the next.
 *
 *   e <- e + x, send C(e), e <- e - C(e)     (Seide et al. 2014; Karimireddy et al. 2019, Algorithm 1, for contractions C)
 *
 * The file is an artefact of kind "residual" that survives a crash at any moment: for each tensor NAME what was left, and
 * NAME/before, what had been added; and the digest and the round of the update it was made with. The same update again, or
 * another one of that round, starts from what had been added, so a retry does not add anything twice. Rounds that were missed
 * age what was left by RESIDUAL_DECAY each. An earlier round means that the server began anew: then what was left is dropped.
 */
#ifndef FL_CODEC_RESIDUAL_H
#define FL_CODEC_RESIDUAL_H

#include "base/file.h"
#include "tensor/artefact.h"

#define RESIDUAL_DECAY 0.9

struct residual {
	struct art old;    /* path NULL: there is none, or it was dropped */
	struct out out;
	uint64_t out_at;   /* file offset of its data */
	uint64_t values;
	double factor;     /* of what is added */
	int before;        /* add what had been added */
	int dropped;       /* there was one, of a later round than this update's */
	long long missed;  /* rounds */
};

/* Open path, which may not exist yet, for the update with these metadata, this digest and these tensors (F32, laid out).
 * FL_DATA where it belongs to another model. *r must be {0}. */
int residual_open(struct residual *r, const char *path, const json_t *fl, const char *digest, const struct st *plain, struct fl_err *err);

/* x (n) += e, the values of tensor t from from on. */
int residual_add(const struct residual *r, const struct tensor *t, uint64_t from, size_t n, float *x, struct fl_err *err);

/* Keep: what was added to them, and what is left (n values each). */
int residual_keep(const struct residual *r, const struct tensor *t, uint64_t from, size_t n, const float *added, const float *left,
		  struct fl_err *err);

int residual_commit(struct residual *r, struct fl_err *err);
void residual_close(struct residual *r);

#endif
