#include <string.h>

#include "check.h"
#include "hub/request.h"

#define Z64 "0000000000000000000000000000000000000000000000000000000000000000"
#define BLOB "/v1/fed/blobs/b2-256-" Z64

/* The status that a request ends with, 0 for one that is taken. headers: "Name: value" lines. */
static int ask(struct request *r, struct refusal *no, const char *method, const char *target, const char *headers)
{
	char name[64], value[256];
	size_t n;

	memset(r, 0, sizeof *r);
	memset(no, 0, sizeof *no);
	if (request_line(r, method, target, "HTTP/1.1", no))
		return no->status;
	for (; *headers; headers += n + (headers[n] == '\n')) {
		n = strcspn(headers, "\n");
		if (sscanf(headers, "%63[^:]: %255[^\n]", name, value) != 2)
			return -1;
		if (request_header(r, name, value, no))
			return no->status;
	}
	return request_end(r, no);
}

static void test_places(void)
{
	static const struct {
		const char *target;
		int status, kind;
	} t[] = {
		{ "/", 0, REQ_PAGE }, { "/healthz", 0, REQ_HEALTH }, { "/metrics", 0, REQ_METRICS },
		{ "/v1/fed/", 0, REQ_PAGE }, { "/v1/fed/?list", 0, REQ_LIST }, { "/v1/fed/rounds/000007/?list", 0, REQ_LIST },
		{ "/v1/fed/federation.pb", 0, REQ_OBJECT }, { BLOB, 0, REQ_OBJECT },
		{ "/v1/fed/rounds/000007/updates/h1/envelope.pb", 0, REQ_OBJECT },
		{ "/v1/fed", 404, 0 }, { "/v2/fed/", 404, 0 }, { "/healthz/", 404, 0 }, { "*", 400, 0 }, { "", 400, 0 },
		{ "http://h/v1/fed/", 400, 0 }, { "/v1/../x", 400, 0 }, { "/v1/.fed/federation.pb", 400, 0 },
		{ "/v1/fed/%66ederation.pb", 400, 0 }, { "/v1/fed/federation.pb/", 400, 0 }, { "/v1/fed//federation.pb", 400, 0 },
		{ "/v1/fed/rounds/7/plan.pb", 400, 0 }, { "/v1/fed/x?list", 400, 0 }, { "/v1/fed/federation.pb?x", 400, 0 },
		{ "/v1/fed/?list&limit=10001", 400, 0 }, { "/v1/fed/?list&limit=", 400, 0 }, { "/v1/fed/?list&after=..", 400, 0 },
		{ "/v1/fed/?listing", 400, 0 }, { BLOB "?upload=x", 404, 0 }, { BLOB "#x", 400, 0 },
	};
	struct refusal no;
	struct request r;
	size_t i;
	int got;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		got = ask(&r, &no, "GET", t[i].target, "");
		CHECK(got == t[i].status && (got || r.kind == (enum request_kind)t[i].kind), "GET %s is %d", t[i].target, t[i].status);
	}
	CHECK(ask(&r, &no, "GET", "/v1/fed/?list&after=federation.pb&limit=7", "") == 0 && r.limit == 7 &&
	      !strcmp(r.after, "federation.pb"), "a list has its page");
}

static void test_methods(void)
{
	struct refusal no;
	struct request r;

	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 5") == 0 && !strcmp(r.digest, "b2-256:" Z64), "a blob's name is its digest");
	CHECK(ask(&r, &no, "PUT", BLOB, "") == 411, "PUT without length");
	CHECK(ask(&r, &no, "PUT", "/", "Content-Length: 5") == 405, "PUT of a page");
	CHECK(ask(&r, &no, "DELETE", BLOB, "") == 405 && no.close, "nothing is deleted");
	CHECK(ask(&r, &no, "POST", BLOB "?upload", "Upload-Length: 9\nFL-Digest: b2-256:" Z64) == 0 && r.total == 9, "an upload begins");
	CHECK(ask(&r, &no, "POST", BLOB "?upload", "FL-Digest: b2-256:" Z64) == 400, "without its length it does not");
	CHECK(ask(&r, &no, "POST", BLOB, "") == 405, "POST of an object");
	CHECK(ask(&r, &no, "PATCH", BLOB "?upload=" Z64,
		  "Upload-Offset: 3\nContent-Length: 2\nContent-Type: application/offset+octet-stream") == 0 && r.offset == 3,
	      "an upload goes on");
	CHECK(ask(&r, &no, "PATCH", BLOB "?upload=" Z64, "Content-Length: 2") == 400, "not without an offset");
	CHECK(ask(&r, &no, "PATCH", BLOB, "Content-Length: 2") == 405, "PATCH of an object");
	CHECK(ask(&r, &no, "HEAD", BLOB "?upload=" Z64, "") == 0, "HEAD of an upload");
	CHECK(ask(&r, &no, "GET", BLOB, "Content-Length: 1") == 400 && no.close, "GET with a body");
	CHECK(request_line(&r, "GET", "/", "HTTP/2.0", &no) == 505 && no.close, "HTTP/2.0");
}

static void test_framing(void)
{
	struct refusal no;
	struct request r;

	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 5\ncontent-length: 5") == 400 && no.close, "two lengths");
	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 5\nTransfer-Encoding: chunked") == 400 && no.close, "length and coding");
	CHECK(ask(&r, &no, "PUT", BLOB, "Transfer-Encoding: chunked\nContent-Length: 5") == 400 && no.close, "coding and length");
	CHECK(ask(&r, &no, "PUT", BLOB, "Transfer-Encoding: chunked") == 411 && no.close, "chunked");
	CHECK(ask(&r, &no, "GET", BLOB, "Transfer-Encoding: gzip") == 400 && no.close, "another coding");
	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 5,5") == 400 && no.close, "a list of lengths");
	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 0x5") == 400 && no.close, "a length in hex");
	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 18446744073709551616") == 400 && no.close, "a length of 2^64");
	CHECK(ask(&r, &no, "GET", BLOB, "Content-Length : 0") == 400 && no.close, "a space before the colon");
	CHECK(ask(&r, &no, "GET", BLOB, "Host: a\nHost: b") == 400 && no.close, "two hosts");
	CHECK(request_header(&r, "X", "a\001b", &no) == 400, "a control byte in a value");
	CHECK(request_header(&r, "", "x", &no) == 400, "a header without a name");
}

static void test_headers(void)
{
	char token[TOKEN_TEXT];
	struct refusal no;
	struct request r;

	token_new(token);
	memset(&r, 0, sizeof r);
	CHECK(ask(&r, &no, "GET", BLOB, "Range: bytes=5-9\nIf-Range: \"x\"") == 0 && r.has_range && r.range_from == 5 && r.range_to == 9,
	      "a range");
	CHECK(ask(&r, &no, "GET", BLOB, "Range: bytes=5-") == 0 && r.has_range && r.range_to == UINT64_MAX, "an open range");
	CHECK(ask(&r, &no, "GET", BLOB, "Range: bytes=-5") == 0 && !r.has_range, "a suffix range is ignored");
	CHECK(ask(&r, &no, "GET", BLOB, "Range: bytes=9-5") == 0 && !r.has_range, "so is one that ends before it begins");
	CHECK(ask(&r, &no, "GET", BLOB, "Range: bytes=1-2,4-5") == 0 && !r.has_range, "so are two");
	CHECK(ask(&r, &no, "GET", BLOB, "Prefer: respond-async, wait=30; x") == 0 && r.wait == 30, "a wait");
	CHECK(ask(&r, &no, "GET", BLOB, "Prefer: wait=9999") == 0 && r.wait == REQUEST_WAIT, "a long one is cut");
	CHECK(ask(&r, &no, "GET", BLOB, "Prefer: wait=-1") == 0 && r.wait == 0, "a malformed one is none");
	CHECK(ask(&r, &no, "PUT", BLOB, "Expect: 100-continue\nContent-Length: 1") == 0 && r.expect, "expect");
	CHECK(ask(&r, &no, "PUT", BLOB, "Expect: magic\nContent-Length: 1") == 417, "something else expected");
	CHECK(ask(&r, &no, "PUT", BLOB, "FL-Digest: b2-256:1\nContent-Length: 1") == 400, "a malformed digest");
	CHECK(ask(&r, &no, "PUT", BLOB, "Content-Length: 1\nFL-Digest: b2-256:"
		  "1111111111111111111111111111111111111111111111111111111111111111") == 400, "a digest that is not the name's");
	CHECK(ask(&r, &no, "GET", BLOB, "Authorization: Bearer flt_short") == 401, "a malformed token");
	CHECK(ask(&r, &no, "GET", BLOB, "Authorization: Basic !!!") == 401, "malformed Basic");
	CHECK(ask(&r, &no, "GET", BLOB, "Authorization: Basic dXNlcjpwYXNz") == 401 && !*r.token, "a password that is no token");
	CHECK(ask(&r, &no, "GET", BLOB, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") == 0 && *r.trace, "a trace");
	CHECK(ask(&r, &no, "GET", BLOB, "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01") == 0 && !*r.trace,
	      "a trace of zeros is none");
	CHECK(request_same("\"a\", \"b\"", "\"b\"") && request_same("*", "\"b\"") && !request_same("", "\"b\"") &&
	      !request_same("\"bb\"", "\"b\""), "If-None-Match");
}

int main(void)
{
	test_places();
	test_methods();
	test_framing();
	test_headers();
	return check_done();
}
