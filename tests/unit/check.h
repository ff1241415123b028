/*
 * check.h - a test is a line of TAP: `ok 3 - name` or `not ok 3 - name`, with what was wrong after a '#'.
 *
 * main() makes CHECKs, then returns check_done(). Names are printf formats.
 */
#ifndef FL_TESTS_CHECK_H
#define FL_TESTS_CHECK_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static int check_n, check_failed;

__attribute__((format(printf, 2, 3))) static inline int check_line(int ok, const char *name, ...)
{
	va_list ap;

	check_failed += !ok;
	printf("%sok %d - ", ok ? "" : "not ", ++check_n);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout); /* what was checked before a crash is seen */
	return ok;
}

#define CHECK(cond, ...) \
	(check_line(!!(cond), __VA_ARGS__) ? 1 : (printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond), 0))

/* |a - b| <= tol; never true of a NaN. */
#define CHECK_NEAR(a, b, tol, ...)                                                                          \
	(check_line(fabs((double)(a) - (double)(b)) <= (tol), __VA_ARGS__) ? 1                              \
		: (printf("# %s:%d: %s is %.17g, want %.17g within %g\n", __FILE__, __LINE__, #a, (double)(a), \
			  (double)(b), (double)(tol)), 0))

static inline int check_done(void)
{
	printf("1..%d\n", check_n);
	return check_failed || !check_n;
}

#endif
