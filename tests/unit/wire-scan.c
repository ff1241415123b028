/* Bytes that protobuf-c would take and we do not. */
#include "wire/scan.h"

#include "check.h"
#include "wire-make.h"

/* The bytes as a Plan: status and sentence. */
static void says(const char *bytes, size_t n, int code, const char *text)
{
	struct fl_err err = { 0 };
	int rc = scan_message(&fl__v1__plan__descriptor, bytes, n, &err);

	if (!CHECK(rc == code && strstr(err.msg, text), "%s", *text ? text : "good"))
		printf("# %d: %s\n", rc, err.msg);
}

#define SAYS(bytes, code, text) says(bytes, sizeof(bytes) - 1, code, text)

static void test_bytes(void)
{
	SAYS("", FL_OK, "");
	SAYS("\x08\x01", FL_OK, "");
	SAYS("\x08", FL_DATA, "version: is cut off");
	SAYS("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", FL_DATA, "a number does not end");
	SAYS("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", FL_DATA, "a number does not end");
	SAYS("\x08\xff\xff\xff\xff\x0f", FL_OK, "");
	SAYS("\x08\x80\x80\x80\x80\x10", FL_DATA, "version: 4294967296 is too large");
	SAYS("\x08\x01\x08\x01", FL_DATA, "version: is given twice");
	SAYS("\x09\1\2\3\4\5\6\7\x08", FL_DATA, "version: is of another type");
	SAYS("\x1a\x05heart", FL_OK, "");
	SAYS("\x1a\x06heart", FL_DATA, "federation: is cut off");
	SAYS("\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01heart", FL_DATA, "federation: is cut off");
	SAYS("\x1a\x05he\0rt", FL_DATA, "federation: is not UTF-8 text, or holds a zero byte");
	SAYS("\x1a\x05he\xffrt", FL_DATA, "federation: is not UTF-8 text");
	SAYS("\x12\x01x\x12\x01y", FL_OK, ""); /* requires, twice */
	SAYS("\x13\x14", FL_DATA, "is no protobuf message"); /* a group */
	SAYS("\x00\x01", FL_DATA, "is no protobuf message"); /* field 0 */
	SAYS("\x82\x01\x02\x10\x05", FL_OK, "");
	SAYS("\x82\x01\x02\x0a\x05", FL_DATA, "train: solver: is cut off");
	SAYS("\x82\x01\x00\x82\x01\x00", FL_DATA, "train: is given twice");
	SAYS("\xc2\x3e\x02\xff\x00", FL_OK, ""); /* an unknown field's bytes may be anything */
	SAYS("\xc1\x3e\x02", FL_DATA, "is cut off");
}

static void test_packed(void)
{
	/* roles of a member, packed and not: 1, then -1 as ten bytes, then 2^31, which is no enum value */
	struct fl_err err = { 0 };
	const ProtobufCMessageDescriptor *d = &fl__v1__member__descriptor;

	CHECK(scan_message(d, "\x1a\x02\x01\x02", 4, &err) == FL_OK, "packed");
	CHECK(scan_message(d, "\x18\x01\x18\x02", 4, &err) == FL_OK, "one by one");
	CHECK(scan_message(d, "\x1a\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, &err) == FL_OK, "-1");
	CHECK(scan_message(d, "\x1a\x05\x80\x80\x80\x80\x08", 7, &err) == FL_DATA && strstr(err.msg, "roles: 2147483648 is too large"),
	      "2^31");
	CHECK(scan_message(d, "\x1a\x02\x01\x80", 4, &err) == FL_DATA, "cut off");
}

/* n fields of the 2 bytes at p. */
static int many(const ProtobufCMessageDescriptor *d, const char *p, size_t n, struct fl_err *err)
{
	struct buf b = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < n; i++)
		TRY(buf_add(&b, p, 2, err));
	TRY(scan_message(d, b.data, b.len, err));
out:
	buf_clear(&b);
	return rc;
}

static void test_many(void)
{
	struct fl_err err = { 0 };

	CHECK(many(&fl__v1__plan__descriptor, "\x12", SCAN_FIELDS, &err) == FL_OK, "as many fields as there may be");
	CHECK(many(&fl__v1__plan__descriptor, "\x12", SCAN_FIELDS + 1, &err) == FL_DATA && strstr(err.msg, "more than 524288 fields"),
	      "one too many");
	CHECK(many(&fl__v1__federation__descriptor, "\x3a", SCAN_MESSAGES + 1, &err) == FL_DATA &&
	      strstr(err.msg, "members: too many"), "too many messages");
}

int main(void)
{
	test_bytes();
	test_packed();
	test_many();
	CHECK(scan_version("\x08\x02", 2) == 2 && scan_version("\x08", 1) == 0 && scan_version("\x10\x02", 2) == 0 &&
	      scan_version("", 0) == 0, "the version is seen first");
	return check_done();
}
