#include "wire/scan.h"

#include <assert.h>

#include "base/utf8.h"

/* Wire types. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct scan {
	const unsigned char *p, *end;
	size_t *fields, *messages; /* how many more may come */
	struct fl_err *err;
};

static int varint(struct scan *s, uint64_t *v)
{
	unsigned shift;
	unsigned char c;

	for (*v = 0, shift = 0; s->p < s->end && shift < 70; shift += 7) {
		c = *s->p++;
		if (shift == 63 && c > 1)
			break;
		*v |= (uint64_t)(c & 127) << shift;
		if (!(c & 128))
			return FL_OK;
	}
	return fl_fail(s->err, FL_DATA, "is cut off, or a number does not end");
}

static int wire_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return FIXED32;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return FIXED64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return BYTES;
	default:
		return VARINT;
	}
}

/* 32-bit numbers: protobuf-c keeps the low half of a larger one. Negative ones are sign-extended to 64 bits. */
static int in_range(ProtobufCType type, uint64_t v)
{
	switch (type) {
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_SINT32:
		return v <= UINT32_MAX;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_ENUM:
		return v <= INT32_MAX || v >= (uint64_t)INT32_MIN;
	default:
		return 1;
	}
}

static int scan_fields(struct scan s, const ProtobufCMessageDescriptor *d);

/* n bytes of a known field. */
static int known_bytes(const struct scan *s, const ProtobufCFieldDescriptor *f, size_t n)
{
	struct scan part = *s;
	uint64_t v;
	int rc;

	part.end = s->p + n;
	if (f->type == PROTOBUF_C_TYPE_STRING && !utf8_text(s->p, n))
		return fl_fail(s->err, FL_DATA, "is not UTF-8 text, or holds a zero byte");
	if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
		if ((*s->messages)-- == 0)
			return fl_fail(s->err, FL_DATA, "too many: a message holds %zu at most", SCAN_MESSAGES);
		return scan_fields(part, f->descriptor);
	}
	while (wire_of(f->type) == VARINT && part.p < part.end) {
		if ((rc = varint(&part, &v)) != FL_OK)
			return rc;
		if (!in_range(f->type, v))
			return fl_fail(s->err, FL_DATA, "%llu is too large", (unsigned long long)v);
	}
	return FL_OK;
}

/* The value of field f (NULL: unknown) as wire type `wire`, and on to the next field. */
static int value(struct scan *s, const ProtobufCFieldDescriptor *f, unsigned wire)
{
	int rc, packed = f && f->label == PROTOBUF_C_LABEL_REPEATED && wire == BYTES && wire_of(f->type) != BYTES;
	uint64_t v = 0;
	size_t n;

	if (f && !packed && (unsigned)wire_of(f->type) != wire)
		return fl_fail(s->err, FL_DATA, "is of another type");
	if (wire == VARINT || wire == BYTES)
		if ((rc = varint(s, &v)) != FL_OK)
			return rc;
	if (wire == VARINT && f && !in_range(f->type, v))
		return fl_fail(s->err, FL_DATA, "%llu is too large", (unsigned long long)v);
	n = wire == BYTES ? (size_t)v : wire == FIXED64 ? 8 : wire == FIXED32 ? 4 : 0;
	if ((wire == BYTES && v != n) || n > (size_t)(s->end - s->p))
		return fl_fail(s->err, FL_DATA, "is cut off");
	if (f && wire == BYTES && (rc = known_bytes(s, f, n)) != FL_OK)
		return rc;
	s->p += n;
	return FL_OK;
}

static int scan_fields(struct scan s, const ProtobufCMessageDescriptor *d)
{
	const ProtobufCFieldDescriptor *f;
	uint64_t seen = 0, bit, tag;
	int rc = FL_OK;

	assert(d->n_fields <= 64);
	while (s.p < s.end) {
		TRY(varint(&s, &tag));
		if (tag >> 3 == 0 || tag >> 32 || ((tag & 7) > BYTES && (tag & 7) != FIXED32))
			return fl_fail(s.err, FL_DATA, "is no protobuf message");
		if ((*s.fields)-- == 0)
			return fl_fail(s.err, FL_DATA, "holds more than %zu fields", SCAN_FIELDS);
		f = protobuf_c_message_descriptor_get_field(d, (unsigned)(tag >> 3));
		bit = f ? UINT64_C(1) << (f - d->fields) : 0;
		if (f && f->label != PROTOBUF_C_LABEL_REPEATED && (seen & bit))
			return fl_fail(s.err, FL_DATA, "%s: is given twice", f->name);
		seen |= bit;
		rc = value(&s, f, (unsigned)(tag & 7));
		if (rc != FL_OK && f)
			fl_err_prefix(s.err, "%s", f->name);
		TRY(rc);
	}
out:
	return rc;
}

int scan_message(const ProtobufCMessageDescriptor *d, const void *p, size_t n, struct fl_err *err)
{
	size_t fields = SCAN_FIELDS, messages = SCAN_MESSAGES;
	struct scan s = { p, p, &fields, &messages, err };

	if (n == 0) /* p may be NULL */
		return FL_OK;
	s.end += n;
	return scan_fields(s, d);
}

uint64_t scan_version(const void *p, size_t n)
{
	struct scan s = { p, p, NULL, NULL, NULL };
	uint64_t tag, v;

	if (n == 0)
		return 0;
	s.end += n;
	return varint(&s, &tag) == FL_OK && tag == (1 << 3 | VARINT) && varint(&s, &v) == FL_OK ? v : 0;
}
