#include "model/rows.h"

#include <string.h>

static const char *const scales[] = { "schema", "local", "none", NULL };

const char *rows_scale_name(size_t i)
{
	return scales[i];
}

enum table_scale rows_scale(const char *name)
{
	int i;

	for (i = 0; scales[i]; i++)
		if (!strcmp(scales[i], name))
			return (enum table_scale)i;
	return TABLE_SCALE_SCHEMA;
}

/* Is one of the comma-separated names "-"? */
static int names_stdin(const char *files)
{
	size_t n;

	for (;; files += n + 1) {
		n = strcspn(files, ",");
		if (n == 1 && *files == '-')
			return 1;
		if (!files[n])
			return 0;
	}
}

int rows_check(const char *schema, const char *files, struct fl_err *err)
{
	if (!files || !*files)
		return fl_fail(err, FL_USAGE, "--data is missing: --data CSV");
	if (names_stdin(files))
		return fl_fail(err, FL_USAGE, "--data: standard input is the model");
	if (schema && !strcmp(schema, "-"))
		return fl_fail(err, FL_USAGE, "--schema: standard input is the model");
	return FL_OK;
}

int rows_read(struct table *t, const struct model *m, const char *schema, const char *files,
		  const struct table_opts *o, struct fl_err *err)
{
	struct schema own = { 0 };
	int rc = FL_OK;

	if (schema) {
		TRY(schema_read(&own, schema, err));
		rc = schema_same_encoding(&m->schema, &own, err);
		if (rc != FL_OK) {
			fl_err_prefix(err, "%s: other columns than the model's schema", schema);
			goto out;
		}
	}
	TRY(table_read(t, files, schema ? &own : &m->schema, o, err));
out:
	schema_clear(&own);
	return rc;
}
