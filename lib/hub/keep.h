/* keep.h - messages that were refused are evidence: the first hundred of a federation are kept in its folder .refused/. */
#ifndef FL_HUB_KEEP_H
#define FL_HUB_KEEP_H

#include "store/folder.h"
#include "store/name.h"

#define KEEP_MAX 100

/* Move the temporary file of p, a message for the place n, there. p is then aborted. */
void keep_refused(struct folder_put *p, const struct name *n);

#endif
