/* upload.h - an upload that goes on where it was cut: tus 1.0's core (tus.io/protocols/resumable-upload), as fl-store(5) says. */
#ifndef FL_STORE_UPLOAD_H
#define FL_STORE_UPLOAD_H

#include "store/web.h"

/* Upload b to url in parts, from where an earlier try was cut. *done 0: the server has no such uploads, PUT it. Else *r is the
 * answer to the last part, or to the one that ended it. */
int upload(struct web *w, struct store *s, const char *url, const struct body *b, struct web_reply *r, int *done, struct fl_err *err);

#endif
