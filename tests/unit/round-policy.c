/* Each rule alone lets through what it names, and nothing else; a file of rules is read strictly. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "round/policy.h"

static const char schema_text[] =
	"{\"fields\":[{\"name\":\"age\",\"type\":\"number\",\"fl\":{\"role\":\"feature\",\"encoding\":\"none\"}},"
	"{\"name\":\"note\",\"type\":\"string\",\"fl\":{\"role\":\"ignore\"}},"
	"{\"name\":\"sick\",\"type\":\"integer\",\"fl\":{\"role\":\"label\",\"encoding\":\"ordinal\",\"levels\":[\"0\",\"1\"]}}]}";

static json_t *json_of(const char *s)
{
	json_t *j = NULL;

	json_parse(&j, s, strlen(s), NULL);
	return j;
}

static void model_of(struct model *m)
{
	json_t *j = json_of(schema_text);
	struct schema s = { 0 };
	struct spec spec;
	struct fl_err err = { 0 };

	CHECK(schema_from_json(&s, j, &err) == FL_OK && spec_parse(&spec, "logistic", &s, &err) == FL_OK &&
	      model_new(m, &spec, &s, &err) == FL_OK, "a model to ask about %s", err.msg);
	schema_clear(&s);
	json_decref(j);
}

static int parse(struct policy *p, const char *text)
{
	json_t *j = json_of(text);
	int rc = policy_parse(p, j, NULL);

	json_decref(j);
	return rc;
}

static const struct row {
	const char *text;
	int rc;
} rows[] = {
	{ "{}", FL_OK },
	{ "{\"models\":[\"logistic\"]}", FL_OK },
	{ "{\"models\":[]}", FL_REFUSED },
	{ "{\"models\":[\"mlp\",\"cox\"]}", FL_REFUSED },
	{ "{\"columns\":[\"age\",\"sick\"]}", FL_OK }, /* what the schema ignores is not used */
	{ "{\"columns\":[\"sick\"]}", FL_REFUSED },
	{ "{\"columns\":[\"age\"]}", FL_REFUSED }, /* the label counts */
	{ "{\"solvers\":[\"sgd\"]}", FL_OK },
	{ "{\"solvers\":[\"adam\"]}", FL_REFUSED },
	{ "{\"coordinators\":[\"north\"]}", FL_OK },
	{ "{\"coordinators\":[\"south\"]}", FL_REFUSED },
	{ "{\"max_epochs\":5}", FL_OK },
	{ "{\"max_epochs\":4}", FL_REFUSED },
	{ "{\"max_epsilon\":1e9}", FL_REFUSED },
	{ "{\"max_epsilon\":0}", FL_REFUSED },
	{ "{\"require_mask\":true}", FL_REFUSED },
	{ "{\"require_mask\":false}", FL_OK },
};

static const char *const bad[] = {
	"[]", "3", "{\"model\":[]}", "{\"models\":\"mlp\"}", "{\"models\":[1]}", "{\"max_epochs\":0}", "{\"max_epochs\":-1}",
	"{\"max_epochs\":1.5}", "{\"min_rows\":\"many\"}", "{\"max_epsilon\":-1}", "{\"max_time_s\":0}", "{\"require_mask\":1}",
};

int main(void)
{
	struct train t = TRAIN_DEFAULTS;
	struct model m = { 0 };
	struct policy p = { 0 };
	size_t i;

	model_of(&m);
	t.in.epochs = 5;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK(parse(&p, rows[i].text) == FL_OK && policy_allows(&p, "north", &m, &t, NULL) == rows[i].rc, "%s", rows[i].text);
		policy_clear(&p);
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(parse(&p, bad[i]) == FL_CONFIG, "no policy: %s", bad[i]);
		policy_clear(&p);
	}
	parse(&p, "{\"min_rows\":100,\"max_epochs\":3}");
	CHECK(policy_rows(&p, &t, 100, NULL) == FL_OK && policy_rows(&p, &t, 99, NULL) == FL_REFUSED, "min_rows");
	t.in.steps = 30;
	t.in.batch = 10;
	CHECK(policy_rows(&p, &t, 100, NULL) == FL_OK, "30 steps of 10 are 3 epochs of 100 rows");
	t.in.steps = 31;
	CHECK(policy_rows(&p, &t, 100, NULL) == FL_REFUSED, "31 are more");
	t.in.batch = 0;
	t.in.steps = 3;
	CHECK(policy_rows(&p, &t, 100, NULL) == FL_OK, "3 steps of all rows are 3 epochs");
	policy_clear(&p);
	CHECK(policy_read(&p, NULL, NULL) == FL_OK && policy_allows(&p, "anybody", &m, &t, NULL) == FL_OK, "no file: no rules");
	model_clear(&m);
	return check_done();
}
