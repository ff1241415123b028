#include "tensor/st.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned bits;
} dtypes[DT_N] = {
	[DT_BOOL] = { "BOOL", 8 }, [DT_F4] = { "F4", 4 }, [DT_F6_E2M3] = { "F6_E2M3", 6 }, [DT_F6_E3M2] = { "F6_E3M2", 6 },
	[DT_U8] = { "U8", 8 }, [DT_I8] = { "I8", 8 }, [DT_F8_E5M2] = { "F8_E5M2", 8 }, [DT_F8_E4M3] = { "F8_E4M3", 8 },
	[DT_F8_E8M0] = { "F8_E8M0", 8 }, [DT_F8_E4M3FNUZ] = { "F8_E4M3FNUZ", 8 }, [DT_F8_E5M2FNUZ] = { "F8_E5M2FNUZ", 8 },
	[DT_I16] = { "I16", 16 }, [DT_U16] = { "U16", 16 }, [DT_F16] = { "F16", 16 }, [DT_BF16] = { "BF16", 16 },
	[DT_I32] = { "I32", 32 }, [DT_U32] = { "U32", 32 }, [DT_F32] = { "F32", 32 }, [DT_C64] = { "C64", 64 },
	[DT_F64] = { "F64", 64 }, [DT_I64] = { "I64", 64 }, [DT_U64] = { "U64", 64 },
};

const char *dtype_name(enum dtype d)
{
	return dtypes[d].name;
}

unsigned dtype_bits(enum dtype d)
{
	return dtypes[d].bits;
}

void st_clear(struct st *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->tensors[i].name);
	for (i = 0; i < h->n_meta; i++) {
		free(h->meta[i].key);
		free(h->meta[i].val);
	}
	free(h->tensors);
	free(h->by_name);
	free(h->meta);
	*h = (struct st){ 0 };
}

const struct tensor *st_find(const struct st *h, const char *name)
{
	size_t lo = 0, hi = h->n, mid, i;
	int c;

	for (i = 0; !h->by_name && i < h->n; i++)
		if (!strcmp(h->tensors[i].name, name))
			return &h->tensors[i];
	while (h->by_name && lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = strcmp(name, h->tensors[h->by_name[mid]].name);
		if (c == 0)
			return &h->tensors[h->by_name[mid]];
		*(c < 0 ? &hi : &lo) = c < 0 ? mid : mid + 1;
	}
	return NULL;
}

const char *st_get_meta(const struct st *h, const char *key)
{
	size_t i;

	for (i = 0; i < h->n_meta; i++)
		if (!strcmp(h->meta[i].key, key))
			return h->meta[i].val;
	return NULL;
}

uint64_t tensor_len(const struct tensor *t)
{
	return (t->end - t->begin) * 8 / dtypes[t->dtype].bits;
}

int st_shape_bytes(enum dtype d, unsigned ndim, const uint64_t *shape, uint64_t *bytes, struct fl_err *err)
{
	uint64_t n = dtypes[d].bits;
	unsigned i;
	int zero = 0;

	for (i = 0; i < ndim; i++) {
		if (shape[i] == 0)
			zero = 1;
		else if (__builtin_mul_overflow(n, shape[i], &n))
			return fl_fail(err, FL_DATA, "shape overflows 64 bits");
	}
	if (zero)
		n = 0;
	if (n % 8)
		return fl_fail(err, FL_DATA, "%s tensor does not end on a byte", dtypes[d].name);
	*bytes = n / 8;
	return FL_OK;
}

const char *st_name_flaw(const char *s)
{
	size_t n = strlen(s), i;

	if (n == 0)
		return "empty tensor name";
	if (n > ST_NAME_MAX)
		return "tensor name is longer than 255 bytes";
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return "control character in a tensor name";
	if (s[0] == '/' || !strcmp(s, "..") || !strncmp(s, "../", 3) || strstr(s, "/../") || (n > 2 && !strcmp(s + n - 3, "/..")))
		return "tensor name is a path out of its folder";
	return NULL;
}

struct named {
	const char *name;
	uint32_t place;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

int st_index(struct st *h, struct fl_err *err)
{
	struct named *v = NULL;
	size_t i;
	int rc;

	free(h->by_name);
	h->by_name = NULL;
	TRY(fl_alloc(&v, h->n, sizeof *v, err));
	for (i = 0; i < h->n; i++)
		v[i] = (struct named){ h->tensors[i].name, (uint32_t)i };
	qsort(v, h->n, sizeof *v, by_name);
	for (i = 1; i < h->n; i++)
		if (!strcmp(v[i - 1].name, v[i].name))
			TRY(fl_fail(err, FL_DATA, "tensor \"%.60s\" is there twice", v[i].name));
	TRY(fl_alloc(&h->by_name, h->n, sizeof *h->by_name, err));
	for (i = 0; i < h->n; i++)
		h->by_name[i] = v[i].place;
out:
	free(v);
	return rc;
}

int st_add(struct st *h, const char *name, enum dtype d, unsigned ndim, const uint64_t *shape, struct fl_err *err)
{
	struct tensor *t;
	uint64_t bytes;
	int rc;

	if (st_name_flaw(name) || !strcmp(name, "__metadata__"))
		return fl_fail(err, FL_DATA, "\"%.60s\": %s", name, st_name_flaw(name) ? st_name_flaw(name) : "reserved name");
	if (h->n == ST_TENSORS_MAX || ndim > ST_DIMS_MAX)
		return fl_fail(err, FL_DATA, "\"%.60s\": too many %s", name, ndim > ST_DIMS_MAX ? "dimensions" : "tensors");
	TRY(st_shape_bytes(d, ndim, shape, &bytes, err));
	free(h->by_name);
	h->by_name = NULL;
	TRY(fl_grow(&h->tensors, &h->cap, h->n + 1, sizeof *h->tensors, err));
	t = &h->tensors[h->n];
	*t = (struct tensor){ .dtype = d, .ndim = ndim, .end = bytes };
	TRY(fl_strdup(&t->name, name, err));
	if (ndim)
		memcpy(t->shape, shape, ndim * sizeof *shape);
	h->n++;
out:
	return rc;
}

int st_add_meta(struct st *h, const char *key, const char *val, struct fl_err *err)
{
	struct st_meta m = { 0 };
	size_t i;
	int rc;

	if (h->n_meta == ST_META_MAX)
		return fl_fail(err, FL_DATA, "more than %d metadata entries", ST_META_MAX);
	TRY(fl_grow(&h->meta, &h->cap_meta, h->n_meta + 1, sizeof *h->meta, err));
	TRY(fl_strdup(&m.key, key, err));
	TRY(fl_strdup(&m.val, val, err));
	for (i = h->n_meta++; i > 0 && strcmp(h->meta[i - 1].key, key) > 0; i--)
		h->meta[i] = h->meta[i - 1];
	h->meta[i] = m;
	m = (struct st_meta){ 0 };
out:
	free(m.key);
	free(m.val);
	return rc;
}

static int by_alignment(const void *a, const void *b)
{
	const struct tensor *x = a, *y = b;

	return x->dtype != y->dtype ? (x->dtype > y->dtype ? -1 : 1) : strcmp(x->name, y->name);
}

int st_layout(struct st *h, struct fl_err *err)
{
	uint64_t at = 0, len;
	size_t i;

	if (h->n)
		qsort(h->tensors, h->n, sizeof *h->tensors, by_alignment);
	for (i = 0; i < h->n; i++) {
		len = h->tensors[i].end - h->tensors[i].begin;
		h->tensors[i].begin = at;
		if (__builtin_add_overflow(at, len, &at))
			return fl_fail(err, FL_DATA, "tensors longer than 64 bits can say");
		h->tensors[i].end = at;
	}
	h->data_len = at;
	return st_index(h, err);
}

static int format_string(struct buf *b, const char *s, struct fl_err *err)
{
	const char *names = "\"\\\b\f\n\r\t", *codes = "\"\\bfnrt", *at;
	int rc;

	TRY(buf_adds(b, "\"", err));
	for (; *s; s++) {
		if ((at = strchr(names, *s)))
			TRY(buf_addf(b, err, "\\%c", codes[at - names]));
		else if ((unsigned char)*s < 0x20)
			TRY(buf_addf(b, err, "\\u%04x", (unsigned char)*s));
		else
			TRY(buf_add(b, s, 1, err));
	}
	TRY(buf_adds(b, "\"", err));
out:
	return rc;
}

static int format_tensor(struct buf *b, const struct tensor *t, struct fl_err *err)
{
	unsigned i;
	int rc;

	TRY(format_string(b, t->name, err));
	TRY(buf_addf(b, err, ":{\"dtype\":\"%s\",\"shape\":[", dtypes[t->dtype].name));
	for (i = 0; i < t->ndim; i++)
		TRY(buf_addf(b, err, "%s%llu", i ? "," : "", (unsigned long long)t->shape[i]));
	TRY(buf_addf(b, err, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)t->begin, (unsigned long long)t->end));
out:
	return rc;
}

int st_format(const struct st *h, struct buf *b, struct fl_err *err)
{
	unsigned char len[8] = { 0 };
	size_t at = b->len, i;
	uint64_t n;
	int rc;

	TRY(buf_add(b, len, 8, err));
	TRY(buf_adds(b, "{", err));
	if (h->n_meta) {
		TRY(buf_adds(b, "\"__metadata__\":{", err));
		for (i = 0; i < h->n_meta; i++) {
			TRY(buf_adds(b, i ? "," : "", err));
			TRY(format_string(b, h->meta[i].key, err));
			TRY(buf_adds(b, ":", err));
			TRY(format_string(b, h->meta[i].val, err));
		}
		TRY(buf_adds(b, "}", err));
	}
	for (i = 0; i < h->n; i++) {
		TRY(buf_adds(b, i || h->n_meta ? "," : "", err));
		TRY(format_tensor(b, &h->tensors[i], err));
	}
	TRY(buf_adds(b, "}", err));
	while ((b->len - at) % 8)
		TRY(buf_adds(b, " ", err));
	n = b->len - at - 8;
	if (n > ST_HEADER_MAX) {
		rc = fl_fail(err, FL_DATA, "header would be longer than %zu bytes", ST_HEADER_MAX);
		goto out;
	}
	for (i = 0; i < 8; i++)
		b->data[at + i] = (char)(n >> (8 * i));
out:
	return rc;
}
