/*
 * st.h - safetensors headers: 8 bytes little-endian length, a JSON object, raw little-endian tensors.
 *
 * https://github.com/huggingface/safetensors (format section of its README), read more strictly than the reference does:
 * names and metadata keys are unique, a tensor has exactly dtype, shape and data_offsets, metadata are strings, only
 * spaces follow the object, names hold no control characters and no "..": so every reader sees the same thing in a file.
 */
#ifndef FL_TENSOR_ST_H
#define FL_TENSOR_ST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define ST_HEADER_MAX ((size_t)25000000) /* bytes; what other readers take */
#define ST_TENSORS_MAX ((size_t)1 << 20)
#define ST_DIMS_MAX 8
#define ST_NAME_MAX 255
#define ST_META_MAX 1024 /* metadata entries */

/* In the order of their alignment, as the reference sorts them. */
enum dtype {
	DT_BOOL, DT_F4, DT_F6_E2M3, DT_F6_E3M2, DT_U8, DT_I8, DT_F8_E5M2, DT_F8_E4M3, DT_F8_E8M0, DT_F8_E4M3FNUZ,
	DT_F8_E5M2FNUZ, DT_I16, DT_U16, DT_F16, DT_BF16, DT_I32, DT_U32, DT_F32, DT_C64, DT_F64, DT_I64, DT_U64, DT_N
};

const char *dtype_name(enum dtype d);
unsigned dtype_bits(enum dtype d);

struct tensor {
	char *name;
	enum dtype dtype;
	unsigned ndim;
	uint64_t shape[ST_DIMS_MAX];
	uint64_t begin, end; /* bytes, relative to the first data byte */
};

struct st_meta {
	char *key, *val;
};

/* Tensors lie in the order of their data. Everything is owned; st_clear() frees it and leaves {0}. */
struct st {
	struct tensor *tensors;
	size_t n, cap;
	uint32_t *by_name; /* (n) places of the tensors in the order of their names, once all are there; or NULL */
	struct st_meta *meta;
	size_t n_meta, cap_meta;
	uint64_t data_len;
};

/* Parse the n bytes of a header (without the length before it). FL_DATA says which rule broke. *h must be {0}. */
int st_parse(struct st *h, const char *s, size_t n, struct fl_err *err);

void st_clear(struct st *h);

/* The tensor called name, or NULL. */
const struct tensor *st_find(const struct st *h, const char *name);

/* The metadata value under key, or NULL. */
const char *st_get_meta(const struct st *h, const char *key);

/* Number of elements. */
uint64_t tensor_len(const struct tensor *t);

/* The rules that reading and writing share. Names reach terminals, logs and, in other people's tools, file systems: NULL if
 * name may be one, else what is wrong. Bytes of a shape: a later 0 does not excuse an overflow before it. */
const char *st_name_flaw(const char *name);
int st_shape_bytes(enum dtype d, unsigned ndim, const uint64_t *shape, uint64_t *bytes, struct fl_err *err);
int st_index(struct st *h, struct fl_err *err); /* fill by_name; FL_DATA where a name is there twice */

/* To write: add metadata (kept sorted by key) and tensors in any order; st_layout() sorts the tensors as the reference does
 * (alignment, then name) and sets the offsets; st_format() appends length and header to *b. FL_DATA on what the format
 * forbids. */
int st_add(struct st *h, const char *name, enum dtype d, unsigned ndim, const uint64_t *shape, struct fl_err *err);
int st_add_meta(struct st *h, const char *key, const char *val, struct fl_err *err);
int st_layout(struct st *h, struct fl_err *err);
int st_format(const struct st *h, struct buf *b, struct fl_err *err);

#endif
