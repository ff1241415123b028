/* tensor/meta and tensor/stage: what the "fl" object may say, and the chain of stages as a type. */
#include "tensor/meta.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check.h"

#define D1 "b2-256:0000000000000000000000000000000000000000000000000000000000000001"
#define D2 "b2-256:0000000000000000000000000000000000000000000000000000000000000002"

static json_t *json(const char *s)
{
	json_t *j = NULL;

	if (json_parse(&j, s, strlen(s), NULL) != FL_OK)
		abort(); /* a mistake in the test */
	return j;
}

static int check(const char *s, struct fl_err *err)
{
	json_t *j = json(s);
	int rc = meta_check(j, err);

	json_decref(j);
	return rc;
}

static void members(void)
{
	static const struct {
		int rc;
		const char *fl, *why;
	} rows[] = {
		{ FL_OK, "{\"v\":1,\"kind\":\"update\",\"weight\":512,\"round\":7,\"base\":\"" D1 "\",\"x\":[1]}", "" },
		{ FL_OK, "{\"v\":1,\"kind\":\"a kind to come\",\"weight\":0.00000095367431640625}", "" },
		{ FL_DATA, "[]", "object" },
		{ FL_DATA, "{\"kind\":\"model\"}", "\"v\"" },
		{ FL_DATA, "{\"v\":0,\"kind\":\"model\"}", "\"v\"" },
		{ FL_DATA, "{\"v\":\"1\",\"kind\":\"model\"}", "v" },
		{ FL_VERSION, "{\"v\":2}", "newer" },
		{ FL_DATA, "{\"v\":1}", "kind" },
		{ FL_DATA, "{\"v\":1,\"kind\":3}", "kind" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"model\",\"base\":\"b2-256:12\"}", "base" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"model\",\"schema\":1}", "schema" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"model\",\"round\":-1}", "round" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"model\",\"round\":1.5}", "round" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"weight\":-1}", "weight" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"weight\":16777216}", "weight" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"weight\":0.1}", "weight" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"weight\":\"1\"}", "weight" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"stages\":{}}", "stages" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"stages\":[{}]}", "op" },
		{ FL_DATA, "{\"v\":1,\"kind\":\"update\",\"stages\":[3]}", "op" },
	};
	struct fl_err err = { 0 };
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		int rc = check(rows[i].fl, &err);
		CHECK(rc == rows[i].rc && (rc == FL_OK || strstr(err.msg, rows[i].why)), "%d for %s", rows[i].rc, rows[i].fl);
	}
}

/* The table of architecture.md and of fl-artefact(5), row by row. */
static void chains(void)
{
	static const struct {
		int rc;
		const char *stages;
	} rows[] = {
		{ FL_OK, "[]" },
		{ FL_OK, "[{\"op\":\"train\"},{\"op\":\"clip\"},{\"op\":\"noise\"},{\"op\":\"compress\"}]" },
		{ FL_OK, "[{\"op\":\"train\"},{\"op\":\"something new\"},{\"op\":\"something new\"}]" },
		{ FL_OK, "[{\"op\":\"compress\"},{\"op\":\"decompress\"},{\"op\":\"compress\"}]" },
		{ FL_OK, "[{\"op\":\"compress\",\"linear\":true},{\"op\":\"mask\"}]" },
		{ FL_OK, "[{\"op\":\"compress\",\"data_independent\":true},{\"op\":\"noise\"}]" },
		{ FL_OK, "[{\"op\":\"mask\"},{\"op\":\"unmask\"},{\"op\":\"aggregate\"}]" },
		{ FL_REFUSED, "[{\"op\":\"train\"},{\"op\":\"train\"}]" },
		{ FL_REFUSED, "[{\"op\":\"clip\"},{\"op\":\"x\"},{\"op\":\"clip\"}]" },
		{ FL_REFUSED, "[{\"op\":\"noise\"},{\"op\":\"noise\"}]" },
		{ FL_REFUSED, "[{\"op\":\"noise\"},{\"op\":\"clip\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"clip\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"noise\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"mask\"}]" },
		{ FL_REFUSED, "[{\"op\":\"compress\"},{\"op\":\"noise\"}]" },
		{ FL_REFUSED, "[{\"op\":\"compress\",\"linear\":false},{\"op\":\"mask\"}]" },
		{ FL_REFUSED, "[{\"op\":\"compress\",\"linear\":1},{\"op\":\"mask\"}]" },
		{ FL_REFUSED, "[{\"op\":\"compress\"},{\"op\":\"compress\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"compress\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"aggregate\"}]" },
		{ FL_REFUSED, "[{\"op\":\"mask\"},{\"op\":\"unmask\"},{\"op\":\"mask\"},{\"op\":\"aggregate\"}]" },
	};
	struct fl_err err = { 0 };
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *j = json(rows[i].stages);
		CHECK(stage_check(j, &err) == rows[i].rc, "%d for %s", rows[i].rc, rows[i].stages);
		json_decref(j);
	}
}

static void derived(void)
{
	static const char *const drop[] = { "table", "absent", NULL };
	json_t *a = json("{\"v\":1,\"kind\":\"model\",\"table\":{},\"ours-to-come\":{\"x\":[1,2]}}"), *b = NULL, *n = meta_new("stats");

	CHECK(meta_derive(&b, a, "update", drop, NULL) == FL_OK && !strcmp(meta_str(b, "kind"), "update") && !json_object_get(b, "table"),
	      "another kind, without what is dropped");
	CHECK(json_equal(json_object_get(b, "ours-to-come"), json_object_get(a, "ours-to-come")), "unknown members are carried along");
	CHECK(!strcmp(meta_str(a, "kind"), "model") && json_object_get(a, "table"), "the original stays as it was");
	CHECK(meta_add_stage(b, json("{\"op\":\"mask\"}"), NULL) == FL_OK && meta_add_stage(b, json("{\"op\":\"clip\"}"), NULL) == FL_REFUSED,
	      "a stage is checked against those before it");
	CHECK(meta_check(n, NULL) == FL_OK && meta_round(n) == 0 && !*meta_str(n, "base"), "a new object is sound");
	json_decref(a);
	json_decref(b);
	json_decref(n);
}

static void same_round(void)
{
	static const char one[] = "{\"v\":1,\"kind\":\"update\",\"base\":\"" D1 "\",\"schema\":\"" D1 "\",\"spec_digest\":\"" D1 "\"}";
	static const struct {
		const char *why, *fl;
	} rows[] = {
		{ "another base", "{\"base\":\"" D2 "\",\"schema\":\"" D1 "\",\"spec_digest\":\"" D1 "\"}" },
		{ "another base", "{\"schema\":\"" D1 "\",\"spec_digest\":\"" D1 "\"}" },
		{ "another schema", "{\"base\":\"" D1 "\",\"schema\":\"" D2 "\",\"spec_digest\":\"" D1 "\"}" },
		{ "another spec_digest", "{\"base\":\"" D1 "\",\"schema\":\"" D1 "\",\"spec_digest\":\"" D2 "\"}" },
		{ "another codec", "{\"base\":\"" D1 "\",\"schema\":\"" D1 "\",\"spec_digest\":\"" D1 "\",\"stages\":[{\"op\":\"compress\"},{\"op\":\"mask\"}]}" },
	};
	static const char coded[] = "{\"base\":\"" D1 "\",\"schema\":\"" D1 "\",\"spec_digest\":\"" D1 "\",\"stages\":[{\"op\":\"compress\"}]}";
	struct fl_err err = { 0 };
	json_t *a = json(one), *b;
	size_t i;

	CHECK(meta_same_round(a, a, &err) == FL_OK, "what agrees may be summed");
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		b = json(rows[i].fl);
		CHECK(meta_same_round(a, b, &err) == FL_DATA && strstr(err.msg, rows[i].why), "%s is named", rows[i].why);
		CHECK(meta_same_round(b, a, &err) == FL_DATA, "%s, the other way round", rows[i].why);
		json_decref(b);
	}
	b = json(coded);
	CHECK(meta_same_round(a, b, &err) == FL_OK, "what is decoded on its own may have any codec");
	json_decref(b);
	json_decref(a);
}

int main(void)
{
	members();
	chains();
	derived();
	same_round();
	return check_done();
}
