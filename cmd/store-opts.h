/* store-opts.h - the options of every command that talks to a store: rows of its table, and the struct they fill. */
#ifndef FL_CMD_STORE_OPTS_H
#define FL_CMD_STORE_OPTS_H

#include <stdlib.h>

#include "base/cli.h"
#include "store/store.h"

static struct store_opts store_opts = { .deadline = 300, .progress = cli_progress_show, .say = cli_say_more, .warn = cli_say };

#define STORE_OPTS                                                                                                        \
	OPT_FILE('t', "token", &store_opts.token_file, "FILE", "the hub's token; without it $FL_TOKEN_FILE"),             \
	OPT_FILE(0, "netrc", &store_opts.netrc, "FILE", "names and passwords of hosts, as curl reads them"),              \
	OPT_FILE(0, "cacert", &store_opts.cacert, "FILE", "trust these authorities instead of the system's, PEM"),        \
	OPT_FILE(0, "cert", &store_opts.cert, "FILE", "client certificate, PEM"),                                         \
	OPT_FILE(0, "cert-key", &store_opts.cert_key, "FILE", "its secret key, PEM"),                                     \
	OPT_STR(0, "pin", &store_opts.pin, "HASH", "the server's public key: sha256//BASE64"),                            \
	OPT_STR(0, "proxy", &store_opts.proxy, "URL", "go through this proxy, not through the environment's"),            \
	OPT_FLAG(0, "plain", &store_opts.plain, "let tokens and passwords go over http:// and dav:// to other machines"), \
	OPT_REAL(0, "deadline", &store_opts.deadline, "S", "seconds for one transfer with all its retries", 0.1, 1e6)

/* What the environment says where the options do not. */
static inline void store_opts_env(void)
{
	const char *token = getenv("FL_TOKEN_FILE"), *trace = getenv("TRACEPARENT");

	if (!store_opts.token_file && token && *token)
		store_opts.token_file = token;
	if (!store_opts.traceparent && trace && *trace)
		store_opts.traceparent = trace;
}

/* For metrics: what was moved, and how fast. Takes the reference to j, which may be NULL. */
static inline json_t *store_opts_metrics(json_t *j, const struct store_stats *st, double seconds)
{
	double moved = (double)(st->bytes_up + st->bytes_down);

	if (!j)
		return NULL;
	json_object_set_new(j, "bytes_up", json_integer((json_int_t)st->bytes_up));
	json_object_set_new(j, "bytes_down", json_integer((json_int_t)st->bytes_down));
	json_object_set_new(j, "requests", json_integer((json_int_t)st->requests));
	json_object_set_new(j, "retries", json_integer((json_int_t)st->retries));
	json_object_set_new(j, "time_s", json_real(seconds));
	json_object_set_new(j, "bytes_per_s", json_metric(seconds > 0 ? moved / seconds : 0));
	return j;
}

#endif
