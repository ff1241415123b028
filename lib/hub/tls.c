#include "hub/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "hub/limits.h"

#define CHAIN_MAX 8 /* certificates from ours to the root */
#define FILE_MAX ((size_t)1 << 20)

/* One certificate with its chain and key. Handshakes borrow it, so it lives as long as the hub. */
struct pair {
	struct pair *older;
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned n;
	gnutls_privkey_t key;
};

struct tls {
	const char *cert, *key; /* paths, borrowed */
	char *ca;               /* PEM text, or NULL */
	pthread_mutex_t lock;
	struct pair *newest;
};

static void pair_close(struct pair *p)
{
	unsigned i;

	if (!p)
		return;
	for (i = 0; i < p->n; i++)
		gnutls_pcert_deinit(&p->chain[i]);
	if (p->key)
		gnutls_privkey_deinit(p->key);
	free(p);
}

static int fail(struct fl_err *err, const char *path, int code)
{
	return fl_fail(err, FL_CONFIG, "%s: %s", path, gnutls_strerror(code));
}

static int read_chain(struct pair *p, const char *path, struct fl_err *err)
{
	struct buf b = { .max = FILE_MAX };
	unsigned n = CHAIN_MAX;
	gnutls_datum_t d;
	int code, rc;

	TRY(in_slurp(&b, path, err));
	d = (gnutls_datum_t){ (unsigned char *)b.data, (unsigned)b.len };
	code = gnutls_pcert_list_import_x509_raw(p->chain, &n, &d, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (code < 0)
		rc = fail(err, path, code);
	else
		p->n = n;
out:
	buf_clear(&b);
	return rc;
}

static int read_key(struct pair *p, const char *path, struct fl_err *err)
{
	struct buf b = { .max = FILE_MAX };
	gnutls_datum_t d;
	int code, rc;

	TRY(in_slurp(&b, path, err));
	d = (gnutls_datum_t){ (unsigned char *)b.data, (unsigned)b.len };
	code = gnutls_privkey_init(&p->key);
	if (code >= 0)
		code = gnutls_privkey_import_x509_raw(p->key, &d, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code < 0)
		rc = fail(err, path, code);
out:
	if (b.data)
		gnutls_memset(b.data, 0, b.cap);
	buf_clear(&b);
	return rc;
}

/* The key is that of the certificate, which is valid now: a hub that nobody can talk to should not start. */
static int check_pair(const struct pair *p, const char *cert, const char *key, struct fl_err *err)
{
	unsigned char a[64], b[64];
	size_t na = sizeof a, nb = sizeof b;
	gnutls_pubkey_t pub = NULL;
	gnutls_x509_crt_t crt = NULL;
	time_t now = time(NULL);
	int code, rc = FL_OK;

	if ((code = gnutls_pubkey_init(&pub)) < 0 || (code = gnutls_pubkey_import_privkey(pub, p->key, 0, 0)) < 0 ||
	    (code = gnutls_pubkey_get_key_id(pub, 0, a, &na)) < 0 ||
	    (code = gnutls_pubkey_get_key_id(p->chain[0].pubkey, 0, b, &nb)) < 0 ||
	    (code = gnutls_x509_crt_init(&crt)) < 0 ||
	    (code = gnutls_x509_crt_import(crt, &p->chain[0].cert, GNUTLS_X509_FMT_DER)) < 0)
		rc = fail(err, cert, code);
	else if (na != nb || memcmp(a, b, na))
		rc = fl_fail(err, FL_CONFIG, "%s is not the key of the certificate in %s", key, cert);
	else if (gnutls_x509_crt_get_expiration_time(crt) < now)
		rc = fl_fail(err, FL_CONFIG, "%s: the certificate has expired", cert);
	else if (gnutls_x509_crt_get_activation_time(crt) > now)
		rc = fl_fail(err, FL_CONFIG, "%s: the certificate is not valid yet", cert);
	if (pub)
		gnutls_pubkey_deinit(pub);
	if (crt)
		gnutls_x509_crt_deinit(crt);
	return rc;
}

/* The same certificates: old pairs are kept for good, so that nothing new should make no new one. */
static int same_pair(const struct pair *a, const struct pair *b)
{
	unsigned i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (a->chain[i].cert.size != b->chain[i].cert.size ||
		    memcmp(a->chain[i].cert.data, b->chain[i].cert.data, a->chain[i].cert.size))
			return 0;
	return a->n == b->n;
}

int tls_reload(struct tls *t, struct fl_err *err)
{
	struct pair *p = NULL;
	int rc;

	TRY(fl_alloc(&p, 1, sizeof *p, err));
	TRY(read_chain(p, t->cert, err));
	TRY(read_key(p, t->key, err));
	TRY(check_pair(p, t->cert, t->key, err));
	if (t->newest && same_pair(p, t->newest))
		goto out;
	pthread_mutex_lock(&t->lock);
	p->older = t->newest;
	t->newest = p;
	pthread_mutex_unlock(&t->lock);
	p = NULL;
out:
	pair_close(p);
	return rc;
}

/* The library hands the text on to GnuTLS, which says nothing about what is wrong with it. */
static int read_ca(struct tls *t, const char *path, struct fl_err *err)
{
	struct buf b = { .max = FILE_MAX };
	gnutls_x509_crt_t *v = NULL;
	unsigned n = 0, i;
	gnutls_datum_t d;
	int code, rc;

	TRY(in_slurp(&b, path, err));
	d = (gnutls_datum_t){ (unsigned char *)b.data, (unsigned)b.len };
	code = gnutls_x509_crt_list_import2(&v, &n, &d, GNUTLS_X509_FMT_PEM, 0);
	if (code < 0) {
		rc = fail(err, path, code);
		goto out;
	}
	for (i = 0; i < n; i++)
		gnutls_x509_crt_deinit(v[i]);
	gnutls_free(v);
	t->ca = b.data;
	b = (struct buf){ 0 };
out:
	buf_clear(&b);
	return rc;
}

int tls_open(struct tls **t, const char *cert, const char *key, const char *ca, struct fl_err *err)
{
	int rc;

	TRY(fl_alloc(t, 1, sizeof **t, err));
	pthread_mutex_init(&(*t)->lock, NULL);
	(*t)->cert = cert;
	(*t)->key = key;
	TRY(tls_reload(*t, err));
	if (ca)
		TRY(read_ca(*t, ca, err));
out:
	if (rc != FL_OK) {
		tls_close(*t);
		*t = NULL;
	}
	return rc;
}

void tls_close(struct tls *t)
{
	struct pair *p;

	if (!t)
		return;
	while ((p = t->newest)) {
		t->newest = p->older;
		pair_close(p);
	}
	pthread_mutex_destroy(&t->lock);
	free(t->ca);
	free(t);
}

/* The certificate for a new handshake. libmicrohttpd makes the connection the session's pointer, and we have made the
 * struct tls the owner of the connection's place in the table of deadlines. */
static int choose(gnutls_session_t session, const gnutls_datum_t *ca_names, int n_ca_names, const gnutls_pk_algorithm_t *algos,
		  int n_algos, gnutls_pcert_st **chain, unsigned *n, gnutls_privkey_t *key)
{
	struct MHD_Connection *conn = gnutls_session_get_ptr(session);
	const union MHD_ConnectionInfo *info = conn ? MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
	struct tls *t = info && info->socket_context ? limits_owner(info->socket_context) : NULL;

	(void)ca_names;
	(void)n_ca_names;
	(void)algos;
	(void)n_algos;
	if (!t)
		return -1;
	pthread_mutex_lock(&t->lock);
	*chain = t->newest->chain;
	*n = t->newest->n;
	*key = t->newest->key;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

void tls_options(struct tls *t, struct MHD_OptionItem *out)
{
	static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";
	union {
		gnutls_certificate_retrieve_function2 *f;
		void *p; /* as the library wants it in an array (POSIX allows it, dlsym) */
	} callback = { choose };
	size_t n = 0;

	out[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, callback.p };
	out[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities };
	if (t->ca)
		out[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, t->ca };
	out[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
}

int tls_asks(const struct tls *t)
{
	return t && t->ca;
}

/* Why the chain is not good, in the words of GnuTLS. */
static int refuse(unsigned status, struct fl_err *err)
{
	gnutls_datum_t text = { NULL, 0 };

	if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
		return fl_fail(err, FL_REFUSED, "the client's certificate is not good");
	fl_fail(err, FL_REFUSED, "the client's certificate is not good: %.120s", (const char *)text.data);
	gnutls_free(text.data);
	return FL_REFUSED;
}

static int common_name(gnutls_session_t s, char cn[NAME_SEG], struct fl_err *err)
{
	const gnutls_datum_t *list;
	gnutls_x509_crt_t crt;
	size_t n = NAME_SEG;
	unsigned len = 0;
	int code;

	list = gnutls_certificate_get_peers(s, &len);
	if (!list || !len || gnutls_x509_crt_init(&crt) < 0)
		return fl_fail(err, FL_REFUSED, "a client certificate is needed");
	code = gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER);
	if (code >= 0)
		code = gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, cn, &n);
	gnutls_x509_crt_deinit(crt);
	if (code < 0 || n >= NAME_SEG || !name_segment_ok(cn, n))
		return fl_fail(err, FL_REFUSED, "the common name of the client's certificate is not a participant's name");
	cn[n] = 0;
	return FL_OK;
}

int tls_client(struct MHD_Connection *conn, char cn[NAME_SEG], struct fl_err *err)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_session_t s = info ? info->tls_session : NULL;
	unsigned status = 0, n = 0;

	if (!s || !gnutls_certificate_get_peers(s, &n) || !n)
		return fl_fail(err, FL_REFUSED, "a client certificate is needed");
	if (gnutls_certificate_verify_peers2(s, &status) < 0)
		return fl_fail(err, FL_REFUSED, "the client's certificate cannot be checked");
	return status ? refuse(status, err) : common_name(s, cn, err);
}
