/* What an answer's head says, and what becomes of its status. */
#include "store/web-reply.h"

#include <string.h>

#include "check.h"

static void feed(struct web_reply *r, const char *line)
{
	double skew = 0;

	reply_header(r, line, strlen(line), 1000, &skew);
}

static void check_head(void)
{
	struct web_reply r;
	double skew = 7;

	reply_start(&r);
	feed(&r, "HTTP/1.1 206 Partial\r\n");
	feed(&r, "content-length:  42 \r\n");
	feed(&r, "ETag: \"b2-256:x\"\r\n");
	feed(&r, "Content-Range: bytes 5-46/47\r\n");
	feed(&r, "Upload-Offset: 9\r\n");
	feed(&r, "Retry-After: 3\r\n");
	feed(&r, "Content-Type: TEXT/plain; charset=utf-8\r\n");
	feed(&r, "FL-Next: rounds/000001/plan.pb\r\n");
	CHECK(r.has_length && r.length == 42 && !strcmp(r.etag, "\"b2-256:x\""), "length and ETag");
	CHECK(r.has_range && r.range_from == 5 && r.range_total == 47, "a range");
	CHECK(r.has_offset && r.offset == 9 && r.retry_after == 3 && r.is_text && !strcmp(r.next, "rounds/000001/plan.pb"), "and the others");
	reply_header(&r, "Date: Thu, 01 Jan 1970 00:16:41 GMT\r\n", 37, 1000, &skew);
	CHECK(skew == 0, "a second is no skew");
	reply_header(&r, "Date: Thu, 01 Jan 1970 01:16:40 GMT\r\n", 37, 1000, &skew);
	CHECK(skew == 3600, "an hour is");
	feed(&r, "HTTP/1.1 200 OK\r\n");
	CHECK(!r.has_length && !r.has_range && !r.etag[0] && r.retry_after < 0, "the next answer begins with nothing");
	feed(&r, "Content-Range: bytes */47\r\n");
	CHECK(!r.has_range && r.range_total == 47, "the range of a 416");
}

static void check_bad(void)
{
	static const char *const bad[] = { "Content-Length: -1", "Content-Length: 1x", "Content-Length:", "Content-Length: 99999999999999999999",
		"Content-Lengths: 4", "Content-Range: bytes 5-9", "Content-Range: lines 5-9/10", "Content-Range: bytes -9/10",
		"Content-Range: bytes 123456789012345678901234567890-9/10", "Upload-Offset: 0x10", "X", ":", "" };
	struct web_reply r;
	char line[6000];
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		reply_start(&r);
		feed(&r, bad[i]);
		CHECK(!r.has_length && !r.has_range && !r.has_offset, "says nothing: '%.50s'", bad[i]);
	}
	reply_start(&r);
	memset(line, 'x', sizeof line);
	memcpy(line, "ETag: ", 6);
	reply_header(&r, line, sizeof line, 0, &(double){ 0 });
	CHECK(!r.etag[0], "what is too long is not cut but left out");
	reply_text(&r, line, sizeof line);
	reply_text(&r, line, sizeof line);
	CHECK(r.text_len == WEB_TEXT && strlen(r.text) == WEB_TEXT, "a text is cut");
}

static void check_digest(void)
{
	char d[DIGEST_TEXT];

	web_digest(d, "\"b2-256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"");
	CHECK(!strcmp(d, "b2-256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), "an ETag of ours is a digest");
	web_digest(d, "W/\"b2-256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\"");
	CHECK(!d[0], "a weak one is none");
	web_digest(d, "\"b2-256:X123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"");
	CHECK(!d[0], "nor is another's");
}

static void check_fail(void)
{
	struct store s = { 0 };
	struct web_reply r;
	struct fl_err err;

	reply_start(&r);
	r.status = 422;
	r.is_text = 1;
	reply_text(&r, "signed by nobody\x1b[1m\nmore", 25);
	CHECK(web_fail(&s, &r, &err) == FL_DATA && !strcmp(err.msg, "is refused: signed by nobody?[1m (HTTP 422)") && !s.may_pass,
	      "the hub's line is in the sentence, harmless");
	r.status = 503;
	r.is_text = 0;
	r.retry_after = 4;
	CHECK(web_fail(&s, &r, &err) == FL_NET && s.may_pass && s.after == 4 && !strstr(err.msg, "nobody"), "503 may pass; other text stays out");
	s.may_pass = 0;
	r.status = 418;
	CHECK(web_fail(&s, &r, &err) == FL_REFUSED && !s.may_pass, "an unknown 4xx is a refusal");
	r.status = 599;
	CHECK(web_fail(&s, &r, &err) == FL_NET && s.may_pass, "an unknown 5xx may pass");
	r.status = 302;
	CHECK(web_fail(&s, &r, &err) == FL_DATA, "a redirect that is not followed is no answer");
}

int main(void)
{
	check_head();
	check_bad();
	check_digest();
	check_fail();
	return check_done();
}
