/* The two XML documents that lists come in. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "store/listing.h"
#include "store/name.h"

#define DEPTH_MAX 16
#define TEXT_MAX 1100
#define BYTES_MAX ((size_t)16 << 20)
#define SEP '\t' /* between namespace and name */

struct reader {
	XML_Parser parser;
	struct listing *l;
	const char *base; /* what keys begin with, or the folder's path */
	struct fl_err *err;
	int rc, depth, row; /* row: the depth of the row under way, 0 outside */
	char text[TEXT_MAX + 1];
	size_t len;
	int too_long;       /* the text of this element is cut */
	char name[TEXT_MAX + 1];
	uint64_t size;
	int is_folder;
	void (*end)(struct reader *r, const char *element);
	const char *row_element;
};

static void stop(struct reader *r, int rc)
{
	r->rc = rc;
	XML_StopParser(r->parser, XML_FALSE);
}

static const char *local(const XML_Char *name)
{
	const char *sep = strrchr(name, SEP);

	return sep ? sep + 1 : name;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = ctx;

	(void)attributes;
	if (++r->depth > DEPTH_MAX)
		stop(r, fl_fail(r->err, FL_DATA, "the list is nested too deeply"));
	r->len = 0;
	r->text[0] = 0;
	r->too_long = 0;
	if (!r->row && !strcmp(local(name), r->row_element)) {
		r->row = r->depth;
		r->name[0] = 0;
		r->size = 0;
		r->is_folder = 0;
	}
}

static void XMLCALL on_text(void *ctx, const XML_Char *s, int n)
{
	struct reader *r = ctx;

	if ((size_t)n > TEXT_MAX - r->len) {
		r->too_long = 1;
		return;
	}
	memcpy(r->text + r->len, s, (size_t)n);
	r->len += (size_t)n;
	r->text[r->len] = 0;
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	r->end(r, local(name));
	if (r->row == r->depth)
		r->row = 0;
	r->depth--;
	r->len = 0; /* what follows belongs to the element around this one */
	r->text[0] = 0;
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int internal)
{
	struct reader *r = ctx;

	(void)name;
	(void)sys;
	(void)pub;
	(void)internal;
	stop(r, fl_fail(r->err, FL_DATA, "the list has a document type, which is refused"));
}

static int read_xml(struct reader *r, const char *text, size_t n)
{
	enum XML_Status st;

	if (n > BYTES_MAX)
		return fl_fail(r->err, FL_DATA, "the list is longer than %zu bytes", BYTES_MAX);
	if (!(r->parser = XML_ParserCreateNS(NULL, SEP)))
		return fl_fail(r->err, FL_IO, "out of memory: expat");
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	st = XML_Parse(r->parser, text, (int)n, XML_TRUE);
	if (st != XML_STATUS_OK && r->rc == FL_OK)
		r->rc = fl_fail(r->err, FL_DATA, "the list is not XML: %s in line %lu", XML_ErrorString(XML_GetErrorCode(r->parser)),
				(unsigned long)XML_GetCurrentLineNumber(r->parser));
	XML_ParserFree(r->parser);
	return r->rc;
}

/* The element's text as a size; what is none is 0. */
static uint64_t size_text(const struct reader *r)
{
	size_t n = strspn(r->text, "0123456789");

	return n && n < 19 && !r->text[n] ? strtoull(r->text, NULL, 10) : 0;
}

static void add_row(struct reader *r)
{
	int rc = listing_add(r->l, r->name, strlen(r->name), r->size, r->err);

	if (rc != FL_OK)
		stop(r, rc);
}

static void s3_end(struct reader *r, const char *element)
{
	size_t n = strlen(r->base);
	struct name parsed;

	if (r->row == 0 && r->depth == 2 && !strcmp(element, "IsTruncated"))
		r->l->more = !strcmp(r->text, "true");
	if (!r->row)
		return;
	if (!strcmp(element, "Key") && !r->too_long && !strncmp(r->text, r->base, n) && strlen(r->text + n) < LISTING_LAST)
		memcpy(r->name, r->text + n, strlen(r->text + n) + 1);
	else if (!strcmp(element, "Size"))
		r->size = size_text(r);
	if (r->row != r->depth || !r->name[0])
		return;
	if (strcmp(r->name, r->l->last) > 0)
		memcpy(r->l->last, r->name, strlen(r->name) + 1);
	if (r->size && name_parse(&parsed, r->name, NULL) == FL_OK)
		add_row(r);
}

int listing_s3(struct listing *l, const char *text, size_t n, const char *strip, struct fl_err *err)
{
	struct reader r = { .l = l, .base = strip, .err = err, .end = s3_end, .row_element = "Contents" };

	return read_xml(&r, text, n);
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decode %XX in place. 0: a bad or a zero byte. */
static int decode(char *s)
{
	char *out = s;

	for (; *s; s++) {
		*out = *s;
		if (*s == '%') {
			if (hex(s[1]) < 0 || hex(s[2]) < 0 || (s[1] == '0' && s[2] == '0'))
				return 0;
			*out = (char)(hex(s[1]) * 16 + hex(s[2]));
			s += 2;
		}
		out++;
	}
	*out = 0;
	return 1;
}

/* r->name, a path or a URL, becomes the segment below base. 0: it is none. */
static int below(struct reader *r)
{
	char *host = strstr(r->name, "://"), *p = r->name;
	size_t n = strlen(r->base), k;

	if (host && !(p = strchr(host + 3, '/')))
		return 0;
	if (!decode(p) || strncmp(p, r->base, n))
		return 0;
	p += n;
	k = strcspn(p, "/");
	if (!name_segment_ok(p, k) || (p[k] == '/' && p[k + 1]))
		return 0;
	memmove(r->name, p, k);
	r->name[k] = 0;
	return 1;
}

static void dav_end(struct reader *r, const char *element)
{
	size_t n;

	if (!r->row)
		return;
	if (!strcmp(element, "href") && r->depth == r->row + 1 && !r->too_long)
		memcpy(r->name, r->text, r->len + 1);
	else if (!strcmp(element, "collection"))
		r->is_folder = 1;
	else if (!strcmp(element, "getcontentlength"))
		r->size = size_text(r);
	if (r->row != r->depth || !r->name[0] || !below(r))
		return;
	n = strlen(r->name);
	if (r->is_folder)
		memcpy(r->name + n, "/", 2);
	add_row(r);
}

int listing_dav(struct listing *l, const char *text, size_t n, const char *base, struct fl_err *err)
{
	struct reader r = { .l = l, .base = base, .err = err, .end = dav_end, .row_element = "response" };

	return read_xml(&r, text, n);
}
