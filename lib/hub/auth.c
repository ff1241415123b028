#include "hub/auth.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "hub/tls.h"

const char *auth_address(struct MHD_Connection *conn, char *text, size_t size)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = info ? info->client_addr : NULL;

	text[0] = 0;
	if (a && a->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, text, (socklen_t)size);
	else if (a && a->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, text, (socklen_t)size);
	return text;
}

/* Look key up in the tokens that are in force. */
static int look_up(struct exchange *x, const char *key, struct fl_err *err)
{
	const char *federation = *x->req.federation ? x->req.federation : NULL;
	int rc;

	pthread_rwlock_rdlock(&x->hub->access_lock);
	rc = access_find(x->hub->access, key, federation, time(NULL), &x->who, err);
	pthread_rwlock_unlock(&x->hub->access_lock);
	return rc;
}

/* A certificate's name without a line of its own in the tokens file is a participant of that name; the roster and the
 * signatures say of what. */
static int by_certificate(struct exchange *x, const char *cn, struct fl_err *err)
{
	char key[NAME_SEG + 8];
	int rc;

	snprintf(key, sizeof key, "cert:%s", cn);
	rc = x->hub->conf.tokens ? look_up(x, key, err) : FL_NO;
	if (rc != FL_NO)
		return rc;
	x->who.role = ACCESS_PARTICIPANT;
	snprintf(x->who.name, sizeof x->who.name, "%s", cn);
	return FL_OK;
}

int auth_check(struct exchange *x)
{
	char hash[DIGEST_TEXT], cn[NAME_SEG] = "";
	struct fl_err err = { 0 };
	int rc;

	if (tls_asks(x->hub->tls) && tls_client(x->conn, cn, &err) != FL_OK)
		return request_refuse(&x->no, 401, "%s", err.msg);
	if (*x->req.token && x->hub->conf.tokens) {
		token_hash(x->req.token, hash);
		rc = look_up(x, hash, &err);
	} else if (*cn) {
		rc = by_certificate(x, cn, &err);
	} else if (!x->hub->conf.tokens) {
		x->who.role = ACCESS_ANYBODY;
		return 0;
	} else {
		return request_refuse(&x->no, 401, "a token is needed: Authorization: Bearer flt_...");
	}
	return rc == FL_OK ? 0 : request_refuse(&x->no, rc == FL_REFUSED ? 403 : 401, "%s", err.msg);
}
