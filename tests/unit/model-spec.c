/* Specs: from text and JSON and back, names and places of tensors, initial parameters, and what is refused. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/head.h"
#include "model/spec.h"

/* A schema of two features and a label with so many classes: 0 numeric, -1 survival. */
static struct schema schema_of(int classes)
{
	static const char head[] = "{\"fields\":[{\"name\":\"a\",\"type\":\"number\",\"fl\":{\"role\":\"feature\",\"encoding\":"
				   "\"none\"}},{\"name\":\"b\",\"type\":\"number\",\"fl\":{\"role\":\"feature\",\"encoding\":\"none\"}},";
	struct schema s = { 0 };
	char text[1024];
	json_t *j = NULL;
	struct fl_err err = { 0 };
	size_t at = (size_t)snprintf(text, sizeof text, "%s", head);
	int i;

	if (classes < 0)
		at += (size_t)snprintf(text + at, sizeof text - at, "{\"name\":\"t\",\"type\":\"number\",\"fl\":{\"role\":\"time\"}},"
				       "{\"name\":\"e\",\"type\":\"integer\",\"fl\":{\"role\":\"event\"}}]}");
	else if (!classes)
		at += (size_t)snprintf(text + at, sizeof text - at, "{\"name\":\"y\",\"type\":\"number\",\"fl\":{\"role\":\"label\"}}]}");
	else {
		at += (size_t)snprintf(text + at, sizeof text - at,
				       "{\"name\":\"y\",\"type\":\"string\",\"fl\":{\"role\":\"label\",\"levels\":[");
		for (i = 0; i < classes; i++)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s\"c%d\"", i ? "," : "", i);
		snprintf(text + at, sizeof text - at, "]}}]}");
	}
	if (json_parse(&j, text, strlen(text), &err) != FL_OK || schema_from_json(&s, j, &err) != FL_OK)
		printf("Bail out! %s\n", err.msg);
	json_decref(j);
	return s;
}

static void test_text(int classes, const char *text, const char *json)
{
	struct schema s = schema_of(classes);
	struct spec m = { 0 }, back = { 0 };
	struct fl_err err = { 0 };
	char *got = NULL, *again = NULL;
	json_t *j = NULL;
	int rc = spec_parse(&m, text, &s, &err);

	CHECK(rc == FL_OK, "%s parses %s", text, err.msg);
	if (rc == FL_OK) {
		j = spec_to_json(&m);
		json_canonical(&got, j, NULL);
		CHECK(!strcmp(got, json), "%s is %s", text, got);
		CHECK(spec_from_json(&back, j, &err) == FL_OK, "and is read back");
		json_decref(j);
		j = spec_to_json(&back);
		json_canonical(&again, j, NULL);
		CHECK(!strcmp(got, again) && spec_params(&m) == spec_params(&back), "as itself");
	}
	json_decref(j);
	free(got);
	free(again);
	schema_clear(&s);
}

static void test_refused(int classes, const char *text, const char *why)
{
	struct schema s = schema_of(classes);
	struct spec m = { 0 };
	struct fl_err err = { 0 };

	CHECK(spec_parse(&m, text, &s, &err) == FL_USAGE && strstr(err.msg, why) && !m.family, "%s: %s", text, err.msg);
	schema_clear(&s);
}

static void test_bad_json(const char *text, enum fl_status want, const char *why)
{
	struct spec m = { 0 };
	struct fl_err err = { 0 };
	json_t *j = NULL;

	json_parse(&j, text, strlen(text), &err);
	CHECK(j && spec_from_json(&m, j, &err) == (int)want && strstr(err.msg, why) && !m.family, "%d: %s", want, err.msg);
	json_decref(j);
}

static void test_tensors(void)
{
	static const char *const names[] = { "0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias" };
	static const size_t shapes[][2] = { { 5, 3 }, { 5, 0 }, { 4, 5 }, { 4, 0 }, { 2, 4 }, { 2, 0 } };
	struct spec m = { .family = "mlp", .head = &head_categorical, .inputs = 3, .outputs = 2, .n_hidden = 2,
		.hidden = { 5, 4 }, .dropout = 0.5, .intercept = 1 };
	struct spec_tensor t;
	size_t i, at = 0;

	for (i = 0; i < spec_tensors(&m); i++) {
		spec_tensor(&m, i, &t);
		CHECK(!strcmp(t.name, names[i]) && t.shape[0] == shapes[i][0] && t.shape[1] == shapes[i][1] && t.at == at &&
		      t.ndim == (shapes[i][1] ? 2 : 1) && t.len == t.shape[0] * (t.ndim == 2 ? t.shape[1] : 1),
		      "tensor %zu is %s at %zu", i, t.name, t.at);
		at += t.len;
	}
	CHECK(i == 6 && spec_params(&m) == at, "6 tensors of %zu numbers", at);
	m.dropout = 0;
	m.intercept = 0;
	spec_tensor(&m, 4, &t);
	CHECK(!strcmp(t.name, "4.weight") && spec_tensors(&m) == 5 && spec_params(&m) == at - 2,
	      "without dropout and intercept the last is %s", t.name);
	m = (struct spec){ .family = "softmax", .head = &head_categorical, .inputs = 3, .outputs = 4, .intercept = 1 };
	spec_tensor(&m, 1, &t);
	CHECK(!strcmp(t.name, "bias") && t.at == 12 && spec_params(&m) == 16, "one layer has weight and bias");
}

static void test_init(void)
{
	struct spec m = { .family = "mlp", .head = &head_gaussian, .inputs = 16, .outputs = 1, .n_hidden = 1,
		.hidden = { 100 }, .intercept = 1 };
	float theta[1801], again[1801];
	double sum = 0, sq = 0, top = 0;
	struct rng r;
	size_t i;

	rng_seed(&r, 1, 0);
	spec_init(&m, INIT_AUTO, &r, theta);
	for (i = 0; i < 1700; i++) {
		sum += (double)theta[i];
		sq += (double)theta[i] * (double)theta[i];
		top = fmax(top, fabs((double)theta[i]));
	}
	CHECK(top <= 0.25 && top > 0.24, "first layer within 1 / sqrt 16, up to %g", top);
	CHECK_NEAR(sum / 1700, 0, 0.02, "its mean");
	CHECK_NEAR(sq / 1700, 1.0 / 48, 0.002, "its variance is a uniform's");
	for (top = 0; i < 1801; i++)
		top = fmax(top, fabs((double)theta[i]));
	CHECK(top <= 0.1 && top > 0.09, "last layer within 1 / sqrt 100, up to %g", top);
	rng_seed(&r, 1, 0);
	spec_init(&m, INIT_TORCH, &r, again);
	CHECK(!memcmp(theta, again, sizeof theta), "the same seed gives the same start");
	m.n_hidden = 0;
	spec_init(&m, INIT_AUTO, &r, theta);
	for (i = 0, sum = 0; i < 17; i++)
		sum += fabs((double)theta[i]);
	CHECK(sum == 0, "one layer starts at 0");
}

int main(void)
{
	test_text(0, "linear", "{\"family\":\"linear\",\"head\":\"gaussian\",\"inputs\":2,\"intercept\":true,\"outputs\":1}");
	test_text(2, "logistic,intercept=no",
		  "{\"family\":\"logistic\",\"head\":\"bernoulli\",\"inputs\":2,\"intercept\":false,\"outputs\":1}");
	test_text(2, "softmax", "{\"family\":\"softmax\",\"head\":\"categorical\",\"inputs\":2,\"intercept\":true,\"outputs\":2}");
	test_text(-1, "cox,ties=breslow", "{\"family\":\"cox\",\"head\":\"cox\",\"inputs\":2,\"intercept\":false,\"outputs\":1,"
					  "\"ties\":\"breslow\"}");
	test_text(3, "mlp:64,32,act=gelu,dropout=0.25",
		  "{\"act\":\"gelu\",\"dropout\":0.25,\"family\":\"mlp\",\"head\":\"categorical\",\"hidden\":[64,32],\"inputs\":2,"
		  "\"intercept\":true,\"outputs\":3}");
	test_text(0, "mlp:4,head=poisson", "{\"act\":\"relu\",\"family\":\"mlp\",\"head\":\"poisson\",\"hidden\":[4],\"inputs\":2,"
					   "\"intercept\":true,\"outputs\":1}");
	test_refused(3, "logistic", "exactly two classes");
	test_refused(0, "softmax", "two or more classes");
	test_refused(2, "linear", "numeric label");
	test_refused(2, "cox", "time and event");
	test_refused(2, "tree", "try cox, linear, logistic, mlp, poisson, softmax");
	test_refused(2, "mlp", "hidden layer");
	test_refused(2, "mlp:", "not a width");
	test_refused(2, "mlp:0", "not a width");
	test_refused(2, "mlp:65537", "not a width");
	test_refused(2, "mlp:65536,65536", "2^31");
	test_refused(2, "mlp:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "more than 16");
	test_refused(2, "mlp:8,dropout=1", "below 1");
	test_refused(2, "mlp:8,dropout=nan", "below 1");
	test_refused(2, "mlp:8,act=swish", "relu, tanh or gelu");
	test_refused(2, "mlp:8,depth=3", "no setting \"depth\"");
	test_refused(2, "logistic:8", "no hidden layers");
	test_refused(2, "logistic,dropout=0.5", "dropout needs hidden layers");
	test_refused(2, "logistic,head=categorical", "does not belong");
	test_refused(2, "mlp:8,head=cauchy", "one of bernoulli, categorical");
	test_bad_json("[1]", FL_DATA, "not an object");
	test_bad_json("{\"family\":\"tree\",\"head\":\"gaussian\",\"inputs\":1,\"outputs\":1}", FL_VERSION, "no family \"tree\"");
	test_bad_json("{\"family\":\"mlp\",\"head\":\"cauchy\",\"inputs\":1,\"outputs\":1}", FL_VERSION, "no head \"cauchy\"");
	test_bad_json("{\"family\":\"linear\",\"head\":\"gaussian\",\"outputs\":1}", FL_DATA, "inputs");
	test_bad_json("{\"family\":\"linear\",\"head\":\"gaussian\",\"inputs\":-3,\"outputs\":1}", FL_DATA, "inputs");
	test_bad_json("{\"family\":\"linear\",\"head\":\"gaussian\",\"inputs\":3,\"outputs\":2}", FL_DATA, "outputs");
	test_bad_json("{\"family\":\"linear\",\"head\":\"gaussian\",\"inputs\":4294967296,\"outputs\":1}", FL_DATA, "inputs");
	test_bad_json("{\"family\":\"softmax\",\"head\":\"categorical\",\"inputs\":2147483647,\"outputs\":65536}", FL_DATA, "2^31");
	test_bad_json("{\"family\":\"mlp\",\"head\":\"gaussian\",\"inputs\":3,\"outputs\":1,\"hidden\":[4,\"5\"]}", FL_DATA,
		      "hidden width 2");
	test_bad_json("{\"family\":\"mlp\",\"head\":\"gaussian\",\"inputs\":3,\"outputs\":1,\"hidden\":{}}", FL_DATA, "not an array");
	test_bad_json("{\"family\":\"linear\",\"head\":\"gaussian\",\"inputs\":3,\"outputs\":1,\"hidden\":[4]}", FL_DATA,
		      "no hidden layers");
	test_tensors();
	test_init();
	return check_done();
}
