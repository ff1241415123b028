/*
 * page-part.h - the parts of the status page, each a <section>, and what they are made with. Private to page*.c.
 */
#ifndef FL_HUB_PAGE_PART_H
#define FL_HUB_PAGE_PART_H

#include "hub/status.h"

#define PAGE_DASH "\xe2\x80\x94" /* stands where there is nothing to say */

int page_rounds(struct buf *b, const struct status *s, struct fl_err *err);
int page_deliveries(struct buf *b, const struct status *s, struct fl_err *err);
int page_metrics(struct buf *b, const struct status *s, struct fl_err *err);

/* A table's beginning and end: headings, NULL after the last, a '#' before those of numbers. name says what it is to a screen
 * reader, caption (not markup) to all. It scrolls by itself where the screen is too narrow. */
int page_table(struct buf *b, const char *name, const char *caption, const char *const *heading, struct fl_err *err);
int page_table_end(struct buf *b, struct fl_err *err);

/* A round's state, as a coloured word. */
int page_phase(struct buf *b, const struct status_round *r, struct fl_err *err);

/* An instant, or a dash for 0. */
int page_instant(struct buf *b, time_t t, struct fl_err *err);

/* The newest round, or NULL. */
const struct status_round *page_newest(const struct status *s);

#endif
