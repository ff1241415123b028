/*
 * link.h - what was measured of the way to the hub, kept from one transfer to the next.
 *
 *   {"v":1, "bytes_per_s":B, "rtt_s":S, "last":"ecsq:bits=0.5"}
 *
 * Averages that forget: a new measurement counts for LINK_NEW of them. Nothing depends on the file but how fast things go: it is
 * neither locked nor synced, and one that does not read is as good as none.
 */
#ifndef FL_CODEC_LINK_H
#define FL_CODEC_LINK_H

#include "codec/adapt.h"

#define LINK_NEW 0.3
#define LINK_TEXT 96

struct link {
	double bytes_per_s, rtt_s; /* 0: not known */
	char last[LINK_TEXT];      /* the codec that was chosen last, as codec_parse() reads it; "": none */
};

/* Where it lies unless told otherwise: flkit/link.json in $XDG_STATE_HOME or ~/.local/state. FL_CONFIG where there is no home. */
int link_path(char **path, struct fl_err *err);

/* FL_NOINPUT where there is none, FL_DATA where it does not read. */
int link_read(struct link *l, const char *path, struct fl_err *err);

/* Its folder is made where it is missing. FL_CREATE, FL_IO. */
int link_write(const struct link *l, const char *path, struct fl_err *err);

/* adapt_choose() for the network that the file at path knows, and last chose for; the choice is remembered there. An in->rtt_s
 * above 0 goes before the file's. FL_LATER: nothing has been measured. */
int link_choose(struct adapt_out *out, struct adapt_in *in, const char *path, const struct codec_source *s, struct fl_err *err);

/* A transfer of so many bytes by so many requests took so many seconds. */
void link_learn(struct link *l, double bytes, double requests, double seconds);

#endif
