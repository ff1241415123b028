/* The JSON object of a set of rows: its keys in order, counts or sums of weights, reasons, intervals. */
#include "model/metric.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check.h"

static void json_is(const struct metric_in *in, const char *const *levels, double (*ci)[2], const char *want)
{
	struct metric_set s = { 0 };
	char *text = NULL;
	json_t *j;

	metric_prepare(&s, in, NULL);
	j = metric_json(&s, levels, ci);
	if (j)
		text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(6));
	if (!CHECK(text && !strcmp(text, want), "JSON %.50s", want))
		printf("# got %s\n", text ? text : "nothing");
	free(text);
	json_decref(j);
	metric_clear(&s);
}

static void test_json_values(void)
{
	static const double p[] = { .5, 1, 0, 1 };
	static const float y[] = { 1, 2, 1, 1 }, w[] = { .5, 1 }, event[] = { 1, 0 };
	struct metric_in in = { .task = METRIC_REGRESSION, .n = 2, .k = 1, .p = p, .y = y };
	double ci[64][2];
	size_t i;

	json_is(&in, NULL, NULL, "{\"n\":2,\"rmse\":0.790569,\"mae\":0.75,\"r2\":-1.5}");
	for (i = 0; i < metric_count(); i++) {
		ci[i][0] = strcmp(metric_at(i)->name, "r2") ? .5 : NAN;
		ci[i][1] = 1;
	}
	in.weight = w;
	in.y = y + 2;
	json_is(&in, NULL, ci,
		"{\"n\":2,\"weight\":1.5,\"rmse\":0.288675,\"mae\":0.166667,\"r2\":null,\"undefined\":"
		"{\"r2\":\"the label is constant\"},\"ci\":{\"rmse\":[0.5,1.0],\"mae\":[0.5,1.0],\"r2\":null}}");
	in = (struct metric_in){ .task = METRIC_SURVIVAL, .n = 2, .k = 1, .p = p, .time = y, .event = event };
	json_is(&in, NULL, NULL, "{\"n\":2,\"c_index\":0.0}");
}

static void test_json_classes(void)
{
	static const double p[] = { .5, .25, .25, .25, .25, .5 };
	static const float y[] = { 1, 2 };
	static const char *const levels[] = { "a", "b\"", "c" }, *const broken[] = { "a", "\xff", "c" };
	struct metric_in in = { .task = METRIC_MULTICLASS, .n = 2, .k = 3, .p = p, .y = y };
	struct metric_set s = { 0 };
	json_t *j, *want;

	CHECK(metric_prepare(&s, &in, NULL) == FL_OK, "prepare");
	CHECK(!metric_json(&s, broken, NULL), "a level that is not UTF-8 gives no JSON");
	j = metric_json(&s, levels, NULL);
	want = json_pack("{s:[sss],s:[[iii],[iii],[iii]]}", "levels", "a", "b\"", "c",
			 "matrix", 0, 0, 0, 1, 0, 0, 0, 0, 1);
	CHECK(json_equal(json_object_get(j, "confusion"), want), "confusion by level");
	json_decref(want);
	CHECK(json_array_size(json_object_get(j, "calibration")) == METRIC_BINS, "calibration curve");
	json_decref(j);
	metric_clear(&s);
}

int main(void)
{
	test_json_values();
	test_json_classes();
	return check_done();
}
