/* The reader of messages on any bytes, and the reader of their JSON: what is accepted is written and read again, the same.
 * The first byte picks the type; from 128 on the rest is JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void pack(struct buf *b, const ProtobufCMessage *m)
{
	struct fl_err err;

	must(msg_pack(b, m, &err) == FL_OK);
}

/* m as JSON text and back: the same bytes, but for the fields that we do not know. */
static void check_json(const struct msg_type *t, const ProtobufCMessage *m, const struct buf *packed)
{
	ProtobufCMessage *again = NULL;
	struct buf b = { 0 };
	struct fl_err err;
	json_t *j = NULL;
	char *text;

	must(msg_to_json(&j, m, &err) == FL_OK);
	text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(17));
	json_decref(j);
	must(text && json_parse(&j, text, strlen(text), &err) == FL_OK);
	must(msg_from_json(&again, t, j, &err) == FL_OK && msg_check(t, again, &err) == FL_OK);
	pack(&b, again);
	must(msg_unknown(m) || (b.len == packed->len && !memcmp(b.data, packed->data, b.len)));
	buf_clear(&b);
	msg_free(again);
	json_decref(j);
	free(text);
}

/* A good message: packing it is a fixed point. */
static void check_good(const struct msg_type *t, const ProtobufCMessage *m)
{
	struct buf a = { 0 }, b = { 0 };
	ProtobufCMessage *again = NULL;
	struct fl_err err;

	pack(&a, m);
	if (a.len <= t->max) { /* a packed list of one is longer than one alone */
		must(msg_unpack(&again, t, a.data, a.len, &err) == FL_OK);
		must(msg_unknown(again) == msg_unknown(m));
		pack(&b, again);
		must(a.len == b.len && !memcmp(a.data, b.data, a.len));
		check_json(t, m, &a);
	}
	msg_free(again);
	buf_clear(&a);
	buf_clear(&b);
}

static void try_bytes(const struct msg_type *t, const uint8_t *data, size_t size)
{
	struct fl_err err = { 0 };
	ProtobufCMessage *m = NULL;

	if (msg_unpack(&m, t, data, size, &err) == FL_OK)
		check_good(t, m);
	else
		must(!m && err.msg[0]);
	msg_free(m);
}

static void try_json(const struct msg_type *t, const uint8_t *data, size_t size)
{
	struct fl_err err = { 0 };
	ProtobufCMessage *m = NULL;
	json_t *j = NULL;

	if (json_parse(&j, (const char *)data, size, &err) == FL_OK) {
		if (msg_from_json(&m, t, j, &err) != FL_OK)
			must(!m && err.msg[0]);
		else if (msg_check(t, m, &err) == FL_OK)
			check_good(t, m);
	}
	msg_free(m);
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct msg_type *t = size ? msg_at(data[0] & 127) : NULL;

	if (t && data[0] < 128)
		try_bytes(t, data + 1, size - 1);
	else if (t)
		try_json(t, data + 1, size - 1);
	return 0;
}
