/*
 * synth.h - synthetic tables for a federation: named scenarios, silo by silo, row by row.
 *
 * A scenario is one file, data/synth-NAME.c, and one row in data/scenarios.def. It gives its columns, draws what is
 * peculiar to a silo, and fills one row at a time; files, schema, rounding and streams of chance are here. Silo k,
 * numbered from 1, draws its own character and its training rows from stream 2k of the seed and its test rows from
 * stream 2k + 1: it is the same whatever the number of silos, and its test rows have the same chance whatever the
 * number of its training rows. Stream 1 is what all silos share.
 *
 * The schema's means and standard deviations are constants of the scenario: what its population has at skew 1, rounded.
 * They are never computed from the rows written, so the schema gives nothing away about them.
 */
#ifndef FL_DATA_SYNTH_H
#define FL_DATA_SYNTH_H

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/random.h"
#include "data/schema.h"

#define SYNTH_SILOS_MAX 100000
#define SYNTH_COLS_MAX 64

struct synth_col {
	const char *name, *title;
	enum field_type type;
	enum field_role role;
	enum field_encoding enc;
	enum field_missing missing;
	int decimals;           /* written; -1: 9 significant digits */
	double lo, hi;          /* values are held within; lo = hi: free */
	double mean, std;       /* of the population, for ENC_STANDARD */
	const char *levels;     /* separated by spaces; the value is an index */
	const char *unit, *code; /* UCUM and LOINC where they exist, else NULL */
};

/* Rows of a column table: a measurement, a 0/1 flag, a category, a label with levels. */
#define SYNTH_NUM(n, t, dec, low, high, mu, sd, u, c) \
	{ .name = n, .title = t, .type = (dec) ? TYPE_NUMBER : TYPE_INTEGER, .decimals = dec, .lo = low, .hi = high, \
	  .mean = mu, .std = sd, .unit = u, .code = c }
#define SYNTH_LAB(n, t, dec, low, high, mu, sd, u, c) \
	{ .name = n, .title = t, .type = TYPE_NUMBER, .decimals = dec, .lo = low, .hi = high, \
	  .mean = mu, .std = sd, .unit = u, .code = c, .missing = MISSING_INDICATOR }
#define SYNTH_FLAG(n, t) { .name = n, .title = t, .type = TYPE_INTEGER, .enc = ENC_NONE, .hi = 1 }
#define SYNTH_CAT(n, t, l) { .name = n, .title = t, .type = TYPE_STRING, .enc = ENC_ONEHOT, .levels = l }
#define SYNTH_LABEL(n, t, l) \
	{ .name = n, .title = t, .type = TYPE_INTEGER, .role = ROLE_LABEL, .enc = ENC_ORDINAL, .levels = l }

struct synth_opts {
	uint64_t seed;
	double skew;        /* >= 0: how far silos differ; 0 not at all, 1 as the scenario has it */
	double rows;        /* > 0: of a silo of middle size, before its split where the scenario splits */
	double alpha, beta; /* >= 0: leaf-synthetic's */
	size_t test_rows;   /* of every silo; 0: a tenth of the silo's rows, where the scenario splits */
};

struct synth_size {
	size_t train, test;
};

struct scenario {
	const char *name, *summary, *source;
	size_t silos;             /* default */
	double rows;              /* default */
	size_t test_rows;         /* default */
	int takes_alpha_beta;
	const struct synth_col *cols;
	size_t n_cols;
	size_t state_size;        /* of what site() fills in: the silo's character */
	void (*site)(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size);
	/* v[0..n_cols): numbers, indices of levels, NAN where missing. r is the stream of the row. */
	void (*row)(void *state, struct rng *r, double *v);
};

const struct scenario *synth_at(size_t i); /* NULL past the last */
const char *synth_name(size_t i);
/* NULL with FL_USAGE and the names there are. */
const struct scenario *synth_find(const char *name, struct fl_err *err);

/* The scenario's own defaults. */
void synth_defaults(struct synth_opts *o, const struct scenario *sc);

/* One silo: draw rows with synth_row(), size.train of them with test 0 and then size.test with test 1. */
struct synth {
	const struct scenario *sc;
	struct synth_size size;
	struct rng train, test;
	void *state;
};
int synth_open(struct synth *s, const struct scenario *sc, const struct synth_opts *o, size_t silo, struct fl_err *err);
void synth_row(struct synth *s, int test, double *v);
void synth_close(struct synth *s);

/* The Table Schema as JSON; the caller json_decref()s. */
int synth_schema(json_t **j, const struct scenario *sc, struct fl_err *err);

/* Write silo number silo of silos as dir/silo-NN.train.csv and dir/silo-NN.test.csv; NN has two digits, or as many as
 * silos needs. *size says how many rows. FL_CREATE, FL_IO. */
int synth_write_silo(const struct scenario *sc, const struct synth_opts *o, size_t silo, size_t silos, const char *dir,
		     struct synth_size *size, struct fl_err *err);

/* Write dir/schema.json. */
int synth_write_schema(const struct scenario *sc, const char *dir, struct fl_err *err);

/* For scenarios. */

/* Log-normal number of rows around o->rows: the factor exp(skew spread z), z normal and within +-2; at least 10. */
size_t synth_rows(const struct synth_opts *o, struct rng *r, double spread);

/* x held within c's bounds and rounded to its decimals: what a reader of the file will see. */
double synth_fit(const struct synth_col *c, double x);

/* 1 with probability p. */
int synth_coin(struct rng *r, double p);

/* Index i with probability w[i] / sum w; all w >= 0, some > 0. */
size_t synth_pick(struct rng *r, const double *w, size_t n);

double synth_logistic(double x);

#endif
