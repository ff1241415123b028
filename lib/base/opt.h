/*
 * opt.h - options written once, read four ways: parsing, --help, completions, man page.
 *
 * A command has one static const table of struct opt. Each row points at a typed variable that also holds the default:
 *
 *   OPT_FLAG  int *            --x sets 1, --no-x sets 0
 *   OPT_INT   long long *      whole numbers in [min, max]
 *   OPT_REAL  double *         finite numbers in [min, max]
 *   OPT_STR   const char **    any text (also OPT_FILE and OPT_DIR, which only differ in completion)
 *   OPT_NAME  const char **    one of the names that the function names(i) gives for i = 0, 1, ... until NULL
 *   OPT_LIST  struct opt_list* may be repeated; every value is kept in order
 *
 * Long options are never abbreviated; numbers are checked whole and against their range, and never clamped.
 */
#ifndef FL_BASE_OPT_H
#define FL_BASE_OPT_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum opt_type { OPT_T_END, OPT_T_FLAG, OPT_T_INT, OPT_T_REAL, OPT_T_STR, OPT_T_FILE, OPT_T_DIR, OPT_T_NAME, OPT_T_LIST };

#define OPT_LIST_MAX 256

struct opt_list {
	size_t n;
	const char *v[OPT_LIST_MAX];
};

struct opt {
	enum opt_type type;
	char letter; /* 0: none */
	const char *name;
	void *var;
	const char *arg; /* what stands for the value in --help, upper case */
	const char *help;
	double min, max;
	const char *(*names)(size_t i);
};

#define OPT_FLAG(l, n, v, h) { OPT_T_FLAG, l, n, v, NULL, h, 0, 0, NULL }
#define OPT_INT(l, n, v, a, h, lo, hi) { OPT_T_INT, l, n, v, a, h, lo, hi, NULL }
#define OPT_REAL(l, n, v, a, h, lo, hi) { OPT_T_REAL, l, n, v, a, h, lo, hi, NULL }
#define OPT_STR(l, n, v, a, h) { OPT_T_STR, l, n, v, a, h, 0, 0, NULL }
#define OPT_FILE(l, n, v, a, h) { OPT_T_FILE, l, n, v, a, h, 0, 0, NULL }
#define OPT_DIR(l, n, v, a, h) { OPT_T_DIR, l, n, v, a, h, 0, 0, NULL }
#define OPT_NAME(l, n, v, a, h, f) { OPT_T_NAME, l, n, v, a, h, 0, 0, f }
#define OPT_LIST(l, n, v, a, h) { OPT_T_LIST, l, n, v, a, h, 0, 0, NULL }
#define OPT_END { OPT_T_END, 0, NULL, NULL, NULL, NULL, 0, 0, NULL }

/* Parse argv[1..] against the tables a and b (either may be NULL), a first. Operands are gathered, in order, at the
 * front of argv[1..]; *nargs is their number. FL_USAGE with a sentence that names the option. */
int opt_parse(const struct opt *a, const struct opt *b, int argc, char **argv, int *nargs, struct fl_err *err);

/* The rows as an indented list, defaults and choices included. */
void opt_help(const struct opt *tab, FILE *f);

/* The rows as tab-separated lines: opt SUB LETTER LONG ARG TYPE CHOICES DEFAULT HELP ("-" where empty). */
void opt_describe(const struct opt *tab, const char *sub, FILE *f);

#endif
