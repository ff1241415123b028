/*
 * The CSV reader on any bytes; where libcsv was there to build with (-DWITH_LIBCSV), its strict mode must agree: what we
 * read, it reads alike, and what we read before an error is how its reading starts. We refuse more: control bytes and
 * limits (see csv.h).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_cell(struct buf *b, const void *s, size_t n)
{
	if (buf_add(b, &n, sizeof n, NULL) != FL_OK || buf_add(b, s, n, NULL) != FL_OK)
		abort();
}

static void end_record(struct buf *b)
{
	if (buf_adds(b, "\n", NULL) != FL_OK)
		abort();
}

/* All records, ragged ones too, as length, bytes, ... and a line end each. 1 if the end was reached. */
static int read_ours(struct buf *b, const uint8_t *data, size_t size, char sep)
{
	struct fl_err err;
	struct csv c = { 0 };
	size_t i;
	int more = 1, rc;

	if (csv_open_mem(&c, "fuzz", data, size, sep, &err) != FL_OK) {
		if (c.data || c.names)
			abort();
		return 0;
	}
	for (i = 0; i < c.n_names; i++)
		add_cell(b, c.names[i], strlen(c.names[i]));
	end_record(b);
	for (;;) {
		rc = csv_next(&c, &more, &err);
		if ((rc != FL_OK && c.stuck) || !more)
			break;
		for (i = 0; i < c.n_cells; i++)
			add_cell(b, c.cells[i].s, c.cells[i].n);
		end_record(b);
		if ((rc == FL_OK) != (c.n_cells == c.n_names))
			abort();
	}
	csv_close(&c);
	return rc == FL_OK;
}

#ifdef WITH_LIBCSV
#include <csv.h>

static void on_cell(void *s, size_t n, void *b)
{
	add_cell(b, s ? s : "", n);
}

static void on_record(int c, void *b)
{
	(void)c;
	end_record(b);
}

static int no_space(unsigned char c)
{
	(void)c;
	return 0;
}

static int read_libcsv(struct buf *b, const uint8_t *data, size_t size)
{
	struct csv_parser p;
	int whole;

	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		abort();
	csv_set_space_func(&p, no_space); /* spaces are kept */
	if (size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
		data += 3;
		size -= 3;
	}
	whole = csv_parse(&p, data, size, on_cell, on_record, b) == size && csv_fini(&p, on_cell, on_record, b) == 0;
	csv_free(&p);
	return whole;
}

static void compare(const struct buf *ours, int whole, const uint8_t *data, size_t size)
{
	struct buf theirs = { 0 };
	int theirs_whole = read_libcsv(&theirs, data, size);

	if (whole && (!theirs_whole || ours->len != theirs.len))
		abort();
	if (ours->len > theirs.len || (ours->len && memcmp(ours->data, theirs.data, ours->len) != 0))
		abort();
	buf_clear(&theirs);
}
#else
static void compare(const struct buf *ours, int whole, const uint8_t *data, size_t size)
{
	(void)ours, (void)whole, (void)data, (void)size;
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	int whole = read_ours(&b, data, size, ',');

	compare(&b, whole, data, size);
	b.len = 0;
	read_ours(&b, data, size, CSV_AUTO);
	buf_clear(&b);
	return 0;
}
