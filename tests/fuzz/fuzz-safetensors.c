/* The safetensors header reader, and the "fl" object in it, on any bytes: what it accepts keeps every rule of the format, and
 * survives being written again. An input is a file: the length that it says is believed only where the bytes are there. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tensor/meta.h"
#include "tensor/st.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void check_rules(const struct st *h)
{
	struct fl_err err;
	uint64_t at = 0, bytes;
	size_t i;

	for (i = 0; i < h->n; i++) {
		const struct tensor *t = &h->tensors[i];
		must(!st_name_flaw(t->name) && t->dtype < DT_N && t->ndim <= ST_DIMS_MAX);
		must(st_shape_bytes(t->dtype, t->ndim, t->shape, &bytes, &err) == FL_OK);
		must(t->begin == at && t->end - t->begin == bytes);
		must(st_find(h, t->name) == t); /* the first of that name, so the only one */
		at = t->end;
	}
	must(h->data_len == at);
	for (i = 0; i < h->n_meta; i++)
		must(st_get_meta(h, h->meta[i].key) == h->meta[i].val && (i == 0 || strcmp(h->meta[i - 1].key, h->meta[i].key) < 0));
}

static void check_same(const struct st *a, const struct st *b)
{
	size_t i;

	must(a->n == b->n && a->n_meta == b->n_meta && a->data_len == b->data_len);
	for (i = 0; i < a->n; i++) {
		const struct tensor *x = &a->tensors[i], *y = &b->tensors[i];
		must(!strcmp(x->name, y->name) && x->dtype == y->dtype && x->ndim == y->ndim && x->begin == y->begin && x->end == y->end);
		must(!memcmp(x->shape, y->shape, x->ndim * sizeof *x->shape));
	}
	for (i = 0; i < a->n_meta; i++)
		must(!strcmp(a->meta[i].key, b->meta[i].key) && !strcmp(a->meta[i].val, b->meta[i].val));
}

/* Written and read again it is the same; written once more, the same to the byte. */
static void check_again(const struct st *h)
{
	struct buf first = { 0 }, second = { 0 };
	struct st again = { 0 };
	struct fl_err err;

	if (st_format(h, &first, &err) == FL_OK) { /* escapes may make it longer than a header can be */
		must(st_parse(&again, first.data + 8, first.len - 8, &err) == FL_OK);
		check_same(h, &again);
		must(st_format(&again, &second, &err) == FL_OK && first.len == second.len && !memcmp(first.data, second.data, first.len));
	}
	st_clear(&again);
	buf_clear(&first);
	buf_clear(&second);
}

static void check_fl(const char *text)
{
	struct fl_err err;
	json_t *fl = NULL, *copy = NULL;

	if (!text || json_parse(&fl, text, strlen(text), &err) != FL_OK)
		return;
	if (meta_check(fl, &err) == FL_OK) {
		must(meta_derive(&copy, fl, "model", NULL, &err) == FL_OK && meta_check(copy, &err) == FL_OK);
		must(meta_same_round(fl, copy, &err) == FL_OK && meta_round(fl) >= 0);
		(void)meta_add_stage(copy, json_pack("{s:s}", "op", "noise"), &err);
	}
	json_decref(copy);
	json_decref(fl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t n = 0;
	struct fl_err err;
	struct st h = { 0 };
	int i;

	for (i = 7; i >= 0 && size >= 8; i--)
		n = n << 8 | data[i];
	if (size < 8)
		return 0;
	if (st_parse(&h, (const char *)data + 8, n < size - 8 ? (size_t)n : size - 8, &err) == FL_OK) {
		check_rules(&h);
		check_again(&h);
		check_fl(st_get_meta(&h, "fl"));
	} else {
		must(err.status == FL_DATA && err.msg[0] && !h.tensors && !h.meta);
	}
	st_clear(&h);
	return 0;
}
