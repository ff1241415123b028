/*
 * svg.h - pictures inside a page of html.h: a value over rounds, who did what in which round, and how many did.
 *
 * Colours come from the page's stylesheet. Each picture says in words what it shows (role="img", aria-label, <title>, <desc>),
 * each mark what it stands for (<title>); what differs in colour differs in shape too. Texts are escaped.
 */
#ifndef FL_REPORT_SVG_H
#define FL_REPORT_SVG_H

#include "base/buf.h"

/* A curve through n points, x rising; where y is not finite it is broken. */
struct svg_curve {
	const char *name;   /* of y: "auc" */
	const char *x_name; /* "round" */
	size_t n;
	const unsigned *x;
	const double *y;
};
int svg_curve(struct buf *b, const struct svg_curve *c, struct fl_err *err);

/* What a participant did in a round. */
enum svg_mark { SVG_NONE, SVG_MISSING, SVG_DONE, SVG_LATE, SVG_OUT, SVG_MARKS };

/* Every mark beside its meaning; meaning is (SVG_MARKS) texts, here and below. */
int svg_legend(struct buf *b, const char *const *meaning, struct fl_err *err);

/* rows x cols marks. */
struct svg_cells {
	const char *title, *desc;
	size_t rows, cols;
	const char *const *row;    /* (rows) names */
	const char *col_name;      /* "round" */
	const unsigned *col;       /* (cols) their numbers, rising */
	const unsigned char *cell; /* (rows x cols) enum svg_mark */
	const char *const *meaning;
};
int svg_cells(struct buf *b, const struct svg_cells *c, struct fl_err *err);

/* For rows too many to see: a bar for each column, of how many have each mark. */
struct svg_bars {
	const char *title, *desc;
	size_t cols;
	const char *col_name;
	const unsigned *col;
	unsigned (*count)[SVG_MARKS]; /* (cols) */
	const char *const *meaning;
};
int svg_bars(struct buf *b, const struct svg_bars *c, struct fl_err *err);

#endif
