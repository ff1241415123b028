#include <math.h>
#include <stdio.h>

#include "report/html.h"
#include "report/svg.h"

enum { WIDTH = 360, HEIGHT = 196, LEFT = 52, RIGHT = 352, TOP = 28, BOTTOM = 160 };

/* A range with round ends, and the round step in it. */
struct scale {
	double lo, hi, step;
	int decimals; /* that the step needs; -1: numbers are too large or too small for that */
};

/* The least of 1, 2, 5, 10, ... times a power of ten that is x or more. */
static double round_step(double x)
{
	double p = pow(10, floor(log10(x)));

	return x <= p ? p : x <= 2 * p ? 2 * p : x <= 5 * p ? 5 * p : 10 * p;
}

static struct scale scale_of(double lo, double hi, double parts)
{
	struct scale s;
	double room = hi > lo ? 0 : fmax(fabs(hi) * 0.05, 1e-9);

	s.step = round_step(fmax((hi - lo + 2 * room) / parts, 1e-300));
	s.lo = floor((lo - room) / s.step + 1e-9) * s.step;
	s.hi = ceil((hi + room) / s.step - 1e-9) * s.step;
	s.decimals = (int)fmax(0, -floor(log10(s.step) + 1e-9));
	if (s.decimals > 6 || fmax(fabs(lo), fabs(hi)) >= 1e6)
		s.decimals = -1;
	return s;
}

/* Range of the finite values; 0 if there is none. */
static int range(const struct svg_curve *c, double *lo, double *hi)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++) {
		if (!isfinite(c->y[i]))
			continue;
		*lo = n ? fmin(*lo, c->y[i]) : c->y[i];
		*hi = n++ ? fmax(*hi, c->y[i]) : c->y[i];
	}
	return n > 0 && isfinite(*hi - *lo);
}

static double across(const struct svg_curve *c, unsigned x)
{
	unsigned first = c->x[0], last = c->x[c->n - 1];

	return last > first ? LEFT + (double)(RIGHT - LEFT) * (x - first) / (last - first) : (LEFT + RIGHT) / 2.0;
}

static double up(const struct scale *s, double y)
{
	return BOTTOM - (BOTTOM - TOP) * (y - s->lo) / (s->hi - s->lo);
}

static int y_axis(struct buf *b, const struct scale *s, struct fl_err *err)
{
	double y;
	char text[40];
	int i, rc = FL_OK;

	for (i = 0; i <= 12 && rc == FL_OK; i++) {
		y = s->lo + i * s->step;
		if (y > s->hi + s->step / 2)
			break;
		if (s->decimals < 0)
			snprintf(text, sizeof text, "%.2g", y);
		else
			snprintf(text, sizeof text, "%.*f", s->decimals, fabs(y) < s->step / 2 ? 0.0 : y);
		rc = html_addf(b, err, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			       LEFT, up(s, y), RIGHT, LEFT - 6, up(s, y) + 4, text);
	}
	return rc;
}

static int x_axis(struct buf *b, const struct svg_curve *c, struct fl_err *err)
{
	unsigned first = c->x[0], last = c->x[c->n - 1];
	double step = last > first ? fmax(1, round_step((last - first) / 5.0)) : 1, x;
	int rc;

	TRY(html_addf(b, err, "<path class=\"axis\" d=\"M%d %dH%d\"/>\n", LEFT, BOTTOM, RIGHT));
	for (x = ceil(first / step) * step; x <= last; x += step)
		TRY(html_addf(b, err, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>\n", across(c, (unsigned)x),
			      BOTTOM + 16, x));
	TRY(html_addf(b, err, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.20s</text>\n", (LEFT + RIGHT) / 2, HEIGHT - 4, c->x_name));
out:
	return rc;
}

static int curve(struct buf *b, const struct svg_curve *c, const struct scale *s, struct fl_err *err)
{
	int rc, pen = 0;
	size_t i;

	TRY(buf_adds(b, "<path class=\"curve\" d=\"", err));
	for (i = 0; i < c->n; i++) {
		if (isfinite(c->y[i]))
			TRY(html_addf(b, err, "%c%.1f %.1f", pen ? 'L' : 'M', across(c, c->x[i]), up(s, c->y[i])));
		pen = isfinite(c->y[i]);
	}
	TRY(buf_adds(b, "\"/>\n", err));
	for (i = 0; i < c->n; i++)
		if (isfinite(c->y[i]))
			TRY(html_addf(b, err,
				      "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%.20s %u: %.6g</title></circle>\n",
				      across(c, c->x[i]), up(s, c->y[i]), c->n > 40 ? 1.6 : 2.6, c->x_name, c->x[i], c->y[i]));
out:
	return rc;
}

/* The last finite value, its place in *at. */
static double last_value(const struct svg_curve *c, size_t *at)
{
	for (*at = c->n - 1; *at && !isfinite(c->y[*at]);)
		--*at;
	return c->y[*at];
}

int svg_curve(struct buf *b, const struct svg_curve *c, struct fl_err *err)
{
	struct scale s;
	double lo = 0, hi = 0, last;
	size_t at;
	int rc;

	if (!c->n || !range(c, &lo, &hi))
		return FL_OK;
	s = scale_of(lo, hi, 3);
	last = last_value(c, &at);
	TRY(html_addf(b, err,
		      "<svg role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%.60s over %.20ss %u to %u, last %.4g\">\n"
		      "<title>%.60s over %.20ss</title><desc>From %.4g to %.4g; %.4g in %.20s %u.</desc>\n",
		      WIDTH, HEIGHT, c->name, c->x_name, c->x[0], c->x[c->n - 1], last, c->name, c->x_name, lo, hi, last, c->x_name,
		      c->x[at]));
	TRY(html_addf(b, err,
		      "<text class=\"name\" x=\"0\" y=\"14\">%.32s</text>"
		      "<text class=\"last\" x=\"%d\" y=\"14\" text-anchor=\"end\">%.4g</text>\n", c->name, RIGHT, last));
	TRY(y_axis(b, &s, err));
	TRY(x_axis(b, c, err));
	TRY(curve(b, c, &s, err));
	TRY(buf_adds(b, "</svg>\n", err));
out:
	return rc;
}
