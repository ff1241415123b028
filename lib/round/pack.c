#include "round/pack.h"

#include <string.h>

#include "codec/adapt.h"
#include "codec/encode.h"
#include "codec/link.h"
#include "round/plan.h"

#define RESIDUAL "residual.st"
#define LINK "link.json"
#define BITS_FIRST 4

/* Each for its own network; as long as that is not known, at a rate that is good enough to measure it. */
static int choose(struct codec_choice *how, struct fed *f, const struct encode *e, double local_s, int feedback, struct fl_err *err)
{
	struct adapt_in in = { .local_s = local_s, .head = encode_head(e), .carry = feedback };
	struct adapt_out out = { 0 };
	char path[HOME_PATH];
	int rc;

	TRY(home_name(&f->home, path, LINK, err));
	rc = link_choose(&out, &in, path, &e->source, err);
	*how = out.how;
	if (rc == FL_LATER || rc == FL_DATA)
		rc = adapt_rate(how, BITS_FIRST, err);
out:
	return rc;
}

static int encode(struct fed *f, const Fl__V1__Plan *p, const char *who, double local_s, const char *from, const char *to, int *packed,
		  struct fl_err *err)
{
	struct encode_opts o = { 0 };
	struct encode e = { .scratch = -1 };
	struct codec_choice how;
	char residual[HOME_PATH], text[LINK_TEXT];
	struct out out = { 0 };
	int is_auto = !strcmp(p->codec, PLAN_AUTO), rc;

	TRY(home_name(&f->home, residual, RESIDUAL, err));
	o.residual = p->error_feedback ? residual : NULL;
	TRY(encode_open(&e, from, &o, err));
	TRY(plan_codec(p, &how, err));
	if (is_auto)
		TRY(choose(&how, f, &e, local_s, p->error_feedback, err));
	*packed = how.codec != NULL;
	if (!*packed)
		goto out;
	/* Sums of encoded values need one draw for all. */
	TRY(encode_make(&e, &how, plan_seed(p, how.codec->flags & CODEC_LINEAR ? "" : who), is_auto ? "bandwidth" : NULL, err));
	TRY(out_open(&out, to, OUT_BINARY, err));
	TRY(encode_write(&e, &out, err));
	out.lax = 1;
	TRY(out_commit(&out, err));
	f->more("round %u: codec %s, expected error %.3g: %llu bytes for %llu", p->round, adapt_text(text, sizeof text, &how), e.plan.nmse,
		(unsigned long long)e.bytes_out, (unsigned long long)e.bytes_in);
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

void pack_learn(struct fed *f, const Fl__V1__Plan *p, const struct store_stats *before)
{
	struct store_stats now;
	char path[HOME_PATH];
	struct link l;

	if (strcmp(p->codec, PLAN_AUTO) || home_name(&f->home, path, LINK, NULL) != FL_OK)
		return;
	link_read(&l, path, NULL);
	store_stats(f->store, &now);
	link_learn(&l, (double)(now.bytes_up - before->bytes_up), (double)(now.requests - before->requests),
		   now.seconds - before->seconds);
	link_write(&l, path, NULL);
}
