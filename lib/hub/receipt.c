#include "hub/receipt.h"

#include <gnutls/gnutls.h>
#include <time.h>

#include "wire/signed.h"

static int make(struct buf *b, const struct exchange *x, const char *digest, uint64_t size, struct fl_err *err)
{
	ProtobufCMessage *m = NULL;
	Fl__V1__Receipt *r;
	int rc;

	TRY(msg_new(&m, msg_find("Receipt")->desc, err));
	r = (Fl__V1__Receipt *)(void *)m;
	r->version = MESSAGE_VERSION;
	r->size = size;
	r->received = msg_time(time(NULL));
	TRY(msg_set(&r->federation, x->req.federation, err));
	TRY(msg_set(&r->object, x->req.name, err));
	TRY(msg_set(&r->digest, digest, err));
	TRY(msg_set(&r->participant, x->who.name, err));
	TRY(signed_make(b, msg_find("Receipt"), m, x->hub->conf.key, err));
out:
	msg_free(m);
	return rc;
}

void receipt_add(struct MHD_Response *r, const struct exchange *x, const char *digest, uint64_t size)
{
	gnutls_datum_t in, out = { NULL, 0 };
	struct fl_err err = { 0 };
	struct buf b = { 0 };

	if (!x->hub->conf.key)
		return;
	if (make(&b, x, digest, size, &err) == FL_OK) {
		in = (gnutls_datum_t){ (unsigned char *)b.data, (unsigned)b.len };
		if (gnutls_base64_encode2(&in, &out) >= 0)
			(void)MHD_add_response_header(r, "FL-Receipt", (const char *)out.data);
		gnutls_free(out.data);
	} else {
		log_event(&x->hub->log, "error", "receipt", err.msg);
	}
	buf_clear(&b);
}
