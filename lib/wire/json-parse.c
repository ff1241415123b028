/* Messages from JSON: the way back of json.c. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/field.h"
#include "wire/message.h"
#include "wire/text.h"

static int to_text(const char **s, const json_t *j, struct fl_err *err)
{
	*s = json_string_value(j);
	if (!*s)
		return fl_fail(err, FL_DATA, "is not a string");
	if (strlen(*s) != json_string_length(j))
		return fl_fail(err, FL_DATA, "holds a zero byte");
	return FL_OK;
}

/* A whole number, as such or in a string, between min and max (min <= 0 <= max). Its bits in *v. */
static int to_whole(uint64_t *v, const json_t *j, int64_t min, uint64_t max, struct fl_err *err)
{
	const char *s = json_string_value(j), *d = s && *s == '-' ? s + 1 : s;
	double x = json_is_real(j) ? json_real_value(j) : 0;
	int negative = s ? d != s : json_is_real(j) ? x < 0 : json_integer_value(j) < 0;
	char *end = NULL;
	uint64_t size;

	if (json_is_real(j) && (x != floor(x) || fabs(x) > 0x1p53)) /* 1e3 is a whole number too */
		return fl_fail(err, FL_DATA, "is not a whole number");
	if (s && (!*d || strspn(d, "0123456789") != json_string_length(j) - (size_t)(d - s)))
		return fl_fail(err, FL_DATA, "is not a whole number");
	if (!s && !json_is_number(j))
		return fl_fail(err, FL_DATA, "is not a number");
	errno = 0;
	size = s ? strtoull(d, &end, 10) : json_is_real(j) ? (uint64_t)fabs(x) :
		negative ? (uint64_t)0 - (uint64_t)json_integer_value(j) : (uint64_t)json_integer_value(j);
	if (errno || (negative ? size > (uint64_t)0 - (uint64_t)min : size > max))
		return fl_fail(err, FL_DATA, "is out of range");
	*v = negative ? (uint64_t)0 - size : size;
	return FL_OK;
}

static int to_double(double *x, const json_t *j, struct fl_err *err)
{
	static const struct { const char *name; double x; } special[] = { { "NaN", NAN }, { "Infinity", INFINITY },
		{ "-Infinity", -INFINITY } };
	const char *s = json_string_value(j);
	char *end;
	size_t i;

	*x = json_number_value(j);
	if (!s)
		return json_is_number(j) ? FL_OK : fl_fail(err, FL_DATA, "is not a number");
	for (i = 0; i < sizeof special / sizeof *special; i++) {
		*x = special[i].x;
		if (!strcmp(s, special[i].name))
			return FL_OK;
	}
	*x = strtod(s, &end);
	if (!*s || *end || !strchr("-0123456789", *s) || strspn(s, "+-0123456789.eE") != json_string_length(j) || !isfinite(*x))
		return fl_fail(err, FL_DATA, "is not a number");
	return FL_OK;
}

static int to_enum(int32_t *v, const ProtobufCEnumDescriptor *d, const json_t *j, struct fl_err *err)
{
	const ProtobufCEnumValue *known;
	const char *name;
	char shown[44];
	uint64_t bits = 0;
	int rc;

	if (json_is_string(j)) {
		TRY(to_text(&name, j, err));
		known = protobuf_c_enum_descriptor_get_value_by_name(d, name);
		if (!known)
			return fl_fail(err, FL_DATA, "\"%s\" is no %s", fl_err_quote(shown, 40, name, strlen(name)), d->short_name);
		*v = known->value;
		return FL_OK;
	}
	TRY(to_whole(&bits, j, INT32_MIN, INT32_MAX, err));
	*v = (int32_t)(int64_t)bits;
out:
	return rc;
}

static int to_bytes(ProtobufCBinaryData *b, const json_t *j, struct fl_err *err)
{
	const char *s;
	int rc;

	TRY(to_text(&s, j, err));
	free(b->data);
	TRY(base64_parse(&b->data, &b->len, s, strlen(s), err));
out:
	return rc;
}

static int to_time(Google__Protobuf__Timestamp *t, const json_t *j, struct fl_err *err)
{
	const char *s;
	int rc;

	TRY(to_text(&s, j, err));
	TRY(time_parse(&t->seconds, &t->nanos, s, err));
out:
	return rc;
}

static int to_message(ProtobufCMessage *m, const json_t *j, struct fl_err *err);

static int to_part(ProtobufCMessage **m, const ProtobufCMessageDescriptor *d, const json_t *j, struct fl_err *err)
{
	int rc;

	TRY(msg_new(m, d, err));
	TRY(to_message(*m, j, err));
out:
	return rc;
}

static int to_32(uint32_t *v, const json_t *j, int64_t min, uint64_t max, struct fl_err *err)
{
	uint64_t bits = 0;
	int rc = to_whole(&bits, j, min, max, err);

	*v = (uint32_t)bits;
	return rc;
}

static int to_string(char **to, const json_t *j, struct fl_err *err)
{
	const char *s;
	int rc;

	TRY(to_text(&s, j, err));
	TRY(msg_set(to, s, err));
out:
	return rc;
}

static int to_value(void *at, const ProtobufCFieldDescriptor *f, const json_t *j, struct fl_err *err)
{
	double x = 0;
	int rc;

	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return to_32(at, j, INT32_MIN, INT32_MAX, err);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return to_32(at, j, 0, UINT32_MAX, err);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return to_whole(at, j, INT64_MIN, INT64_MAX, err);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return to_whole(at, j, 0, UINT64_MAX, err);
	case PROTOBUF_C_TYPE_FLOAT:
		rc = to_double(&x, j, err);
		*(float *)at = (float)x;
		return rc;
	case PROTOBUF_C_TYPE_DOUBLE:
		return to_double(at, j, err);
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)at = json_is_true(j);
		return json_is_boolean(j) ? FL_OK : fl_fail(err, FL_DATA, "is not true or false");
	case PROTOBUF_C_TYPE_ENUM:
		return to_enum(at, f->descriptor, j, err);
	case PROTOBUF_C_TYPE_STRING:
		return to_string(at, j, err);
	case PROTOBUF_C_TYPE_BYTES:
		return to_bytes(at, j, err);
	case PROTOBUF_C_TYPE_MESSAGE:
		return to_part(at, f->descriptor, j, err);
	}
	return fl_fail(err, FL_BUG, "a field of no known type");
}

static int to_field(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const json_t *j, struct fl_err *err)
{
	int many = f->label == PROTOBUF_C_LABEL_REPEATED;
	size_t i, n = many ? json_array_size(j) : 1;
	void *at;
	int rc = FL_OK;

	if (json_is_null(j))
		return FL_OK;
	if (many && !json_is_array(j))
		return fl_fail(err, FL_DATA, "%s: is not an array", f->name);
	if (field_count(m, f))
		return fl_fail(err, FL_DATA, "%s: is given twice", f->name);
	if (n == 0)
		return FL_OK;
	TRY(field_make(&at, m, f, n, err));
	for (i = 0; i < n; i++)
		TRY(field_prefix(err, f, i, to_value((char *)at + i * field_size(f->type), f, many ? json_array_get(j, i) : j, err)));
out:
	return rc;
}

/* The field that a member names: as in the .proto file, or in lowerCamelCase. */
static const ProtobufCFieldDescriptor *find(const ProtobufCMessageDescriptor *d, const char *key)
{
	char name[2 * 64];
	size_t k = 0;
	const char *s;

	for (s = key; *s && k < sizeof name - 2; s++) {
		if (*s >= 'A' && *s <= 'Z')
			name[k++] = '_';
		name[k++] = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
	}
	name[k] = 0;
	return *s ? NULL : protobuf_c_message_descriptor_get_field_by_name(d, name);
}

static int to_message(ProtobufCMessage *m, const json_t *j, struct fl_err *err)
{
	const ProtobufCFieldDescriptor *f;
	const char *key;
	char shown[44];
	json_t *v;
	int rc = FL_OK;

	if (m->descriptor == &google__protobuf__timestamp__descriptor)
		return to_time((Google__Protobuf__Timestamp *)m, j, err);
	if (!json_is_object(j))
		return fl_fail(err, FL_DATA, "is not an object");
	json_object_foreach((json_t *)(uintptr_t)j, key, v) {
		if (!(f = find(m->descriptor, key)))
			return fl_fail(err, FL_DATA, "no field \"%s\" in a %s", fl_err_quote(shown, 40, key, strlen(key)),
				       m->descriptor->short_name);
		TRY(to_field(m, f, v, err));
	}
out:
	return rc;
}

int msg_from_json(ProtobufCMessage **m, const struct msg_type *t, const json_t *j, struct fl_err *err)
{
	int rc = to_part(m, t->desc, j, err);

	if (rc != FL_OK) {
		msg_free(*m);
		*m = NULL;
	}
	return rc;
}
