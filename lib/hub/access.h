/*
 * access.h - who may do what: the tokens file, and one table of roles by kinds of names.
 *
 * Tokens file, one a line, '#' begins a comment:
 *
 *   HASH ROLE NAME FEDERATION [EXPIRES]
 *
 * HASH is what `fl-key token` prints beside a token ("b2-256:..."), or cert:CN for a client certificate with that common
 * name; ROLE is participant, coordinator, reader or monitor; FEDERATION may be '*'; EXPIRES is 2027-01-31T00:00:00Z. The same
 * HASH may stand on several lines with different federations. Access only opens the door: what an upload says, and that it
 * counts, is a matter of its signature (check.h).
 */
#ifndef FL_HUB_ACCESS_H
#define FL_HUB_ACCESS_H

#include <time.h>

#include "base/err.h"
#include "store/name.h"

enum access_role { ACCESS_PARTICIPANT, ACCESS_COORDINATOR, ACCESS_READER, ACCESS_MONITOR, ACCESS_ANYBODY };

struct access_who {
	enum access_role role;
	char name[NAME_SEG]; /* "" for anybody */
};

struct access;

/* FL_NOINPUT, FL_CONFIG with the line. */
int access_open(struct access **a, const char *path, struct fl_err *err);
void access_close(struct access *a); /* NULL is fine */
size_t access_count(const struct access *a);

/* Who holds the key (a token's hash, or cert:CN), for federation (NULL: any) at time now. FL_OK; FL_NO: nobody, or it has
 * expired; FL_REFUSED: not for this federation. */
int access_find(const struct access *a, const char *key, const char *federation, time_t now, struct access_who *who,
		struct fl_err *err);

int access_may_read(const struct access_who *w, const struct name *n);
int access_may_write(const struct access_who *w, const struct name *n);
int access_may_list(const struct access_who *w);    /* what is listed is then filtered by access_may_read() */
int access_may_look(const struct access_who *w);    /* at the status page and the metrics */
int access_may_found(const struct access_who *w);   /* a new federation */

const char *access_role_name(enum access_role r);

#endif
