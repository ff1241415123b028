#include <stdlib.h>
#include <string.h>

#include "hub/page-part.h"
#include "report/html.h"

enum {
	ROWS = 72,  /* participants shown one by one; more are added up */
	BLOCK = 24, /* rows of those that stand together */
	ABSENT = 20 /* of more, named because they miss most */
};

static const char *const meaning[SVG_MARKS] = {
	[SVG_NONE] = "not asked", [SVG_MISSING] = "missing", [SVG_DONE] = "delivered", [SVG_LATE] = "late", [SVG_OUT] = "left out"
};

/* A cell of a number; a dash where it is not known. */
static int number(struct buf *b, size_t n, int known, struct fl_err *err)
{
	return known ? html_addf(b, err, "<td class=\"n\">%zu</td>", n) : buf_adds(b, "<td class=\"n\">" PAGE_DASH "</td>", err);
}

static int round_row(struct buf *b, const struct status_round *r, int looked, struct fl_err *err)
{
	int readable = r->phase != STATUS_UNREADABLE, sealed = r->phase >= STATUS_SEALED && readable, rc;
	size_t delivered = r->count[SVG_DONE] + r->count[SVG_LATE] + r->count[SVG_OUT];

	TRY(html_addf(b, err, "<tr><th scope=\"row\" class=\"n\">%u</th><td>", r->number));
	TRY(page_phase(b, r, err));
	TRY(buf_adds(b, "</td>", err));
	TRY(number(b, r->asked, readable, err));
	TRY(number(b, delivered, readable && looked, err));
	TRY(number(b, r->count[SVG_LATE], sealed && looked, err));
	TRY(number(b, r->counted, sealed, err));
	TRY(number(b, r->quorum, readable, err));
	TRY(buf_adds(b, "<td>", err));
	TRY(page_instant(b, r->opened, err));
	TRY(buf_adds(b, "</td><td>", err));
	TRY(page_instant(b, r->deadline, err));
	TRY(buf_adds(b, "</td><td>", err));
	TRY(page_instant(b, r->settled, err));
	TRY(buf_adds(b, "</td></tr>\n", err));
out:
	return rc;
}

int page_rounds(struct buf *b, const struct status *s, struct fl_err *err)
{
	static const char *const heading[] = { "#Round", "State", "#Asked", "#Delivered", "#Late", "#Counted", "#Quorum", "Opened",
					       "Deadline", "Closed", NULL };
	size_t i;
	int rc;

	TRY(buf_adds(b, "<section>\n<h2>Rounds</h2>\n", err));
	if (!s->rounds) {
		TRY(buf_adds(b, "<p>No round has been opened yet.</p>\n</section>\n", err));
		goto out;
	}
	TRY(page_table(b, "Rounds", s->newest > s->rounds ? "The last rounds, the newest first. Times are UTC." :
		       "All rounds, the newest first. Times are UTC.", heading, err));
	for (i = s->rounds; i-- > 0;)
		TRY(round_row(b, &s->round[i], i >= s->rounds - s->looked, err));
	TRY(page_table_end(b, err));
	TRY(buf_adds(b, "</section>\n", err));
out:
	return rc;
}

/* One by one, in blocks that stand side by side where there is room. */
static int draw_cells(struct buf *b, const struct status *s, const unsigned *col, const char *title, struct fl_err *err)
{
	size_t blocks = (s->participants + BLOCK - 1) / BLOCK, rows = (s->participants + blocks - 1) / blocks, r;
	int rc;

	TRY(buf_adds(b, "<div class=\"side\">\n", err));
	for (r = 0; r < s->participants; r += rows)
		TRY(svg_cells(b, &(struct svg_cells){ .title = title, .desc = "A row for each participant, a column for each round.",
			      .rows = s->participants - r < rows ? s->participants - r : rows, .cols = s->looked, .row = s->participant + r,
			      .col_name = "round", .col = col, .cell = s->mark + r * s->looked, .meaning = meaning }, err));
	TRY(buf_adds(b, "</div>\n", err));
out:
	return rc;
}

/* All together. */
static int draw_bars(struct buf *b, const struct status *s, const unsigned *col, const char *title, struct fl_err *err)
{
	unsigned count[STATUS_ROUNDS][SVG_MARKS];
	size_t i, k;

	for (i = 0; i < s->looked; i++)
		for (k = 0; k < SVG_MARKS; k++)
			count[i][k] = (unsigned)s->round[s->rounds - s->looked + i].count[k];
	return svg_bars(b, &(struct svg_bars){ .title = title, .desc = "A bar for each round: how many participants did what.",
			.cols = s->looked, .col_name = "round", .col = col, .count = count, .meaning = meaning }, err);
}

struct absence {
	const char *who;
	size_t missed, asked;
};

/* Who missed most first, then by name. */
static int cmp_absence(const void *a, const void *b)
{
	const struct absence *x = a, *y = b;

	return x->missed != y->missed ? (x->missed < y->missed ? 1 : -1) : strcmp(x->who, y->who);
}

static int count_absences(const struct status *s, struct absence **v, struct fl_err *err)
{
	size_t i, k, m;
	int rc;

	TRY(fl_alloc(v, s->participants, sizeof **v, err));
	for (i = 0; i < s->participants; i++) {
		(*v)[i].who = s->participant[i];
		for (k = 0; k < s->looked; k++) {
			m = s->mark[i * s->looked + k];
			(*v)[i].asked += m != SVG_NONE;
			(*v)[i].missed += m == SVG_MISSING;
		}
	}
	qsort(*v, s->participants, sizeof **v, cmp_absence);
out:
	return rc;
}

/* The names that matter where there are too many for a picture: those that missed most. */
static int absent(struct buf *b, const struct status *s, struct fl_err *err)
{
	struct absence *v = NULL;
	size_t i, n = 0;
	int rc;

	TRY(count_absences(s, &v, err));
	while (n < s->participants && v[n].missed)
		n++;
	if (!n) {
		TRY(buf_adds(b, "<p>Nobody asked has missed one of these rounds.</p>\n", err));
		goto out;
	}
	TRY(html_addf(b, err, "<p>%zu of %zu participants have missed at least one of these rounds%s: ", n, s->participants,
		      n > ABSENT ? "; those that missed most" : ""));
	for (i = 0; i < n && i < ABSENT; i++)
		TRY(html_addf(b, err, "%s<b>%.64s</b> (%zu of %zu)", i ? ", " : "", v[i].who, v[i].missed, v[i].asked));
	TRY(buf_adds(b, ".</p>\n", err));
out:
	free(v);
	return rc;
}

int page_deliveries(struct buf *b, const struct status *s, struct fl_err *err)
{
	unsigned col[STATUS_ROUNDS];
	const struct status_round *r = page_newest(s);
	char title[160];
	size_t i;
	int rc;

	if (!s->looked || !s->participants)
		return FL_OK;
	for (i = 0; i < s->looked; i++)
		col[i] = s->round[s->rounds - s->looked + i].number;
	snprintf(title, sizeof title, "Who has delivered in rounds %u to %u; in round %u: %zu of %zu asked", col[0], r->number, r->number,
		 r->count[SVG_DONE] + r->count[SVG_LATE] + r->count[SVG_OUT], r->asked);
	TRY(buf_adds(b, "<section>\n<h2>Who has delivered</h2>\n", err));
	TRY(s->participants > ROWS ? draw_bars(b, s, col, title, err) : draw_cells(b, s, col, title, err));
	TRY(buf_adds(b, "<div class=\"key\">\n", err));
	TRY(svg_legend(b, meaning, err));
	TRY(buf_adds(b, "</div>\n", err));
	if (s->participants > ROWS)
		TRY(absent(b, s, err));
	TRY(buf_adds(b, "<p class=\"soft\">Late: came after the seal, and is kept. Left out: was there, and cannot count, says the "
		     "seal.</p>\n</section>\n", err));
out:
	return rc;
}

int page_metrics(struct buf *b, const struct status *s, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(buf_adds(b, "<section>\n<h2>Model over rounds</h2>\n", err));
	if (!s->metrics) {
		TRY(buf_adds(b, "<p>No metrics have been published: a coordinator measures models only where it has data of its own.</p>\n"
			     "</section>\n", err));
		goto out;
	}
	TRY(buf_adds(b, "<p class=\"soft\">Measured by the coordinator on its own data.</p>\n<div class=\"charts\">\n", err));
	for (i = 0; i < s->metrics; i++) {
		TRY(buf_adds(b, "<figure>\n", err));
		TRY(svg_curve(b, &(struct svg_curve){ s->metric[i].name, "round", s->points, s->x, s->metric[i].y }, err));
		TRY(buf_adds(b, "</figure>\n", err));
	}
	TRY(buf_adds(b, "</div>\n</section>\n", err));
out:
	return rc;
}
