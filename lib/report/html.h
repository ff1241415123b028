/*
 * html.h - pages as text: what comes from outside is escaped, the frame and the one stylesheet are here.
 *
 * Pages are HTML that is well-formed XML as well, need no JavaScript and load nothing: HTML_CSP, the Content-Security-Policy
 * they are to be sent with, allows the stylesheet by its digest and nothing else. They follow the reader's light or dark
 * scheme, narrow screens and printers.
 */
#ifndef FL_REPORT_HTML_H
#define FL_REPORT_HTML_H

#include <time.h>

#include "base/buf.h"

#define HTML_TYPE "text/html; charset=utf-8"
#define HTML_STYLE_SHA256 "6gyrSs4Qq+/VgfIwMQSqtaY/FSuFbniV82s5kFDa1m0="
#define HTML_CSP                                                                                                      \
	"default-src 'none'; style-src 'sha256-" HTML_STYLE_SHA256 "'; img-src data:; base-uri 'none'; form-action " \
	"'none'; frame-ancestors 'none'"

/*
 * Append fmt, as printf would, to *b; its own text is markup, what %s inserts is not: & < > " ' are escaped, and what no page
 * may hold (control bytes, bytes that are not UTF-8) becomes U+FFFD. "%.40s" cuts after 40 characters and says so with an
 * ellipsis. Conversions: s c d u x f g %, with flags, width and precision of digits, and with l or z.
 */
int html_addf(struct buf *b, struct fl_err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* An instant as people read it, in UTC, to the minute: <time datetime="2026-11-24T10:32:55Z">2026-11-24 10:32</time>. */
int html_time(struct buf *b, time_t t, struct fl_err *err);

/* All up to the page's content; and what follows it. title is not markup. */
int html_open(struct buf *b, const char *title, struct fl_err *err);
int html_close(struct buf *b, struct fl_err *err);

/* The stylesheet between <style> and </style>. */
extern const char html_style[];

#endif
