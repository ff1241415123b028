#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hub/exchange.h"
#include "hub/offload.h"

#define GRACE_S 10 /* to take the first bytes of an answer; then the minimum rate counts */

static void add(struct MHD_Response *r, const char *name, const char *value)
{
	(void)MHD_add_response_header(r, name, value);
}

int answer_response(struct exchange *x, int status, struct MHD_Response *r)
{
	if (!r)
		return 0; /* without an answer the library closes the connection */
	if (status == 429 || status == 503) {
		char s[16];

		snprintf(s, sizeof s, "%d", x->no.retry ? x->no.retry : 1);
		add(r, "Retry-After", s);
	}
	if (status == 401)
		add(r, "WWW-Authenticate", x->req.kind == REQ_PAGE ? "Basic realm=\"flkit\", charset=\"UTF-8\"" : "Bearer");
	if (x->offset >= 0) {
		char s[24];

		snprintf(s, sizeof s, "%lld", x->offset);
		add(r, "Upload-Offset", s);
	}
	if (status == 307)
		add(r, "Location", x->location.data);
	if (x->req.kind == REQ_UPLOAD)
		add(r, "Tus-Resumable", "1.0.0");
	if (x->no.close)
		add(r, "Connection", "close");
	add(r, "X-Content-Type-Options", "nosniff");
	x->status = status;
	x->stage = STAGE_DONE;
	limits_set(x->hub->limits, x->limit, clock_s() + GRACE_S + (double)x->out / x->hub->conf.min_rate);
	(void)MHD_queue_response(x->conn, (unsigned)status, r);
	MHD_destroy_response(r);
	return 0;
}

int answer_buf(struct exchange *x, int status, const char *type, struct buf *b)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(b->len, b->data, b->len ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);

	if (!r || !b->len)
		buf_clear(b);
	if (r)
		add(r, "Content-Type", type);
	x->out = x->req.method == REQ_HEAD ? 0 : b->len;
	*b = (struct buf){ 0 };
	return answer_response(x, status, r);
}

int answer_text(struct exchange *x, int status, const char *text)
{
	struct buf b = { 0 };

	if (buf_addf(&b, NULL, "%s\n", text) != FL_OK)
		return 0;
	return answer_buf(x, status, "text/plain; charset=utf-8", &b);
}

int answer_refusal(struct exchange *x)
{
	return answer_text(x, x->no.status, x->no.text);
}

int answer_elsewhere(struct exchange *x, const char *method)
{
	struct fl_err err = { 0 };

	buf_clear(&x->location);
	if (offload_url(x->hub->conf.offload, x->req.federation, method, x->req.name, &x->location, &err) == FL_OK)
		return request_refuse(&x->no, 307, "large objects are elsewhere");
	log_event(&x->hub->log, "error", "storage", err.msg);
	x->no.retry = 30;
	return request_refuse(&x->no, 503, "the store of large objects cannot be used");
}
