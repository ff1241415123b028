#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "check.h"
#include "hub/log.h"

/* The line that came through the pipe, as JSON. */
static json_t *line(int fd)
{
	char text[4096];
	ssize_t n = read(fd, text, sizeof text - 1);
	json_t *j = NULL;

	if (n <= 0 || text[n - 1] != '\n' || memchr(text, '\n', (size_t)n - 1) || json_parse(&j, text, (size_t)n, NULL) != FL_OK)
		return NULL;
	return j;
}

static const char *text(const json_t *j, const char *key)
{
	const char *s = NULL;

	json_get_str(j, key, &s, NULL);
	return s ? s : "";
}

int main(void)
{
	struct hub_log l = { -1, 0 };
	struct log_request r = { .method = "PUT", .federation = "fed", .participant = "h1", .role = "participant", .round = 7,
		.object = "rounds/000007/plan.pb", .status = 422, .bytes_in = 12, .reason = "a \"quote\" \\ and \n\001\377", .address = "192.0.2.1" };
	char longest[5000];
	int p[2];
	json_t *j;

	if (pipe(p) != 0)
		return 1;
	log_request(&l, &r);
	l.fd = p[1];
	log_request(&l, &r);
	j = line(p[0]);
	CHECK(j != NULL, "one line of JSON, whatever the reason says");
	CHECK(!strcmp(text(j, "event"), "request") && !strcmp(text(j, "level"), "warning") && !strcmp(text(j, "federation"), "fed"), "fields");
	CHECK(!strcmp(text(j, "reason"), "a \"quote\" \\ and ???"), "escapes");
	CHECK(!*text(j, "address"), "no address unless asked for");
	json_decref(j);

	l.addresses = 1;
	r.status = 500;
	memset(longest, '"', sizeof longest);
	longest[sizeof longest - 1] = 0;
	r.reason = r.object = r.trace = r.kind = longest;
	log_request(&l, &r);
	j = line(p[0]);
	CHECK(j && !strcmp(text(j, "level"), "error"), "a long reason does not break the line");
	json_decref(j);

	log_event(&l, "info", "stop", "done");
	j = line(p[0]);
	CHECK(j && !strcmp(text(j, "event"), "stop") && !strcmp(text(j, "message"), "done"), "an event");
	json_decref(j);
	close(p[0]);
	close(p[1]);
	return check_done();
}
