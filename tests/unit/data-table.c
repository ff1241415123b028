/* Tables: every encoding against values computed by hand, every refusal with its sentence. */
#include "data/table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "check.h"

static char dir[] = "/tmp/fl-table.XXXXXX";

static const char *put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		exit(1);
	return name;
}

/* {"fields":[FIELDS]} with ' for ". */
static void schema_of(struct schema *s, const char *fields)
{
	struct fl_err err = { 0 };
	char text[4096], *p;
	json_t *j = NULL;

	snprintf(text, sizeof text, "{'missingValues':['','NA'],'fields':[%s]}", fields);
	for (p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	if (json_parse(&j, text, strlen(text), &err) != FL_OK || schema_from_json(s, j, &err) != FL_OK) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_decref(j);
}

#define F(name, type, fl) "{'name':'" name "','type':'" type "','fl':{'role':'feature'," fl "}}"
#define ROLE(name, type, role) "{'name':'" name "','type':'" type "','fl':{'role':'" role "'}}"

/* Read text under fields; compare row by row with want (n, p). */
static void check_x(const char *name, const char *fields, enum table_scale scale, const char *text, const float *want, size_t n,
		    size_t p)
{
	struct table_opts o = { .scale = scale };
	struct fl_err err = { 0 };
	struct schema s = { 0 };
	struct table t = { 0 };
	size_t i;
	int same;

	schema_of(&s, fields);
	if (CHECK(table_read(&t, put("t.csv", text), &s, &o, &err) == FL_OK && t.n == n && t.p == p, "%s: is read", name)) {
		for (same = 1, i = 0; i < n * p; i++)
			same &= fabsf(t.x[i] - want[i]) <= 1e-6f;
		CHECK(same, "%s: has the values computed by hand", name);
	} else {
		printf("# %s\n", err.msg);
	}
	table_clear(&t);
	schema_clear(&s);
}

#define ROWS(...) (const float[]){ __VA_ARGS__ }

static void test_encodings(void)
{
	static const char standard[] = F("a", "number", "'encoding':'standard','mean':10,'std':4,'missing':'indicator'");
	static const char minmax[] = F("a", "number", "'encoding':'minmax','min':10,'max':20,'mean':12,'missing':'mean'");

	check_x("standard", standard, TABLE_SCALE_SCHEMA, "a\n12\nNA\n 2 \n", ROWS(0.5f, 0, 0, 1, -2, 0), 3, 2);
	check_x("standard unscaled", standard, TABLE_SCALE_NONE, "a\n12\nNA\n", ROWS(12, 0, 10, 1), 2, 2);
	/* 1, 2, 6: mean 3, variance (4 + 1 + 9) / 2 = 7 */
	check_x("standard by these rows", standard, TABLE_SCALE_LOCAL, "a\n1\n2\nNA\n6\n",
		ROWS(-0.75592895f, 0, -0.37796447f, 0, 0, 1, 1.1338934f, 0), 4, 2);
	check_x("a constant column by these rows", standard, TABLE_SCALE_LOCAL, "a\n7\n7\n", ROWS(0, 0, 0, 0), 2, 2);
	check_x("one row by itself", standard, TABLE_SCALE_LOCAL, "a\n7\n", ROWS(0, 0), 1, 2);
	check_x("standard by these rows, without numbers in the schema", F("a", "number", "'encoding':'standard'"),
		TABLE_SCALE_LOCAL, "a\n1\n3\n", ROWS(-0.70710678f, 0.70710678f), 2, 1);
	check_x("minmax leaves [0, 1] where the value does", minmax, TABLE_SCALE_SCHEMA, "a\n15\n\n\"\"\n30\n", ROWS(0.5f, 0.2f, 2),
		3, 1);
	check_x("minmax by these rows", minmax, TABLE_SCALE_LOCAL, "a\n15\n25\n17\n", ROWS(0, 1, 0.2f), 3, 1);
	check_x("none", F("a", "number", "'encoding':'none'"), TABLE_SCALE_SCHEMA, "a\n-1.5e1\n", ROWS(-15), 1, 1);
	check_x("boolean", F("a", "boolean", "'encoding':'none','mean':0.25,'missing':'mean'"), TABLE_SCALE_SCHEMA,
		"a\ntrue\nFALSE\n1\n0\nNA\n", ROWS(1, 0, 1, 0, 0.25f), 5, 1);
	check_x("ordinal with a bucket", F("a", "string", "'encoding':'ordinal','levels':['lo','hi'],'unknown':'bucket'"),
		TABLE_SCALE_SCHEMA, "a\nhi\nlo\nhuh\n", ROWS(1, 0, 2), 3, 1);
	check_x("onehot", F("a", "string", "'levels':['x','y']"), TABLE_SCALE_SCHEMA, "a\ny\nx\n", ROWS(0, 1, 1, 0), 2, 2);
	check_x("onehot with everything",
		F("a", "string", "'levels':['x','y','z'],'drop_first':true,'unknown':'bucket','missing':'level'"),
		TABLE_SCALE_SCHEMA, "a\nx\nz\nq\nNA\n", ROWS(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), 4, 4);
	check_x("levels of a number are numbers", F("a", "integer", "'encoding':'onehot','levels':['2','1']"), TABLE_SCALE_SCHEMA,
		"a\n1.0\n 2\n", ROWS(0, 1, 1, 0), 2, 2);
	check_x("columns go by name, others are left out", F("b", "number", "'encoding':'none'") "," F("a", "number", "'encoding':'none'"),
		TABLE_SCALE_SCHEMA, "a,zip,b\n1,x,2\n", ROWS(2, 1), 1, 2);
}

static void test_missing_codes(void)
{
	struct schema s = { 0 };
	struct table t = { 0 };
	struct fl_err err = { 0 };
	json_t *j = NULL;
	static const char text[] = "{\"missingValues\":[\"-9\"],\"fields\":[{\"name\":\"a\",\"type\":\"number\","
				   "\"fl\":{\"role\":\"feature\",\"mean\":5,\"missing\":\"mean\"}}]}";

	json_parse(&j, text, sizeof text - 1, &err);
	schema_from_json(&s, j, &err);
	CHECK(table_read(&t, put("t.csv", "a\n-9\n-9.0\n"), &s, &(struct table_opts){ 0 }, &err) == FL_OK && t.x[0] == 5 &&
		      t.x[1] == -9, "a missing value that is a number counts as a text");
	table_clear(&t);
	schema_clear(&s);
	json_decref(j);
}

static void test_roles(void)
{
	struct table_opts o = { .need_label = 1, .group_by = "ward", .want_ids = 1 };
	struct schema s = { 0 };
	struct table t = { 0 };
	struct fl_err err = { 0 };

	schema_of(&s, ROLE("id", "string", "id") "," ROLE("w", "number", "weight") "," ROLE("o", "number", "offset") ","
		  F("a", "number", "'encoding':'none'") ",{'name':'y','type':'string','fl':{'role':'label','levels':['no','yes']}}");
	put("t.csv", "id,ward,w,o,a,y\np1,north,2,0.5,3,yes\np2,south,0,-1,4,no\n");
	put("u.csv", "y;a;o;w;ward;id\nyes;5;0;1;north;p3\n");
	CHECK(table_read(&t, "t.csv,u.csv", &s, &o, &err) == FL_OK && t.n == 3, "two files with columns in another order");
	CHECK(t.y[0] == 1 && t.y[1] == 0 && t.y[2] == 1, "labels are level indices");
	CHECK(t.weight[0] == 2 && t.weight[1] == 0 && t.weight[2] == 1, "weights");
	CHECK(t.offset[0] == 0.5f && t.offset[1] == -1, "offsets");
	CHECK(t.n_groups == 2 && !strcmp(t.groups[1], "south") && t.group[0] == 0 && t.group[1] == 1 && t.group[2] == 0, "groups");
	CHECK(!strcmp(t.ids[2], "p3"), "ids");
	CHECK(!t.time && !t.event, "no survival columns");
	table_clear(&t);
	o = (struct table_opts){ 0 };
	put("u.csv", "a,o\n5,0\n");
	CHECK(table_read(&t, "t.csv", &s, &o, &err) == FL_OK && t.y && t.y[0] == 1, "a label that is there is read");
	table_clear(&t);
	CHECK(table_read(&t, "t.csv,u.csv", &s, &o, &err) == FL_OK && t.n == 3 && !t.y && t.weight[2] == 1,
	      "one that some file lacks is absent, where none is needed");
	table_clear(&t);
	put("t.csv", "a,o,y\n5,0,\n");
	CHECK(table_read(&t, "t.csv", &s, &o, &err) == FL_OK && isnan(t.y[0]), "a missing label is NAN, where none is needed");
	table_clear(&t);
	schema_clear(&s);
}

static void test_survival(void)
{
	struct schema s = { 0 };
	struct table t = { 0 };
	struct fl_err err = { 0 };

	schema_of(&s, ROLE("t", "number", "time") "," ROLE("e", "boolean", "event") "," F("a", "number", "'encoding':'none'"));
	CHECK(table_read(&t, put("t.csv", "a,t,e\n1,2.5,true\n1,0,0\n"), &s, &(struct table_opts){ .need_label = 1 }, &err) == FL_OK &&
		      t.time[0] == 2.5f && t.time[1] == 0 && t.event[0] == 1 && t.event[1] == 0 && !t.y, "time, 0 too, and event");
	table_clear(&t);
	schema_clear(&s);
}

static void test_refused(void)
{
	static const char fields[] =
		F("age", "number", "'encoding':'none'") ",{'name':'bmi','type':'number','constraints':{'minimum':5,'maximum':90,"
		"'required':true},'fl':{'role':'feature','encoding':'none','mean':20,'missing':'mean'}},"
		F("sex", "string", "'levels':['f','m']") "," F("smokes", "boolean", "'encoding':'none'") ","
		ROLE("w", "number", "weight") "," ROLE("t", "number", "time") "," ROLE("e", "integer", "event");
	static const char *const bad[][2] = {
		{ "1,20,f,true,1,1,1\n\n\"2\n\",20,f,true,1,1,1\n", "t.csv:4: column \"age\": \"2?\" is not a number" },
		{ "fourty,20,f,true,1,1,1\n", "t.csv:2: column \"age\": \"fourty\" is not a number" },
		{ "abcdefghijklmnopqrstuvwxyz,20,f,1,1,1,1\n", "t.csv:2: column \"age\": \"abcdefghijklmnopqrstuvwx...\" is not a number" },
		{ "NaN,20,f,true,1,1,1\n", "\"NaN\" is not a number" },
		{ "inf,20,f,true,1,1,1\n", "\"inf\" is not a number" },
		{ "1e39,20,f,true,1,1,1\n", "\"1e39\" is too large" },
		{ "NA,20,f,true,1,1,1\n", "column \"age\": value is missing; the schema has no rule" },
		{ "1,4,f,true,1,1,1\n", "column \"bmi\": \"4\" is below the minimum of 5" },
		{ "1,91,f,true,1,1,1\n", "column \"bmi\": \"91\" is above the maximum of 90" },
		{ "1,,f,true,1,1,1\n", "column \"bmi\": value is missing; the schema requires it" },
		{ "1,20,x,true,1,1,1\n", "column \"sex\": \"x\" is not a level of this column" },
		{ "1,20,f,yes,1,1,1\n", "column \"smokes\": \"yes\" is not a boolean" },
		{ "1,20,f,true,-1,1,1\n", "column \"w\": \"-1\" is not a weight" },
		{ "1,20,f,true,,1,1\n", "column \"w\": value is missing" },
		{ "1,20,f,true,1,-1,1\n", "column \"t\": \"-1\" is not a time of at least 0" },
		{ "1,20,f,true,1,1,2\n", "column \"e\": \"2\" is not an event" },
		{ "1,20,f,true,1,,1\n", "column \"t\": value is missing; a row without its time cannot be used" },
		{ "1,20,f\n", "t.csv:2: has 3 values, want 7" },
		{ "", "t.csv: no rows" },
	};
	char text[256];
	struct schema s = { 0 };
	size_t i;

	schema_of(&s, fields);
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct table_opts o = { .need_label = 1 };
		struct fl_err err = { 0 };
		struct table t = { 0 };

		snprintf(text, sizeof text, "age,bmi,sex,smokes,w,t,e\n%s", bad[i][0]);
		if (!CHECK(table_read(&t, put("t.csv", text), &s, &o, &err) == FL_DATA && strstr(err.msg, bad[i][1]) && !t.x,
			   "refused: %s", bad[i][1]))
			printf("# said: %s\n", err.msg);
		table_clear(&t);
	}
	schema_clear(&s);
}

static void check_status(const struct schema *s, const char *files, struct table_opts o, int want, const char *says)
{
	struct fl_err err = { 0 };
	struct table t = { 0 };

	if (!CHECK(table_read(&t, files, s, &o, &err) == want && !strcmp(err.msg, says), "says: %s", says))
		printf("# said: %s\n", err.msg);
	table_clear(&t);
}

static void test_files(void)
{
	struct table_opts label = { .need_label = 1 }, group = { .group_by = "ward" };
	struct schema s = { 0 }, raw = { 0 };

	schema_of(&s, F("a", "number", "'encoding':'none'") "," ROLE("y", "number", "label"));
	schema_of(&raw, F("a", "number", "'encoding':'standard'"));
	put("t.csv", "a\n1\n");
	check_status(&s, "t.csv", label, FL_DATA, "t.csv: column \"y\" is missing");
	check_status(&s, "t.csv", group, FL_DATA, "t.csv: column \"ward\" is missing");
	check_status(&s, "t.csv,no.csv", (struct table_opts){ 0 }, FL_NOINPUT, "no.csv: No such file or directory");
	check_status(&s, ".", (struct table_opts){ 0 }, FL_NOINPUT, ".: is a directory");
	check_status(&raw, "t.csv", label, FL_DATA, "the schema has no label, and no time and event either");
	check_status(&raw, "t.csv", (struct table_opts){ 0 }, FL_DATA,
		     "field \"a\": the schema has no mean and std; add them, or scale by the rows at hand");
	schema_clear(&s);
	schema_clear(&raw);
}

/* Every allocation fails once, in a table that has everything. */
static void test_torture(void)
{
	struct table_opts o = { .scale = TABLE_SCALE_LOCAL, .group_by = "g", .want_ids = 1 };
	struct fl_err err = { 0 };
	struct schema s = { 0 };
	struct table t = { 0 };
	char text[4096] = "id,g,a,b,c,y\n";
	int i, rc = FL_IO, clean = 1;
	long k;

	schema_of(&s, ROLE("id", "string", "id") "," F("a", "number", "'encoding':'standard'") ","
		  F("b", "integer", "'encoding':'onehot','levels':['1','2']") "," F("c", "string", "'levels':['p','q']") ","
		  ROLE("y", "number", "label"));
	for (i = 0; i < 100; i++)
		sprintf(text + strlen(text), "i%d,g%d,%d,%d,%s,%d\n", i, i % 20, i, 1 + i % 2, i % 3 ? "p" : "q", i);
	put("t.csv", text);
	for (k = 1; k < 2000 && rc != FL_OK; k++) {
		fl_alloc_fail_at(k);
		rc = table_read(&t, "t.csv", &s, &o, &err);
		clean &= rc == FL_OK || (rc == FL_IO && !t.x && !t.ids);
	}
	fl_alloc_fail_at(0);
	CHECK(rc == FL_OK && clean && k > 100 && t.n == 100, "each of %ld allocations may fail", k - 2);
	table_clear(&t);
	schema_clear(&s);
}

int main(void)
{
	static const char *const files[] = { "t.csv", "u.csv" };
	size_t i;

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	test_encodings();
	test_missing_codes();
	test_roles();
	test_survival();
	test_refused();
	test_files();
	test_torture();
	for (i = 0; i < sizeof files / sizeof *files; i++)
		unlink(files[i]);
	rmdir(dir);
	return check_done();
}
