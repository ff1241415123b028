#include "round/pack.h"

#include <string.h>

#include "codec/adapt.h"
#include "codec/encode.h"
#include "codec/link.h"
#include "round/plan.h"

#define RESIDUAL "residual.st"
#define LINK "link.json"

static int choose(struct fed *f, struct encode *e, double local_s, int feedback, struct codec_choice *how, struct fl_err *err)
{
	struct adapt_in in = { .local_s = local_s, .head = encode_head(e) };
	struct adapt_out out = { 0 };
	char path[HOME_PATH];
	struct link l;
	int rc;

	TRY(home_name(&f->home, path, LINK, err));
	if (link_read(&l, path, NULL) == FL_OK && l.bytes_per_s > 0) {
		in.bytes_per_s = l.bytes_per_s;
		in.rtt_s = l.rtt_s;
		in.last = l.last;
		TRY(adapt_choose(&out, &in, &e->source, err));
	} else {
		TRY(adapt_rate(&out, 4, &e->source, err)); /* good enough for a first look at the network */
	}
	adapt_text(l.last, sizeof l.last, &out);
	f->more("codec %s: expected error %.3g, %.3g bits a value", l.last, out.nmse, out.bits);
	TRY(link_write(&l, path, err));
	*how = out.how;
	if (!how->codec && feedback)
		rc = codec_parse(how, "bf16", err); /* what is carried on must be added somewhere */
out:
	return rc;
}

static int encode(struct fed *f, const Fl__V1__Plan *p, const char *who, double local_s, const char *from, const char *to, int *packed,
		  struct fl_err *err)
{
	struct encode_opts o = { 0 };
	struct encode e = { .scratch = -1 };
	struct codec_choice how;
	char residual[HOME_PATH];
	struct out out = { 0 };
	int rc;

	TRY(home_name(&f->home, residual, RESIDUAL, err));
	o.residual = p->error_feedback ? residual : NULL;
	TRY(encode_open(&e, from, &o, err));
	TRY(plan_codec(p, &how, err));
	if (!how.codec)
		TRY(choose(f, &e, local_s, p->error_feedback, &how, err));
	*packed = how.codec != NULL;
	if (!*packed)
		goto out;
	/* Sums of encoded values need one draw for all. */
	TRY(encode_make(&e, &how, plan_seed(p, how.codec->flags & CODEC_LINEAR ? "" : who), NULL, err));
	TRY(out_open(&out, to, OUT_BINARY, err));
	TRY(encode_write(&e, &out, err));
	out.lax = 1;
	TRY(out_commit(&out, err));
	f->more("round %u: %llu bytes for %llu", p->round, (unsigned long long)e.bytes_out, (unsigned long long)e.bytes_in);
out:
	out_abort(&out);
	encode_close(&e);
	return rc;
}

int pack_update(struct fed *f, const Fl__V1__Plan *p, const char *who, double local_s, const char *from, const char *to, int *packed,
		struct fl_err *err)
{
	*packed = 0;
	return *p->codec ? encode(f, p, who, local_s, from, to, packed, err) : FL_OK;
}

void pack_learn(struct fed *f, const struct store_stats *before)
{
	struct store_stats now;
	char path[HOME_PATH];
	struct link l;

	if (home_name(&f->home, path, LINK, NULL) != FL_OK || link_read(&l, path, NULL) != FL_OK)
		return; /* nobody asked for auto here */
	store_stats(f->store, &now);
	link_learn(&l, (double)(now.bytes_up - before->bytes_up), (double)(now.requests - before->requests),
		   now.seconds - before->seconds);
	link_write(&l, path, NULL);
}
