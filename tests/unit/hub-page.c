/* The status page of a folder like fl-serve's: true, well-formed, harmless whatever messages say, and never in want of much. */
#include "hub/page.h"

#include <expat.h>
#include <ftw.h>

#include "check.h"
#include "hub/status.h"
#include "page-fixture.h"

static struct fixture f;
static int root;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int well_formed(const struct buf *b)
{
	XML_Parser p = XML_ParserCreate("UTF-8");
	int ok = p && XML_Parse(p, b->data, (int)b->len, 1) == XML_STATUS_OK;

	if (!ok)
		printf("# line %lu: %s\n", XML_GetCurrentLineNumber(p), XML_ErrorString(XML_GetErrorCode(p)));
	XML_ParserFree(p);
	return ok;
}

/* A federation of that name with so many participants and rounds. */
static int make(const char *name, unsigned participants, unsigned rounds)
{
	snprintf(f.name, sizeof f.name, "%s", name);
	f.participants = participants;
	f.rounds = rounds;
	return CHECK(fixture_make(&f), "%s: %u participants, %u rounds", name, participants, rounds);
}

/* Its page, which is well-formed and holds all of the texts, NULL after the last. Freed by the caller. */
static void page(struct buf *b, const char *const *texts)
{
	struct fl_err err = { 0 };

	*b = (struct buf){ 0 };
	if (!CHECK(hub_page(root, f.name, b, &err) == FL_OK && well_formed(b), "%s: its page is well-formed", f.name))
		printf("# %s\n", err.msg);
	for (; b->data && *texts; texts++)
		CHECK(strstr(b->data, *texts), "%s: has %s", f.name, *texts);
}

static void test_page(void)
{
	static const char *const texts[] = {
		"<h1>heart</h1>", "Roster 1 of <time", "schema <code title=\"" D1 "\">111111111111</code>",
		"<strong>5</strong>", "<strong>2 of 3</strong> quorum 3", "<strong>stable 2</strong>",
		"aria-label=\"auc over rounds 1 to 5, last ", "<text class=\"name\" x=\"0\" y=\"14\">log_loss</text>",
		"<title>h01, round 4: delivered</title>", "<title>h02, round 3: missing</title>", "<title>h03, round 5: delivered</title>",
		"<th scope=\"row\">canary</th><td class=\"n\">4</td>", "h01 <span class=\"soft\">(<bdi>St. Anna</bdi>)</span>",
		"No privacy budget is reported", NULL
	};
	struct buf b;

	f.operator = "St. Anna";
	make("heart", 3, 5);
	page(&b, texts);
	CHECK(!strstr(b.data, "<script") && !strstr(b.data, " style="), "no script, no style in attributes");
	CHECK(!strstr(b.data, f.root) && !strstr(b.data, "flt_"), "nothing of the machine it stands on");
	buf_clear(&b);
}

/* Rounds that are not simply open or closed. */
static void test_phases(void)
{
	static const char *const texts[] = { ">abandoned</span>", ">sealed</span>", ">unreadable</span>", ">open, extended</span>", NULL };
	char when[2][32], text[1024];
	struct buf b;

	make("phases", 4, 4);
	fixture_message(&f, "rounds/000001/result.pb", "Result",
			"{'version':1,'federation':'phases','round':1,'seal':'" D1 "','baseModel':'" D1 "','model':'" D1 "','abandoned':true,"
			"'made':'2026-11-24T10:00:00Z'}", f.now);
	snprintf(text, sizeof text, "%s/phases/rounds/000002/result.pb", f.root);
	unlink(text);
	fixture_put(&f, "rounds/000003/plan.pb", "not a message", 13, f.now);
	snprintf(text, sizeof text, "{'version':1,'federation':'phases','round':4,'roster':'" D1 "','baseModel':'" D2 "','opened':'%s',"
		 "'deadline':'%s','quorum':4,'extendTimes':3,'extendS':60}", fixture_time(when[0], f.now - 200), fixture_time(when[1], f.now - 90));
	fixture_message(&f, "rounds/000004/plan.pb", "Plan", text, f.now);
	page(&b, texts);
	buf_clear(&b);
	snprintf(text, sizeof text, "{'version':1,'federation':'phases','round':4,'roster':'" D1 "','baseModel':'" D2 "','opened':'%s',"
		 "'deadline':'%s','quorum':4,'extendTimes':4294967295,'extendS':4294967295}", fixture_time(when[0], f.now - 200),
		 fixture_time(when[1], f.now - 90));
	fixture_message(&f, "rounds/000004/plan.pb", "Plan", text, f.now);
	page(&b, (const char *const[]){ ">open, extended</span>", NULL });
	buf_clear(&b);
	snprintf(text, sizeof text, "{'version':1,'federation':'phases','round':4,'roster':'" D1 "','baseModel':'" D2 "','opened':'%s',"
		 "'deadline':'%s','quorum':1,'cohort':['h02','h03','zz']}", fixture_time(when[0], f.now - 200), fixture_time(when[1], f.now - 90));
	fixture_message(&f, "rounds/000004/plan.pb", "Plan", text, f.now);
	page(&b, (const char *const[]){ ">to be sealed</span>", "<title>h01, round 4: not asked</title>", " of 3</strong> quorum 1", NULL });
	buf_clear(&b);
}

static void test_fates(void)
{
	struct status s = { 0 };
	size_t i, k;
	unsigned fate;
	int good = 1;

	make("fates", 40, 3);
	CHECK(status_read(&s, root, "fates", f.now, NULL) == FL_OK && s.rounds == 3 && s.looked == 3 && s.participants == 40, "it is read");
	for (i = 0; i < s.participants; i++) {
		for (k = 0; k < 2; k++) {
			fate = fixture_fate((unsigned)i, (unsigned)k + 1);
			good &= s.mark[i * 3 + k] == (fate == 0 ? SVG_MISSING : fate == 1 ? SVG_LATE : fate == 2 ? SVG_OUT : SVG_DONE);
		}
	}
	CHECK(good, "missing, late, left out and delivered are told apart");
	CHECK(s.round[0].count[SVG_DONE] == s.round[0].counted && s.round[0].counted > 30, "what is delivered in time counts");
	CHECK(s.metrics == 3 && s.points == 3 && !isfinite(s.metric[0].y[2]) && isfinite(s.metric[0].y[1]), "an open round has no metrics");
	status_clear(&s);
}

static void test_hostile(void)
{
	struct buf b;

	f.operator = "</td><script>alert(1)</script>&\\u202e\\u0001";
	f.metrics = "{'name':'<svg onload=alert(1)>','value':1},{'name':'huge','value':1e308},{'name':'less','value':-1e308},"
		"{'name':'a','value':1},{'name':'b','value':1},{'name':'c','value':1},{'name':'d','value':1}";
	make("hostile", 3, 4);
	page(&b, (const char *const[]){ "&lt;/td&gt;&lt;script&gt;", "&lt;svg onload", NULL });
	CHECK(!strstr(b.data, "<script") && !strstr(b.data, "<svg onload"), "what messages say stays text");
	buf_clear(&b);
	f.operator = f.metrics = NULL;
}

static void test_many(void)
{
	char path[400], first[400];
	struct buf b;
	unsigned r;

	make("many", 400, 2);
	page(&b, (const char *const[]){ "<rect class=\"s2\"", " of 400 participants have missed", NULL });
	CHECK(b.len < 60000, "four hundred participants are summed up in %zu bytes", b.len);
	buf_clear(&b);
	make("long", 2, 2);
	snprintf(first, sizeof first, "%s/long/rounds/000001/plan.pb", f.root);
	for (r = 3; r <= 5000; r++) {
		snprintf(path, sizeof path, "%s/long/rounds/%06u", f.root, r);
		mkdir(path, 0777);
		snprintf(path, sizeof path, "%s/long/rounds/%06u/plan.pb", f.root, r);
		if (link(first, path) != 0)
			break;
	}
	CHECK(r == 5001, "5000 rounds");
	page(&b, (const char *const[]){ "<strong>5000</strong>", "\"n\">5000</th>", "\"n\">4981</th>", NULL });
	CHECK(!strstr(b.data, "\"n\">4980</th>"), "only the last are shown");
	CHECK(b.len < 60000, "in %zu bytes", b.len);
	buf_clear(&b);
}

static void test_absent(void)
{
	static const char *const names[] = { "nobody", "..", ".", "", "heart/rounds", "link", "/", "Heart" };
	struct fl_err err = { 0 };
	struct buf b = { 0 };
	size_t i;

	CHECK(symlinkat("heart", root, "link") == 0, "a symbolic link");
	for (i = 0; i < sizeof names / sizeof *names; i++)
		CHECK(hub_page(root, names[i], &b, &err) == FL_NOINPUT && !b.len, "there is no federation \"%s\"", names[i]);
	mkdirat(root, "empty", 0777);
	CHECK(hub_page(root, "empty", &b, &err) == FL_NOINPUT && !b.len, "nor in a folder without a roster");
	buf_clear(&b);
}

static void test_index(void)
{
	struct buf b = { 0 };

	make("young", 2, 0);
	page(&b, (const char *const[]){ "No round has been opened yet", "No model is offered yet", "No metrics have been published", NULL });
	buf_clear(&b);
	CHECK(hub_page(root, NULL, &b, NULL) == FL_OK && well_formed(&b), "the index is well-formed");
	CHECK(strstr(b.data, "<a href=\"v1/heart/\">heart</a></th><td class=\"n\">3</td><td class=\"n\">5</td>"), "it leads to the federations");
	CHECK(!strstr(b.data, "v1/empty") && !strstr(b.data, "v1/link"), "and to nothing else");
	buf_clear(&b);
}

/* Memory that runs out at any point costs the page, or a part of it that could not be read. */
static void test_memory(void)
{
	struct buf b = { 0 };
	int whole = 0, broken = 0, refused = 0;
	long k;

	snprintf(f.name, sizeof f.name, "fates");
	for (k = 1; k <= 600; k++) {
		fl_alloc_fail_at(k);
		if (hub_page(root, f.name, &b, NULL) != FL_OK)
			refused++;
		else if (well_formed(&b))
			whole++;
		else
			broken++;
		fl_alloc_fail_at(0);
		buf_clear(&b);
	}
	CHECK(!broken && refused > 10 && whole > 10, "out of memory: %d pages refused, %d made, %d broken", refused, whole, broken);
}

int main(void)
{
	snprintf(f.root, sizeof f.root, "%s/fl-page.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	f.now = time(NULL);
	if (!CHECK(mkdtemp(f.root) && key_generate(&f.key, NULL) == FL_OK, "a folder and a key"))
		return check_done();
	root = open(f.root, O_RDONLY | O_DIRECTORY);
	test_page();
	test_phases();
	test_fates();
	test_hostile();
	test_many();
	test_absent();
	test_index();
	test_memory();
	close(root);
	key_close(f.key);
	nftw(f.root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return check_done();
}
