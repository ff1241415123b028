#include "data/csv.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/file.h"

#define CSV_PAD 64 /* a block may be loaded where fewer bytes are left */
#define CSV_BUFFER ((size_t)256 << 10)

enum { SCAN_DONE = -1, SCAN_MORE = -2 }; /* beside enum fl_status */

/* Bit i: byte i of the 64 at p is the separator, a quote or a control byte. */
#ifdef __SSE2__
static uint64_t specials(const char *p, char sep)
{
	const __m128i seps = _mm_set1_epi8(sep), quotes = _mm_set1_epi8('"'), controls = _mm_set1_epi8(0x1f);
	uint64_t mask = 0;
	int i;

	for (i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		__m128i hit = _mm_cmpeq_epi8(_mm_max_epu8(v, controls), controls);

		hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, seps), _mm_cmpeq_epi8(v, quotes)));
		mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
	}
	return mask;
}
#else
static uint64_t specials(const char *p, char sep)
{
	uint64_t mask = 0;
	int i;

	for (i = 0; i < 64; i++)
		mask |= (uint64_t)(p[i] == sep || p[i] == '"' || (unsigned char)p[i] < 0x20) << i;
	return mask;
}
#endif

static int fail_line(const struct csv *c, struct fl_err *err, const char *what)
{
	return fl_fail(err, FL_DATA, "%s:%llu: %s", in_name(c->name), c->line, what);
}

static int fail_long(const struct csv *c, struct fl_err *err)
{
	return fail_line(c, err, "record is longer than 64 MiB; is a quote not closed?");
}

static int source_read(struct csv *c, size_t n, size_t *got, struct fl_err *err)
{
	int rc;

	if (c->fd >= 0) {
		if ((rc = in_read(c->fd, c->data + c->len, n, got, err)) != FL_OK)
			fl_err_prefix(err, "%s", in_name(c->name));
		return rc;
	}
	*got = n < c->mem_left ? n : c->mem_left;
	memcpy(c->data + c->len, c->mem, *got);
	c->mem += *got;
	c->mem_left -= *got;
	return FL_OK;
}

/* Move what is left to the front, make room where it fills the buffer, read until that is full. */
static int refill(struct csv *c, struct fl_err *err)
{
	size_t left = c->len - c->at, room, got, cap = c->cap, first = CSV_BUFFER;
	int rc;

	if (left > CSV_RECORD_MAX)
		return fail_long(c, err);
	if (left)
		memmove(c->data, c->data + c->at, left);
	c->at = 0;
	c->len = left;
	if (c->fd < 0 && c->mem_left < first)
		first = c->mem_left + 2 * CSV_PAD;
	if (left + CSV_PAD >= cap / 2 && (rc = fl_grow(&c->data, &c->cap, cap ? 2 * cap : first, 1, err)) != FL_OK)
		return rc;
	room = c->cap - CSV_PAD - left;
	if ((rc = source_read(c, room, &got, err)) != FL_OK)
		return rc;
	c->len += got;
	c->eof = got < room;
	memset(c->data + c->len, 0, CSV_PAD);
	return FL_OK;
}

static int add_cell(struct csv *c, size_t from, size_t to, int escaped, struct fl_err *err)
{
	int rc;

	if (c->n_cells == CSV_COLUMNS_MAX)
		return fl_fail(err, FL_DATA, "%s:%llu: more than %d columns", in_name(c->name), c->line, CSV_COLUMNS_MAX);
	if (c->n_cells == c->cells_cap &&
	    (rc = fl_grow(&c->cells, &c->cells_cap, c->n_cells + 1, sizeof *c->cells, err)) != FL_OK)
		return rc;
	c->cells[c->n_cells++] = (struct csv_cell){ c->data + from, (uint32_t)(to - from), (uint32_t)escaped };
	return FL_OK;
}

/* A line end at i: the record is done, and the next one starts behind it. */
static int end_record(struct csv *c, size_t i)
{
	if (c->data[i] == '\r' && i + 1 == c->len && !c->eof)
		return SCAN_MORE; /* is the next byte its LF? */
	c->at = i + 1 + (c->data[i] == '\r' && i + 1 < c->len && c->data[i + 1] == '\n');
	c->next_line++;
	return SCAN_DONE;
}

static int fail_byte(const struct csv *c, unsigned char byte, struct fl_err *err)
{
	return fl_fail(err, FL_DATA, "%s:%llu: holds the byte 0x%02x; a CSV file is text in UTF-8", in_name(c->name), c->line,
		       byte);
}

/* From the quote at *i over the closing one to the byte behind it, which ends the value. */
static int scan_quoted(struct csv *c, size_t *i, int *escaped, struct fl_err *err)
{
	size_t k = *i + 1;
	char q;

	*escaped = 0;
	for (; k < c->len; k++) {
		q = c->data[k];
		if (q == '\n' || q == '\r') {
			c->next_line += q == '\n' || c->data[k + 1] != '\n';
		} else if ((unsigned char)q < 0x20 && q != '\t') {
			return fail_byte(c, (unsigned char)q, err);
		} else if (q == '"') {
			if (k + 1 == c->len && !c->eof)
				return SCAN_MORE;
			if (k + 1 == c->len || c->data[k + 1] != '"')
				break;
			*escaped = 1;
			k++;
		}
	}
	if (k == c->len)
		return c->eof ? fail_line(c, err, "quote is not closed") : SCAN_MORE;
	*i = k + 1;
	if (*i < c->len && c->data[*i] != c->sep && c->data[*i] != '\n' && c->data[*i] != '\r')
		return fail_line(c, err, "text behind a closing quote");
	return FL_OK;
}

/* The quoted value that starts at *cell, and what ends it. FL_OK: *cell is where the next value starts. */
static int take_quoted(struct csv *c, size_t *cell, struct fl_err *err)
{
	size_t i = *cell;
	int escaped, rc;

	if ((rc = scan_quoted(c, &i, &escaped, err)) != FL_OK)
		return rc;
	c->escapes |= escaped;
	if ((rc = add_cell(c, *cell + 1, i - 1, escaped, err)) != FL_OK)
		return rc;
	*cell = i + 1;
	if (i < c->len && c->data[i] == c->sep)
		return FL_OK;
	if (i < c->len)
		return end_record(c, i);
	c->at = c->len;
	return SCAN_DONE;
}

/* One special byte at i of the unquoted value that starts at *cell. */
static int take_special(struct csv *c, size_t *cell, size_t i, struct fl_err *err)
{
	char b = c->data[i];
	int rc;

	if (b == c->sep || b == '\n' || b == '\r') {
		if ((rc = add_cell(c, *cell, i, 0, err)) != FL_OK)
			return rc;
		*cell = i + 1;
		return b == c->sep ? FL_OK : end_record(c, i);
	}
	if (b == '"')
		return fail_line(c, err, "quote inside a value that does not start with one");
	return b == '\t' ? FL_OK : fail_byte(c, (unsigned char)b, err);
}

/* One record from c->at, which starts with a byte. SCAN_DONE, SCAN_MORE (nothing was taken), or an error. */
static int scan(struct csv *c, struct fl_err *err)
{
	size_t cell = c->at, base = c->at, i;
	uint64_t mask;
	int rc;

	c->n_cells = 0;
	c->escapes = 0;
	c->next_line = c->line;
	while (base < c->len) {
		mask = specials(c->data + base, c->sep);
		if (c->len - base < 64)
			mask &= ((uint64_t)1 << (c->len - base)) - 1;
		for (base += 64; mask; mask &= mask - 1) {
			i = base - 64 + (size_t)__builtin_ctzll(mask);
			if (c->data[i] == '"' && i == cell) {
				rc = take_quoted(c, &cell, err);
				base = cell; /* look afresh behind it */
				mask = 1;
			} else {
				rc = take_special(c, &cell, i, err);
			}
			if (rc != FL_OK)
				return rc;
		}
	}
	if (!c->eof)
		return SCAN_MORE;
	if ((rc = add_cell(c, cell, c->len, 0, err)) != FL_OK)
		return rc;
	c->at = c->len;
	return SCAN_DONE;
}

/* Doubled quotes become single ones, in place. */
static void unescape(struct csv *c)
{
	size_t i, k, n;

	for (i = 0; i < c->n_cells; i++) {
		char *s = c->data + (c->cells[i].s - c->data);

		if (!c->cells[i].escaped)
			continue;
		for (k = n = 0; k < c->cells[i].n; k++) {
			s[n++] = s[k];
			k += s[k] == '"';
		}
		c->cells[i].n = (uint32_t)n;
	}
}

/* Skip lines without a byte; *more = 0 where nothing is left. */
static int skip_blank(struct csv *c, int *more, struct fl_err *err)
{
	int rc;

	for (;;) {
		if (c->at == c->len && !c->eof && (rc = refill(c, err)) != FL_OK)
			return rc;
		*more = c->at < c->len;
		if (!*more || (c->data[c->at] != '\n' && c->data[c->at] != '\r'))
			return FL_OK;
		if (end_record(c, c->at) == SCAN_MORE && (rc = refill(c, err)) != FL_OK)
			return rc;
	}
}

/* A record of any number of values. */
static int next_record(struct csv *c, int *more, struct fl_err *err)
{
	int rc = skip_blank(c, more, err);
	size_t start = c->at;

	if (rc != FL_OK || !*more)
		return rc;
	c->line = c->next_line;
	while ((rc = scan(c, err)) == SCAN_MORE) {
		if ((rc = refill(c, err)) != FL_OK)
			return rc;
		start = c->at;
	}
	if (rc != SCAN_DONE)
		return rc;
	if (c->at - start > CSV_RECORD_MAX)
		return fail_long(c, err);
	if (c->escapes)
		unescape(c);
	return FL_OK;
}

int csv_next(struct csv *c, int *more, struct fl_err *err)
{
	int rc = next_record(c, more, err);

	c->stuck = rc != FL_OK;
	if (rc == FL_OK && *more && c->n_cells != c->n_names)
		rc = fl_fail(err, FL_DATA, "%s:%llu: has %zu value%s, want %zu", in_name(c->name), c->line, c->n_cells,
			     c->n_cells == 1 ? "" : "s", c->n_names);
	return rc;
}

/* The most frequent candidate outside quotes in the first line of the buffer; a comma where there is none. */
static char detect(const struct csv *c)
{
	static const char seps[] = { ',', ';', '\t', '|' };
	size_t count[sizeof seps] = { 0 }, i, k, best = 0;
	int quoted = 0;

	for (i = c->at; i < c->len && (quoted || (c->data[i] != '\n' && c->data[i] != '\r')); i++) {
		quoted ^= c->data[i] == '"';
		for (k = 0; k < sizeof seps; k++)
			count[k] += !quoted && c->data[i] == seps[k];
	}
	for (k = 1; k < sizeof seps; k++)
		if (count[k] > count[best])
			best = k;
	return seps[best];
}

/* Keep the names, and where each one is. */
static int keep_header(struct csv *c, struct fl_err *err)
{
	size_t i, at, n;
	int rc;

	TRY(fl_alloc(&c->names, c->n_cells, sizeof *c->names, err));
	TRY(fl_alloc(&c->first, c->n_cells, sizeof *c->first, err));
	for (i = 0; i < c->n_cells; i++) {
		TRY(fl_strndup(&c->names[i], c->cells[i].s, c->cells[i].n, err));
		c->n_names = i + 1;
		n = c->index.n;
		TRY(texts_add(&c->index, c->cells[i].s, c->cells[i].n, &at, err));
		c->first[at] = at == n ? (uint32_t)i : UINT32_MAX;
	}
out:
	return rc;
}

static int read_header(struct csv *c, char sep, struct fl_err *err)
{
	int more, rc;

	c->line = c->next_line = 1;
	TRY(refill(c, err));
	if (c->len >= 3 && !memcmp(c->data, "\xef\xbb\xbf", 3))
		c->at = 3;
	TRY(skip_blank(c, &more, err));
	c->sep = sep == CSV_AUTO ? detect(c) : sep;
	TRY(next_record(c, &more, err));
	if (!more) {
		rc = fl_fail(err, FL_DATA, "%s: is empty; the first line must name the columns", in_name(c->name));
		goto out;
	}
	TRY(keep_header(c, err));
out:
	if (rc != FL_OK)
		csv_close(c);
	return rc;
}

int csv_open(struct csv *c, const char *path, char sep, struct fl_err *err)
{
	int rc = in_open(&c->fd, path, err);

	c->name = path;
	if (rc != FL_OK)
		*c = (struct csv){ 0 };
	return rc == FL_OK ? read_header(c, sep, err) : rc;
}

int csv_open_mem(struct csv *c, const char *name, const void *p, size_t n, char sep, struct fl_err *err)
{
	c->fd = -1;
	c->name = name;
	c->mem = n ? p : "";
	c->mem_left = n;
	return read_header(c, sep, err);
}

int csv_column(const struct csv *c, const char *name, size_t *i, struct fl_err *err)
{
	size_t at = texts_find(&c->index, name, strlen(name));
	char text[64];

	fl_err_quote(text, 56, name, strlen(name));
	if (at == TEXTS_NONE)
		return fl_fail(err, FL_DATA, "%s: column \"%s\" is missing", in_name(c->name), text);
	if (c->first[at] == UINT32_MAX)
		return fl_fail(err, FL_DATA, "%s: column \"%s\" is there twice", in_name(c->name), text);
	*i = c->first[at];
	return FL_OK;
}

int csv_has_column(const struct csv *c, const char *name)
{
	return texts_find(&c->index, name, strlen(name)) != TEXTS_NONE;
}

int csv_err_cell(const struct csv *c, size_t column, struct fl_err *err)
{
	char text[64];

	fl_err_quote(text, 56, c->names[column], strlen(c->names[column]));
	return fl_err_prefix(err, "%s:%llu: column \"%s\"", in_name(c->name), c->line, text);
}

void csv_close(struct csv *c)
{
	size_t i;

	for (i = 0; i < c->n_names; i++)
		free(c->names[i]);
	free(c->names);
	free(c->first);
	free(c->cells);
	free(c->data);
	texts_clear(&c->index);
	in_close(c->fd);
	*c = (struct csv){ 0 };
}
