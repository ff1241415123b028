#include "codec/adapt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BITS_MIN .03
#define BITS_ECSQ 6.0 /* from here to int8 nothing is won */
#define SAMPLE ((size_t)1 << 17) /* values */
#define RUN 512                  /* neighbours in it */

static const double rates[] = { .05, .08, .12, .18, .25, .35, .5, .7, 1, 1.4, 2, 2.8, 4, 5.5, 8.2, 16, 32 };

int adapt_rate(struct codec_choice *how, double bits, struct fl_err *err)
{
	char text[48];

	how->codec = NULL;
	if (bits >= 32)
		return FL_OK;
	if (bits >= 16)
		snprintf(text, sizeof text, "bf16");
	else if (bits >= 8.2)
		snprintf(text, sizeof text, "int8");
	else
		snprintf(text, sizeof text, "ecsq:bits=%.4g", bits < BITS_MIN ? BITS_MIN : bits > BITS_ECSQ ? BITS_ECSQ : bits);
	return codec_parse(how, text, err);
}

/* What rates are tried on: runs that lie evenly over the file. */
struct sample {
	float *x;                /* (t.n) */
	struct codec_tensor t;
	struct codec_source source;
	double n;                /* values of the file */
};

static int read_sample(void *ctx, size_t i, float *x, struct fl_err *err)
{
	const struct sample *p = ctx;

	(void)i;
	(void)err;
	memcpy(x, p->x, (size_t)p->t.n * sizeof *x);
	return FL_OK;
}

static int take_runs(struct sample *p, const struct codec_source *s, size_t i, float *x, uint64_t *seen, uint64_t every, struct fl_err *err)
{
	uint64_t at, k;
	int rc;

	TRY(s->read(s->ctx, i, x, err));
	for (at = 0; at < s->t[i].n; at += k, *seen += k) {
		k = s->t[i].n - at < RUN ? s->t[i].n - at : RUN;
		if (*seen / RUN % every || p->t.n + k > SAMPLE)
			continue;
		memcpy(p->x + p->t.n, x + at, (size_t)k * sizeof *x);
		p->t.n += k;
	}
out:
	return rc;
}

static int take_sample(struct sample *p, const struct codec_source *s, struct fl_err *err)
{
	uint64_t all = 0, most = 0, seen = 0;
	float *x = NULL;
	size_t i;
	int rc;

	for (i = 0; i < s->n; i++) {
		all += s->t[i].n;
		most = s->t[i].n > most ? s->t[i].n : most;
	}
	p->n = (double)all;
	p->t = (struct codec_tensor){ .name = "", .ndim = 1, .shape = &p->t.n };
	p->source = (struct codec_source){ &p->t, 1, read_sample, p };
	TRY(fl_alloc(&x, (size_t)most, sizeof *x, err));
	TRY(fl_alloc(&p->x, SAMPLE, sizeof *p->x, err));
	for (i = 0; i < s->n; i++)
		TRY(take_runs(p, s, i, x, &seen, all / SAMPLE + 1, err));
out:
	free(x);
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

/* A rate, what it would lose of the sample, and how long a round would take. */
static int look(struct adapt_out *c, double bits, const struct adapt_in *in, const struct sample *s, struct fl_err *err)
{
	struct codec_plan p = { .bits = 32 };
	int rc;

	TRY(adapt_rate(&c->how, bits, err));
	if (c->how.codec) {
		p.bits = 0;
		TRY(c->how.codec->plan(c->how.v, &s->source, &p, err));
	}
	c->bits = p.bits;
	c->nmse = p.nmse;
	c->seconds = round_seconds(in, c, s->n);
out:
	return rc;
}

/* The highest rate that fits, or the lowest there is. */
static int fill_deadline(struct adapt_out *out, const struct adapt_in *in, const struct sample *s, struct fl_err *err)
{
	double left = in->deadline_s - in->local_s - in->rtt_s - in->head / in->bytes_per_s;

	if (left * in->bytes_per_s * 8 < 32 * s->n)
		left -= 2 * s->n * sizeof(float) / ADAPT_SPEED;
	return look(out, s->n > 0 ? left * in->bytes_per_s * 8 / s->n : 32, in, s, err);
}

static int cheapest(struct adapt_out *out, const struct adapt_in *in, const struct sample *s, struct fl_err *err)
{
	struct adapt_out c = { 0 };
	double was = last_bits(in->last);
	size_t i;
	int rc = FL_OK;

	for (i = 0; i < sizeof rates / sizeof *rates; i++) {
		TRY(look(&c, rates[i], in, s, err));
		if (i == 0 || cost(&c) < cost(out))
			*out = c;
	}
	if (was > 0) {
		TRY(look(&c, was, in, s, err));
		if (cost(&c) < ADAPT_GAIN * cost(out))
			*out = c;
	}
out:
	return rc;
}

int adapt_choose(struct adapt_out *out, const struct adapt_in *in, const struct codec_source *s, struct fl_err *err)
{
	struct sample p = { 0 };
	int rc;

	TRY(take_sample(&p, s, err));
	TRY(in->deadline_s > 0 ? fill_deadline(out, in, &p, err) : cheapest(out, in, &p, err));
	if (!out->how.codec && in->carry)
		TRY(look(out, 16, in, &p, err));
out:
	free(p.x);
	return rc;
}

char *adapt_text(char *text, size_t cap, const struct codec_choice *how)
{
	const struct codec *c = how->codec;

	if (c && c->params && !strcmp(c->name, "ecsq"))
		snprintf(text, cap, "%s:bits=%.4g", c->name, codec_value(how, "bits"));
	else
		snprintf(text, cap, "%s", c ? c->name : "none");
	return text;
}
