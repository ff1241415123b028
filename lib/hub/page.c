#include "hub/page.h"

#include <string.h>

#include "hub/page-part.h"
#include "report/html.h"
#include "wire/roster.h"

enum { NAMES = 200, FEDERATIONS = 200 }; /* shown at most */

/* The first digits of a digest, enough to compare by eye; all of it as a title. */
static int digest(struct buf *b, const char *text, struct fl_err *err)
{
	char start[sizeof "b2-256:" + 12];

	if (!digest_ok(text))
		return buf_adds(b, PAGE_DASH, err);
	snprintf(start, sizeof start, "%s", text);
	return html_addf(b, err, "<code title=\"%s\">%s</code>", text, start + sizeof "b2-256:" - 1);
}

/* How long, in the two largest units that matter. */
static int span(struct buf *b, time_t seconds, struct fl_err *err)
{
	long m = (long)seconds / 60;

	if (m >= 2L * 24 * 60)
		return html_addf(b, err, "%ld days", m / (24L * 60));
	if (m >= 60)
		return html_addf(b, err, "%ld h %ld min", m / 60, m % 60);
	return m > 0 ? html_addf(b, err, "%ld min", m) : buf_adds(b, "less than a minute", err);
}

/* Of the newest round: its number and state, and what happens next. */
static int round_now(struct buf *b, const struct status *s, struct fl_err *err)
{
	const struct status_round *r = page_newest(s);
	int rc;

	if (!r)
		return buf_adds(b, "<div><dt>Round</dt><dd><strong>" PAGE_DASH "</strong> none has been opened</dd></div>\n", err);
	TRY(html_addf(b, err, "<div><dt>Round</dt><dd><strong>%u</strong> ", r->number));
	TRY(page_phase(b, r, err));
	if (r->phase == STATUS_OPEN) {
		TRY(buf_adds(b, " for ", err));
		TRY(span(b, r->deadline - s->now, err));
	} else if (r->settled) {
		TRY(buf_adds(b, " ", err));
		TRY(html_time(b, r->settled, err));
	}
	TRY(buf_adds(b, "</dd></div>\n", err));
	if (r->phase == STATUS_UNREADABLE)
		goto out;
	TRY(html_addf(b, err, "<div><dt>Delivered</dt><dd><strong>%zu of %zu</strong> quorum %u", r->count[SVG_DONE] + r->count[SVG_LATE] +
		      r->count[SVG_OUT], r->asked, r->quorum));
	TRY(r->phase >= STATUS_SEALED ? html_addf(b, err, ", %zu count</dd></div>\n", r->counted) : buf_adds(b, "</dd></div>\n", err));
out:
	return rc;
}

static int model_now(struct buf *b, const struct status *s, struct fl_err *err)
{
	const struct status_entry *e = s->entry;
	size_t i;
	int rc;

	if (!s->entries)
		return buf_adds(b, "<div><dt>Model</dt><dd><strong>" PAGE_DASH "</strong> none is offered</dd></div>\n", err);
	for (i = 0; i < s->entries; i++)
		if (!strcmp(s->entry[i].channel, "stable") && strcmp(e->channel, "stable"))
			e = &s->entry[i];
	TRY(html_addf(b, err, "<div><dt>Model</dt><dd><strong>%.64s %u</strong> ", e->channel, e->serial));
	TRY(digest(b, e->model, err));
	TRY(buf_adds(b, "</dd></div>\n", err));
out:
	return rc;
}

static int head(struct buf *b, const struct status *s, struct fl_err *err)
{
	const Fl__V1__Federation *f = s->roster;
	int rc;

	TRY(html_open(b, f->name, err));
	TRY(html_addf(b, err, "<header>\n<p class=\"soft\"><a href=\"../../\">All federations</a></p>\n<h1>%.64s</h1>\n", f->name));
	TRY(html_addf(b, err, "<p class=\"soft\">Models travel, data stay. Roster %u of ", f->serial));
	TRY(page_instant(b, msg_seconds(f->created, 0), err));
	TRY(buf_adds(b, ", schema ", err));
	TRY(digest(b, f->schema, err));
	if (f->expires) {
		TRY(html_addf(b, err, ", %s ", msg_seconds(f->expires, 0) > s->now ? "expires" : "expired"));
		TRY(html_time(b, msg_seconds(f->expires, 0), err));
	}
	TRY(html_addf(b, err, ".</p>\n</header>\n<main>\n<section>\n<h2>Now</h2>\n<dl>\n"));
	TRY(round_now(b, s, err));
	TRY(html_addf(b, err, "<div><dt>Participants</dt><dd><strong>%zu</strong> in roster %u</dd></div>\n", s->participants, f->serial));
	TRY(model_now(b, s, err));
	TRY(buf_adds(b, "</dl>\n</section>\n", err));
out:
	return rc;
}

static int channels(struct buf *b, const struct status *s, struct fl_err *err)
{
	static const char *const heading[] = { "Channel", "#Entry", "Model", "#Round", "Made", "Note", NULL };
	const struct status_entry *e;
	size_t i;
	int rc;

	TRY(buf_adds(b, "<section>\n<h2>Channels</h2>\n", err));
	if (!s->entries) {
		TRY(buf_adds(b, "<p>No model is offered yet.</p>\n</section>\n", err));
		goto out;
	}
	TRY(page_table(b, "Channels", "The newest entries of each; the first of a channel is what it offers. Times are UTC.", heading,
		       err));
	for (i = 0; i < s->entries; i++) {
		e = &s->entry[i];
		TRY(html_addf(b, err, "<tr><th scope=\"row\">%.64s</th><td class=\"n\">%u</td><td>", e->channel, e->serial));
		TRY(digest(b, e->model, err));
		TRY(e->round ? html_addf(b, err, "</td><td class=\"n\">%u</td><td>", e->round)
			     : buf_adds(b, "</td><td class=\"n\">" PAGE_DASH "</td><td>", err));
		TRY(page_instant(b, e->made, err));
		TRY(html_addf(b, err, "</td><td><bdi>%.120s</bdi></td></tr>\n", e->note));
	}
	TRY(page_table_end(b, err));
	TRY(buf_adds(b, "</section>\n", err));
out:
	return rc;
}

/* One role: how many hold it, and who. */
static int role_row(struct buf *b, const Fl__V1__Federation *f, Fl__V1__Role role, const char *name, struct fl_err *err)
{
	const Fl__V1__Member *m;
	size_t i, n = 0, k = 0;
	int rc;

	for (i = 0; i < f->n_members; i++)
		n += (size_t)roster_has(f->members[i], role);
	TRY(html_addf(b, err, "<tr><th scope=\"row\">%s</th><td class=\"n\">%zu</td><td>", name, n));
	for (i = 0; i < f->n_members && k < NAMES; i++) {
		m = f->members[i];
		if (!roster_has(m, role))
			continue;
		TRY(html_addf(b, err, "%s%.64s", k++ ? ", " : "", m->name));
		if (*m->operator_)
			TRY(html_addf(b, err, " <span class=\"soft\">(<bdi>%.60s</bdi>)</span>", m->operator_));
	}
	if (n > k)
		TRY(html_addf(b, err, " and %zu more", n - k));
	TRY(buf_adds(b, n ? "</td></tr>\n" : PAGE_DASH "</td></tr>\n", err));
out:
	return rc;
}

static int members(struct buf *b, const Fl__V1__Federation *f, struct fl_err *err)
{
	static const char *const heading[] = { "Role", "#Members", "Names", NULL };
	char caption[120];
	int rc;

	snprintf(caption, sizeof caption, "Of roster %u; a new one needs the signatures of %u admin%s.", f->serial, f->threshold,
		 f->threshold == 1 ? "" : "s");
	TRY(buf_adds(b, "<section>\n<h2>Members</h2>\n", err));
	TRY(page_table(b, "Members", caption, heading, err));
	TRY(role_row(b, f, FL__V1__ROLE__ROLE_PARTICIPANT, "Participants", err));
	TRY(role_row(b, f, FL__V1__ROLE__ROLE_COORDINATOR, "Coordinators", err));
	TRY(role_row(b, f, FL__V1__ROLE__ROLE_ADMIN, "Admins", err));
	TRY(role_row(b, f, FL__V1__ROLE__ROLE_HUB, "Hubs", err));
	TRY(page_table_end(b, err));
	TRY(buf_adds(b, "</section>\n", err));
out:
	return rc;
}

static int privacy(struct buf *b, struct fl_err *err)
{
	return buf_adds(b,
			"<section>\n<h2>Privacy spent</h2>\n<p>No privacy budget is reported: plans of this version do not ask for "
			"noise, and messages do not say what was spent.</p>\n</section>\n", err);
}

static int foot(struct buf *b, time_t now, struct fl_err *err)
{
	int rc;

	TRY(buf_adds(b, "</main>\n<footer>\n<p>As of ", err));
	TRY(html_time(b, now, err));
	TRY(html_addf(b, err,
		      " UTC, flkit %s. Made from the signed messages of the federation; no data of anybody\xe2\x80\x99s patients "
		      "or customers is here.</p>\n</footer>\n", FLKIT_VERSION));
	TRY(html_close(b, err));
out:
	return rc;
}

static int federation_page(int root, const char *name, struct buf *b, struct fl_err *err)
{
	struct status s = { 0 };
	int rc;

	TRY(status_read(&s, root, name, time(NULL), err));
	TRY(head(b, &s, err));
	TRY(page_metrics(b, &s, err));
	TRY(page_deliveries(b, &s, err));
	TRY(page_rounds(b, &s, err));
	TRY(channels(b, &s, err));
	TRY(members(b, s.roster, err));
	TRY(privacy(b, err));
	TRY(foot(b, s.now, err));
out:
	status_clear(&s);
	return rc;
}

static int index_row(struct buf *b, int root, const char *name, struct fl_err *err)
{
	struct status s = { 0 };
	int rc = FL_OK;

	if (status_brief(&s, root, name, time(NULL), NULL) == FL_OK)
		rc = html_addf(b, err,
			       "<tr><th scope=\"row\"><a href=\"v1/%.64s/\">%.64s</a></th><td class=\"n\">%zu</td>"
			       "<td class=\"n\">%u</td></tr>\n", name, name, s.participants, s.newest);
	status_clear(&s);
	return rc;
}

static int index_page(int root, struct buf *b, struct fl_err *err)
{
	static const char *const heading[] = { "Name", "#Participants", "#Newest round", NULL };
	struct status_names l = { 0 };
	size_t i;
	int rc;

	TRY(status_names(&l, root, FEDERATIONS, err));
	TRY(html_open(b, "Federations", err));
	TRY(buf_adds(b, "<header>\n<h1>Federations</h1>\n<p class=\"soft\">Models travel, data stay.</p>\n</header>\n<main>\n"
		     "<section>\n", err));
	TRY(page_table(b, "Federations", l.more ? "Some of those on this hub; there are more." : "On this hub.", heading, err));
	for (i = 0; i < l.n; i++)
		TRY(index_row(b, root, l.v[i], err));
	if (!l.n)
		TRY(buf_adds(b, "<tr><td colspan=\"3\">None yet: <code>fl-round init</code> makes one.</td></tr>\n", err));
	TRY(page_table_end(b, err));
	TRY(buf_adds(b, "</section>\n", err));
	TRY(foot(b, time(NULL), err));
out:
	status_names_clear(&l);
	return rc;
}

int hub_page(int root, const char *federation, struct buf *html, struct fl_err *err)
{
	return federation ? federation_page(root, federation, html, err) : index_page(root, html, err);
}
