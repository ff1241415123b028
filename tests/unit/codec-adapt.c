/* adapt: what is chosen for a network is worth it there; the last choice stays unless something is gained; deadlines are filled. */
#include "codec/adapt.h"

#include "check.h"
#include "codec/link.h"
#include "lossy-fixture.h"

/* Laplace-like values: 200,000 with heavy tails, as updates have them. */
static float *values(size_t n)
{
	float *x = lossy_normal(n, 1);
	struct rng r;
	size_t i;

	rng_seed(&r, 2, 0);
	for (i = 0; i < n; i++)
		x[i] *= (float)(-log(1 - rng_uniform(&r)));
	return x;
}

static double worth(const struct adapt_out *a)
{
	return a->seconds / (1 - a->nmse);
}

/* The same sum for a rate that is given. */
static double fixed(const struct adapt_in *in, double bits, double nmse, double n)
{
	double work = bits < 32 ? 2 * n * 4 / ADAPT_SPEED : 0;

	return (in->local_s + in->rtt_s + work + n * bits / 8 / in->bytes_per_s) / (1 - nmse);
}

static struct adapt_out choose(const struct adapt_in *in, const struct codec_source *s)
{
	struct adapt_out a = { 0 };
	struct fl_err err = { 0 };

	CHECK(adapt_choose(&a, in, s, &err) == FL_OK, "%g bit/s: a choice%s", 8 * in->bytes_per_s, err.msg);
	return a;
}

static void networks(const struct codec_source *s, double n)
{
	struct adapt_in in = { .bytes_per_s = 125e3, .rtt_s = .01, .local_s = .5 };
	struct adapt_out slow = choose(&in, s), a;
	double last = 0;

	CHECK(worth(&slow) <= fixed(&in, 32, 0, n) / 6, "1 Mbit/s: a sixth of the time of F32 (%.3g s, %.3g s)", worth(&slow), fixed(&in, 32, 0, n));
	CHECK(worth(&slow) <= fixed(&in, 8.125, 6.4e-5, n) / 2, "1 Mbit/s: half the time of a byte a value");
	for (in.bytes_per_s = 1e3; in.bytes_per_s < 1e8; in.bytes_per_s *= 10) {
		a = choose(&in, s);
		CHECK(a.bits >= last, "%g bit/s: no fewer bits than for a slower line (%.3g)", 8 * in.bytes_per_s, a.bits);
		last = a.bits;
	}
	in.bytes_per_s = 125e6;
	a = choose(&in, s);
	CHECK(worth(&a) <= 1.02 * fixed(&in, 32, 0, n), "1 Gbit/s: never 2 %% slower than F32");
}

static void steady(const struct codec_source *s)
{
	struct adapt_in in = { .bytes_per_s = 125e3, .rtt_s = .01, .local_s = .5 };
	struct adapt_out a = choose(&in, s), b;
	char text[LINK_TEXT], back[LINK_TEXT];

	adapt_text(text, sizeof text, &a.how);
	in.last = text;
	in.bytes_per_s *= 1.1;
	b = choose(&in, s);
	CHECK(!strcmp(adapt_text(back, sizeof back, &b.how), text), "a line a tenth faster: it stays with %s", text);
	in.bytes_per_s *= 100;
	b = choose(&in, s);
	CHECK(strcmp(adapt_text(back, sizeof back, &b.how), text) != 0, "a line a hundred times faster: %s", back);
	in.last = "what is this";
	b = choose(&in, s);
	CHECK(b.bits > 0, "a last choice that does not read is none");
}

static void deadlines(const struct codec_source *s, double n)
{
	struct adapt_in in = { .bytes_per_s = 125e3, .rtt_s = .1, .local_s = 1, .head = 2000 };
	struct adapt_out a;

	for (in.deadline_s = 1.3; in.deadline_s < 6; in.deadline_s *= 1.5) {
		a = choose(&in, s);
		CHECK(a.seconds <= in.deadline_s && (a.bits > 5 || a.seconds > .8 * in.deadline_s), "%.3g s: %.3g bits take %.3g s",
		      in.deadline_s, a.bits, a.seconds);
	}
	in.deadline_s = 1.2 + n * 4 / in.bytes_per_s;
	a = choose(&in, s);
	CHECK(!a.how.codec, "time enough: as it is");
	in.deadline_s = .5;
	a = choose(&in, s);
	CHECK(a.how.codec && a.bits < .05, "no time at all: the lowest rate");
}

static void learning(void)
{
	struct link l = { 0 };

	link_learn(&l, 500, 2, .2);
	CHECK_NEAR(l.rtt_s, .1, 1e-12, "small transfers tell the round trip");
	link_learn(&l, 1e6, 1, 1.1);
	CHECK_NEAR(l.bytes_per_s, 1e6, 1, "large ones the rate, without the round trip");
	link_learn(&l, 2e6, 1, 1.1);
	CHECK_NEAR(l.bytes_per_s, 1.3e6, 1, "a new measurement counts for three tenths");
	link_learn(&l, 1e6, 1, 0);
	CHECK_NEAR(l.bytes_per_s, 1.3e6, 1, "no time, no measurement");
}

int main(void)
{
	struct lossy_file f;
	uint64_t n = 200000;
	float *x = values(n);
	struct codec_source s = { &f.t, 1, lossy_read, &f };

	f = (struct lossy_file){ lossy_vector(&n, 1), x };
	networks(&s, (double)n);
	steady(&s);
	deadlines(&s, (double)n);
	learning();
	free(x);
	return check_done();
}
