/*
 * fold.h - adding up statistics of several sites: named arrays of doubles, by name.
 *
 * An array that a site lacks counts as zeros there, so sites need not have seen the same levels; the shape of a name must
 * agree. fl.fold says, by the last component of the name, what is not a sum: {"range": "max"} folds "age/range" by maximum.
 * Sums are compensated (Neumaier 1974), so the order of the files does not show within 1e-15, relative.
 */
#ifndef FL_STATS_FOLD_H
#define FL_STATS_FOLD_H

#include "data/texts.h"
#include "tensor/artefact.h"

#define STATS_VALUES_MAX ((size_t)1 << 26) /* in all arrays together */

struct stats_array {
	unsigned ndim;
	uint64_t shape[ST_DIMS_MAX];
	size_t len;
	int max;        /* by maximum, not by sum */
	double *v, *c;  /* (len) sum or maximum; compensation */
};

struct stats_fold {
	json_t *fl;         /* of the first file */
	long long count;    /* sites */
	struct texts names; /* number of a name = index into a */
	struct stats_array *a;
	size_t cap, values;
};

/* Add the arrays of an open artefact of kind stats; a is read to its end. FL_DATA names the file. *f starts as {0};
 * stats_fold_clear() frees, also after failure. */
int stats_fold_add(struct stats_fold *f, struct art *a, struct fl_err *err);

/* Round the compensation in: then a[i].v is final. */
void stats_fold_end(struct stats_fold *f);

/* Write the fold as an artefact of kind stats. */
int stats_fold_write(const struct stats_fold *f, struct out *o, struct fl_err *err);

/* The array called name, or NULL. */
const struct stats_array *stats_fold_find(const struct stats_fold *f, const char *name);

void stats_fold_clear(struct stats_fold *f);

#endif
