#include "model/spec.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "model/head.h"

struct family {
	const char *name, *summary;
	const struct head *head; /* NULL: follows from the schema */
	int hidden;              /* takes hidden layers */
};

static const struct family families[] = {
#define FAMILY(name, summary, head, hidden) { #name, summary, head, hidden },
#include "model/families.def"
#undef FAMILY
};

#define N_FAMILIES (sizeof families / sizeof *families)

static const char *const acts[] = { [ACT_RELU] = "relu", [ACT_TANH] = "tanh", [ACT_GELU] = "gelu" };

const char *spec_family_name(size_t i)
{
	return i < N_FAMILIES ? families[i].name : NULL;
}

const char *spec_family_summary(size_t i)
{
	return i < N_FAMILIES ? families[i].summary : NULL;
}

const char *spec_act_name(enum spec_act act)
{
	return acts[act];
}

static const struct family *find_family(const char *name)
{
	size_t i;

	for (i = 0; i < N_FAMILIES; i++)
		if (!strcmp(families[i].name, name))
			return &families[i];
	return NULL;
}

static int find_act(const char *name, enum spec_act *act)
{
	size_t i;

	for (i = 0; i < sizeof acts / sizeof *acts; i++)
		if (!strcmp(acts[i], name)) {
			*act = (enum spec_act)i;
			return 1;
		}
	return 0;
}

/* "a, b, c" of the names that name(i) gives, for a sentence. */
static const char *names(char *out, size_t size, const char *(*name)(size_t))
{
	size_t i, at = 0;

	out[0] = 0;
	for (i = 0; name(i) && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "", name(i));
	return out;
}

/* What can be wrong with a whole spec, however it was written: NULL or the rule it breaks. */
static const char *broken(const struct spec *m)
{
	const struct family *f = find_family(m->family);
	size_t i, in = m->inputs, n = 0;

	if (f->head && f->head != m->head)
		return "its head does not belong to the family";
	if (!f->hidden && m->n_hidden)
		return "this family takes no hidden layers";
	if (f->hidden && !m->n_hidden)
		return "a width for each hidden layer is missing, as in mlp:64,32";
	if (m->inputs < 1 || m->inputs > SPEC_PARAMS_MAX)
		return "it has no inputs, or too many";
	if (m->head->label == HEAD_CLASSES ? m->outputs < 2 || m->outputs > SPEC_WIDTH_MAX : m->outputs != 1)
		return "the number of outputs does not fit the head";
	if (!(m->dropout >= 0 && m->dropout < 1))
		return "dropout must be at least 0 and below 1";
	if (m->dropout > 0 && !m->n_hidden)
		return "dropout needs hidden layers";
	for (i = 0; i <= m->n_hidden; i++) {
		size_t out = i < m->n_hidden ? m->hidden[i] : m->outputs;

		if (out < 1 || out > SPEC_WIDTH_MAX)
			return "a width must be 1 to 65536";
		n += (in + 1) * out; /* at most 2^31 + (2^31 + 1) 2^16: no overflow */
		if (n > SPEC_PARAMS_MAX)
			return "it has more than 2^31 parameters";
		in = out;
	}
	return NULL;
}

static int parse_width(struct spec *m, const char *word, struct fl_err *err)
{
	char *end, shown[40];
	long v = strtol(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || *end || v < 1 || v > SPEC_WIDTH_MAX)
		return fl_fail(err, FL_USAGE, "\"%s\" is not a width from 1 to %d",
			       fl_err_quote(shown, 32, word, strlen(word)), SPEC_WIDTH_MAX);
	if (m->n_hidden == SPEC_HIDDEN_MAX)
		return fl_fail(err, FL_USAGE, "more than %d hidden layers", SPEC_HIDDEN_MAX);
	m->hidden[m->n_hidden++] = (size_t)v;
	return FL_OK;
}

static int parse_dropout(struct spec *m, const char *v, struct fl_err *err)
{
	char *end;

	m->dropout = strtod(v, &end);
	if (!*v || *end || !(m->dropout >= 0 && m->dropout < 1))
		return fl_fail(err, FL_USAGE, "dropout must be at least 0 and below 1");
	return FL_OK;
}

static int parse_choice(const char *key, const char *v, const char *no, const char *yes, int *out, struct fl_err *err)
{
	if (strcmp(v, no) && strcmp(v, yes))
		return fl_fail(err, FL_USAGE, "%s must be %s or %s", key, yes, no);
	*out = !strcmp(v, yes);
	return FL_OK;
}

static int parse_setting(struct spec *m, const char *key, const char *v, struct fl_err *err)
{
	char all[128], shown[40];

	if (!strcmp(key, "dropout"))
		return parse_dropout(m, v, err);
	if (!strcmp(key, "intercept"))
		return parse_choice(key, v, "no", "yes", &m->intercept, err);
	if (!strcmp(key, "ties"))
		return parse_choice(key, v, "breslow", "efron", &m->efron, err);
	if (!strcmp(key, "act"))
		return find_act(v, &m->act) ? FL_OK : fl_fail(err, FL_USAGE, "act must be relu, tanh or gelu");
	if (!strcmp(key, "head")) {
		m->head = head_find(v);
		return m->head ? FL_OK : fl_fail(err, FL_USAGE, "head must be one of %s", names(all, sizeof all, head_name));
	}
	return fl_fail(err, FL_USAGE, "no setting \"%s\"; try act, dropout, head, intercept, ties",
		       fl_err_quote(shown, 32, key, strlen(key)));
}

static int parse_words(struct spec *m, char *text, struct fl_err *err)
{
	char *word, *eq;
	int rc = FL_OK;

	while (rc == FL_OK && (word = strsep(&text, ","))) {
		eq = strchr(word, '=');
		if (!eq) {
			rc = parse_width(m, word, err);
			continue;
		}
		*eq = 0;
		rc = parse_setting(m, word, eq + 1, err);
	}
	return rc;
}

static int settle_head(struct spec *m, const struct schema *s, struct fl_err *err)
{
	const char *why;

	if (!m->head)
		m->head = head_for(s);
	if (!m->head)
		return fl_fail(err, FL_USAGE, "the schema has no label, and no time and event");
	why = head_misfit(m->head, s);
	if (why)
		return fl_fail(err, FL_USAGE, "%s", why);
	m->inputs = s->width;
	m->outputs = m->head->label == HEAD_CLASSES ? schema_classes(s) : 1;
	/* The partial likelihood does not change with an intercept, so it has none. */
	if (m->head->label == HEAD_SURVIVAL)
		m->intercept = 0;
	return FL_OK;
}

static int parse_whole(struct spec *m, char *text, const struct schema *s, struct fl_err *err)
{
	char all[128], shown[40], *rest = text + strcspn(text, ":,");
	const struct family *f;
	const char *why;
	int rc, act, ties;

	rest = *rest ? (*rest = 0, rest + 1) : NULL;
	f = find_family(text);
	if (!f)
		return fl_fail(err, FL_USAGE, "no model \"%s\"; try %s", fl_err_quote(shown, 32, text, strlen(text)),
			       names(all, sizeof all, spec_family_name));
	m->family = f->name;
	m->head = f->head;
	act = rest && strstr(rest, "act=");
	ties = rest && strstr(rest, "ties=");
	TRY(parse_words(m, rest, err));
	TRY(settle_head(m, s, err));
	why = act && !m->n_hidden ? "act needs hidden layers" :
	      ties && m->head->label != HEAD_SURVIVAL ? "ties are for survival" : broken(m);
	if (why)
		rc = fl_fail(err, FL_USAGE, "%s", why);
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", f->name);
	return rc;
}

int spec_parse(struct spec *m, const char *text, const struct schema *s, struct fl_err *err)
{
	struct spec out = { .intercept = 1, .efron = 1 };
	char *copy;
	int rc;

	TRY(fl_strdup(&copy, text, err));
	TRY(parse_whole(&out, copy, s, err));
	*m = out;
out:
	free(copy);
	return rc;
}

json_t *spec_to_json(const struct spec *m)
{
	json_t *j = json_pack("{s:s, s:s, s:I, s:I}", "family", m->family, "head", m->head->name, "inputs",
			      (json_int_t)m->inputs, "outputs", (json_int_t)m->outputs);
	json_t *hidden = json_array();
	size_t i;
	int bad = !j || !hidden;

	for (i = 0; i < m->n_hidden; i++)
		bad |= json_array_append_new(hidden, json_integer((json_int_t)m->hidden[i]));
	if (m->n_hidden) {
		bad |= json_object_set(j, "hidden", hidden);
		bad |= json_object_set_new(j, "act", json_string(acts[m->act]));
	}
	if (m->dropout > 0)
		bad |= json_object_set_new(j, "dropout", json_real(m->dropout));
	bad |= json_object_set_new(j, "intercept", json_boolean(m->intercept));
	if (m->head->label == HEAD_SURVIVAL)
		bad |= json_object_set_new(j, "ties", json_string(m->efron ? "efron" : "breslow"));
	json_decref(hidden);
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

static int size_from_json(const json_t *j, const char *key, size_t *out, struct fl_err *err)
{
	long long v = -1;
	int rc = json_get_int(j, key, &v, err);

	if (rc == FL_OK && (v < 1 || (unsigned long long)v > SPEC_PARAMS_MAX))
		return fl_fail(err, FL_DATA, "%s is missing or out of range", key);
	*out = (size_t)v;
	return rc;
}

static int hidden_from_json(struct spec *m, const json_t *j, struct fl_err *err)
{
	const json_t *a = json_object_get(j, "hidden"), *w;
	size_t i;

	if (a && !json_is_array(a))
		return fl_fail(err, FL_DATA, "hidden is not an array");
	if (json_array_size(a) > SPEC_HIDDEN_MAX)
		return fl_fail(err, FL_DATA, "more than %d hidden layers", SPEC_HIDDEN_MAX);
	json_array_foreach((json_t *)a, i, w) {
		if (!json_is_integer(w) || json_integer_value(w) < 1 || json_integer_value(w) > SPEC_WIDTH_MAX)
			return fl_fail(err, FL_DATA, "hidden width %zu is not a number from 1 to %d", i + 1, SPEC_WIDTH_MAX);
		m->hidden[m->n_hidden++] = (size_t)json_integer_value(w);
	}
	return FL_OK;
}

/* The family and the head; what this build does not know is FL_VERSION. */
static int kind_from_json(struct spec *m, const json_t *j, struct fl_err *err)
{
	const struct family *f;
	const char *family, *head;
	char shown[40];
	int rc;

	TRY(json_need_str(j, "family", &family, err));
	TRY(json_need_str(j, "head", &head, err));
	f = find_family(family);
	m->head = head_find(head);
	if (!f)
		return fl_fail(err, FL_VERSION, "no family \"%s\" in this version",
			       fl_err_quote(shown, 32, family, strlen(family)));
	if (!m->head)
		return fl_fail(err, FL_VERSION, "no head \"%s\" in this version", fl_err_quote(shown, 32, head, strlen(head)));
	m->family = f->name;
out:
	return rc;
}

static int settings_from_json(struct spec *m, const json_t *j, struct fl_err *err)
{
	const char *act = "relu", *ties = "efron";
	int rc;

	TRY(json_get_str(j, "act", &act, err));
	TRY(json_get_str(j, "ties", &ties, err));
	TRY(json_get_real(j, "dropout", &m->dropout, err));
	TRY(json_get_bool(j, "intercept", &m->intercept, err));
	if (!find_act(act, &m->act))
		return fl_fail(err, FL_DATA, "act is not relu, tanh or gelu");
	if (strcmp(ties, "efron") && strcmp(ties, "breslow"))
		return fl_fail(err, FL_DATA, "ties is not efron or breslow");
	m->efron = !strcmp(ties, "efron");
out:
	return rc;
}

int spec_from_json(struct spec *m, const json_t *j, struct fl_err *err)
{
	struct spec out = { .intercept = 1 };
	const char *why;
	int rc;

	if (!json_is_object(j))
		TRY(fl_fail(err, FL_DATA, "not an object"));
	TRY(kind_from_json(&out, j, err));
	TRY(size_from_json(j, "inputs", &out.inputs, err));
	TRY(size_from_json(j, "outputs", &out.outputs, err));
	TRY(hidden_from_json(&out, j, err));
	TRY(settings_from_json(&out, j, err));
	why = broken(&out);
	if (why)
		TRY(fl_fail(err, FL_DATA, "%s", why));
	*m = out;
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "model spec");
	return rc;
}

/* Width of what goes into layer l of n_hidden + 1, and of what comes out. */
static size_t width_in(const struct spec *m, size_t l)
{
	return l ? m->hidden[l - 1] : m->inputs;
}

static size_t width_out(const struct spec *m, size_t l)
{
	return l < m->n_hidden ? m->hidden[l] : m->outputs;
}

void spec_layer(const struct spec *m, size_t l, struct spec_layer *layer)
{
	size_t i, at = 0;

	for (i = 0; i < l; i++)
		at += (width_in(m, i) + 1) * width_out(m, i);
	layer->in = width_in(m, l);
	layer->out = width_out(m, l);
	layer->has_bias = l < m->n_hidden || m->intercept;
	layer->weight = at;
	layer->bias = at + layer->in * layer->out;
}

size_t spec_params(const struct spec *m)
{
	struct spec_layer last;

	spec_layer(m, m->n_hidden, &last);
	return last.bias + (last.has_bias ? last.out : 0);
}

size_t spec_tensors(const struct spec *m)
{
	return 2 * m->n_hidden + 1 + (m->intercept ? 1 : 0);
}

void spec_tensor(const struct spec *m, size_t i, struct spec_tensor *t)
{
	struct spec_layer layer;
	size_t l = i / 2;
	int bias = i % 2;

	spec_layer(m, l, &layer);
	/* Position in Sequential: a linear layer, its activation, and its dropout where there is some. */
	if (m->n_hidden)
		snprintf(t->name, sizeof t->name, "%zu.%s", l * (m->dropout > 0 ? 3 : 2), bias ? "bias" : "weight");
	else
		snprintf(t->name, sizeof t->name, "%s", bias ? "bias" : "weight");
	t->ndim = bias ? 1 : 2;
	t->shape[0] = layer.out;
	t->shape[1] = bias ? 0 : layer.in;
	t->at = bias ? layer.bias : layer.weight;
	t->len = bias ? layer.out : layer.out * layer.in;
}

void spec_init(const struct spec *m, enum spec_init how, struct rng *r, float *theta)
{
	struct spec_tensor t;
	struct spec_layer layer;
	size_t i, j;

	memset(theta, 0, spec_params(m) * sizeof *theta);
	if (how == INIT_ZEROS || (how == INIT_AUTO && !m->n_hidden))
		return;
	for (i = 0; i < spec_tensors(m); i++) {
		double bound;

		spec_tensor(m, i, &t);
		spec_layer(m, i / 2, &layer);
		bound = 1 / sqrt((double)layer.in);
		for (j = 0; j < t.len; j++)
			theta[t.at + j] = (float)(bound * (2 * rng_uniform(r) - 1));
	}
}
