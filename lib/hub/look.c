/* look.c - what the hub says of itself: health, metrics, pages. */
#include "base/clock.h"
#include "hub/exchange.h"
#include "hub/page.h"
#include "report/html.h"

int get_health(struct exchange *x)
{
	if (!x->hub->draining)
		return answer_text(x, 200, "ok");
	return request_refuse(&x->no, 503, "the hub is stopping");
}

int get_metrics(struct exchange *x)
{
	struct hub *h = x->hub;
	struct metrics_now now = { h->root, limits_count(h->limits), waits_count(h->waits), clock_s() - h->started, h->draining };
	struct fl_err err = { 0 };
	struct buf b = { 0 };

	if (!access_may_look(&x->who))
		return request_refuse(&x->no, 403, "a %s may not see the metrics", access_role_name(x->who.role));
	if (metrics_text(&h->metrics, &now, &b, &err) != FL_OK) {
		buf_clear(&b);
		return request_refuse(&x->no, 500, "the metrics cannot be made");
	}
	return answer_buf(x, 200, "text/plain; version=0.0.4; charset=utf-8", &b);
}

int get_page(struct exchange *x)
{
	const char *federation = *x->req.federation ? x->req.federation : NULL;
	struct fl_err err = { 0 };
	struct MHD_Response *r;
	struct buf b = { 0 };
	int rc;

	if (!access_may_look(&x->who))
		return request_refuse(&x->no, 403, "a %s may not see the status page", access_role_name(x->who.role));
	rc = hub_page(x->hub->root, federation, &b, &err);
	if (rc != FL_OK || !b.len) {
		buf_clear(&b);
		return rc == FL_NOINPUT ? request_refuse(&x->no, 404, "there is no federation %s here", x->req.federation)
			: request_refuse(&x->no, 500, "the page cannot be made");
	}
	x->out = x->req.method == REQ_HEAD ? 0 : b.len;
	r = MHD_create_response_from_buffer(b.len, b.data, MHD_RESPMEM_MUST_FREE);
	if (!r) {
		buf_clear(&b);
		return 0;
	}
	(void)MHD_add_response_header(r, "Content-Type", HTML_TYPE);
	(void)MHD_add_response_header(r, "Content-Security-Policy", HTML_CSP);
	(void)MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	return answer_response(x, 200, r);
}
