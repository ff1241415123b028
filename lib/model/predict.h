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
#include "model/model.h"

/* The words of --scale, NULL after the last, in the order of enum table_scale; and the value of one of them. */
const char *predict_scale_name(size_t i);
enum table_scale predict_scale(const char *name);

/* The words of --schema (NULL: none) and --data: there must be data, and neither may be standard input, which is the
 * model. FL_USAGE. */
int predict_check(const char *schema, const char *files, struct fl_err *err);

/* Read the CSV files under m's schema or, where schema is not NULL, under the schema file of that name, which must
 * encode alike. FL_DATA also where the model's head and its schema's label are not of a kind; else as schema_read
 * and table_read. */
int predict_table(struct table *t, const struct model *m, const char *schema, const char *files,
		  const struct table_opts *o, struct fl_err *err);

enum metric_task predict_task(const struct model *m);
size_t predict_width(const struct model *m);

/* *p = (n, predict_width()) predictions of the rows of t, freed by the caller. FL_DATA where one is not finite,
 * FL_IO, FL_CONFIG (FL_KERNEL). */
int predict_rows(double **p, const struct model *m, const struct table *t, struct fl_err *err);

/* The text of class c of m's label. */
const char *predict_level(const struct model *m, size_t c);

#endif
