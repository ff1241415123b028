#include "hub/page-part.h"

#include "report/html.h"

static const struct {
	const char *name, *class;
} phases[] = {
	[STATUS_OPEN] = { "open", "good" },           [STATUS_DUE] = { "to be sealed", "late" },
	[STATUS_SEALED] = { "sealed", "good" },       [STATUS_CLOSED] = { "closed", "none" },
	[STATUS_ABANDONED] = { "abandoned", "bad" },  [STATUS_UNREADABLE] = { "unreadable", "bad" }
};

const struct status_round *page_newest(const struct status *s)
{
	return s->rounds ? &s->round[s->rounds - 1] : NULL;
}

int page_phase(struct buf *b, const struct status_round *r, struct fl_err *err)
{
	return html_addf(b, err, "<span class=\"tag %s\">%s%s</span>", phases[r->phase].class, phases[r->phase].name,
			 r->phase == STATUS_OPEN && r->extended ? ", extended" : "");
}

int page_instant(struct buf *b, time_t t, struct fl_err *err)
{
	return t ? html_time(b, t, err) : buf_adds(b, PAGE_DASH, err);
}

int page_table(struct buf *b, const char *name, const char *caption, const char *const *heading, struct fl_err *err)
{
	int rc, number;

	TRY(html_addf(b, err,
		      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>\n<caption>%s</caption>\n"
		      "<thead><tr>", name, caption));
	for (; *heading; heading++) {
		number = **heading == '#';
		TRY(html_addf(b, err, number ? "<th scope=\"col\" class=\"n\">%s</th>" : "<th scope=\"col\">%s</th>", *heading + number));
	}
	TRY(buf_adds(b, "</tr></thead>\n<tbody>\n", err));
out:
	return rc;
}

int page_table_end(struct buf *b, struct fl_err *err)
{
	return buf_adds(b, "</tbody></table></div>\n", err);
}
