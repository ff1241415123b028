/* Pictures: well-formed, within their frame, true to their numbers, and in words for who cannot see them. */
#include "report/svg.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const char *const meaning[SVG_MARKS] = { "not asked", "missing", "delivered", "late", "left out" };

static int well_formed(const struct buf *b)
{
	XML_Parser p = XML_ParserCreate("UTF-8");
	int ok = p && XML_Parse(p, b->data, (int)b->len, 1) == XML_STATUS_OK;

	if (!ok)
		printf("# %s: %.2000s\n", p ? XML_ErrorString(XML_GetErrorCode(p)) : "no parser", b->data);
	XML_ParserFree(p);
	return ok;
}

static size_t count(const struct buf *b, const char *what)
{
	const char *s = b->data;
	size_t n = 0;

	while ((s = strstr(s, what)))
		s++, n++;
	return n;
}

/* Every attribute KEY="number" of the elements is within lo and hi. */
static int within(const struct buf *b, const char *key, double lo, double hi)
{
	const char *s = b->data;
	double x;

	while ((s = strstr(s, key))) {
		s += strlen(key);
		x = strtod(s, NULL);
		if (!(x >= lo && x <= hi))
			return 0;
	}
	return 1;
}

static void curve(const char *what, size_t n, const unsigned *x, const double *y, size_t points)
{
	struct buf b = { 0 };
	struct svg_curve c = { .name = "a<b", .x_name = "round", .n = n, .x = x, .y = y };

	CHECK(svg_curve(&b, &c, NULL) == FL_OK, "%s", what);
	if (!points) {
		CHECK(!b.len, "%s: is no picture", what);
	} else {
		CHECK(well_formed(&b), "%s: well-formed", what);
		CHECK(count(&b, "<circle") == points, "%s: a dot for each value", what);
		CHECK(within(&b, " cx=\"", 52, 352) && within(&b, " cy=\"", 28, 160), "%s: inside its frame", what);
		CHECK(strstr(b.data, "aria-label=\"a&lt;b over rounds") && strstr(b.data, "<desc>From "), "%s: says what it is", what);
		CHECK(!strstr(b.data, "nan") && !strstr(b.data, "inf"), "%s: no number that is none", what);
	}
	buf_clear(&b);
}

static void test_curves(void)
{
	unsigned x[100];
	double y[100];
	size_t i;

	for (i = 0; i < 100; i++)
		x[i] = 901 + (unsigned)i, y[i] = 0.5 + 0.001 * (double)i;
	curve("a hundred rounds", 100, x, y, 100);
	curve("one round", 1, x, y, 1);
	curve("no rounds", 0, x, y, 0);
	curve("a constant", 5, x, (double[]){ 3, 3, 3, 3, 3 }, 5);
	curve("zero", 2, x, (double[]){ 0, 0 }, 2);
	curve("gaps", 5, x, (double[]){ NAN, 1, NAN, INFINITY, 2 }, 2);
	curve("nothing finite", 2, x, (double[]){ NAN, -INFINITY }, 0);
	curve("far apart", 2, x, (double[]){ -1e300, 1e300 }, 2);
	curve("too far apart", 2, x, (double[]){ -1.7e308, 1.7e308 }, 0);
	curve("close together", 2, x, (double[]){ 1, 1 + 1e-15 }, 2);
	curve("tiny", 2, x, (double[]){ 1e-300, 2e-300 }, 2);
	curve("the largest rounds", 2, (unsigned[]){ 0, 4294967295u }, y, 2);
}

static void test_ticks(void)
{
	struct buf b = { 0 };

	CHECK(svg_curve(&b, &(struct svg_curve){ "auc", "round", 3, (unsigned[]){ 1, 2, 3 }, (double[]){ 0.71, 0.78, 0.83 } }, NULL) == FL_OK &&
	      strstr(b.data, ">0.70<") && strstr(b.data, ">0.75<") && strstr(b.data, ">0.80<") && strstr(b.data, ">0.85<"),
	      "the axis has round numbers");
	CHECK(strstr(b.data, "<title>round 2: 0.78</title>"), "a point says its value");
	CHECK(strstr(b.data, "class=\"last\" x=\"352\" y=\"14\" text-anchor=\"end\">0.83<"), "and the last stands above");
	buf_clear(&b);
}

static void test_cells(void)
{
	static const unsigned char cell[] = { SVG_NONE, SVG_MISSING, SVG_DONE, SVG_LATE, SVG_OUT, SVG_DONE };
	const char *rows[] = { "h01", "<evil name that is rather long>" };
	unsigned cols[] = { 9, 10, 11 };
	struct buf b = { 0 };
	struct svg_cells c = { "who", "desc", 2, 3, rows, "round", cols, cell, meaning };

	CHECK(svg_cells(&b, &c, NULL) == FL_OK && well_formed(&b), "cells are well-formed");
	CHECK(count(&b, "<path") == 6 && count(&b, "class=\"s2\"") == 2, "a mark for each cell, by what it is");
	CHECK(strstr(b.data, "<title>h01, round 10: missing</title>"), "a mark says what it means");
	CHECK(strstr(b.data, ">11</text>"), "the newest round is always named");
	CHECK(strstr(b.data, ">&lt;evil name that is rat\xe2\x80\xa6<"), "long names are cut, strange ones harmless");
	buf_clear(&b);
	CHECK(svg_legend(&b, meaning, NULL) == FL_OK && well_formed(&b) && count(&b, "<path") == SVG_MARKS, "the legend has every mark");
	buf_clear(&b);
}

static void test_bars(void)
{
	unsigned counts[2][SVG_MARKS] = { { 10, 250, 700, 40, 10 }, { 0, 0, 0, 0, 0 } }, cols[] = { 123456, 123457 };
	struct buf b = { 0 };
	struct svg_bars c = { "who", "desc", 2, "round", cols, counts, meaning };

	CHECK(svg_bars(&b, &c, NULL) == FL_OK && well_formed(&b), "bars are well-formed");
	CHECK(count(&b, "<rect") == 4, "a part for each number that is not 0");
	CHECK(strstr(b.data, "height=\"84.0\"><title>round 123456: 700 delivered</title>"), "parts are as high as they are large");
	CHECK(within(&b, " y=\"", 0, 160), "inside the frame");
	buf_clear(&b);
}

int main(void)
{
	test_curves();
	test_ticks();
	test_cells();
	test_bars();
	return check_done();
}
