/*
 * predict.h - a model's predictions for the rows of a table, in the form that metrics take and people read.
 *
 * A row's prediction is predict_width() numbers: the probability of level 1 for a label of two classes (whichever head),
 * of every level for more, the mean, the rate, or for cox the log of the risk relative to baseline.
 */
#ifndef FL_MODEL_PREDICT_H
#define FL_MODEL_PREDICT_H

#include "data/table.h"
#include "model/metric.h"
#include "model/rows.h"

enum metric_task predict_task(const struct model *m);
size_t predict_width(const struct model *m);

/* *p = (n, predict_width()) predictions of the rows of t, freed by the caller. FL_DATA where one is not finite,
 * FL_IO, FL_CONFIG (FL_KERNEL). */
int predict_rows(double **p, const struct model *m, const struct table *t, struct fl_err *err);

/* The text of class c of m's label. */
const char *predict_level(const struct model *m, size_t c);

#endif
