/*
 * page.h - the hub's status page: a federation as its people may see it, in HTML and SVG made here.
 *
 * It shows members, rounds, who has delivered, metrics of the models, channels; no tokens, no addresses, no data. To be sent with
 * HTML_TYPE and HTML_CSP (report/html.h).
 */
#ifndef FL_HUB_PAGE_H
#define FL_HUB_PAGE_H

#include "base/buf.h"

/* Append the page of federation, a folder in root; NULL: of all federations there. FL_NOINPUT: there is no such one. */
int hub_page(int root, const char *federation, struct buf *html, struct fl_err *err);

#endif
