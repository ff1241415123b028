/* auth.h - who sends a request: by token, by client certificate, or anybody where the hub has no tokens. */
#ifndef FL_HUB_AUTH_H
#define FL_HUB_AUTH_H

#include "hub/exchange.h"

/* Fill x->who: 0, or 401 or 403. */
int auth_check(struct exchange *x);

/* The client's address as text, without its port. */
const char *auth_address(struct MHD_Connection *conn, char *text, size_t size);

#endif
