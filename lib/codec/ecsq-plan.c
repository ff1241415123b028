#include "codec/ecsq-plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ecsq-fit.h"

#define SAMPLE ((size_t)1 << 15) /* values */
#define RUN 512                  /* neighbours in it */
#define TRIAL_MAX ((uint64_t)1 << 22) /* values of files that are encoded to know their size to the byte */
#define TRIES 7
#define TRIES_SMALL 24 /* where a size goes in jumps */
#define SLACK_BITS 1.002 /* of a size that is counted and not made */
#define SLACK_ERROR 1.0005 /* of roundings */

extern const struct codec codec_ecsq;

/* What one step makes of a file. */
struct outcome {
	double step, bits, error; /* bits of all; error in units of the values' square */
};

struct search {
	const double *v;
	const struct codec_source *s;
	uint64_t n;        /* values of the file */
	uint64_t most;     /* of a tensor */
	double max, sum;   /* largest magnitude, and the sum of squares */
	float *x;          /* (most) */
	uint8_t *sym;      /* (most) */
	float *sample;
	size_t n_sample;
	double sample_sum;
	float dead;
	int rate;          /* a rate is asked for, not an error */
	double target;     /* bits of each value, or error over sum */
};

/* 2^v in operations that every machine rounds alike, to 1e-9. */
static double power2(double v)
{
	int e = (int)floor(v + 0.5), k;
	double z = (v - e) * 0.69314718055994531, p = 1;

	for (k = 12; k; k--)
		p = 1 + p * z / k;
	return ldexp(p, e);
}

static double sum_squares(const float *x, size_t n, double *max)
{
	double part[8] = { 0 }, top = *max, a;
	size_t i;

	for (i = 0; i < n; i++) {
		a = fabs((double)x[i]);
		part[i % 8] += a * a;
		top = a > top ? a : top;
	}
	*max = top;
	return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

static int room(struct search *h, struct fl_err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < h->s->n; i++) {
		h->n += h->s->t[i].n;
		h->most = h->s->t[i].n > h->most ? h->s->t[i].n : h->most;
	}
	TRY(fl_alloc(&h->x, (size_t)h->most, sizeof *h->x, err));
	TRY(fl_alloc(&h->sym, (size_t)h->most > SAMPLE + RUN ? (size_t)h->most : SAMPLE + RUN, 1, err));
	TRY(fl_alloc(&h->sample, SAMPLE + RUN, sizeof *h->sample, err));
out:
	return rc;
}

/* Sums, and a sample of runs that lie evenly over the file. */
static int look(struct search *h, struct fl_err *err)
{
	uint64_t at, all = 0, every = h->n / SAMPLE + 1;
	double ignored = 0;
	size_t i, k;
	int rc = FL_OK;

	for (i = 0; i < h->s->n; i++) {
		TRY(h->s->read(h->s->ctx, i, h->x, err));
		h->sum += sum_squares(h->x, (size_t)h->s->t[i].n, &h->max);
		for (at = 0; at < h->s->t[i].n; at += k, all += k) {
			k = h->s->t[i].n - at < RUN ? (size_t)(h->s->t[i].n - at) : RUN;
			if (all / RUN % every || h->n_sample + k > SAMPLE + RUN)
				continue;
			memcpy(h->sample + h->n_sample, h->x + at, k * sizeof *h->x);
			h->n_sample += k;
		}
	}
	h->sample_sum = sum_squares(h->sample, h->n_sample, &ignored);
out:
	return rc;
}

/* Add what o->step makes of one tensor; bits only if count. */
static int add_tensor(const struct search *h, const struct codec_tensor *t, const float *x, int count, struct outcome *o,
		      struct fl_err *err)
{
	struct ecsq_fit f = { .kind = ECSQ_ZERO };
	struct ecsq_sums s = { .zero = 0 };
	int8_t shift[ECSQ_SHIFTS];
	int rc = FL_OK;

	ecsq_cells(x, (size_t)t->n, (float)o->step, h->dead, h->sym, &s);
	ecsq_shifts(&s, h->dead, shift);
	o->error += ecsq_error(&s, h->dead, shift) * o->step * o->step;
	if (count)
		TRY(ecsq_fit(&f, t, h->sym, &s, err));
	o->bits += f.bits;
out:
	ecsq_fit_clear(&f);
	return rc;
}

static double metric(const struct search *h, const struct outcome *o)
{
	if (!h->rate)
		return SLACK_ERROR * o->error / h->sum;
	return (h->n > TRIAL_MAX ? SLACK_BITS : 1) * o->bits / (double)h->n;
}

static int at_sample(const struct search *h, double step, double *value, struct fl_err *err)
{
	const struct codec_tensor t = { .name = "", .ndim = 1, .n = h->n_sample };
	struct outcome o = { .step = (float)step };
	int rc;

	TRY(add_tensor(h, &t, h->sample, h->rate, &o, err));
	*value = h->rate ? o.bits / (double)h->n_sample : h->sample_sum > 0 ? o.error / h->sample_sum : 1;
out:
	return rc;
}

/* The very bytes of a small file. */
static int encoded_bits(const struct search *h, double step, double *bits, struct fl_err *err)
{
	const struct codec_plan p = { .step = step };
	struct buf b = { .max = SIZE_MAX };
	size_t i;
	int rc = FL_OK;

	*bits = 0;
	for (i = 0; i < h->s->n; i++) {
		b.len = 0;
		TRY(h->s->read(h->s->ctx, i, h->x, err));
		TRY(codec_ecsq.encode(h->v, &p, &h->s->t[i], h->x, &b, err));
		*bits += 8 * (double)b.len;
	}
out:
	buf_clear(&b);
	return rc;
}

static int at_file(const struct search *h, double step, int count, struct outcome *o, struct fl_err *err)
{
	size_t i;
	int rc = FL_OK;

	*o = (struct outcome){ .step = (float)step };
	for (i = 0; i < h->s->n; i++) {
		TRY(h->s->read(h->s->ctx, i, h->x, err));
		TRY(add_tensor(h, &h->s->t[i], h->x, count && h->n > TRIAL_MAX, o, err));
	}
	if (count && h->n <= TRIAL_MAX)
		TRY(encoded_bits(h, o->step, &o->bits, err));
out:
	return rc;
}

/* Steps that floats can do with: the largest number keeps 22 bits. */
static double least_step(const struct search *h)
{
	return fmax(ldexp(h->max, -22), 0x1p-149);
}

static double most_step(const struct search *h)
{
	return fmin(4 * h->max, 0x1.8p127);
}

/* The step that the sample asks for, and how the logarithm of what is asked for goes with the step's. */
static int guess(const struct search *h, double *step, double *slope, struct fl_err *err)
{
	double lo = least_step(h), hi = most_step(h), mid = lo, v, a = 1, b = 1;
	int k, rc = FL_OK;

	for (k = 0; k < 12; k++) {
		mid = sqrt(lo) * sqrt(hi);
		TRY(at_sample(h, mid, &v, err));
		*((v > h->target) == (h->rate != 0) ? &lo : &hi) = mid;
	}
	TRY(at_sample(h, mid / 1.125, &a, err));
	TRY(at_sample(h, mid * 1.125, &b, err));
	*step = mid;
	*slope = a > 0 && b > 0 ? rans_log2(b / a) / rans_log2(1.265625) : 0;
	if (h->rate ? !(*slope < -.05) : !(*slope > .05))
		*slope = h->rate ? -.5 : 1;
out:
	return rc;
}

/* Between a step that keeps to the target and one that does not (late: halfway), or by the slope from the one that is known. */
static double next_step(const struct search *h, const struct outcome *good, const struct outcome *bad, double slope,
			int late)
{
	double aim = rans_log2(h->target * .9992), g, b, part;
	const struct outcome *one = good->step > 0 ? good : bad;

	if (good->step > 0 && bad->step > 0) {
		g = rans_log2(fmax(metric(h, good), 1e-300));
		b = rans_log2(metric(h, bad));
		part = b > g ? (aim - g) / (b - g) : .5;
		part = late ? .5 : part < .1 ? .1 : part > .9 ? .9 : part;
		return good->step * power2(part * rans_log2(bad->step / good->step));
	}
	part = (aim - rans_log2(fmax(metric(h, one), 1e-300))) / slope;
	part = part > 4 ? 4 : part < -4 ? -4 : part;
	return one->step * power2(part);
}

/* The best step found in a few looks at the whole file. */
static int refine(const struct search *h, double step, double slope, struct outcome *best, struct fl_err *err)
{
	struct outcome good = { .step = 0 }, bad = { .step = 0 }, o;
	int k, tries = h->n > TRIAL_MAX ? TRIES : TRIES_SMALL, rc = FL_OK;

	for (k = 0; k < tries || (!good.step && k < tries + 40); k++) {
		step = fmin(fmax(step, least_step(h)), most_step(h));
		TRY(at_file(h, step, h->rate, &o, err));
		*best = o;
		if (metric(h, &o) <= h->target) {
			good = o;
			if (metric(h, &o) >= h->target * .999)
				break;
		} else {
			bad = o;
		}
		if (k >= tries - 1) /* away from it until it fits; nothing is smaller than all zeros */
			step *= h->rate ? 1.5 : 1 / 1.5;
		else
			step = next_step(h, &good, &bad, slope, k > 4);
		if ((h->rate ? bad.step >= most_step(h) : bad.step > 0 && bad.step <= least_step(h)) || !(step > 0))
			break;
	}
	if (good.step > 0)
		*best = good;
out:
	return rc;
}

static int search(struct search *h, struct codec_plan *p, struct fl_err *err)
{
	struct outcome o = { .step = 1 };
	double step, slope;
	int rc;

	TRY(room(h, err));
	TRY(look(h, err));
	if (h->sum > 0) {
		TRY(guess(h, &step, &slope, err));
		TRY(refine(h, step, slope, &o, err));
	}
	if (!h->rate || !(h->sum > 0))
		TRY(at_file(h, o.step, 1, &o, err));
	p->step = o.step;
	p->bits = h->n ? o.bits / (double)h->n : 0;
	p->nmse = h->sum > 0 ? o.error / h->sum : 0;
out:
	return rc;
}

int ecsq_plan(const double *v, const struct codec_source *s, struct codec_plan *p, struct fl_err *err)
{
	struct search h = { .v = v, .s = s, .dead = (float)v[ECSQ_DEAD], .rate = !(v[ECSQ_NMSE] > 0) };
	int rc;

	h.target = h.rate ? (v[ECSQ_BITS] > 0 ? v[ECSQ_BITS] : 1) : v[ECSQ_NMSE];
	rc = search(&h, p, err);
	free(h.x);
	free(h.sym);
	free(h.sample);
	return rc;
}
