/* Schemas: what is accepted, what is refused and why, and what the encoded columns are called. */
#include "data/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check.h"

#define FIELD(name, type, fl) "{\"name\":\"" name "\",\"type\":\"" type "\",\"fl\":{" fl "}}"
#define SCHEMA(fields) "{\"fields\":[" fields "]}"

static const char full[] = SCHEMA(
	FIELD("id", "string", "\"role\":\"id\"") ","
	FIELD("age", "number", "\"role\":\"feature\",\"encoding\":\"standard\",\"mean\":50,\"std\":10,\"missing\":\"indicator\"") ","
	FIELD("sex", "string", "\"role\":\"feature\",\"encoding\":\"onehot\",\"levels\":[\"f\",\"m\"],\"drop_first\":true,"
		"\"unknown\":\"bucket\",\"missing\":\"level\"") ","
	"{\"name\":\"seen\",\"type\":\"date\"},"
	FIELD("stage", "integer", "\"role\":\"feature\",\"encoding\":\"ordinal\",\"levels\":[\"3\",\"1\"]") ","
	FIELD("sick", "boolean", "\"role\":\"label\""));

static int from_text(struct schema *s, const char *text, struct fl_err *err)
{
	json_t *j = NULL;
	int rc;

	TRY(json_parse(&j, text, strlen(text), err));
	TRY(schema_from_json(s, j, err));
out:
	json_decref(j);
	return rc;
}

static void test_full(void)
{
	static const char *const names[] = { "age", "age?missing", "sex=m", "sex?unknown", "sex?missing", "stage" };
	struct fl_err err = { 0 };
	struct schema s = { 0 };
	char *text = NULL, want[DIGEST_TEXT], name[32];
	size_t i;

	CHECK(from_text(&s, full, &err) == FL_OK, "a schema of every kind is read");
	CHECK(s.n_fields == 6 && s.label == 5 && s.id == 0 && s.time < 0, "roles are found");
	CHECK(s.width == 6 && s.fields[2].at == 2 && s.fields[2].width == 3, "columns are placed");
	for (i = 0; i < s.width; i++) {
		schema_column_name(&s, i, name, sizeof name);
		CHECK(!strcmp(name, names[i]), "column %zu is %s", i, names[i]);
	}
	CHECK(schema_classes(&s) == 2, "a boolean label has two classes");
	CHECK(s.n_missing == 1 && !strcmp(s.missing_values[0], ""), "missing is the empty text unless said");
	json_canonical(&text, s.json, &err);
	digest_of(text, strlen(text), want);
	CHECK(!strcmp(s.digest, want), "the digest is that of the canonical text");
	free(text);
	schema_clear(&s);
	CHECK(!s.json && !s.fields, "cleared is empty");
	schema_clear(&s);
}

static void test_refused(void)
{
	static const char *const bad[][2] = {
		{ "[]", "a schema is a JSON object" },
		{ "{}", "\"fields\" is not an array" },
		{ "{\"fields\":[]}", "\"fields\" is not an array" },
		{ "{\"fields\":[3]}", "field 1: is not an object" },
		{ "{\"fields\":[{}]}", "field 1: \"name\" is missing" },
		{ "{\"fields\":[{\"name\":\"\"}]}", "field 1: \"name\" is empty" },
		{ "{\"fields\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"a\"}]}", "field \"a\" is there twice" },
		{ "{\"fields\":[{\"name\":\"a\"}],\"missingValues\":[1]}", "\"missingValues\" holds something" },
		{ SCHEMA(FIELD("a", "nummer", "\"role\":\"feature\"")), "field \"a\": \"type\": no 'nummer'; try number" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feat\"")), "\"role\": no 'feat'; try feature, label" },
		{ SCHEMA(FIELD("a", "number", "\"encoding\":\"none\"")), "\"role\" is missing" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"encoding\":\"zscore\"")), "no 'zscore'; try standard" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"encoding\":\"standard\",\"mean\":0,\"std\":0")), "\"std\" is 0" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"mean\":\"0\"")), "\"mean\" is not a number" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"std\":1")), "\"mean\" is not" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"min\":2,\"max\":2")), "want less and more" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"max\":2")), "go together" },
		{ SCHEMA(FIELD("a", "date", "\"role\":\"feature\"")), "can be a feature" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"feature\"")), "needs \"levels\"" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"feature\",\"encoding\":\"none\"")), "a string needs encoding" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"feature\",\"levels\":[\"x\",\"y\",\"x\"]")), "level \"x\" is there twice" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"feature\",\"levels\":[1]")), "not a string" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"encoding\":\"onehot\",\"levels\":[\"1\",\"1.0\"]")), "two levels are the number 1" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"encoding\":\"onehot\",\"levels\":[\"x\"]")), "level \"x\" is not a number" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"missing\":\"level\"")), "needs encoding onehot" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"feature\",\"levels\":[\"x\"],\"missing\":\"mean\"")), "needs a number" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"unknown\":\"bucket\"")), "needs encoding onehot or ordinal" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"feature\",\"drop_first\":true")), "needs encoding onehot" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"label\"") "," FIELD("b", "number", "\"role\":\"label\"")), "two fields have the role label" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"time\"")), "time and event go together" },
		{ SCHEMA(FIELD("a", "number", "\"role\":\"label\",\"encoding\":\"standard\",\"mean\":0,\"std\":1")), "role label needs encoding" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"label\"")), "role label needs \"levels\"" },
		{ SCHEMA(FIELD("a", "string", "\"role\":\"weight\"")), "role weight needs type number" },
		{ "{\"fields\":[{\"name\":\"a\",\"type\":\"number\",\"constraints\":{\"minimum\":2,\"maximum\":1}}]}", "\"minimum\" is over" },
		{ "{\"fields\":[{\"name\":\"a\",\"name\":\"b\"}]}", "duplicate" },
	};
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fl_err err = { 0 };
		struct schema s = { 0 };

		if (!CHECK(from_text(&s, bad[i][0], &err) == FL_DATA && strstr(err.msg, bad[i][1]) && !s.json, "refused: %s",
			   bad[i][1]))
			printf("# said: %s\n", err.msg);
		schema_clear(&s);
	}
}

/* b is a with one thing changed; same says whether it still encodes alike. */
static void check_same(const char *b, int same, const char *what)
{
	struct schema s = { 0 }, t = { 0 };
	struct fl_err err = { 0 };

	from_text(&s, full, &err);
	CHECK(from_text(&t, b, &err) == FL_OK && (schema_same_encoding(&s, &t, &err) == FL_OK) == same, "%s", what);
	schema_clear(&s);
	schema_clear(&t);
}

/* full with the first occurrence of from replaced by to, of the same length or shorter. */
static const char *with(const char *from, const char *to)
{
	static char text[sizeof full];
	char *at;
	size_t n = strlen(to);

	memcpy(text, full, sizeof full);
	if (!(at = strstr(text, from)) || n > strlen(from))
		return "";
	memcpy(at, to, n);
	memset(at + n, ' ', strlen(from) - n);
	return text;
}

static void test_same(void)
{
	check_same(full, 1, "a schema encodes like itself");
	check_same(with("\"mean\":50", "\"mean\":60"), 1, "another mean is the same encoding");
	check_same(with("\"id\"", "\"ix\""), 1, "an id by another name is the same encoding");
	check_same(with("\"age\"", "\"agf\""), 0, "a feature by another name is not");
	check_same(with("\"f\",\"m\"", "\"m\",\"f\""), 0, "another order of levels is not");
	check_same(with("\"missing\":\"indicator\"", "\"missing\":\"mean\""), 0, "another rule for missing values is not");
	check_same(with("\"sick\"", "\"ill\""), 0, "a label by another name is not");
}

/* Every allocation fails once: no leak, no crash, and the schema stays empty. */
static void test_torture(void)
{
	struct fl_err err = { 0 };
	struct schema s = { 0 };
	json_t *j = NULL;
	long k;
	int rc = FL_IO, clean = 1;

	json_parse(&j, full, sizeof full - 1, &err);
	for (k = 1; k < 1000 && rc != FL_OK; k++) {
		fl_alloc_fail_at(k);
		rc = schema_from_json(&s, j, &err);
		clean &= rc == FL_OK || (rc == FL_IO && !s.json && !s.fields);
	}
	fl_alloc_fail_at(0);
	CHECK(rc == FL_OK && clean && k > 5, "each of %ld allocations may fail", k - 2);
	schema_clear(&s);
	json_decref(j);
}

int main(void)
{
	test_full();
	test_refused();
	test_same();
	test_torture();
	return check_done();
}
