#include "data/synth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

#define SCENARIO(id) extern const struct scenario synth_##id;
#include "data/scenarios.def"
#undef SCENARIO

static const struct scenario *const table[] = {
#define SCENARIO(id) &synth_##id,
#include "data/scenarios.def"
#undef SCENARIO
};

const struct scenario *synth_at(size_t i)
{
	return i < sizeof table / sizeof table[0] ? table[i] : NULL;
}

const char *synth_name(size_t i)
{
	const struct scenario *sc = synth_at(i);

	return sc ? sc->name : NULL;
}

const struct scenario *synth_find(const char *name, struct fl_err *err)
{
	char list[256] = "";
	size_t i, used = 0;

	for (i = 0; synth_at(i); i++) {
		if (!strcmp(synth_name(i), name))
			return synth_at(i);
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", synth_name(i));
	}
	fl_fail(err, FL_USAGE, "no scenario '%.40s'; try %s", name, list);
	return NULL;
}

void synth_defaults(struct synth_opts *o, const struct scenario *sc)
{
	*o = (struct synth_opts){ .skew = 1, .rows = sc->rows, .test_rows = sc->test_rows, .alpha = 1, .beta = 1 };
}

int synth_open(struct synth *s, const struct scenario *sc, const struct synth_opts *o, size_t silo, struct fl_err *err)
{
	int rc = fl_alloc(&s->state, 1, sc->state_size, err);

	if (rc != FL_OK)
		return rc;
	s->sc = sc;
	rng_seed(&s->train, o->seed, 2 * (uint64_t)silo);
	rng_seed(&s->test, o->seed, 2 * (uint64_t)silo + 1);
	sc->site(s->state, o, &s->train, &s->size);
	return FL_OK;
}

void synth_row(struct synth *s, int test, double *v)
{
	s->sc->row(s->state, test ? &s->test : &s->train, v);
}

void synth_close(struct synth *s)
{
	free(s->state);
	*s = (struct synth){ 0 };
}

/* Chance */

size_t synth_rows(const struct synth_opts *o, struct rng *r, double spread)
{
	double z, n;

	do
		z = rng_normal(r);
	while (fabs(z) > 2);
	n = floor(o->rows * exp(o->skew * spread * z) + 0.5);
	return n < 10 ? 10 : n > 1e12 ? (size_t)1e12 : (size_t)n;
}

double synth_fit(const struct synth_col *c, double x)
{
	double unit = pow(10, c->decimals);

	if (c->lo < c->hi)
		x = x < c->lo ? c->lo : x > c->hi ? c->hi : x;
	return c->decimals < 0 ? x : floor(x * unit + 0.5) / unit;
}

int synth_coin(struct rng *r, double p)
{
	return rng_uniform(r) < p;
}

size_t synth_pick(struct rng *r, const double *w, size_t n)
{
	double sum = 0, u;
	size_t i;

	for (i = 0; i < n; i++)
		sum += w[i];
	u = rng_uniform(r) * sum;
	for (i = 0; i + 1 < n && u >= w[i]; i++)
		u -= w[i];
	return i;
}

double synth_logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* Schema */

static json_t *level_list(const char *levels)
{
	json_t *a = json_array();

	while (*levels) {
		size_t n = strcspn(levels, " ");
		json_array_append_new(a, json_stringn(levels, n));
		levels += n + (levels[n] == ' ');
	}
	return a;
}

static json_t *column_meaning(const struct synth_col *c)
{
	json_t *fl = json_object();

	json_object_set_new(fl, "role", json_string(schema_role_name(c->role)));
	if (c->role == ROLE_FEATURE)
		json_object_set_new(fl, "encoding", json_string(schema_encoding_name(c->enc)));
	if (c->role == ROLE_FEATURE && c->enc == ENC_STANDARD) {
		json_object_set_new(fl, "mean", json_real(c->mean));
		json_object_set_new(fl, "std", json_real(c->std));
	}
	if (c->levels)
		json_object_set_new(fl, "levels", level_list(c->levels));
	if (c->missing == MISSING_INDICATOR)
		json_object_set_new(fl, "missing", json_string("indicator"));
	if (c->unit)
		json_object_set_new(fl, "unit", json_string(c->unit));
	if (c->code)
		json_object_set_new(fl, "code", json_string(c->code));
	return fl;
}

static json_t *column_field(const struct synth_col *c)
{
	json_t *f = json_pack("{s:s, s:s, s:s}", "name", c->name, "title", c->title, "type", schema_type_name(c->type));

	if (c->lo < c->hi)
		json_object_set_new(f, "constraints", json_pack("{s:f, s:f}", "minimum", c->lo, "maximum", c->hi));
	json_object_set_new(f, "fl", column_meaning(c));
	return f;
}

int synth_schema(json_t **j, const struct scenario *sc, struct fl_err *err)
{
	json_t *fields = json_array();
	size_t i;

	for (i = 0; i < sc->n_cols; i++)
		json_array_append_new(fields, column_field(&sc->cols[i]));
	*j = json_pack("{s:s, s:s, s:[s], s:o}", "title", sc->summary, "description",
		       "Synthetic. Means and standard deviations are constants of the scenario, not of any rows.",
		       "missingValues", "", "fields", fields);
	if (*j && json_array_size(fields) == sc->n_cols)
		return FL_OK;
	json_decref(*j);
	*j = NULL;
	return fl_fail(err, FL_IO, "out of memory: schema of %s", sc->name);
}

int synth_write_schema(const struct scenario *sc, const char *dir, struct fl_err *err)
{
	struct out o = { 0 };
	json_t *j = NULL;
	char *text = NULL, *path = NULL;
	size_t size = strlen(dir) + sizeof "/schema.json";
	int rc;

	TRY(synth_schema(&j, sc, err));
	text = json_dumps(j, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	if (!text) {
		rc = fl_fail(err, FL_IO, "out of memory: schema of %s", sc->name);
		goto out;
	}
	TRY(fl_alloc(&path, size, 1, err));
	snprintf(path, size, "%s/schema.json", dir);
	TRY(out_open(&o, path, OUT_TEXT, err));
	TRY(out_write(&o, text, strlen(text), err));
	TRY(out_write(&o, "\n", 1, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	free(path);
	free(text);
	json_decref(j);
	return rc;
}

/* Files */

static int add_value(struct buf *b, const struct synth_col *c, double x, struct fl_err *err)
{
	const char *s = c->levels;
	size_t i;

	if (isnan(x))
		return FL_OK;
	if (!s)
		return c->decimals < 0 ? buf_addf(b, err, "%.9g", x) : buf_addf(b, err, "%.*f", c->decimals, x);
	for (i = (size_t)x; i > 0; i--)
		s = strchr(s, ' ') + 1;
	return buf_add(b, s, strcspn(s, " "), err);
}

/* One line: the names where v is NULL. */
static int add_line(struct buf *b, const struct scenario *sc, const double *v, struct fl_err *err)
{
	size_t i;
	int rc;

	b->len = 0;
	for (i = 0; i < sc->n_cols; i++) {
		if (i)
			TRY(buf_adds(b, ",", err));
		TRY(v ? add_value(b, &sc->cols[i], v[i], err) : buf_adds(b, sc->cols[i].name, err));
	}
	rc = buf_adds(b, "\n", err);
out:
	return rc;
}

static int write_rows(struct synth *s, int test, const char *path, struct fl_err *err)
{
	double v[SYNTH_COLS_MAX];
	struct buf b = { 0 };
	struct out o = { 0 };
	size_t i, n = test ? s->size.test : s->size.train;
	int rc;

	TRY(out_open(&o, path, OUT_TEXT, err));
	TRY(add_line(&b, s->sc, NULL, err));
	TRY(out_write(&o, b.data, b.len, err));
	for (i = 0; i < n; i++) {
		synth_row(s, test, v);
		TRY(add_line(&b, s->sc, v, err));
		TRY(out_write(&o, b.data, b.len, err));
	}
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	buf_clear(&b);
	return rc;
}

int synth_write_silo(const struct scenario *sc, const struct synth_opts *o, size_t silo, size_t silos, const char *dir,
		     struct synth_size *size, struct fl_err *err)
{
	int rc, test, digits = silos < 100 ? 2 : snprintf(NULL, 0, "%zu", silos);
	size_t room = strlen(dir) + 64;
	struct synth s = { 0 };
	char *path = NULL;

	TRY(fl_alloc(&path, room, 1, err));
	TRY(synth_open(&s, sc, o, silo, err));
	for (test = 0; test < 2; test++) {
		snprintf(path, room, "%s/silo-%0*zu.%s.csv", dir, digits, silo, test ? "test" : "train");
		TRY(write_rows(&s, test, path, err));
	}
	*size = s.size;
out:
	synth_close(&s);
	free(path);
	return rc;
}
