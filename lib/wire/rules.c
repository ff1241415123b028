#include "wire/rules.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "secure/key.h"
#include "wire/field.h"
#include "wire/message.h"
#include "wire/text.h"

/* OR_NONE: may be left empty. */
enum kind { NAME, NAME_OR_NONE, DIGEST, DIGEST_OR_NONE, KEY, WORD, COUNT, PRESENT, TRACE_OR_NONE };

#define IN(message) &fl__v1__##message##__descriptor

static const struct rule {
	const ProtobufCMessageDescriptor *in;
	const char *field;
	enum kind kind;
} rules[] = {
	{ IN(channel), "federation", NAME },
	{ IN(channel), "name", NAME },
	{ IN(channel), "serial", COUNT },
	{ IN(channel), "previous", DIGEST_OR_NONE },
	{ IN(channel), "model", DIGEST },
	{ IN(channel), "made", PRESENT },
	{ IN(envelope), "federation", NAME },
	{ IN(envelope), "round", COUNT },
	{ IN(envelope), "participant", NAME },
	{ IN(envelope), "plan", DIGEST },
	{ IN(envelope), "base_model", DIGEST },
	{ IN(envelope), "payload", DIGEST },
	{ IN(envelope), "payload_size", COUNT },
	{ IN(envelope), "made", PRESENT },
	{ IN(envelope), "traceparent", TRACE_OR_NONE },
	{ IN(federation), "name", NAME },
	{ IN(federation), "serial", COUNT },
	{ IN(federation), "previous", DIGEST_OR_NONE },
	{ IN(federation), "threshold", COUNT },
	{ IN(federation), "schema", DIGEST_OR_NONE },
	{ IN(member), "name", NAME },
	{ IN(member), "public_key", KEY },
	{ IN(revocation), "public_key", KEY },
	{ IN(metric), "name", WORD },
	{ IN(plan), "federation", NAME },
	{ IN(plan), "round", COUNT },
	{ IN(plan), "roster", DIGEST },
	{ IN(plan), "base_model", DIGEST },
	{ IN(plan), "schema", DIGEST_OR_NONE },
	{ IN(plan), "previous", DIGEST_OR_NONE },
	{ IN(plan), "opened", PRESENT },
	{ IN(plan), "deadline", PRESENT },
	{ IN(plan), "cohort", NAME },
	{ IN(plan), "channel", NAME_OR_NONE },
	{ IN(plan), "traceparent", TRACE_OR_NONE },
	{ IN(receipt), "federation", NAME },
	{ IN(receipt), "object", WORD },
	{ IN(receipt), "digest", DIGEST },
	{ IN(receipt), "participant", NAME_OR_NONE },
	{ IN(receipt), "received", PRESENT },
	{ IN(result), "federation", NAME },
	{ IN(result), "round", COUNT },
	{ IN(result), "seal", DIGEST },
	{ IN(result), "base_model", DIGEST },
	{ IN(result), "model", DIGEST },
	{ IN(result), "state", DIGEST_OR_NONE },
	{ IN(result), "previous", DIGEST_OR_NONE },
	{ IN(result), "made", PRESENT },
	{ IN(result), "traceparent", TRACE_OR_NONE },
	{ IN(seal), "federation", NAME },
	{ IN(seal), "round", COUNT },
	{ IN(seal), "plan", DIGEST },
	{ IN(seal), "left_out", NAME },
	{ IN(seal), "sealed", PRESENT },
	{ IN(sealed), "participant", NAME },
	{ IN(sealed), "envelope", DIGEST },
	{ IN(sealed), "payload", DIGEST },
	{ IN(sealed), "payload_size", COUNT },
};

enum { N_RULES = sizeof rules / sizeof *rules };

/* A trace context, www.w3.org/TR/trace-context: 00-<32 hex>-<16 hex>-<2 hex>, ids not all zero. */
static int trace_ok(const char *s)
{
	static const char form[] = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == '-' ? s[i] != '-' : !s[i] || !strchr("0123456789abcdef", s[i]))
			return 0;
	return !s[i] && strspn(s + 3, "0") < 32 && strspn(s + 36, "0") < 16;
}

/* 42 bytes that begin with "Ed", in base64: 56 characters, so a key has one text only, and texts can be compared. Whether the
 * key is a point of the curve costs 50 us to find out: roster_keys() does for who makes a roster, its use for who reads one. */
static int key_ok(const char *s)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return strlen(s) == KEY_TEXT - 1 && strspn(s, base64) == KEY_TEXT - 1 && s[0] == 'R' && s[1] == 'W' && strchr("QRST", s[2]);
}

static int check_text(enum kind kind, const char *s, struct fl_err *err)
{
	char shown[44];

	fl_err_quote(shown, 40, s, strlen(s));
	if (!*s)
		return kind == NAME_OR_NONE || kind == DIGEST_OR_NONE || kind == TRACE_OR_NONE ? FL_OK :
			fl_fail(err, FL_DATA, "is missing");
	switch (kind) {
	case NAME:
	case NAME_OR_NONE:
		return msg_name_ok(s) ? FL_OK :
			fl_fail(err, FL_DATA, "\"%s\" is not a name: a-z, 0-9, '.', '_' and '-', 64 bytes at most", shown);
	case DIGEST:
	case DIGEST_OR_NONE:
		return digest_ok(s) ? FL_OK : fl_fail(err, FL_DATA, "\"%s\" is not a digest: b2-256: and 64 hex digits", shown);
	case KEY:
		return key_ok(s) ? FL_OK : fl_fail(err, FL_DATA, "\"%s\" is not the second line of a minisign public key file", shown);
	case TRACE_OR_NONE:
		return trace_ok(s) ? FL_OK : fl_fail(err, FL_DATA, "\"%s\" is not a W3C trace context", shown);
	default:
		return FL_OK;
	}
}

static int check_rule(const struct rule *r, const ProtobufCMessage *m, struct fl_err *err)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, r->field);
	size_t i, n = field_count(m, f);
	int rc = FL_OK;

	if (f->type != PROTOBUF_C_TYPE_STRING)
		return n ? FL_OK : fl_fail(err, FL_DATA, "%s: is missing", f->name);
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		n = 1;
	for (i = 0; i < n && rc == FL_OK; i++)
		rc = field_prefix(err, f, i, check_text(r->kind, field_str(m, f, i), err));
	return rc;
}

static int check_time(const Google__Protobuf__Timestamp *t, struct fl_err *err)
{
	if (t->seconds < TIME_FIRST || t->seconds > TIME_LAST || t->nanos < 0 || t->nanos > 999999999)
		return fl_fail(err, FL_DATA, "is no time in the years 1 to 9999");
	return FL_OK;
}

static int check_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i, struct fl_err *err)
{
	if (f->type == PROTOBUF_C_TYPE_STRING && strlen(field_str(m, f, i)) > RULES_TEXT)
		return fl_fail(err, FL_DATA, "is longer than %d bytes", RULES_TEXT);
	if (f->type == PROTOBUF_C_TYPE_DOUBLE && !isfinite(*(const double *)field_at(m, f, i)))
		return fl_fail(err, FL_DATA, "is not a finite number");
	if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		return field_msg(m, f, i) ? rules_check(field_msg(m, f, i), err) : fl_fail(err, FL_DATA, "is missing");
	return FL_OK;
}

int rules_check(const ProtobufCMessage *m, struct fl_err *err)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	const ProtobufCFieldDescriptor *f;
	size_t i, k;
	int rc = FL_OK;

	if (d == &google__protobuf__timestamp__descriptor)
		return check_time((const Google__Protobuf__Timestamp *)m, err);
	for (i = 0; i < N_RULES; i++)
		if (rules[i].in == d)
			TRY(check_rule(&rules[i], m, err));
	for (i = 0; i < d->n_fields; i++) {
		f = &d->fields[i];
		for (k = 0; k < field_count(m, f); k++)
			TRY(field_prefix(err, f, k, check_value(m, f, k, err)));
	}
out:
	return rc;
}
