#include <stdio.h>
#include <string.h>

#include "report/html.h"
#include "report/svg.h"

enum { CELL = 18, MARK = 11, LABEL = MARK + 20, CHAR = 7, HEAD = 20, BAR = 120 };

/* From what is wished for to what is not asked: of the legend, and of a bar from the bottom up. */
static const enum svg_mark order[SVG_MARKS] = { SVG_DONE, SVG_LATE, SVG_OUT, SVG_MISSING, SVG_NONE };

/* What follows "Mx y" in a mark's path. */
static const char *const shape[SVG_MARKS] = {
	[SVG_NONE] = "m4 5.5h3", [SVG_MISSING] = "h11v11h-11z", [SVG_DONE] = "h11v11h-11z", [SVG_LATE] = "m0 11h11l-5.5-11z",
	[SVG_OUT] = "l11 11m0-11l-11 11"
};

static int open_svg(struct buf *b, int width, int height, const char *title, const char *desc, struct fl_err *err)
{
	return html_addf(b, err,
			 "<svg class=\"fixed\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" aria-label=\"%.200s\">\n"
			 "<title>%.200s</title><desc>%.400s</desc>\n",
			 width, height, width, height, title, title, desc);
}

int svg_legend(struct buf *b, const char *const *meaning, struct fl_err *err)
{
	int i, k, x = 0, rc;

	for (i = 0; i < SVG_MARKS; i++)
		x += LABEL + 6 * (int)strlen(meaning[i]);
	TRY(html_addf(b, err, "<svg class=\"fixed\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">\n", x, CELL, x,
		      CELL));
	for (i = x = 0; i < SVG_MARKS; i++) {
		k = order[i];
		TRY(html_addf(b, err, "<path class=\"s%d\" d=\"M%d.5 3.5%s\"/><text x=\"%d\" y=\"13\">%.24s</text>\n", k, x, shape[k],
			      x + MARK + 6, meaning[k]));
		x += LABEL + 6 * (int)strlen(meaning[k]);
	}
	TRY(buf_adds(b, "</svg>\n", err));
out:
	return rc;
}

/* Numbers over or under columns that begin at x: all of them, or as many as there is room for; the newest is always there. */
static int numbers(struct buf *b, int x, int y, size_t cols, const unsigned *col, struct fl_err *err)
{
	size_t every, i;
	char text[16];
	int rc = FL_OK;

	if (!cols)
		return FL_OK;
	every = (size_t)(snprintf(text, sizeof text, "%u", col[cols - 1]) * CHAR + 4) / CELL + 1;
	for (i = (cols - 1) % every; i < cols && rc == FL_OK; i += every)
		rc = html_addf(b, err, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%u</text>\n", x + (int)i * CELL + CELL / 2, y,
			       col[i]);
	return rc;
}

static int cells_row(struct buf *b, const struct svg_cells *c, size_t r, int left, struct fl_err *err)
{
	const unsigned char *cell = c->cell + r * c->cols;
	int y = HEAD + (int)r * CELL, rc;
	size_t i;

	TRY(html_addf(b, err, "<text x=\"0\" y=\"%d\">%.22s</text>\n", y + 13, c->row[r]));
	for (i = 0; i < c->cols; i++)
		TRY(html_addf(b, err, "<path class=\"s%d\" d=\"M%d.5 %d.5%s\"><title>%.64s, %.20s %u: %.24s</title></path>\n", cell[i],
			      left + (int)i * CELL + 3, y + 3, shape[cell[i]], c->row[r], c->col_name, c->col[i], c->meaning[cell[i]]));
out:
	return rc;
}

static int name_width(const struct svg_cells *c)
{
	size_t r, n = strlen(c->col_name), k;

	for (r = 0; r < c->rows; r++)
		n = (k = strlen(c->row[r])) > n ? k : n;
	return (int)(n > 22 ? 23 : n) * CHAR + 10;
}

int svg_cells(struct buf *b, const struct svg_cells *c, struct fl_err *err)
{
	int left = name_width(c), rc;
	size_t r;

	TRY(open_svg(b, left + (int)c->cols * CELL, HEAD + (int)c->rows * CELL, c->title, c->desc, err));
	TRY(html_addf(b, err, "<text x=\"0\" y=\"13\">%.20s</text>\n", c->col_name));
	TRY(numbers(b, left, 13, c->cols, c->col, err));
	for (r = 0; r < c->rows; r++)
		TRY(cells_row(b, c, r, left, err));
	TRY(buf_adds(b, "</svg>\n", err));
out:
	return rc;
}

static unsigned total(unsigned count[SVG_MARKS])
{
	return count[SVG_MISSING] + count[SVG_DONE] + count[SVG_LATE] + count[SVG_OUT];
}

/* One bar, from the bottom up; most is the count of the highest. */
static int bar(struct buf *b, const struct svg_bars *c, size_t i, int x, unsigned most, struct fl_err *err)
{
	double y = HEAD + BAR, high;
	int rc = FL_OK;
	size_t k;

	for (k = 0; order[k] != SVG_NONE && rc == FL_OK; k++) {
		if (!c->count[i][order[k]])
			continue;
		high = (double)BAR * c->count[i][order[k]] / most;
		y -= high;
		rc = html_addf(b, err,
			       "<rect class=\"s%d\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"><title>%.20s %u: %u %.24s</title>"
			       "</rect>\n", order[k], x + 3, y, CELL - 6, high, c->col_name, c->col[i], c->count[i][order[k]], c->meaning[order[k]]);
	}
	return rc;
}

int svg_bars(struct buf *b, const struct svg_bars *c, struct fl_err *err)
{
	int left = 6 * CHAR, rc;
	unsigned most = 1;
	size_t i;

	for (i = 0; i < c->cols; i++)
		most = total(c->count[i]) > most ? total(c->count[i]) : most;
	TRY(open_svg(b, left + (int)c->cols * CELL, HEAD + BAR + 20, c->title, c->desc, err));
	TRY(html_addf(b, err, "<path class=\"grid\" d=\"M%d %dH%d\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%u</text>\n", left, HEAD,
		      left + (int)c->cols * CELL, left - 6, HEAD + 4, most));
	for (i = 0; i < c->cols; i++)
		TRY(bar(b, c, i, left + (int)i * CELL, most, err));
	TRY(html_addf(b, err, "<path class=\"axis\" d=\"M%d %dh%d\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n", left,
		      HEAD + BAR, (int)c->cols * CELL, left - 6, HEAD + BAR + 4));
	TRY(html_addf(b, err, "<text x=\"0\" y=\"%d\">%.20s</text>\n", HEAD + BAR + 16, c->col_name));
	TRY(numbers(b, left, HEAD + BAR + 16, c->cols, c->col, err));
	TRY(buf_adds(b, "</svg>\n", err));
out:
	return rc;
}
