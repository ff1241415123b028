#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

#include "wire/field.h"
#include "wire/rules.h"
#include "wire/scan.h"

/* v1 needs no name; what comes after it and cannot be ignored gets one, and a row here. */
static const char *const features[] = { NULL };

const char *msg_feature(size_t i)
{
	return i < sizeof features / sizeof *features ? features[i] : NULL;
}

static const ProtobufCFieldDescriptor *field(const ProtobufCMessage *m, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
}

static int check_version(uint64_t v, struct fl_err *err)
{
	if (v > MESSAGE_VERSION)
		return fl_fail(err, FL_VERSION, "is of protocol version %llu, this flkit knows %d; upgrade flkit",
			       (unsigned long long)v, MESSAGE_VERSION);
	if (v < MESSAGE_VERSION)
		return fl_fail(err, FL_VERSION, "says no protocol version");
	return FL_OK;
}

static int check_features(const ProtobufCMessage *m, struct fl_err *err)
{
	const ProtobufCFieldDescriptor *f = field(m, "requires");
	const char *name;
	char shown[64];
	size_t i, k;

	for (i = 0; i < field_count(m, f); i++) {
		name = field_str(m, f, i);
		for (k = 0; features[k] && strcmp(features[k], name); k++)
			;
		if (!features[k])
			return fl_fail(err, FL_VERSION, "requires '%s', which this flkit does not have; upgrade flkit",
				       fl_err_quote(shown, 60, name, strlen(name)));
	}
	return FL_OK;
}

int msg_check(const struct msg_type *t, const ProtobufCMessage *m, struct fl_err *err)
{
	uint32_t version;
	int rc;

	if (m->descriptor != t->desc)
		return fl_fail(err, FL_BUG, "a %s where a %s belongs", m->descriptor->short_name, t->name);
	memcpy(&version, field_at(m, field(m, "version"), 0), sizeof version);
	TRY(check_version(version, err));
	TRY(check_features(m, err));
	TRY(rules_check(m, err));
	if (t->check)
		TRY(t->check(m, err));
out:
	return rc;
}

int msg_unpack(ProtobufCMessage **m, const struct msg_type *t, const void *p, size_t n, struct fl_err *err)
{
	uint64_t version = scan_version(p, n);
	int rc = FL_OK;

	*m = NULL;
	if (n > t->max)
		return fl_fail(err, FL_DATA, "is %zu bytes long, a %s has %zu at most", n, t->name, t->max);
	if (version) /* of another version nothing else may be taken for granted */
		TRY(check_version(version, err));
	TRY(scan_message(t->desc, p, n, err));
	*m = protobuf_c_message_unpack(t->desc, NULL, n, p);
	if (!*m)
		return fl_fail(err, FL_DATA, "is no %s", t->name);
	TRY(msg_check(t, *m, err));
out:
	if (rc != FL_OK) {
		msg_free(*m);
		*m = NULL;
	}
	return rc;
}

int msg_pack(struct buf *b, const ProtobufCMessage *m, struct fl_err *err)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	int rc = buf_reserve(b, n, err);

	if (rc == FL_OK) {
		b->len += protobuf_c_message_pack(m, (uint8_t *)b->data + b->len);
		b->data[b->len] = 0;
	}
	return rc;
}

int msg_new(ProtobufCMessage **m, const ProtobufCMessageDescriptor *d, struct fl_err *err)
{
	int rc = fl_alloc(m, 1, d->sizeof_message, err);

	if (rc == FL_OK)
		protobuf_c_message_init(d, *m);
	return rc;
}

void msg_free(ProtobufCMessage *m)
{
	protobuf_c_message_free_unpacked(m, NULL);
}

size_t msg_unknown(const ProtobufCMessage *m)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	size_t n = m->n_unknown_fields, i, k;

	for (i = 0; i < d->n_fields; i++)
		for (k = 0; d->fields[i].type == PROTOBUF_C_TYPE_MESSAGE && k < field_count(m, &d->fields[i]); k++)
			n += msg_unknown(field_msg(m, &d->fields[i], k));
	return n;
}

Google__Protobuf__Timestamp *msg_time(time_t t)
{
	ProtobufCMessage *m;

	if (msg_new(&m, &google__protobuf__timestamp__descriptor, NULL) == FL_OK)
		((Google__Protobuf__Timestamp *)m)->seconds = t;
	return (Google__Protobuf__Timestamp *)m;
}

time_t msg_seconds(const Google__Protobuf__Timestamp *t, time_t none)
{
	return t ? (time_t)t->seconds : none;
}

time_t msg_when(const struct msg_type *t, const ProtobufCMessage *m, time_t none)
{
	const ProtobufCFieldDescriptor *f = field(m, t->when);

	return field_count(m, f) ? msg_seconds((const Google__Protobuf__Timestamp *)field_msg(m, f, 0), none) : none;
}

int msg_set(char **s, const char *text, struct fl_err *err)
{
	char *copy;
	int rc = fl_strdup(&copy, text, err);

	if (rc == FL_OK) {
		if (*s != protobuf_c_empty_string)
			free(*s);
		*s = copy;
	}
	return rc;
}

int msg_name_ok(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789", all[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(s);

	return n >= 1 && n <= 64 && strchr(first, *s) && strspn(s, all) == n && !strstr(s, "..");
}
