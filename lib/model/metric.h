/*
 * metric.h - how good predictions are: one row per metric in metrics.def, one way to ask any of them.
 *
 * metric_prepare() takes the rows once: it checks them, picks the predicted classes and sorts what is ranked, so that
 * each metric is then one pass (c_index: n log n) and needs no memory. The weights are an argument of their own: a
 * bootstrap replicate is the same prepared rows with every weight multiplied by how often its row was drawn. A row of
 * weight 0 counts for nothing.
 *
 * A metric that cannot be had from these rows (one class only, no comparable pair) is NAN, and says why in a sentence.
 */
#ifndef FL_MODEL_METRIC_H
#define FL_MODEL_METRIC_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/random.h"

enum metric_task {
	METRIC_BINARY = 1,
	METRIC_MULTICLASS = 2,
	METRIC_REGRESSION = 4,
	METRIC_COUNT = 8, /* y >= 0 whole, p a rate > 0 */
	METRIC_SURVIVAL = 16
};

#define METRIC_BINS 10            /* of calibration: equal width on [0, 1] */
#define METRIC_CONFUSION_MAX 256  /* classes of the largest confusion matrix that metric_json() prints */
#define METRIC_LOG_CLIP 1e-15     /* probabilities are kept this far from 0 in a logarithm */

struct metric_in {
	enum metric_task task;
	size_t n, k;         /* rows; columns of p: the classes if multiclass, else 1 */
	const double *p;     /* (n, k) probability of level 1, of each class; mean; rate; risk (higher fails sooner) */
	const float *y;      /* (n) index of the class, or the value; not read for survival */
	const float *time;   /* (n) survival: when the event or the end of follow-up was */
	const float *event;  /* (n) survival: 1 event, 0 censored */
	const float *weight; /* (n) >= 0, or NULL: all 1 */
	double threshold;    /* binary: class 1 is predicted where p >= threshold */
};

/* Prepared rows. The arrays of in are borrowed, the others the set's own. Its metrics share work: one thread at a
 * time. */
struct metric_set {
	struct metric_in in;
	double *weight;  /* (n) in.weight, or ones */
	uint32_t *guess; /* (n) predicted class (binary, multiclass; the first of equals), else NULL */
	uint32_t *order; /* (k, n) rows by rising p of a class; survival: (n) by falling time, censored first */
	uint32_t *rank;  /* survival: (n) rank of p from 1, equal p equal rank; else NULL */
	double *work;    /* max(n + 1, 3 for each class) */
};

struct metric {
	const char *name;    /* the key in JSON */
	const char *summary; /* half a sentence */
	const char *source;
	unsigned tasks;      /* METRIC_* it is for */
	/* Under weights w (n), with a positive sum: the value, or NAN and *why. */
	double (*value)(const struct metric_set *s, const double *w, const char **why);
};

/* FL_DATA "row 3: the prediction is not finite", a class out of range, a time that is NaN; FL_IO. *s must be {0},
 * and is after failure. */
int metric_prepare(struct metric_set *s, const struct metric_in *in, struct fl_err *err);
void metric_clear(struct metric_set *s);

/* Some of the rows of in, copied, as an input of its own: sub->in. An earlier content of *sub is freed. FL_IO. */
struct metric_subset {
	struct metric_in in;
	double *p;     /* (n, k) */
	float *values; /* (4, n): y, time, event, weight */
};
int metric_subset_take(struct metric_subset *sub, const struct metric_in *in, const uint32_t *rows, size_t n,
		       struct fl_err *err);
void metric_subset_clear(struct metric_subset *sub);

/* Row i of metrics.def in its order, or NULL after the last; by name, or NULL. */
const struct metric *metric_at(size_t i);
const struct metric *metric_find(const char *name);
size_t metric_count(void);

/* m under weights w (NULL: the set's own). NAN, and *why if given, where it is undefined, also for want of rows or
 * weight; *why is NULL where it is defined. */
double metric_value(const struct metric *m, const struct metric_set *s, const double *w, const char **why);

/* c (k, k; 2, 2 if binary): weight of the rows of class i predicted as j, at c[i * k + j]. */
void metric_confusion(const struct metric_set *s, const double *w, double *c);

/* Calibration. Bin b holds the rows whose confidence lies in [b/10, (b+1)/10), the last one 1 as well. Binary:
 * confidence is p, observed the share of class 1. Multiclass: confidence is the largest p, observed the share of
 * correct predictions. Means are weighted; NAN in an empty bin. */
struct metric_bin {
	size_t n;
	double weight, predicted, observed;
};
void metric_calibration(const struct metric_set *s, const double *w, struct metric_bin bins[METRIC_BINS]);

/* Percentile bootstrap (Efron and Tibshirani 1993, ch. 13). ci (metric_count(), 2) gets for each metric of the task
 * the (1-level)/2 and (1+level)/2 quantiles over the replicates in which it is defined; NANs where that is not even
 * half of them. A replicate draws n rows with replacement. progress may be NULL. FL_IO. */
struct metric_boot {
	size_t replicates;
	double level; /* (0, 1) */
	void (*progress)(const char *what, double done, double total);
};
int metric_bootstrap(const struct metric_set *s, const struct metric_boot *b, struct rng *r, double (*ci)[2],
		     struct fl_err *err);

/* The object of fl-eval(1) for these rows: n, every metric of the task in the order of metrics.def, confusion,
 * calibration, "undefined" (if any is), and "ci" if ci is not NULL. levels (k; 2 if binary) are the classes' names,
 * NULL where there are none. NULL if memory ends or a name is not UTF-8. The caller json_decref()s. */
json_t *metric_json(const struct metric_set *s, const char *const *levels, double (*ci)[2]);

#endif
