#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct fl_err err;

static int parses(const char *s)
{
	json_t *j = NULL;
	int rc = json_parse(&j, s, strlen(s), &err);

	json_decref(j);
	return rc;
}

static void reading(void)
{
	static const char *const good[] = { "{}", "[1,2]", " \"x\" ", "null", "{\"a\":{\"a\":1}}" };
	static const char *const bad[] = { "", "{", "{} {}", "{\"a\":1,\"a\":2}", "[1,]", "NaN", "{'a':1}", "\"\xff\"",
		"\"\\u0000\"", "\"\\ud800\"", "1e999", "99999999999999999999", "[01]" };
	char *deep = malloc(100001);
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(parses(good[i]) == FL_OK, "read: %s", good[i]);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(parses(bad[i]) == FL_DATA && strstr(err.msg, "line "), "refused: document %zu", i);
	memset(deep, '[', 100000);
	deep[100000] = 0;
	CHECK(parses(deep) == FL_DATA, "refused: 100,000 levels");
	free(deep);
}

static void writing(void)
{
	json_t *j = json_pack("{s:i, s:f, s:[s,b]}", "b", 1, "a", 0.1, "B", "\xc3\xa9", 1), *back = NULL;
	char *text = NULL;
	char line[128] = "";
	FILE *f = tmpfile();

	CHECK(json_canonical(&text, j, &err) == FL_OK && !strcmp(text, "{\"B\":[\"\xc3\xa9\",true],\"a\":0.10000000000000001,\"b\":1}"),
	      "canonical: sorted, compact, 17 digits");
	CHECK(json_parse(&back, text, strlen(text), &err) == FL_OK && json_equal(j, back), "and the same when read back");
	CHECK(json_write(j, f, &err) == FL_OK, "written");
	rewind(f);
	CHECK(fgets(line, sizeof line, f) && line[strlen(line) - 1] == '\n' && fgetc(f) == EOF, "as one line");
	fclose(f);
	free(text);
	json_decref(j);
	json_decref(back);
	j = json_metric(NAN);
	back = json_metric(-INFINITY);
	CHECK(json_is_null(j) && json_is_null(back), "a metric that is not finite is null");
	json_decref(j);
	json_decref(back);
	j = json_metric(0.25);
	CHECK(json_real_value(j) == 0.25, "one that is finite is a number");
	json_decref(j);
}

static void members(void)
{
	json_t *o = json_pack("{s:s, s:f, s:i, s:b, s:n}", "s", "text", "r", 1.5, "i", 7, "b", 1, "n");
	const char *s = "old";
	long long i = 1;
	double r = 2;
	int b = 0;

	CHECK(json_get_str(o, "s", &s, &err) == FL_OK && !strcmp(s, "text"), "a string");
	CHECK(json_get_str(o, "none", &s, &err) == FL_OK && !strcmp(s, "text"), "an absent one leaves what was there");
	CHECK(json_get_str(o, "i", &s, &err) == FL_DATA && !strcmp(err.msg, "\"i\" is not a string"), "a number is no string");
	CHECK(json_get_real(o, "r", &r, &err) == FL_OK && r == 1.5, "a number");
	CHECK(json_get_real(o, "i", &r, &err) == FL_OK && r == 7, "a whole one is a number too");
	CHECK(json_get_real(o, "s", &r, &err) == FL_DATA && r == 7, "a string is no number");
	CHECK(json_get_int(o, "i", &i, &err) == FL_OK && i == 7, "a whole number");
	CHECK(json_get_int(o, "r", &i, &err) == FL_DATA && i == 7, "1.5 is none");
	CHECK(json_get_bool(o, "b", &b, &err) == FL_OK && b == 1, "true");
	CHECK(json_get_bool(o, "n", &b, &err) == FL_DATA, "null is neither");
	CHECK(json_need_str(o, "s", &s, &err) == FL_OK, "a string that must be there");
	CHECK(json_need_str(o, "none", &s, &err) == FL_DATA && !strcmp(err.msg, "\"none\" is missing"), "is missed");
	json_decref(o);
}

int main(void)
{
	reading();
	writing();
	members();
	return check_done();
}
