#include "wire/field.h"

#include <stdint.h>
#include <string.h>

size_t field_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
		return sizeof(char *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(ProtobufCMessage *);
	default:
		return sizeof(uint32_t);
	}
}

static const void *member(const ProtobufCMessage *m, unsigned offset)
{
	return (const char *)m + offset;
}

static int is_set(const void *at, ProtobufCType type)
{
	static const char zero[sizeof(uint64_t)];
	const char *s;

	switch (type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&s, at, sizeof s);
		return s && *s;
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)at)->len > 0;
	case PROTOBUF_C_TYPE_DOUBLE:
		return *(const double *)at != 0; /* -0 is packed as nothing */
	case PROTOBUF_C_TYPE_FLOAT:
		return *(const float *)at != 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&s, at, sizeof s);
		return s != NULL;
	default:
		return memcmp(at, zero, field_size(type)) != 0;
	}
}

size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	size_t n;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return (size_t)is_set(member(m, f->offset), f->type);
	memcpy(&n, member(m, f->quantifier_offset), sizeof n);
	return n;
}

const void *field_at(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const char *list;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return member(m, f->offset);
	memcpy(&list, member(m, f->offset), sizeof list);
	return list + i * field_size(f->type);
}

const char *field_str(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const char *s;

	memcpy(&s, field_at(m, f, i), sizeof s);
	return s ? s : "";
}

const ProtobufCMessage *field_msg(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const ProtobufCMessage *part;

	memcpy(&part, field_at(m, f, i), sizeof part);
	return part;
}

int field_make(void **at, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t n, struct fl_err *err)
{
	int rc;

	*at = (char *)m + f->offset;
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return FL_OK;
	TRY(fl_alloc(at, n, field_size(f->type), err));
	memcpy((char *)m + f->offset, at, sizeof *at);
	memcpy((char *)m + f->quantifier_offset, &n, sizeof n);
out:
	return rc;
}

int field_prefix(struct fl_err *err, const ProtobufCFieldDescriptor *f, size_t i, int rc)
{
	if (rc != FL_OK && f->label == PROTOBUF_C_LABEL_REPEATED)
		fl_err_prefix(err, "%s[%zu]", f->name, i);
	else if (rc != FL_OK)
		fl_err_prefix(err, "%s", f->name);
	return rc;
}
