/* web-reply.h - an answer as it comes in: web.c tells its lines and bytes, one after another. */
#ifndef FL_STORE_WEB_REPLY_H
#define FL_STORE_WEB_REPLY_H

#include "store/web.h"

void reply_start(struct web_reply *r);

/* A line of the head, n bytes. now: the time of day; *skew is set where the line is a Date. */
void reply_header(struct web_reply *r, const char *line, size_t n, double now, double *skew);

/* Bytes of a body that is no success. */
void reply_text(struct web_reply *r, const char *p, size_t n);

#endif
