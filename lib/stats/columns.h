/*
 * columns.h - the first federated statistics: sums per column, and the schema that follows from them.
 *
 * Arrays (F64) of the artefact, by column name NAME:
 *   rows                 [1]  rows
 *   NAME/missing         [1]  rows where it is missing
 *   NAME/moments         [3]  n, sum of x, sum of x^2, of a numeric column
 *   NAME/range           [2]  -min, max (fold: max); only where the schema sets both bounds, since an extreme is somebody's value
 *   NAME/count/LEVEL     [1]  rows at that level, of a column with levels, and of numeric ones that are all 0 and 1
 * Columns of role id, group and ignore are left out.
 */
#ifndef FL_STATS_COLUMNS_H
#define FL_STATS_COLUMNS_H

#include "base/file.h"
#include "data/schema.h"
#include "stats/fold.h"

/* Sum the columns of the comma-separated CSV files by what s says of them and write the artefact. known: s is shared by all
 * sites, so its digest goes along. FL_NOINPUT, FL_IO, FL_DATA. */
int columns_write(const char *files, const struct schema *s, int known, struct out *o, struct fl_err *err);

/* *j = a schema with the means, standard deviations (n - 1), ranges and levels that the sums give: that of from, filled in, or
 * where from is NULL a new one of all columns, roles as infer.h would give them. label, time and event (or NULL) get those
 * roles. FL_DATA where the sums do not fit. The caller json_decref()s. */
int columns_schema(json_t **j, const struct stats_fold *f, const json_t *from, const char *label, const char *time,
		   const char *event, struct fl_err *err);

#endif
