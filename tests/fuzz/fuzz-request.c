/*
 * The hub's reader of requests on any head: "METHOD TARGET VERSION" and a line for each header. What it accepts must be a
 * place that the names' grammar knows, with numbers in their ranges; what it refuses, it refuses with a status and one line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hub/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NEED(x) do { if (!(x)) abort(); } while (0)

/* The next word of *s up to sep, cut off there; "" at the end. */
static char *word(char **s, char sep)
{
	char *start = *s, *end = strchr(start, sep);

	*s = end ? end + 1 : start + strlen(start);
	if (end)
		*end = 0;
	return start;
}

static int read_all(struct request *r, char *text, struct refusal *no)
{
	char *line = word(&text, '\n'), *method = word(&line, ' '), *target = word(&line, ' '), *name;

	if (request_line(r, method, target, line, no))
		return no->status;
	while (*text) {
		line = word(&text, '\n');
		name = word(&line, ':');
		line += strspn(line, " \t");
		if (request_header(r, name, line, no))
			return no->status;
	}
	return request_end(r, no);
}

static void check_accepted(const struct request *r)
{
	struct name n;

	NEED(!strchr(r->name, '%') && !strstr(r->name, ".."));
	if (r->kind == REQ_OBJECT || r->kind == REQ_UPLOAD)
		NEED(name_parse(&n, r->name, NULL) == FL_OK && n.kind == r->parsed.kind);
	if (r->kind == REQ_LIST)
		NEED(name_prefix_ok(r->name) && r->limit >= 1 && r->limit <= REQUEST_LIST);
	if (r->kind == REQ_OBJECT || r->kind == REQ_UPLOAD || r->kind == REQ_LIST)
		NEED(name_segment_ok(r->federation, strlen(r->federation)));
	NEED(!*r->after || name_parse(&n, r->after, NULL) == FL_OK);
	NEED(r->wait <= REQUEST_WAIT);
	NEED(!r->has_range || r->range_from <= r->range_to);
	NEED(!*r->token || token_ok(r->token));
	NEED(!*r->digest || digest_ok(r->digest));
	NEED(!*r->upload || strspn(r->upload, "0123456789abcdef") == 64);
	NEED((r->method != REQ_PUT && r->method != REQ_PATCH) || r->has_length);
	NEED(r->method != REQ_POST || (r->has_total && *r->digest && !r->length));
	NEED(!*r->trace || strlen(r->trace) == 55);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct refusal no = { 0 };
	struct request r = { 0 };
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	if (read_all(&r, text, &no) == 0) {
		NEED(!no.status);
		check_accepted(&r);
	} else {
		NEED(no.status >= 400 && no.status < 600 && *no.text && !strchr(no.text, '\n'));
	}
	free(text);
	return 0;
}
