/* systemd.h - two agreements with a service manager, by hand: sockets handed over, and READY=1 (sd_listen_fds(3), sd_notify(3)). */
#ifndef FL_HUB_SYSTEMD_H
#define FL_HUB_SYSTEMD_H

#include "base/err.h"

/* *fd is the socket that was handed over, or -1. FL_CONFIG where there are several. */
int systemd_listener(int *fd, struct fl_err *err);

/* Tell the manager, if there is one. What cannot be told is not. */
void systemd_notify(const char *state);

#endif
