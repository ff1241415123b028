#include "report/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* What stands for the character of n bytes at p, or NULL for itself. */
static const char *stand_in(const unsigned char *p, size_t n)
{
	if (n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe) /* U+FFFE and U+FFFF are not XML */
		return REPLACEMENT;
	if (n > 1)
		return NULL;
	switch (*p) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	case '\t':
	case '\n': return NULL;
	default: return n && *p >= 0x20 && *p != 0x7f ? NULL : REPLACEMENT;
	}
}

/* Append at most max characters of s, escaped. */
static int add_text(struct buf *b, const char *s, size_t max, struct fl_err *err)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + strlen(s);
	const char *instead;
	size_t n;
	int rc = FL_OK;

	for (; p < end && max && rc == FL_OK; max--) {
		n = utf8_len(p, end);
		instead = stand_in(p, n);
		rc = instead ? buf_adds(b, instead, err) : buf_add(b, p, n, err);
		p += n ? n : 1;
	}
	return p < end && rc == FL_OK ? buf_adds(b, "\xe2\x80\xa6", err) : rc;
}

/* One conversion, spec, whose letter is the last of it. */
static int convert(struct buf *b, const char *spec, va_list *ap, struct fl_err *err)
{
	char text[400];
	const char *letter = spec + strlen(spec) - 1, *dot = strchr(spec, '.');

	switch (*letter) {
	case '%': return buf_adds(b, "%", err);
	case 's': return add_text(b, va_arg(*ap, const char *), dot ? strtoul(dot + 1, NULL, 10) : BUF_MAX, err);
	case 'f':
	case 'g': snprintf(text, sizeof text, spec, va_arg(*ap, double)); break;
	default:
		if (letter[-1] == 'z')
			snprintf(text, sizeof text, spec, va_arg(*ap, size_t));
		else if (letter[-1] == 'l')
			snprintf(text, sizeof text, spec, va_arg(*ap, long));
		else
			snprintf(text, sizeof text, spec, va_arg(*ap, int));
	}
	return add_text(b, text, BUF_MAX, err);
}

int html_addf(struct buf *b, struct fl_err *err, const char *fmt, ...)
{
	va_list ap;
	char spec[16];
	size_t n;
	int rc = FL_OK;

	va_start(ap, fmt);
	while (*fmt && rc == FL_OK) {
		n = strcspn(fmt, "%");
		rc = buf_add(b, fmt, n, err);
		fmt += n;
		if (!*fmt || rc != FL_OK)
			continue;
		n = 1 + strcspn(fmt + 1, "scduxfg%") + 1;
		if (n >= sizeof spec) {
			rc = fl_fail(err, FL_BUG, "a conversion is too long");
			continue;
		}
		memcpy(spec, fmt, n);
		spec[n] = 0;
		rc = convert(b, spec, &ap, err);
		fmt += n;
	}
	va_end(ap);
	return rc;
}

int html_time(struct buf *b, time_t t, struct fl_err *err)
{
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return buf_adds(b, "\xe2\x80\x94", err);
	return html_addf(b, err, "<time datetime=\"%04d-%02d-%02dT%02d:%02d:%02dZ\">%04d-%02d-%02d %02d:%02d</time>",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
}

int html_open(struct buf *b, const char *title, struct fl_err *err)
{
	int rc;

	TRY(html_addf(b, err,
		      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<title>%.120s</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n"
		      "<link rel=\"icon\" href=\"data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%%3E"
		      "%%3Cpath d='M3 4l5 8 5-8z' fill='none' stroke='%%231f6f8b'/%%3E%%3Cg fill='%%231f6f8b'%%3E"
		      "%%3Ccircle cx='3' cy='4' r='2.5'/%%3E%%3Ccircle cx='13' cy='4' r='2.5'/%%3E%%3Ccircle cx='8' cy='12' r='2.5'/%%3E"
		      "%%3C/g%%3E%%3C/svg%%3E\"/>\n<style>", title));
	TRY(buf_adds(b, html_style, err));
	TRY(buf_adds(b, "</style>\n</head>\n<body>\n", err));
out:
	return rc;
}

int html_close(struct buf *b, struct fl_err *err)
{
	return buf_adds(b, "</body>\n</html>\n", err);
}
