/* date.h - HTTP's dates (RFC 9110, 5.6.7), the form that is sent: "Sun, 06 Nov 1994 08:49:37 GMT". */
#ifndef FL_STORE_DATE_H
#define FL_STORE_DATE_H

#include <time.h>

/* 1: *t is what s says. */
int date_parse(time_t *t, const char *s);

#endif
