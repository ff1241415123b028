/*
 * units.h - quantities as people write them: 200KB, 2Mbit/s, 10s.
 *
 * A number, perhaps with a decimal point, and a unit without a space. Letters k, M, G are powers of 1000, Ki, Mi, Gi of 1024;
 * K is k. FL_USAGE with what would be right. Numbers are finite and not negative.
 */
#ifndef FL_BASE_UNITS_H
#define FL_BASE_UNITS_H

#include "base/err.h"

int units_bytes(double *bytes, const char *text, struct fl_err *err);            /* 1500, 200KB, 3MiB */
int units_rate(double *bytes_per_s, const char *text, struct fl_err *err);       /* 2Mbit/s, 2Mbps, 250KB/s, 9600bit/s */
int units_seconds(double *s, const char *text, struct fl_err *err);              /* 10, 10s, 250ms, 5m, 1.5h */

#endif
