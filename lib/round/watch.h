/*
 * watch.h - picture.h, drawn again whenever it changes: on a terminal in place, elsewhere as lines.
 */
#ifndef FL_ROUND_WATCH_H
#define FL_ROUND_WATCH_H

#include <stdio.h>

#include "round/fed.h"

int watch_terminal(void);     /* 1: standard output is one */
unsigned watch_width(void); /* its columns; 80 elsewhere */

/* Until 'q' or a signal; elsewhere than on a terminal until the run's last round is closed. */
int watch_run(struct fed *f, unsigned rounds, FILE *out, struct fl_err *err);

#endif
