#include "base/json.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

int json_parse(json_t **j, const char *s, size_t n, struct fl_err *err)
{
	json_error_t e;

	*j = json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!*j)
		return fl_fail(err, FL_DATA, "line %d, column %d: %s", e.line, e.column, e.text);
	return FL_OK;
}

int json_read(json_t **j, const char *path, struct fl_err *err)
{
	struct buf b = { .max = JSON_MAX };
	int rc;

	*j = NULL;
	TRY(in_slurp(&b, path, err));
	rc = json_parse(j, b.data ? b.data : "", b.len, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
out:
	buf_clear(&b);
	return rc;
}

int json_canonical(char **text, const json_t *j, struct fl_err *err)
{
	*text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY);
	return *text ? FL_OK : fl_fail(err, FL_IO, "out of memory: JSON");
}

int json_write(const json_t *j, FILE *f, struct fl_err *err)
{
	size_t form = isatty(fileno(f)) ? JSON_INDENT(2) : 0;

	if (json_dumpf(j, f, form | JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY) != 0 || fputc('\n', f) == EOF)
		return fl_fail_errno(err, FL_IO, "cannot write");
	return FL_OK;
}

json_t *json_metric(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

#define GET(o, key, v) \
	const json_t *v = json_object_get(o, key); \
	if (!v) \
		return FL_OK

int json_get_str(const json_t *o, const char *key, const char **v, struct fl_err *err)
{
	GET(o, key, j);
	if (!json_is_string(j) || strlen(json_string_value(j)) != json_string_length(j))
		return fl_fail(err, FL_DATA, "\"%s\" is not a string", key);
	*v = json_string_value(j);
	return FL_OK;
}

int json_get_real(const json_t *o, const char *key, double *v, struct fl_err *err)
{
	GET(o, key, j);
	if (!json_is_number(j) || !isfinite(json_number_value(j)))
		return fl_fail(err, FL_DATA, "\"%s\" is not a number", key);
	*v = json_number_value(j);
	return FL_OK;
}

int json_get_int(const json_t *o, const char *key, long long *v, struct fl_err *err)
{
	GET(o, key, j);
	if (!json_is_integer(j))
		return fl_fail(err, FL_DATA, "\"%s\" is not a whole number", key);
	*v = json_integer_value(j);
	return FL_OK;
}

int json_get_bool(const json_t *o, const char *key, int *v, struct fl_err *err)
{
	GET(o, key, j);
	if (!json_is_boolean(j))
		return fl_fail(err, FL_DATA, "\"%s\" is not true or false", key);
	*v = json_is_true(j);
	return FL_OK;
}

int json_need_str(const json_t *o, const char *key, const char **v, struct fl_err *err)
{
	if (!json_object_get(o, key))
		return fl_fail(err, FL_DATA, "\"%s\" is missing", key);
	return json_get_str(o, key, v, err);
}
