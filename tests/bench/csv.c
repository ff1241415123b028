/* csv FILE: read every value of a CSV file of numbers as a double, then print megabytes a second and the sum. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "data/csv.h"
#include "data/number.h"

static int add_row(const struct csv *c, double *sum)
{
	double x;
	size_t i;

	for (i = 0; i < c->n_names; i++) {
		if (!number_parse(c->cells[i].s, c->cells[i].n, &x))
			return 0;
		*sum += x;
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct fl_err err = { 0 };
	struct csv c = { 0 };
	struct stat st;
	double start = clock_s(), sum = 0;
	int more = 1;

	if (argc != 2 || stat(argv[1], &st) != 0 || csv_open(&c, argv[1], CSV_AUTO, &err) != FL_OK)
		return 1;
	while (csv_next(&c, &more, &err) == FL_OK && more)
		if (!add_row(&c, &sum))
			return 1;
	if (more)
		return 1;
	printf("%.1f %.6f\n", (double)st.st_size / 1e6 / (clock_s() - start), sum);
	csv_close(&c);
	return 0;
}
