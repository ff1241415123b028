/*
 * check.h - everything in CSV files that does not fit a schema, not only the first of it.
 *
 * What table_read() would refuse with a label needed, one sentence for each: columns that are missing, records with a
 * wrong number of values, values that cannot be encoded. After a record that cannot be read (a quote that is not closed,
 * binary bytes) the rest of its file is left out.
 */
#ifndef FL_DATA_CHECK_H
#define FL_DATA_CHECK_H

#include <stddef.h>

#include "base/err.h"
#include "data/schema.h"

struct check {
	size_t rows, misfits; /* counted up, over any number of files */
	void (*misfit)(void *arg, const char *sentence);
	void *arg;
};

/* FL_OK where the file could be looked at, whatever was found; FL_NOINPUT, FL_IO. */
int check_file(struct check *k, const char *path, const struct schema *s, struct fl_err *err);

#endif
