/* fl-compress - make an update ten to hundreds of times smaller, and whole again.  Manual: man/fl-compress.1 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/units.h"
#include "codec/adapt.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/link.h"

#define BUDGET_TRIES 6
#define BITS_START 6.0 /* a budget beyond this is met anyway */

static const char *codec_text, *residual, *base, *budget, *bandwidth, *deadline, *rtt, *local_time, *link_file;
static double nmse = -1;
static int decode, list;

static const struct opt opts[] = {
	OPT_STR('c', "codec", &codec_text, "NAME[:K=V,...]", "the codec and its parameters; see --list"),
	OPT_FLAG('d', "decode", &decode, "back to what it was before its codec"),
	OPT_FLAG('l', "list", &list, "say which codecs there are, and what they take"),
	OPT_FILE(0, "base", &base, "MODEL", "the model that both ends hold, of ulp"),
	OPT_FILE(0, "residual", &residual, "FILE", "add what was lost last time, keep what is lost now; made where it is missing"),
	OPT_STR(0, "budget", &budget, "SIZE", "the best that fits in so many bytes: 200KB"),
	OPT_REAL(0, "nmse", &nmse, "E", "the smallest that loses at most this share of the squared norm", 1e-9, 0.99),
	OPT_STR(0, "bandwidth", &bandwidth, "RATE", "choose for a network of this rate, 2Mbit/s; auto: as fl-push measured it"),
	OPT_STR(0, "rtt", &rtt, "TIME", "round trip to the hub, for --bandwidth: 50ms"),
	OPT_STR(0, "local-time", &local_time, "TIME", "what a round takes besides the upload, for --bandwidth: 5s"),
	OPT_STR(0, "deadline", &deadline, "TIME", "all of a round must fit in this, for --bandwidth: 10s"),
	OPT_FILE(0, "link", &link_file, "FILE", "where fl-push keeps what it measured, if not in the usual place"),
	OPT_FILE(0, "report", &cli_metrics, "FILE", "write bytes, bits and errors as one JSON object to FILE (fd:N: to that descriptor)"),
	CLI_SEED,
	CLI_OUTPUT,
	CLI_PROGRESS,
	OPT_END
};

static int print_list(void)
{
	const struct codec *c;
	size_t i, k;

	for (i = 0; (c = codec_at(i)); i++) {
		printf("%-9s %s%s%s\n", c->name, c->summary, c->flags & CODEC_UNBIASED ? "; unbiased" : "",
		       c->flags & CODEC_LINEAR ? "; linear" : "");
		if (c->flags & CODEC_BASE)
			printf("          MODEL: the model that both ends hold\n");
		for (k = 0; c->params && c->params[k].name; k++)
			printf("          %s=%g: %s (%g to %g)\n", c->params[k].name, c->params[k].def, c->params[k].help,
			       c->params[k].min, c->params[k].max);
	}
	return FL_OK;
}

/* ---- which codec ---- */

static int check_options(struct fl_err *err)
{
	int how = (codec_text != NULL) + (budget != NULL) + (nmse >= 0) + (bandwidth != NULL);

	if (decode && (how || residual))
		return fl_fail(err, FL_USAGE, "--decode needs no codec: the file says it");
	if (!decode && how != 1)
		return fl_fail(err, FL_USAGE, how ? "--codec, --budget, --nmse and --bandwidth exclude each other" :
			       "--codec, --budget, --nmse or --bandwidth is missing");
	if ((deadline || rtt || local_time) && !bandwidth)
		return fl_fail(err, FL_USAGE, "--rtt, --local-time and --deadline go with --bandwidth");
	return FL_OK;
}

/* ulp:MODEL names a file where others have numbers. */
static int parse_codec(struct codec_choice *how, struct fl_err *err)
{
	const char *colon = strchr(codec_text, ':');
	char *name = NULL;
	int rc;

	TRY(fl_strndup(&name, codec_text, colon ? (size_t)(colon - codec_text) : strlen(codec_text), err));
	if (codec_find(name) && codec_find(name)->flags & CODEC_BASE) {
		if (colon)
			base = colon + 1;
		rc = codec_parse(how, name, err);
	} else {
		rc = codec_parse(how, codec_text, err);
	}
out:
	free(name);
	return rc;
}

static int read_seconds(double *s, const char *text, struct fl_err *err)
{
	return text ? units_seconds(s, text, err) : FL_OK;
}

/* By what --bandwidth and its companions say, or by the file of fl-push. */
static int choose_for_network(struct adapt_out *c, const struct encode *e, struct fl_err *err)
{
	struct adapt_in in = { .head = encode_head(e), .carry = residual != NULL };
	char *path = NULL;
	int rc;

	TRY(read_seconds(&in.rtt_s, rtt, err));
	TRY(read_seconds(&in.local_s, local_time, err));
	TRY(read_seconds(&in.deadline_s, deadline, err));
	if (!strcmp(bandwidth, "auto")) {
		TRY(link_file ? fl_strdup(&path, link_file, err) : link_path(&path, err));
		TRY(link_choose(c, &in, path, &e->source, err));
		goto out;
	}
	TRY(units_rate(&in.bytes_per_s, bandwidth, err));
	if (in.bytes_per_s <= 0)
		TRY(fl_fail(err, FL_USAGE, "--bandwidth: nothing gets through at %s", bandwidth));
	TRY(adapt_choose(c, &in, &e->source, err));
out:
	free(path);
	return rc;
}

/* ---- the three ways to encode ---- */

static int make(struct encode *e, const char *text, const char *note, struct fl_err *err)
{
	struct codec_choice how;
	int rc;

	TRY(codec_parse(&how, text, err));
	TRY(encode_make(e, &how, cli_seed_value(), note, err));
	if (note)
		cli_say("%s: expected error %.3g, %.3g bits a value", text, e->plan.nmse, e->plan.bits);
out:
	return rc;
}

static int make_within(struct encode *e, struct fl_err *err)
{
	double max, bits = BITS_START, head = encode_head(e), n = (double)(e->values ? e->values : 1);
	struct codec_choice how;
	char text[48];
	int i, rc;

	TRY(units_bytes(&max, budget, err));
	for (i = 0; i < BUDGET_TRIES; i++) {
		bits = fmin(bits, (max - head) * 8 / n);
		snprintf(text, sizeof text, "ecsq:bits=%.5g", bits);
		if (bits <= 0 || codec_parse(&how, text, NULL) != FL_OK)
			break;
		TRY(encode_make(e, &how, cli_seed_value(), "budget", err));
		if ((double)e->bytes_out <= max) {
			cli_say("%s: expected error %.3g, %llu bytes", text, e->plan.nmse, (unsigned long long)e->bytes_out);
			return FL_OK;
		}
		bits *= .995 * fmax(max - (double)(e->bytes_out - e->st.data_len), 0) / (double)e->st.data_len;
		head = 0;
	}
	rc = fl_fail(err, FL_USAGE, "--budget: %s is too little for %llu values in %zu tensors", budget, (unsigned long long)e->values, e->a.st.n);
out:
	return rc;
}

static int make_adapted(struct encode *e, int *as_is, struct fl_err *err)
{
	struct adapt_out c = { 0 };
	char text[LINK_TEXT];
	int rc;

	TRY(choose_for_network(&c, e, err));
	*as_is = !c.how.codec;
	if (c.how.codec)
		TRY(encode_make(e, &c.how, cli_seed_value(), "bandwidth", err));
	else
		e->bytes_out = e->bytes_in;
	cli_say("%s: expected error %.3g, %.3g bits a value, %.3g s a round", adapt_text(text, sizeof text, &c.how), e->plan.nmse,
		*as_is ? 32 : e->plan.bits, c.seconds);
out:
	return rc;
}

static int make_chosen(struct encode *e, int *as_is, struct fl_err *err)
{
	struct codec_choice how;
	char text[48];
	int rc;

	if (bandwidth)
		return make_adapted(e, as_is, err);
	if (budget)
		return make_within(e, err);
	if (nmse >= 0) {
		snprintf(text, sizeof text, "ecsq:nmse=%.9g", nmse);
		return make(e, text, "nmse", err);
	}
	TRY(parse_codec(&how, err));
	TRY(encode_make(e, &how, cli_seed_value(), NULL, err));
out:
	return rc;
}

/* ---- what came of it ---- */

static json_t *report(const struct encode *e, int as_is, double seconds)
{
	const json_t *stage = as_is ? NULL : encoded_stage(e->fl);
	double lost = 0, had = 0;
	json_t *tensors = json_array();
	size_t i;

	for (i = 0; i < e->a.st.n; i++) {
		lost += e->v[i].lost;
		had += e->v[i].had;
		if (!as_is)
			json_array_append_new(tensors, json_pack("{s:s, s:I, s:I, s:o}", "name", e->t[i].name, "values", (json_int_t)e->t[i].n,
				"bytes", (json_int_t)e->v[i].len, "nmse", json_metric(e->v[i].had > 0 ? e->v[i].lost / e->v[i].had : 0)));
	}
	return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:f, s:f, s:f, s:o, s:o, s:f}", "event", "compress", "codec",
			 stage ? json_string_value(json_object_get(stage, "codec")) : "none", "params",
			 stage ? json_deep_copy(json_object_get(stage, "params")) : json_object(), "values", (json_int_t)e->values,
			 "bytes_in", (json_int_t)e->bytes_in, "bytes_out", (json_int_t)e->bytes_out, "ratio",
			 (double)e->bytes_in / (double)e->bytes_out, "bits", e->values ? 8 * (double)e->bytes_out / (double)e->values : 0,
			 "nmse_expected", as_is ? 0 : e->plan.nmse, "nmse", json_metric(had > 0 ? lost / had : 0), "tensors", tensors,
			 "time_s", seconds);
}

static void say_residual(const struct residual *r)
{
	if (r->dropped)
		cli_say("%s: is of a later round than this update: dropped", residual);
	else if (r->missed)
		cli_say("%s: %lld rounds were missed: what was left counts %.2g", residual, r->missed, r->factor);
}

static int run_encode(struct out *o, struct fl_err *err)
{
	struct encode_opts how = { .residual = residual, .measure = cli_metrics != NULL, .progress = cli_progress_show };
	struct codec_choice c;
	struct encode e = { .scratch = -1 };
	double start = clock_s();
	int as_is = 0, rc;

	if (codec_text)
		TRY(parse_codec(&c, err));
	how.base = base;
	TRY(encode_open(&e, "-", &how, err));
	say_residual(&e.residual);
	TRY(make_chosen(&e, &as_is, err));
	TRY(as_is ? out_copy(o, e.a.fd, 0, e.bytes_in, err) : encode_write(&e, o, err));
	TRY(out_commit(o, err));
	TRY(cli_write_metrics(report(&e, as_is, clock_s() - start), err));
	cli_say_more("%llu bytes to %llu, %.3g times fewer", (unsigned long long)e.bytes_in, (unsigned long long)e.bytes_out,
		     (double)e.bytes_in / (double)e.bytes_out);
out:
	encode_close(&e);
	return rc;
}

static int run_decode(struct out *o, struct fl_err *err)
{
	struct decode_opts how = { .base = base, .progress = cli_progress_show };
	struct art a = { 0 };
	int rc;

	TRY(art_open_seekable(&a, "-", err));
	TRY(decode_file(&a, &how, o, err));
	TRY(out_commit(o, err));
out:
	art_close(&a);
	return rc;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct out o = { 0 };
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	if (list)
		return print_list();
	TRY(check_options(err));
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	rc = decode ? run_decode(&o, err) : run_encode(&o, err);
out:
	out_abort(&o);
	return rc;
}

static const struct cmd cmd = { .name = "fl-compress", .synopsis = "--codec NAME[:K=V,...] [OPTION]... < UPDATE > UPDATE",
	.summary = "Make an update ten to hundreds of times smaller, and whole again", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
