#include "hub/metrics.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hub/round.h"
#include "store/name.h"

static const double steps[METRICS_STEPS] = { 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120 }; /* seconds */

void metrics_request(struct metrics *m, int status, double seconds, uint64_t in, uint64_t out)
{
	size_t i;

	for (i = 0; i < METRICS_STEPS && seconds > steps[i]; i++)
		;
	m->steps[i]++;
	m->micros += (unsigned long long)(seconds * 1e6);
	m->codes[status > 0 && status < METRICS_CODES ? status : 0]++;
	m->bytes_in += in;
	m->bytes_out += out;
}

static int counter(struct buf *b, const char *name, const char *help, unsigned long long v, struct fl_err *err)
{
	return buf_addf(b, err, "# HELP %s %s\n# TYPE %s counter\n%s %llu\n", name, help, name, name, v);
}

static int gauge(struct buf *b, const char *name, const char *help, double v, struct fl_err *err)
{
	return buf_addf(b, err, "# HELP %s %s\n# TYPE %s gauge\n%s %.10g\n", name, help, name, name, v);
}

static int add_codes(struct metrics *m, struct buf *b, struct fl_err *err)
{
	unsigned long long v;
	int i, rc;

	TRY(buf_adds(b, "# HELP fl_requests_total Requests answered, by status.\n# TYPE fl_requests_total counter\n", err));
	for (i = 0; i < METRICS_CODES; i++)
		if ((v = m->codes[i]))
			TRY(buf_addf(b, err, "fl_requests_total{code=\"%d\"} %llu\n", i, v));
out:
	return rc;
}

static int add_durations(struct metrics *m, struct buf *b, struct fl_err *err)
{
	unsigned long long n = 0;
	size_t i;
	int rc;

	TRY(buf_adds(b, "# HELP fl_request_seconds Time from a request's headers to the end of its answer, waits included.\n"
			"# TYPE fl_request_seconds histogram\n", err));
	for (i = 0; i < METRICS_STEPS; i++) {
		n += m->steps[i];
		TRY(buf_addf(b, err, "fl_request_seconds_bucket{le=\"%g\"} %llu\n", steps[i], n));
	}
	n += m->steps[METRICS_STEPS];
	TRY(buf_addf(b, err, "fl_request_seconds_bucket{le=\"+Inf\"} %llu\nfl_request_seconds_sum %.6f\n"
			     "fl_request_seconds_count %llu\n", n, (double)m->micros / 1e6, n));
out:
	return rc;
}

/* One federation's newest round; the two families go to buffers of their own, for each must stand together. */
static int add_round(int root, const char *federation, struct buf *number, struct buf *state, struct fl_err *err)
{
	struct round_state s = { 0 };
	int rc = FL_OK, fd = openat(root, federation, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return FL_OK;
	round_look(fd, 0, &s);
	close(fd);
	if (!s.newest)
		return FL_OK;
	TRY(buf_addf(number, err, "fl_round{federation=\"%s\"} %u\n", federation, s.newest));
	TRY(buf_addf(state, err, "fl_round_state{federation=\"%s\",state=\"%s\"} 1\n", federation, round_state_name(&s)));
out:
	return rc;
}

static int add_rounds(int root, struct buf *b, struct fl_err *err)
{
	int rc, fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct buf state = { 0 };
	struct dirent *e;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		rc = fl_fail_errno(err, FL_IO, "cannot list the root");
		if (fd >= 0)
			close(fd);
		return rc;
	}
	TRY(buf_adds(b, "# HELP fl_round Newest round.\n# TYPE fl_round gauge\n", err));
	TRY(buf_adds(&state, "# HELP fl_round_state Whether the newest round is open, sealed or closed.\n"
			     "# TYPE fl_round_state gauge\n", err));
	while ((e = readdir(d)))
		if (name_segment_ok(e->d_name, strlen(e->d_name)))
			TRY(add_round(root, e->d_name, b, &state, err));
	TRY(buf_add(b, state.data, state.len, err));
out:
	buf_clear(&state);
	closedir(d);
	return rc;
}

static int add_counters(struct metrics *m, struct buf *b, struct fl_err *err)
{
	int rc;

	TRY(buf_addf(b, err, "# HELP fl_bytes_total Bytes of bodies moved.\n# TYPE fl_bytes_total counter\n"
			     "fl_bytes_total{direction=\"in\"} %llu\nfl_bytes_total{direction=\"out\"} %llu\n",
		     (unsigned long long)m->bytes_in, (unsigned long long)m->bytes_out));
	TRY(counter(b, "fl_objects_total", "Objects created.", m->objects, err));
	TRY(counter(b, "fl_updates_total", "Updates committed by an envelope.", m->updates, err));
	TRY(counter(b, "fl_refused_messages_total", "Messages that did not hold against the roster.", m->messages_refused, err));
	TRY(counter(b, "fl_late_connections_total", "Connections shut down at their deadline.", m->late, err));
out:
	return rc;
}

int metrics_text(struct metrics *m, const struct metrics_now *now, struct buf *b, struct fl_err *err)
{
	int rc;

	TRY(add_codes(m, b, err));
	TRY(add_durations(m, b, err));
	TRY(add_counters(m, b, err));
	TRY(gauge(b, "fl_connections", "Connections open.", now->connections, err));
	TRY(gauge(b, "fl_waiting_requests", "Requests that wait for a name or a change.", now->waiting, err));
	TRY(gauge(b, "fl_uptime_seconds", "Seconds since the hub started.", now->uptime_s, err));
	TRY(gauge(b, "fl_draining", "1 while the hub finishes what it has and takes nothing new.", now->draining, err));
	TRY(add_rounds(now->root, b, err));
out:
	return rc;
}
