/* stats/fold: sums by name, compensated; maxima where the artefact says so; and what does not fit. */
#include "stats/fold.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/random.h"
#include "check.h"
#include "tensor/meta.h"

#define FILE_NAME "site.st"

/* A site's statistics: the array name = v[0..n), of type d, folded by op ("": the sum). */
static void write_site(const char *name, enum dtype d, const double *v, uint64_t n, const char *op)
{
	json_t *fl = meta_new("stats");
	struct out o = { 0 };
	struct st h = { 0 };
	const char *slash = strrchr(name, '/');

	if (*op)
		json_object_set_new(fl, "fold", json_pack("{s:s}", slash ? slash + 1 : name, op));
	if (st_add(&h, name, d, 1, &n, NULL) != FL_OK || st_layout(&h, NULL) != FL_OK || out_open(&o, FILE_NAME, OUT_BINARY, NULL) != FL_OK ||
	    art_write_header(&o, &h, fl, NULL, NULL) != FL_OK || out_write(&o, v, (size_t)h.data_len, NULL) != FL_OK ||
	    out_commit(&o, NULL) != FL_OK)
		abort();
	st_clear(&h);
	json_decref(fl);
}

static int add_file(struct stats_fold *f, struct fl_err *err)
{
	struct art a = { 0 };
	int rc;

	TRY(art_open(&a, FILE_NAME, err));
	TRY(stats_fold_add(f, &a, err));
out:
	art_close(&a);
	return rc;
}

static int add(struct stats_fold *f, const char *name, const double *v, uint64_t n, const char *op, struct fl_err *err)
{
	write_site(name, DT_F64, v, n, op);
	return add_file(f, err);
}

static void by_name(void)
{
	struct stats_fold f = { 0 };
	const struct stats_array *a, *b;

	add(&f, "age/moments", (const double[]){ 1, 2, 3 }, 3, "", NULL);
	add(&f, "sex/count/f", (const double[]){ 5 }, 1, "", NULL);
	add(&f, "age/moments", (const double[]){ 10, 20, 30 }, 3, "", NULL);
	stats_fold_end(&f);
	a = stats_fold_find(&f, "age/moments");
	b = stats_fold_find(&f, "sex/count/f");
	CHECK(f.count == 3, "three sites");
	CHECK(a && a->len == 3 && a->v[0] == 11 && a->v[1] == 22 && a->v[2] == 33, "arrays of a name are added");
	CHECK(b && b->len == 1 && b->v[0] == 5 && !stats_fold_find(&f, "sex"), "what a site lacks counts as zero");
	stats_fold_clear(&f);
}

static void by_maximum(void)
{
	struct stats_fold f = { 0 };
	const struct stats_array *a;

	add(&f, "age/range", (const double[]){ -18, 70 }, 2, "max", NULL);
	add(&f, "age/range", (const double[]){ -20, 90 }, 2, "max", NULL);
	stats_fold_end(&f);
	a = stats_fold_find(&f, "age/range");
	CHECK(a && a->v[0] == -18 && a->v[1] == 90, "a maximum, also of negative numbers");
	stats_fold_clear(&f);
}

/* 2000 numbers of very different size, forwards, backwards and in groups of groups, within 1e-15 of each other. */
static void order(void)
{
	enum { N = 2000 };
	static double v[N];
	double sum[2];
	struct stats_fold f = { 0 }, g;
	struct rng r;
	int i, way;

	rng_seed(&r, 1, 0);
	for (i = 0; i < N; i++)
		v[i] = fabs(rng_normal(&r)) * pow(10, 12 * rng_uniform(&r));
	for (way = 0; way < 2; way++) {
		for (i = 0; i < N; i++)
			add(&f, "s", &v[way ? N - 1 - i : i], 1, "", NULL);
		stats_fold_end(&f);
		sum[way] = stats_fold_find(&f, "s")->v[0];
		stats_fold_clear(&f);
	}
	CHECK_NEAR(sum[0], sum[1], 1e-15 * sum[0], "order does not show");
	for (i = 0; i < N; i += 50) {
		double part;
		int k;
		g = (struct stats_fold){ 0 };
		for (k = i; k < i + 50; k++)
			add(&g, "s", &v[k], 1, "", NULL);
		stats_fold_end(&g);
		part = stats_fold_find(&g, "s")->v[0];
		stats_fold_clear(&g);
		add(&f, "s", &part, 1, "", NULL);
	}
	stats_fold_end(&f);
	CHECK_NEAR(stats_fold_find(&f, "s")->v[0], sum[0], 1e-15 * sum[0], "grouping does not show");
	stats_fold_clear(&f);
}

/* Written, read and folded alone it is the same, and says of how many sites it is. */
static void written(void)
{
	struct stats_fold f = { 0 }, g = { 0 };
	struct out o = { 0 };

	add(&f, "a/range", (const double[]){ 1, DBL_MAX }, 2, "max", NULL);
	add(&f, "b", (const double[]){ 0.1, -0.3 }, 2, "", NULL);
	stats_fold_end(&f);
	CHECK(out_open(&o, FILE_NAME, OUT_BINARY, NULL) == FL_OK && stats_fold_write(&f, &o, NULL) == FL_OK &&
	      out_commit(&o, NULL) == FL_OK, "written");
	CHECK(add_file(&g, NULL) == FL_OK && g.count == 2, "and read, of two sites");
	stats_fold_end(&g);
	CHECK(stats_fold_find(&g, "a/range")->v[1] == DBL_MAX && stats_fold_find(&g, "a/range")->max && stats_fold_find(&g, "b")->v[1] == -0.3,
	      "with the same values and folds");
	stats_fold_clear(&f);
	stats_fold_clear(&g);
	stats_fold_clear(&g);
}

static void refused(void)
{
	struct fl_err err;
	struct stats_fold f = { 0 };

	add(&f, "x/moments", (const double[]){ 1, 2, 3 }, 3, "", &err);
	CHECK(add(&f, "x/moments", (const double[]){ 1, 2 }, 2, "", &err) == FL_DATA && strstr(err.msg, FILE_NAME) && strstr(err.msg, "x/moments"),
	      "another shape, naming file and array");
	CHECK(add(&f, "x/moments", (const double[]){ 1, 2, 3 }, 3, "max", &err) == FL_DATA, "another fold");
	CHECK(add(&f, "y", (const double[]){ NAN }, 1, "", &err) == FL_DATA && strstr(err.msg, "not finite"), "NaN");
	CHECK(add(&f, "y", (const double[]){ INFINITY }, 1, "", &err) == FL_DATA, "an infinite sum");
	CHECK(add(&f, "y", (const double[]){ 1 }, 1, "median", &err) == FL_VERSION && strstr(err.msg, "median"), "a fold to come");
	write_site("z", DT_F32, (const double[]){ 1 }, 1, "");
	CHECK(add_file(&f, &err) == FL_DATA && strstr(err.msg, "F32"), "another type");
	stats_fold_clear(&f);
}

int main(void)
{
	char dir[] = "/tmp/fl-stats.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	by_name();
	by_maximum();
	order();
	written();
	refused();
	unlink(FILE_NAME);
	rmdir(dir);
	return check_done();
}
