/*
 * listen.h - the socket that the hub takes connections from: ADDR:PORT, [ADDR]:PORT or unix:PATH.
 */
#ifndef FL_HUB_LISTEN_H
#define FL_HUB_LISTEN_H

#include "base/err.h"

/* Bind and listen. FL_USAGE: no such form; FL_NET: the address cannot be had. */
int listen_open(int *fd, const char *where, struct fl_err *err);

/* What fd listens on: the text for people, the port (0: Unix), and whether only this machine can reach it. */
int listen_describe(int fd, char *text, size_t size, unsigned *port, int *local, struct fl_err *err);

#endif
