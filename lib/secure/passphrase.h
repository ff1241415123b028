/*
 * passphrase.h - where the passphrase of a key comes from: a terminal, or a file that others may not read.
 *
 * Both fit struct key_pass (key.h). The terminal is the process's own (/dev/tty), so that standard input and output stay free
 * for data; what is typed is not shown, and a signal meanwhile leaves the terminal as it was.
 */
#ifndef FL_SECURE_PASSPHRASE_H
#define FL_SECURE_PASSPHRASE_H

#include <stddef.h>

#include "base/err.h"

/* 1: there is a terminal to ask on. */
int passphrase_terminal(void);

/* Ask "Passphrase of WHAT: ", twice if confirm. ctx is WHAT, a const char *. FL_CONFIG without a terminal, FL_USAGE where the two
 * differ. */
int passphrase_ask(void *ctx, char *s, size_t n, int confirm, struct fl_err *err);

/* The first line of the file named ctx, a const char *; "-" is standard input. FL_NOINPUT, FL_CONFIG (modes), FL_DATA. */
int passphrase_file(void *ctx, char *s, size_t n, int confirm, struct fl_err *err);

#endif
