/*
 * tls.h - the hub's certificate, which may be replaced while connections run, and the clients' certificates.
 */
#ifndef FL_HUB_TLS_H
#define FL_HUB_TLS_H

#include <microhttpd.h>

#include "base/err.h"
#include "store/name.h"

struct tls;

/* PEM files; ca may be NULL. The certificate is for this key, and is valid now. FL_NOINPUT, FL_CONFIG. */
int tls_open(struct tls **t, const char *cert, const char *key, const char *ca, struct fl_err *err);
void tls_close(struct tls *t); /* NULL is fine */

/* Read certificate and key anew; the old ones stay on failure, and for connections that have them. */
int tls_reload(struct tls *t, struct fl_err *err);

/* The library's options for t; out has room for TLS_OPTIONS. */
#define TLS_OPTIONS 4
void tls_options(struct tls *t, struct MHD_OptionItem *out);

/* 1: clients must show a certificate. Then: its common name, or FL_REFUSED with why not. */
int tls_asks(const struct tls *t);
int tls_client(struct MHD_Connection *conn, char cn[NAME_SEG], struct fl_err *err);

#endif
