#include "store/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/name.h"

int listing_add(struct listing *l, const char *name, size_t n, uint64_t size, struct fl_err *err)
{
	int rc;

	if (l->n == LISTING_MAX)
		return fl_fail(err, FL_DATA, "the list has more than %zu names", LISTING_MAX);
	TRY(fl_grow(&l->v, &l->cap, l->n + 1, sizeof *l->v, err));
	TRY(fl_strndup(&l->v[l->n].name, name, n, err));
	l->v[l->n++].size = size;
out:
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

void listing_sort(struct listing *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof *l->v, by_name);
}

void listing_clear(struct listing *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i].name);
	free(l->v);
	*l = (struct listing){ 0 };
}

static int json_row(struct listing *l, const char *line, size_t n, struct fl_err *err)
{
	const char *name = NULL;
	long long size = 0;
	struct name parsed;
	json_t *j = NULL;
	int rc;

	TRY(json_parse(&j, line, n, err));
	TRY(json_need_str(j, "name", &name, err));
	TRY(json_get_int(j, "size", &size, err));
	if (size < 0)
		TRY(fl_fail(err, FL_DATA, "size is negative"));
	if (name_parse(&parsed, name, NULL) == FL_OK)
		TRY(listing_add(l, name, strlen(name), (uint64_t)size, err));
out:
	json_decref(j);
	return rc;
}

int listing_json(struct listing *l, const char *text, size_t n, struct fl_err *err)
{
	const char *end = text + n, *nl;
	size_t row = 0;
	int rc;

	for (; text < end; text = nl + 1) {
		row++;
		nl = memchr(text, '\n', (size_t)(end - text));
		if (!nl)
			return fl_fail(err, FL_DATA, "the list is cut off in line %zu", row);
		if (nl == text)
			continue;
		if ((rc = json_row(l, text, (size_t)(nl - text), err)) != FL_OK) {
			fl_err_prefix(err, "list, line %zu", row);
			return rc;
		}
	}
	return FL_OK;
}
