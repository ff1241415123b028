/*
 * train.h - a site's whole training: from a model and rows to the update that is sent.
 *
 * What fl-train does by its options and fl-round by a plan is done here, so that both give the same bytes for the same
 * settings, rows and seed.
 */
#ifndef FL_SOLVE_TRAIN_H
#define FL_SOLVE_TRAIN_H

#include "model/rows.h"
#include "solve/solver.h"

struct train {
	struct solve_in in;       /* settings; spec, data and class_weight are filled in by train_run() */
	const char *solver;       /* a name of solvers.def */
	const char *scale;        /* a word of rows.h */
	const char *schema;       /* the schema file to scale by instead of the model's own, or NULL */
	const char *class_weight; /* "balanced", or a number for each class with commas between, or NULL */
};

/* sgd by fl-train's defaults. */
#define TRAIN_DEFAULTS { .in = { SOLVE_DEFAULTS }, .solver = "sgd", .scale = "schema" }

/* Epochs where none are asked for: lbfgs counts iterations. */
long long train_epochs(const char *solver);

/* The rows of these CSV files, labelled, for m. Errors are those of rows_read(). */
int train_rows(struct table *t, const struct train *o, const struct model *m, const char *files, struct fl_err *err);

/* Train from m's parameters: *theta (m->n) is new and freed by the caller. Errors are those of solver_run(); FL_USAGE for a
 * class_weight or solver that does not read. */
int train_run(const struct train *o, const struct model *m, const struct table *t, float **theta, struct solve_out *r,
	      struct fl_err *err);

/* Write theta as an update of m that counts for its rows, or their weights; or as the new model. The caller commits. */
enum { TRAIN_UPDATE, TRAIN_MODEL };
int train_write(const struct train *o, const struct model *m, const struct table *t, const float *theta, int what, struct out *out,
		struct fl_err *err);

#endif
