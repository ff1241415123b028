#include "hub/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/object.h"
#include "hub/round.h"
#include "wire/roster.h"

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int has(const char *const *sorted, size_t n, const char *name)
{
	return n && bsearch(&name, sorted, n, sizeof *sorted, cmp_text);
}

static int read_members(struct status *s, int dir, const char *federation, struct fl_err *err)
{
	const struct signed_msg *m;
	size_t i;
	int rc;

	TRY(roster_cache_get(&s->cache, dir, federation, &m, err));
	s->roster = (const Fl__V1__Federation *)m->body;
	TRY(fl_alloc(&s->participant, s->roster->n_members, sizeof *s->participant, err));
	for (i = 0; i < s->roster->n_members; i++)
		if (roster_has(s->roster->members[i], FL__V1__ROLE__ROLE_PARTICIPANT))
			s->participant[s->participants++] = s->roster->members[i]->name;
	qsort(s->participant, s->participants, sizeof *s->participant, cmp_text);
out:
	return rc;
}

/* The messages of one round while it is looked at. */
struct files {
	struct signed_msg plan, seal, result;
	const char **asked, **counted, **left_out; /* sorted names */
	size_t n_asked, n_counted, n_left_out;
};

static void files_clear(struct files *f)
{
	signed_clear(&f->plan);
	signed_clear(&f->seal);
	signed_clear(&f->result);
	free(f->asked);
	free(f->counted);
	free(f->left_out);
}

/* A sorted copy of names that stay where they are. */
static int sorted(const char ***v, size_t *n, char *const *names, size_t n_names, struct fl_err *err)
{
	int rc = fl_alloc(v, n_names, sizeof **v, err);

	if (rc != FL_OK || !n_names)
		return rc;
	memcpy(*v, names, n_names * sizeof **v);
	qsort(*v, *n = n_names, sizeof **v, cmp_text);
	return FL_OK;
}

static int read_seal(struct files *f, const Fl__V1__Seal *seal, struct fl_err *err)
{
	size_t i;
	int rc;

	TRY(sorted(&f->left_out, &f->n_left_out, seal->left_out, seal->n_left_out, err));
	TRY(fl_alloc(&f->counted, seal->n_entries, sizeof *f->counted, err));
	for (i = 0; i < seal->n_entries; i++)
		f->counted[f->n_counted++] = seal->entries[i]->participant;
	qsort(f->counted, f->n_counted, sizeof *f->counted, cmp_text);
out:
	return rc;
}

static int files_read(struct files *f, int dir, unsigned number, struct fl_err *err)
{
	const Fl__V1__Plan *p;
	int rc = FL_OK;

	object_message(dir, number, "seal.pb", "Seal", &f->seal, NULL);
	object_message(dir, number, "result.pb", "Result", &f->result, NULL);
	if (object_message(dir, number, "plan.pb", "Plan", &f->plan, NULL) != FL_OK)
		return FL_OK;
	p = (const Fl__V1__Plan *)f->plan.body;
	TRY(sorted(&f->asked, &f->n_asked, p->cohort, p->n_cohort, err));
	if (f->seal.body)
		TRY(read_seal(f, (const Fl__V1__Seal *)f->seal.body, err));
out:
	return rc;
}

/* What became of who's update. What counts and what cannot stands in the seal, once there is one: the rest came after it. */
static enum svg_mark mark_of(const struct files *f, int updates, const char *who)
{
	char name[NAME_SEG + sizeof "/envelope.pb"];
	struct stat st;

	if (f->n_asked && !has(f->asked, f->n_asked, who))
		return SVG_NONE;
	snprintf(name, sizeof name, "%s/envelope.pb", who);
	if (updates < 0 || fstatat(updates, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return SVG_MISSING;
	if (!f->seal.body || has(f->counted, f->n_counted, who))
		return SVG_DONE;
	return has(f->left_out, f->n_left_out, who) ? SVG_OUT : SVG_LATE;
}

/* Marks of column `col` of s->mark. */
static void look(struct status *s, struct status_round *r, const struct files *f, int dir, size_t col)
{
	char name[NAME_MAX_LEN + 1];
	enum svg_mark m;
	int updates;
	size_t i;

	name_round(name, r->number, "updates");
	updates = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (i = 0; i < s->participants; i++) {
		m = mark_of(f, updates, s->participant[i]);
		s->mark[i * s->looked + col] = (unsigned char)m;
		r->count[m]++;
	}
	if (updates >= 0)
		close(updates);
}

/* An open round goes on while its quorum is not there and extensions are left: round/plan.h's rule. */
static void extend(struct status_round *r, const Fl__V1__Plan *p, time_t now)
{
	time_t over = now - r->deadline;

	if (over >= 0 && p->extend_s && r->count[SVG_DONE] < r->quorum) {
		r->extended = over / p->extend_s + 1 < p->extend_times ? (unsigned)(over / p->extend_s + 1) : p->extend_times;
		r->deadline += (time_t)r->extended * (time_t)p->extend_s;
	}
	r->phase = now < r->deadline ? STATUS_OPEN : STATUS_DUE;
}

static int read_round(struct status *s, struct status_round *r, int dir, size_t back, struct fl_err *err)
{
	struct files f = { 0 };
	const Fl__V1__Plan *p;
	const Fl__V1__Result *result;
	int rc;

	r->phase = STATUS_UNREADABLE;
	TRY(files_read(&f, dir, r->number, err));
	if (!(p = (const Fl__V1__Plan *)f.plan.body))
		goto out;
	r->quorum = p->quorum;
	r->opened = msg_seconds(p->opened, 0);
	r->deadline = msg_seconds(p->deadline, 0);
	r->asked = p->n_cohort ? p->n_cohort : s->participants;
	r->counted = f.n_counted;
	if (back < s->looked)
		look(s, r, &f, dir, s->looked - 1 - back);
	result = (const Fl__V1__Result *)f.result.body;
	if (result)
		r->settled = msg_seconds(result->made, 0);
	if ((result && result->abandoned) || (f.seal.body && ((const Fl__V1__Seal *)f.seal.body)->abandoned))
		r->phase = STATUS_ABANDONED;
	else if (result || f.seal.body)
		r->phase = result ? STATUS_CLOSED : STATUS_SEALED;
	else
		extend(r, p, s->now);
out:
	files_clear(&f);
	return rc;
}

static int read_rounds(struct status *s, int dir, struct fl_err *err)
{
	size_t i;
	int rc;

	s->rounds = s->newest < STATUS_ROUNDS ? s->newest : STATUS_ROUNDS;
	s->looked = s->participants ? STATUS_LOOKS / s->participants : 0;
	if (s->looked < 1)
		s->looked = 1;
	if (s->looked > s->rounds)
		s->looked = s->rounds;
	TRY(fl_alloc(&s->mark, s->participants, s->looked, err));
	for (i = 0; i < s->rounds; i++) {
		s->round[i].number = s->newest - (unsigned)(s->rounds - 1 - i);
		TRY(read_round(s, &s->round[i], dir, s->rounds - 1 - i, err));
	}
out:
	return rc;
}

/* The row of a metric, made where there is room; NULL where there is none. */
static struct status_metric *metric_row(struct status *s, const char *name)
{
	struct status_metric *m;
	size_t i;

	for (i = 0; i < s->metrics; i++)
		if (!strncmp(s->metric[i].name, name, sizeof s->metric[i].name - 1))
			return &s->metric[i];
	if (s->metrics == STATUS_METRICS)
		return NULL;
	m = &s->metric[s->metrics++];
	snprintf(m->name, sizeof m->name, "%s", name);
	for (i = 0; i < STATUS_POINTS; i++)
		m->y[i] = (double)NAN;
	return m;
}

/* From the newest back, so that what is measured now comes first. */
static void read_metrics(struct status *s, int dir)
{
	struct signed_msg result;
	const Fl__V1__Result *r;
	struct status_metric *m;
	size_t i, k;

	s->points = s->newest < STATUS_POINTS ? s->newest : STATUS_POINTS;
	for (i = s->points; i-- > 0;) {
		s->x[i] = s->newest - (unsigned)(s->points - 1 - i);
		result = (struct signed_msg){ 0 };
		if (object_message(dir, s->x[i], "result.pb", "Result", &result, NULL) == FL_OK) {
			r = (const Fl__V1__Result *)result.body;
			for (k = 0; k < r->n_metrics && !r->abandoned; k++)
				if ((m = metric_row(s, r->metrics[k]->name)))
					m->y[i] = r->metrics[k]->value;
		}
		signed_clear(&result);
	}
}

static int there(int dir, const char *channel, unsigned serial)
{
	char name[NAME_MAX_LEN + 1];

	name_channel(name, channel, serial);
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Serials have no gaps: leap forward, then halve the leap. */
static unsigned newest_serial(int dir, const char *channel)
{
	unsigned at = 0, leap = 1;

	for (; at + leap <= NAME_ROUND_MAX && there(dir, channel, at + leap); leap *= 2)
		at += leap;
	for (; leap; leap /= 2)
		if (at + leap <= NAME_ROUND_MAX && there(dir, channel, at + leap))
			at += leap;
	return at;
}

static void read_channel(struct status *s, int dir, const char *channel)
{
	unsigned serial = newest_serial(dir, channel), k;
	char name[NAME_MAX_LEN + 1];
	struct signed_msg m;
	struct status_entry *e;
	const Fl__V1__Channel *c;

	for (k = 0; k < STATUS_ENTRIES && serial; k++, serial--) {
		name_channel(name, channel, serial);
		m = (struct signed_msg){ 0 };
		if (object_read(dir, name, "Channel", &m, NULL) == FL_OK) {
			c = (const Fl__V1__Channel *)m.body;
			e = &s->entry[s->entries++];
			snprintf(e->channel, sizeof e->channel, "%s", channel);
			snprintf(e->model, sizeof e->model, "%s", c->model);
			snprintf(e->note, sizeof e->note, "%s", c->note);
			e->serial = serial;
			e->round = c->round;
			e->made = msg_seconds(c->made, 0);
		}
		signed_clear(&m);
	}
}

static int add_name(struct status_names *l, const char *name, size_t max, struct fl_err *err)
{
	int rc;

	if (!msg_name_ok(name))
		return FL_OK;
	if (l->n == max) {
		l->more = 1;
		return FL_OK;
	}
	TRY(fl_grow(&l->v, &l->cap, l->n + 1, sizeof *l->v, err));
	TRY(fl_strdup(&l->v[l->n], name, err));
	l->n++;
out:
	return rc;
}

int status_names(struct status_names *l, int root, size_t max, struct fl_err *err)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = FL_OK;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		rc = fl_fail_errno(err, FL_IO, "cannot read the folder");
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (rc == FL_OK && (e = readdir(d)))
		rc = add_name(l, e->d_name, max, err);
	closedir(d);
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, cmp_text);
	return rc;
}

void status_names_clear(struct status_names *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct status_names){ 0 };
}

static int read_channels(struct status *s, int dir, struct fl_err *err)
{
	struct status_names l = { 0 };
	int fd = openat(dir, "channels", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc;
	size_t i;

	if (fd < 0)
		return FL_OK;
	TRY(status_names(&l, fd, STATUS_CHANNELS, err));
	for (i = 0; i < l.n; i++)
		read_channel(s, dir, l.v[i]);
out:
	close(fd);
	status_names_clear(&l);
	return rc;
}

/* Members, and the newest round's number. *dir: the federation's folder, for more; -1 where there is none. */
static int begin(struct status *s, int root, const char *federation, time_t now, int *dir, struct fl_err *err)
{
	struct round_state state;
	int rc;

	s->now = now;
	*dir = msg_name_ok(federation) ? openat(root, federation, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (*dir < 0)
		return fl_fail(err, FL_NOINPUT, "there is no such federation");
	if ((rc = read_members(s, *dir, federation, err)) != FL_OK)
		return rc;
	round_look(*dir, 0, &state);
	s->newest = state.newest;
	return FL_OK;
}

int status_read(struct status *s, int root, const char *federation, time_t now, struct fl_err *err)
{
	int dir, rc;

	TRY(begin(s, root, federation, now, &dir, err));
	TRY(read_rounds(s, dir, err));
	read_metrics(s, dir);
	TRY(read_channels(s, dir, err));
out:
	if (dir >= 0)
		close(dir);
	return rc;
}

int status_brief(struct status *s, int root, const char *federation, time_t now, struct fl_err *err)
{
	int dir, rc = begin(s, root, federation, now, &dir, err);

	if (dir >= 0)
		close(dir);
	return rc;
}

void status_clear(struct status *s)
{
	roster_cache_clear(&s->cache);
	free(s->participant);
	free(s->mark);
	*s = (struct status){ 0 };
}
