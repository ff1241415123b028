/* Messages as JSON, by the proto3 mapping (protobuf.dev/programming-guides/json), from their descriptors alone. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/field.h"
#include "wire/message.h"
#include "wire/text.h"

#define NAME_SIZE 64

/* "base_model" as "baseModel". */
static const char *camel(char out[NAME_SIZE], const char *name)
{
	size_t k = 0;
	int up = 0;

	for (; *name && k < NAME_SIZE - 1; name++) {
		if (*name != '_')
			out[k++] = up && *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : *name;
		up = *name == '_';
	}
	out[k] = 0;
	return out;
}

static json_t *from_double(double x)
{
	return isfinite(x) ? json_real(x) : json_string(isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity");
}

static json_t *from_enum(const ProtobufCEnumDescriptor *d, int v)
{
	const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(d, v);

	return known ? json_string(known->name) : json_integer(v);
}

static json_t *from_bytes(const ProtobufCBinaryData *b)
{
	json_t *j = NULL;
	char *text;

	if (base64_text(&text, b->data, b->len, NULL) == FL_OK)
		j = json_string(text);
	free(text);
	return j;
}

static json_t *from_time(const Google__Protobuf__Timestamp *t)
{
	char text[TIME_TEXT];

	time_text(text, t->seconds, t->nanos);
	return json_string(text);
}

static json_t *from_message(const ProtobufCMessage *m);

static json_t *from_value(const ProtobufCFieldDescriptor *f, const void *at)
{
	char text[32];

	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)at);
		return json_string(text);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		snprintf(text, sizeof text, "%" PRIu64, *(const uint64_t *)at);
		return json_string(text);
	case PROTOBUF_C_TYPE_FLOAT:
		return from_double((double)*(const float *)at);
	case PROTOBUF_C_TYPE_DOUBLE:
		return from_double(*(const double *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return from_enum(f->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return from_bytes(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return from_message(*(ProtobufCMessage *const *)at);
	}
	return NULL;
}

static json_t *from_field(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t n)
{
	json_t *list;
	size_t i;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return from_value(f, field_at(m, f, 0));
	list = json_array();
	for (i = 0; list && i < n; i++) {
		if (json_array_append_new(list, from_value(f, field_at(m, f, i))) == 0)
			continue;
		json_decref(list);
		list = NULL;
	}
	return list;
}

/* NULL if memory ends, or a string is not UTF-8. */
static json_t *from_message(const ProtobufCMessage *m)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	json_t *j;
	char name[NAME_SIZE];
	size_t i, n;

	if (d == &google__protobuf__timestamp__descriptor)
		return from_time((const Google__Protobuf__Timestamp *)m);
	j = json_object();
	for (i = 0; j && i < d->n_fields; i++) {
		n = field_count(m, &d->fields[i]);
		if (n == 0 || json_object_set_new(j, camel(name, d->fields[i].name), from_field(m, &d->fields[i], n)) == 0)
			continue;
		json_decref(j);
		j = NULL;
	}
	return j;
}

int msg_to_json(json_t **j, const ProtobufCMessage *m, struct fl_err *err)
{
	*j = from_message(m);
	return *j ? FL_OK : fl_fail(err, FL_IO, "out of memory: %s as JSON", m->descriptor->short_name);
}
