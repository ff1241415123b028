/*
 * csv.h - records of a CSV file (RFC 4180), one after the other, with their line numbers.
 *
 * The first record is the header. Records end with CRLF, LF or CR; the last one may lack its end; lines without a byte
 * are skipped (an empty value in a file of one column is written ""). A byte order mark is skipped. Values in quotes may
 * hold separators, line ends, and quotes written twice. Values are the bytes as they are: no trimming, no decoding.
 *
 * Stricter than libcsv (and compared with it in tests/fuzz/fuzz-csv.c), because a table that is read wrong trains a wrong
 * model: every record has as many values as the header; a quote may stand only at the start of a value, and after the
 * closing one the value ends; a quote that is never closed, and control bytes other than tab, are errors; spaces around
 * values are kept. We have a reader of our own because libcsv 3.0.3, which copies every value byte by byte and calls back for
 * it, takes five times as long to find the values and tells neither lines nor limits: on 1M x 21 numbers (185 MB) it spends
 * 0.45 s of processor time before a number is parsed (1.7 s with strtod), ours 0.08 s (0.46 s with number_parse).
 *
 * Errors are FL_DATA "FILE:LINE: ...", LINE being where the record starts.
 */
#ifndef FL_DATA_CSV_H
#define FL_DATA_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/texts.h"

#define CSV_RECORD_MAX ((size_t)64 << 20) /* bytes of a record */
#define CSV_COLUMNS_MAX 65536
#define CSV_AUTO 0 /* separator: the most frequent of , ; tab | in the first line */

struct csv_cell {
	const char *s; /* not ended by a NUL; inside the reader's buffer, valid until the next csv_next() */
	uint32_t n;
	uint32_t escaped; /* private: still holds doubled quotes */
};

struct csv {
	char **names; /* (n_names) of the header */
	size_t n_names;
	struct csv_cell *cells; /* (n_names) of the current record */
	unsigned long long line; /* where the current record starts, from 1 */
	char sep;
	int stuck; /* after an error: the reader cannot go on with the next record */

	/* private */
	const char *name; /* borrowed: the path, for sentences */
	int fd;		  /* -1: memory */
	const char *mem;
	size_t mem_left;
	char *data; /* bytes at..len are still to be scanned; CSV_PAD readable ones follow */
	size_t at, len, cap;
	int eof;
	unsigned long long next_line;
	size_t n_cells, cells_cap;
	int escapes; /* of the record being scanned */
	struct texts index;
	uint32_t *first; /* (index.n) the column of a name, or UINT32_MAX where it is there twice */
};

/* Open path ("-": standard input) and read the header. sep: a byte, or CSV_AUTO. path is borrowed. FL_NOINPUT, FL_IO,
 * FL_DATA (also where there is no header). *c must be {0}, and is after failure. */
int csv_open(struct csv *c, const char *path, char sep, struct fl_err *err);

/* The same for n bytes in memory, borrowed; name stands for the path in sentences. */
int csv_open_mem(struct csv *c, const char *name, const void *p, size_t n, char sep, struct fl_err *err);

/* The next record into c->cells; *more = 0 at the end. FL_IO, FL_DATA. After a record with a wrong number of values, and
 * only then, c->stuck is 0 and the next call goes on behind it. */
int csv_next(struct csv *c, int *more, struct fl_err *err);

/* *i = the column called name. FL_DATA "FILE: column "NAME" is missing", or is there twice. */
int csv_column(const struct csv *c, const char *name, size_t *i, struct fl_err *err);
int csv_has_column(const struct csv *c, const char *name);

/* Put "FILE:LINE: column "NAME": " in front of the sentence in *err. */
int csv_err_cell(const struct csv *c, size_t column, struct fl_err *err);

void csv_close(struct csv *c);

#endif
