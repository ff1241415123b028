#include "base/opt.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct opt *find(const struct opt *tab, char letter, const char *name, size_t n)
{
	if (!tab)
		return NULL;
	for (; tab->type != OPT_T_END; tab++)
		if (name ? strlen(tab->name) == n && !strncmp(tab->name, name, n) : letter && tab->letter == letter)
			return tab;
	return NULL;
}

static int set_name(const struct opt *o, const char *val, struct fl_err *err)
{
	char list[256] = "";
	const char *s;
	size_t i;

	for (i = 0; (s = o->names(i)); i++) {
		if (!strcmp(s, val)) {
			*(const char **)o->var = s;
			return FL_OK;
		}
		if (strlen(list) + strlen(s) + 3 < sizeof list) {
			strcat(list, i ? ", " : "");
			strcat(list, s);
		}
	}
	return fl_fail(err, FL_USAGE, "--%s: no '%.40s'; try %s", o->name, val, list);
}

static int set_int(const struct opt *o, const char *val, struct fl_err *err)
{
	char *end;
	long long x;

	errno = 0;
	x = strtoll(val, &end, 10);
	if (!*val || isspace((unsigned char)*val) || *end || errno)
		return fl_fail(err, FL_USAGE, "--%s: '%.40s' is not a whole number", o->name, val);
	if ((double)x < o->min || (double)x > o->max)
		return fl_fail(err, FL_USAGE, "--%s: %lld is not within %.0f and %.0f", o->name, x, o->min, o->max);
	*(long long *)o->var = x;
	return FL_OK;
}

static int set_real(const struct opt *o, const char *val, struct fl_err *err)
{
	char *end;
	double x;

	errno = 0;
	x = strtod(val, &end);
	if (!*val || isspace((unsigned char)*val) || *end || errno == ERANGE || !isfinite(x))
		return fl_fail(err, FL_USAGE, "--%s: '%.40s' is not a number", o->name, val);
	if (x < o->min || x > o->max)
		return fl_fail(err, FL_USAGE, "--%s: %g is not within %g and %g", o->name, x, o->min, o->max);
	*(double *)o->var = x;
	return FL_OK;
}

static int set(const struct opt *o, const char *val, struct fl_err *err)
{
	struct opt_list *l;

	switch (o->type) {
	case OPT_T_INT:
		return set_int(o, val, err);
	case OPT_T_REAL:
		return set_real(o, val, err);
	case OPT_T_NAME:
		return set_name(o, val, err);
	case OPT_T_LIST:
		l = o->var;
		if (l->n == OPT_LIST_MAX)
			return fl_fail(err, FL_USAGE, "--%s: given more than %d times", o->name, OPT_LIST_MAX);
		l->v[l->n++] = val;
		return FL_OK;
	default:
		*(const char **)o->var = val;
		return FL_OK;
	}
}

static int parse_long(const struct opt *a, const struct opt *b, int argc, char **argv, int *i, struct fl_err *err)
{
	const char *s = argv[*i] + 2, *eq = strchr(s, '=');
	size_t n = eq ? (size_t)(eq - s) : strlen(s);
	const struct opt *o = find(a, 0, s, n);
	int no = 0;

	if (!o)
		o = find(b, 0, s, n);
	if (!o && n > 3 && !strncmp(s, "no-", 3)) {
		no = 1;
		o = find(a, 0, s + 3, n - 3);
		if (!o)
			o = find(b, 0, s + 3, n - 3);
		if (o && o->type != OPT_T_FLAG)
			o = NULL;
	}
	if (!o)
		return fl_fail(err, FL_USAGE, "no option '--%.*s'; see --help", (int)(n < 40 ? n : 40), s);
	if (o->type == OPT_T_FLAG) {
		if (eq)
			return fl_fail(err, FL_USAGE, "--%s takes no value", o->name);
		*(int *)o->var = !no;
		return FL_OK;
	}
	if (eq)
		return set(o, eq + 1, err);
	if (*i + 1 >= argc)
		return fl_fail(err, FL_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	return set(o, argv[++*i], err);
}

static int parse_short(const struct opt *a, const struct opt *b, int argc, char **argv, int *i, struct fl_err *err)
{
	const char *s;
	const struct opt *o;

	for (s = argv[*i] + 1; *s; s++) {
		o = find(a, *s, NULL, 0);
		if (!o)
			o = find(b, *s, NULL, 0);
		if (!o)
			return fl_fail(err, FL_USAGE, "no option '-%c'; see --help", *s >= 32 && *s < 127 ? *s : '?');
		if (o->type == OPT_T_FLAG) {
			*(int *)o->var = 1;
			continue;
		}
		if (s[1])
			return set(o, s + 1, err);
		if (*i + 1 >= argc)
			return fl_fail(err, FL_USAGE, "-%c needs a value: --%s %s", *s, o->name, o->arg);
		return set(o, argv[++*i], err);
	}
	return FL_OK;
}

int opt_parse(const struct opt *a, const struct opt *b, int argc, char **argv, int *nargs, struct fl_err *err)
{
	int i, n = 0, rc = FL_OK;

	for (i = 1; i < argc && rc == FL_OK; i++) {
		if (!strcmp(argv[i], "--")) {
			for (i++; i < argc; i++)
				argv[1 + n++] = argv[i];
		} else if (!strncmp(argv[i], "--", 2)) {
			rc = parse_long(a, b, argc, argv, &i, err);
		} else if (argv[i][0] == '-' && argv[i][1]) {
			rc = parse_short(a, b, argc, argv, &i, err);
		} else {
			argv[1 + n++] = argv[i];
		}
	}
	*nargs = n;
	return rc;
}

/* The default as text, "" where there is none. */
static const char *default_text(const struct opt *o, char *out, size_t size)
{
	const char *s;

	switch (o->type) {
	case OPT_T_INT:
		snprintf(out, size, "%lld", *(long long *)o->var);
		break;
	case OPT_T_REAL:
		snprintf(out, size, "%g", *(double *)o->var);
		break;
	case OPT_T_FLAG:
		snprintf(out, size, "%s", *(int *)o->var ? "on" : "");
		break;
	case OPT_T_LIST:
		out[0] = 0;
		break;
	default:
		s = *(const char **)o->var;
		snprintf(out, size, "%s", !s ? "" : !strcmp(s, "-") ? "standard streams" : s);
	}
	if ((o->type == OPT_T_INT && *(long long *)o->var == -1) || (o->type == OPT_T_REAL && *(double *)o->var == -1))
		out[0] = 0; /* -1 is "not given" */
	return out;
}

static void print_choices(const struct opt *o, const char *sep, FILE *f)
{
	const char *s;
	size_t i;

	for (i = 0; (s = o->names(i)); i++)
		fprintf(f, "%s%s", i ? sep : "", s);
}

void opt_help(const struct opt *tab, FILE *f)
{
	char head[96], def[96];

	for (; tab && tab->type != OPT_T_END; tab++) {
		if (tab->letter)
			snprintf(head, sizeof head, "-%c, --%s %s", tab->letter, tab->name, tab->arg ? tab->arg : "");
		else
			snprintf(head, sizeof head, "    --%s %s", tab->name, tab->arg ? tab->arg : "");
		fprintf(f, "  %-28s %s", head, tab->help);
		if (tab->type == OPT_T_NAME) {
			fputs(": ", f);
			print_choices(tab, ", ", f);
		}
		if (*default_text(tab, def, sizeof def))
			fprintf(f, " [%s]", def);
		fputc('\n', f);
	}
}

void opt_describe(const struct opt *tab, const char *sub, FILE *f)
{
	static const char *const types[] = { "end", "flag", "int", "real", "str", "file", "dir", "name", "list" };
	char def[96];

	for (; tab && tab->type != OPT_T_END; tab++) {
		fprintf(f, "opt\t%s\t%c\t%s\t%s\t%s\t", sub, tab->letter ? tab->letter : '-', tab->name,
			tab->arg ? tab->arg : "-", types[tab->type]);
		if (tab->type == OPT_T_NAME)
			print_choices(tab, " ", f);
		else
			fputc('-', f);
		fprintf(f, "\t%s\t%s\n", *default_text(tab, def, sizeof def) ? def : "-", tab->help);
	}
}
