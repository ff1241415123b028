#include "codec/adapt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BITS_MIN .03
#define BITS_ECSQ 6.0 /* from here to int8 nothing is won */

static const double rates[] = { .05, .08, .12, .18, .25, .35, .5, .7, 1, 1.4, 2, 2.8, 4, 5.5, 8.2, 16, 32 };

static uint64_t count(const struct codec_source *s)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		n += s->t[i].n;
	return n;
}

int adapt_rate(struct adapt_out *out, double bits, const struct codec_source *s, struct fl_err *err)
{
	struct codec_plan p = { 0 };
	char text[48];
	int rc = FL_OK;

	*out = (struct adapt_out){ .bits = 32 };
	if (bits >= 32)
		return FL_OK;
	if (bits >= 16)
		snprintf(text, sizeof text, "bf16");
	else if (bits >= 8.2)
		snprintf(text, sizeof text, "int8");
	else
		snprintf(text, sizeof text, "ecsq:bits=%.4g", bits < BITS_MIN ? BITS_MIN : bits > BITS_ECSQ ? BITS_ECSQ : bits);
	TRY(codec_parse(&out->how, text, err));
	TRY(out->how.codec->plan(out->how.v, s, &p, err));
	out->bits = p.bits;
	out->nmse = p.nmse;
out:
	return rc;
}

static double round_seconds(const struct adapt_in *in, const struct adapt_out *c, double n)
{
	double work = c->how.codec ? 2 * n * sizeof(float) / ADAPT_SPEED : 0;

	return in->local_s + in->rtt_s + work + (n * c->bits / 8 + in->head) / in->bytes_per_s;
}

static double cost(const struct adapt_out *c)
{
	return c->nmse < 1 ? c->seconds / (1 - c->nmse) : INFINITY;
}

/* The rate of what was chosen last: 0 where there was nothing, or it is none of ours. */
static double last_bits(const char *last)
{
	struct codec_choice c;

	if (!last || !*last || !strcmp(last, "none"))
		return last && *last ? 32 : 0;
	if (codec_parse(&c, last, NULL) != FL_OK)
		return 0;
	return !strcmp(c.codec->name, "bf16") ? 16 : !strcmp(c.codec->name, "int8") ? 8.2 : !strcmp(c.codec->name, "ecsq") ?
	       codec_value(&c, "bits") : 0;
}

static int try_rate(struct adapt_out *best, double bits, const struct adapt_in *in, const struct codec_source *s, double margin,
		    struct fl_err *err)
{
	struct adapt_out c;
	int rc;

	TRY(adapt_rate(&c, bits, s, err));
	c.seconds = round_seconds(in, &c, (double)count(s));
	if (best->bits == 0 || cost(&c) * margin < cost(best))
		*best = c;
out:
	return rc;
}

/* The highest rate that fits, or the lowest there is. */
static int fill_deadline(struct adapt_out *out, const struct adapt_in *in, const struct codec_source *s, struct fl_err *err)
{
	double n = (double)count(s), left = in->deadline_s - in->local_s - in->rtt_s - in->head / in->bytes_per_s;
	int rc;

	if (left * in->bytes_per_s * 8 < 32 * n)
		left -= 2 * n * sizeof(float) / ADAPT_SPEED;
	TRY(adapt_rate(out, n > 0 ? left * in->bytes_per_s * 8 / n : 32, s, err));
	out->seconds = round_seconds(in, out, n);
out:
	return rc;
}

int adapt_choose(struct adapt_out *out, const struct adapt_in *in, const struct codec_source *s, struct fl_err *err)
{
	struct adapt_out best = { 0 }, last = { 0 };
	double was = last_bits(in->last);
	size_t i;
	int rc = FL_OK;

	if (in->deadline_s > 0)
		return fill_deadline(out, in, s, err);
	for (i = 0; i < sizeof rates / sizeof *rates; i++)
		TRY(try_rate(&best, rates[i], in, s, 1, err));
	if (was > 0)
		TRY(try_rate(&last, was, in, s, 1, err));
	*out = was > 0 && cost(&last) < ADAPT_GAIN * cost(&best) ? last : best;
out:
	return rc;
}

char *adapt_text(char *text, size_t cap, const struct adapt_out *out)
{
	const struct codec *c = out->how.codec;

	if (c && c->params && !strcmp(c->name, "ecsq"))
		snprintf(text, cap, "%s:bits=%.4g", c->name, codec_value(&out->how, "bits"));
	else
		snprintf(text, cap, "%s", c ? c->name : "none");
	return text;
}
