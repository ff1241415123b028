#include <string.h>

#include "tensor/meta.h"

/* Which stage may not follow which, and why. `unless` names a flag that the earlier stage may carry to lift the rule. */
static const struct {
	const char *op, *after, *unless, *why;
} rules[] = {
	{ "train", "train", NULL, "an update is trained once" },
	{ "clip", "clip", NULL, "clipping twice hides which bound holds" },
	{ "clip", "noise", NULL, "clipping after noise would clip the noise; clip first" },
	{ "clip", "mask", NULL, "a masked update has no norm to clip; clip first" },
	{ "noise", "noise", NULL, "noise twice would be charged twice; add it once" },
	{ "noise", "mask", NULL, "noise after a mask has no known sensitivity; add it first" },
	{ "noise", "compress", "data_independent", "noise after a data-dependent codec has no known sensitivity; add it first" },
	{ "mask", "mask", NULL, "masking twice cannot be undone by one cohort" },
	{ "mask", "compress", "linear", "masked sums need a linear codec of one shape; this one is not" },
	{ "compress", "compress", NULL, "is compressed already; decode it first" },
	{ "compress", "mask", NULL, "a masked update cannot be compressed; compress first" },
	{ "decompress", "mask", NULL, "a masked update cannot be decoded; unmask first" },
	{ "aggregate", "mask", NULL, "the sum is still masked; unmask it first" },
};

/* What a later stage takes back. */
static int undone(const json_t *stages, size_t from, size_t to, const char *after)
{
	const char *by = !strcmp(after, "compress") ? "decompress" : !strcmp(after, "mask") ? "unmask" : NULL;
	size_t i;

	for (i = from + 1; by && i < to; i++)
		if (!strcmp(meta_str(json_array_get(stages, i), "op"), by))
			return 1;
	return 0;
}

int stage_check(const json_t *stages, struct fl_err *err)
{
	const json_t *early;
	const char *op;
	size_t i, j, r;

	if (!json_is_array(stages))
		return fl_fail(err, FL_DATA, "\"stages\" is not a list");
	for (i = 0; i < json_array_size(stages); i++) {
		op = meta_str(json_array_get(stages, i), "op");
		if (!*op)
			return fl_fail(err, FL_DATA, "stage %zu has no \"op\"", i + 1);
		for (r = 0; r < sizeof rules / sizeof *rules; r++) {
			if (strcmp(rules[r].op, op))
				continue;
			for (j = 0; j < i; j++) {
				early = json_array_get(stages, j);
				if (strcmp(meta_str(early, "op"), rules[r].after) || undone(stages, j, i, rules[r].after))
					continue;
				if (rules[r].unless && json_is_true(json_object_get(early, rules[r].unless)))
					continue;
				return fl_fail(err, FL_REFUSED, "%s after %s: %s", op, rules[r].after, rules[r].why);
			}
		}
	}
	return FL_OK;
}
