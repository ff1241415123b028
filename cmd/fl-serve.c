/* fl-serve - the hub: a folder of federations over HTTP.  Manual: man/fl-serve.1 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "hub/hub.h"
#include "hub/systemd.h"

static const char *root, *where = "127.0.0.1:8080", *cert, *cert_key, *client_ca, *tokens, *offload, *key_path, *port_file, *log_path;
static long long threads = 16, connections = 4096, per_address = 64, max_object = 1LL << 30, quota, quota_objects = 64;
static double rate, header_timeout = 10, min_rate = 1024, grace = 30;
static int plain, addresses;

#define BYTES_MAX 9007199254740992.0 /* 2^53: exact in a double */

static const struct opt opts[] = {
	OPT_DIR('r', "root", &root, "DIR", "the folder of federations"),
	OPT_STR('l', "listen", &where, "ADDR:PORT", "where to listen, or unix:PATH; port 0 takes a free one"),
	OPT_FILE(0, "tls-cert", &cert, "FILE", "certificate and its chain, PEM"),
	OPT_FILE(0, "tls-key", &cert_key, "FILE", "its secret key, PEM"),
	OPT_FILE(0, "client-ca", &client_ca, "FILE", "ask clients for a certificate of these, PEM"),
	OPT_FLAG(0, "plain", &plain, "no TLS on an address that others can reach: something in front of the hub does it"),
	OPT_STR(0, "offload", &offload, "URL", "s3://BUCKET/PREFIX: send clients there for models and updates, with URLs for ten minutes"),
	OPT_FILE('t', "tokens", &tokens, "FILE", "who may do what"),
	OPT_FILE('k', "key", &key_path, "FILE", "secret key to sign receipts with"),
	OPT_FILE(0, "port-file", &port_file, "FILE", "write the port to FILE when the hub is ready"),
	OPT_INT(0, "threads", &threads, "N", "threads that answer", 1, 256),
	OPT_INT(0, "connections", &connections, "N", "connections at once", 1, 65536),
	OPT_INT(0, "per-address", &per_address, "N", "connections of one address at once, not on loopback; 0 is no limit", 0, 65536),
	OPT_INT(0, "max-object", &max_object, "BYTES", "bytes of an object, at most", 1, BYTES_MAX),
	OPT_INT(0, "quota", &quota, "BYTES", "bytes of a participant in a round, at most; 0 is no limit", 0, BYTES_MAX),
	OPT_INT(0, "quota-objects", &quota_objects, "N", "objects of a participant in a round, at most; 0 is no limit", 0, 1e6),
	OPT_REAL(0, "rate", &rate, "R", "requests a second of one caller, twice as many at once; 0 is no limit", 0, 1e6),
	OPT_REAL(0, "header-timeout", &header_timeout, "S", "seconds for the head of a request", 0.1, 3600),
	OPT_REAL(0, "min-rate", &min_rate, "R", "bytes a second of a body, at least", 1, 1e9),
	OPT_REAL(0, "grace", &grace, "S", "seconds to finish what is under way when told to stop", 0, 3600),
	OPT_FILE(0, "log", &log_path, "FILE", "append the log to FILE instead of standard error; SIGHUP opens it anew"),
	OPT_FLAG(0, "log-addresses", &addresses, "log the addresses of clients"),
	OPT_END
};

static int check(struct fl_err *err)
{
	if (!root)
		return fl_fail(err, FL_USAGE, "--root is missing: the folder of federations");
	if (!cert != !cert_key)
		return fl_fail(err, FL_USAGE, "--tls-cert and --tls-key go together");
	if (client_ca && !cert)
		return fl_fail(err, FL_USAGE, "--client-ca needs --tls-cert and --tls-key");
	return FL_OK;
}

static int open_log(int *fd, struct fl_err *err)
{
	*fd = STDERR_FILENO;
	if (log_path)
		*fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	return *fd < 0 ? fl_fail_errno(err, FL_CREATE, "%s", log_path) : FL_OK;
}

/* Begin the file anew under its name, in the place of the old one, which may have been moved away. */
static void reopen_log(int fd)
{
	int new;

	if (!log_path || open_log(&new, NULL) != FL_OK)
		return;
	(void)dup3(new, fd, O_CLOEXEC);
	close(new);
}

static int write_port(unsigned port, struct fl_err *err)
{
	char text[16];
	struct out o = { 0 };
	int rc, n = snprintf(text, sizeof text, "%u\n", port);

	if (!port_file)
		return FL_OK;
	TRY(out_open(&o, port_file, OUT_TEXT, err));
	TRY(out_write(&o, text, (size_t)n, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	return rc;
}

/* Until SIGTERM or SIGINT; SIGHUP reads files anew, and what is wrong with them is in the log. */
static void wait_for_signals(struct hub *h, int log_fd, const sigset_t *set)
{
	struct fl_err err = { 0 };
	int sig;

	while (sigwait(set, &sig) != 0 || sig == SIGHUP) {
		systemd_notify("RELOADING=1");
		reopen_log(log_fd);
		(void)hub_reload(h, &err);
		systemd_notify("READY=1");
	}
	systemd_notify("STOPPING=1");
}

static int serve(const struct hub_conf *conf, const sigset_t *set, struct fl_err *err)
{
	struct hub *h;
	int rc;

	TRY(hub_start(&h, conf, err));
	if ((rc = write_port(hub_port(h), err)) != FL_OK) {
		(void)hub_stop(h, 0, NULL);
		return rc;
	}
	cli_say("listening on %s", hub_url(h));
	if (!tokens && !client_ca)
		cli_say("no --tokens: whoever can connect may do what signatures allow");
	systemd_notify("READY=1");
	wait_for_signals(h, conf->log_fd, set);
	rc = hub_stop(h, grace, err);
	if (rc == FL_LATER) {
		cli_say("%s", err->msg); /* clients try again; nothing is wrong here */
		rc = FL_OK;
	}
out:
	return rc;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct hub_conf c = { .root = root, .listen = where, .cert = cert, .cert_key = cert_key, .client_ca = client_ca,
		.tokens = tokens, .offload = offload, .plain = plain, .threads = (int)threads, .connections = (unsigned)connections,
		.per_address = (unsigned)per_address, .max_object = (uint64_t)max_object, .quota = (uint64_t)quota,
		.quota_objects = (unsigned)quota_objects, .rate = rate, .header_s = header_timeout, .min_rate = min_rate,
		.log_addresses = addresses };
	struct key *key = NULL;
	sigset_t set;
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	TRY(check(err));
	TRY(open_log(&c.log_fd, err));
	if (key_path)
		TRY(key_read(&key, key_path, NULL, err));
	TRY(systemd_listener(&c.listener, err));
	c.key = key;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* before there are threads, so that all have it */
	rc = serve(&c, &set, err);
out:
	key_close(key);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct cmd cmd = { .name = "fl-serve", .synopsis = "--root DIR [OPTION]...",
		.summary = "Serve a folder of federations over HTTP", .opts = opts, .run = run };

	return cli_main(&cmd, argc, argv);
}
