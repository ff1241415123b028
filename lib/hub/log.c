#include "hub/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_LEN 2048 /* below PIPE_BUF: lines of several writers do not mix */

struct line {
	char s[LINE_MAX_LEN];
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void addf(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int k;

	va_start(ap, fmt);
	k = vsnprintf(l->s + l->n, sizeof l->s - l->n, fmt, ap);
	va_end(ap);
	if (k > 0 && (size_t)k < sizeof l->s - l->n)
		l->n += (size_t)k;
	l->s[l->n] = 0; /* what does not fit is left out */
}

/* s as the inside of a JSON string; bytes beyond ASCII and controls as '?'. */
static void add_text(struct line *l, const char *key, const char *s)
{
	char text[512];
	size_t n = 0;

	if (!s || !*s)
		return;
	for (; *s && n < sizeof text - 2; s++) {
		if (*s == '"' || *s == '\\')
			text[n++] = '\\';
		text[n++] = *s < ' ' || *s > '~' ? '?' : *s;
	}
	text[n] = 0;
	addf(l, ",\"%s\":\"%s\"", key, text);
}

static void begin(struct line *l, const char *level, const char *event)
{
	struct timespec t;
	struct tm tm;
	char when[32];

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
	l->n = 0;
	addf(l, "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"event\":\"%s\"", when, t.tv_nsec / 1000000, level, event);
}

/* A log that cannot be written must not stop the hub. */
static void finish(const struct hub_log *log, struct line *l)
{
	ssize_t k;

	addf(l, "}\n");
	k = write(log->fd, l->s, l->n);
	(void)k;
}

void log_request(const struct hub_log *log, const struct log_request *r)
{
	struct line l;

	if (log->fd < 0)
		return;
	begin(&l, r->status >= 500 ? "error" : r->status >= 400 && r->status != 404 ? "warning" : "info", "request");
	add_text(&l, "method", r->method);
	add_text(&l, "federation", r->federation);
	if (r->round)
		addf(&l, ",\"round\":%u", r->round);
	add_text(&l, "participant", r->participant);
	add_text(&l, "role", r->role);
	add_text(&l, "kind", r->kind);
	add_text(&l, "object", r->object);
	addf(&l, ",\"status\":%d,\"bytes_in\":%llu,\"bytes_out\":%llu,\"duration_ms\":%.1f", r->status,
	     (unsigned long long)r->bytes_in, (unsigned long long)r->bytes_out, r->duration_ms);
	add_text(&l, "reason", r->reason);
	add_text(&l, "trace", r->trace);
	if (log->addresses)
		add_text(&l, "address", r->address);
	finish(log, &l);
}

void log_event(const struct hub_log *log, const char *level, const char *event, const char *message)
{
	struct line l;

	if (log->fd < 0)
		return;
	begin(&l, level, event);
	add_text(&l, "message", message);
	finish(log, &l);
}
