/*
 * hub.h - the server behind fl-serve: a folder of federations over HTTP, with roles, quotas and deadlines.
 *
 * libmicrohttpd's threads answer; one thread of ours watches deadlines and waiters. An upload is durable before it is
 * acknowledged, and nothing is ever overwritten, so the hub may be killed at any moment and started again.
 * The protocol is that of store/http.h's other side; what is checked is in request.h, access.h and check.h.
 */
#ifndef FL_HUB_HUB_H
#define FL_HUB_HUB_H

#include <stdint.h>

#include "base/err.h"
#include "secure/key.h"

struct hub;

struct hub_conf {
	const char *root;            /* an existing folder; federations are folders in it */
	const char *listen;          /* ADDR:PORT, [ADDR]:PORT, unix:PATH; port 0: any */
	int listener;                /* a listening socket (systemd's), or -1 */
	const char *cert, *cert_key; /* PEM files; NULL: no TLS */
	const char *client_ca;       /* PEM file: every client shows a certificate of these; NULL: none asked for */
	const char *tokens;          /* file, see access.h; NULL: anybody may do what signatures allow, on loopback only */
	const char *offload;         /* s3://BUCKET/PREFIX for blobs and payloads, see offload.h; NULL: the root */
	int plain;                   /* no TLS although others than this machine can reach it */
	const struct key *key;       /* signs receipts; borrowed; NULL: none */
	int threads;
	unsigned connections, per_address; /* at once; 0: no limit for an address */
	uint64_t max_object, quota;  /* bytes of an object; of a participant in a round, 0: no limit */
	unsigned quota_objects;      /* of a participant in a round */
	double rate;                 /* requests a second of a caller; 0: no limit */
	double header_s, min_rate;   /* seconds for a request's head; bytes a second of a body, at least */
	int log_fd, log_addresses;
};

/* Start serving. FL_CONFIG, FL_NOINPUT, FL_NET (address), FL_IO. */
int hub_start(struct hub **h, const struct hub_conf *c, struct fl_err *err);

/* Where it listens, as a URL for people: "http://127.0.0.1:8080". And the port; 0 for a Unix socket. */
const char *hub_url(const struct hub *h);
unsigned hub_port(const struct hub *h);

/* Read the tokens and the certificate anew. On failure what was in force stays. */
int hub_reload(struct hub *h, struct fl_err *err);

/* Take nothing new, finish what is under way within grace seconds, stop, free. FL_LATER if something was cut off. */
int hub_stop(struct hub *h, double grace, struct fl_err *err);

#endif
