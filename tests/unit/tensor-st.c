/* tensor/st: what a header may be, and that what we write is what we read. */
#include "tensor/st.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define A16 "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}"

static int parse(struct st *h, const char *s, struct fl_err *err)
{
	*h = (struct st){ 0 };
	return st_parse(h, s, strlen(s), err);
}

static void accepted(void)
{
	static const struct {
		const char *header;
		size_t n;
		uint64_t len;
	} rows[] = {
		{ "{}", 0, 0 },
		{ "{}      ", 0, 0 },
		{ "{" A16 "}", 1, 16 },
		{ "{ \"a\" : { \"shape\" : [ 4 ] ,\n\"data_offsets\":[0,16],\t\"dtype\":\"F32\" } }", 1, 16 },
		{ "{\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}", 1, 8 },
		{ "{\"e\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[0,0]}," A16 "}", 2, 16 },
		{ "{\"q\":{\"dtype\":\"F4\",\"shape\":[2,2],\"data_offsets\":[0,2]}}", 1, 2 },
		{ "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", 2, 5 },
		{ "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 2, 2 },
		{ "{\"a..b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, 1 },
		{ "{\"__metadata__\":{}}", 0, 0 },
		{ "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1, 1 },
	};
	struct fl_err err;
	struct st h;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK(parse(&h, rows[i].header, &err) == FL_OK && h.n == rows[i].n && h.data_len == rows[i].len, "accepted: %zu", i);
		st_clear(&h);
	}
}

static void refused(void)
{
	static const struct {
		const char *why, *header;
	} rows[] = {
		{ "'{'", " {}" },
		{ "'{'", "[]" },
		{ "'{'", "{" },
		{ "'\"' expected", "{{}}" },
		{ "spaces", "{}{}" },
		{ "spaces", "{}\t" },
		{ "'\"' expected", "{" A16 ",}" },
		{ "twice", "{" A16 "," A16 "}" },
		{ "twice", "{\"__metadata__\":{},\"__metadata__\":{}}" },
		{ "twice", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}" },
		{ "twice", "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "'{' expected", "{\"__metadata__\":null}" },
		{ "expected", "{\"__metadata__\":{\"k\":3}}" },
		{ "unknown member", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":1}}" },
		{ "lacks", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}" },
		{ "expected", "{\"a\":{}}" },
		{ "dtype", "{\"a\":{\"dtype\":\"u8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "dtype", "{\"a\":{\"dtype\":\"\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "expected", "{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[01],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1e0],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1E0],\"data_offsets\":[0,1]}}" },
		{ "whole number", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,],\"data_offsets\":[0,1]}}" },
		{ "too many", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}" },
		{ "overflows", "{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551616],\"data_offsets\":[0,1]}}" },
		{ "overflows", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904,0],\"data_offsets\":[0,0]}}" },
		{ "overflows", "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}}" },
		{ "byte", "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}" },
		{ "begin, end", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}" },
		{ "too many", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}" },
		{ "begin, end", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}" },
		{ "do not fit", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}" },
		{ "hole", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}" },
		{ "overlaps", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}" },
		{ "overlaps", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}" },
		{ "empty", "{\"\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "out of its folder", "{\"../a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "out of its folder", "{\"/a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "out of its folder", "{\"a/..\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "out of its folder", "{\"a/../b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "control", "{\"a\\u001b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "control", "{\"a\n\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "control", "{\"a\x7f\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "NUL", "{\"a\\u0000\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" },
		{ "UTF-8", "{\"\xff\":{}}" },
		{ "UTF-8", "{\"\xc0\xaf\":{}}" },         /* overlong */
		{ "UTF-8", "{\"\xe0\x80\xaf\":{}}" },     /* overlong */
		{ "UTF-8", "{\"\xf0\x80\x80\xaf\":{}}" }, /* overlong */
		{ "UTF-8", "{\"\xed\xa0\x80\":{}}" },     /* a surrogate */
		{ "UTF-8", "{\"\xf4\x90\x80\x80\":{}}" }, /* past U+10FFFF */
		{ "UTF-8", "{\"\xe2\x82" },
		{ "surrogate", "{\"\\ud800\":{}}" },
		{ "surrogate", "{\"\\udc00\":{}}" },
		{ "surrogate", "{\"\\ud800\\u0041\":{}}" },
		{ "escape", "{\"\\x\":{}}" },
		{ "escape", "{\"\\u12g4\":{}}" },
		{ "escape", "{\"\\u12" },
		{ "does not end", "{\"a" },
		{ "does not end", "{\"a\\" },
	};
	struct fl_err err;
	struct st h;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		int rc = parse(&h, rows[i].header, &err);
		CHECK(rc == FL_DATA && strstr(err.msg, rows[i].why) && !h.n && !h.tensors, "refused: row %zu: %s", i, rows[i].why);
		if (rc == FL_OK)
			st_clear(&h);
		else if (!strstr(err.msg, rows[i].why))
			printf("# said: %s\n", err.msg);
	}
}

/* Every prefix of a header is refused, and none is read past its end (the copy has no byte more, which ASan watches). */
static void prefixes(void)
{
	static const char text[] = "{\"__metadata__\":{\"k\":\"v\\u00e9\\ud83d\\ude00\"}," A16 ",\"b\\\"\":{\"dtype\":\"I64\",\"shape\":[],"
				   "\"data_offsets\":[16,24]}}";
	size_t n, refused_n = 0;
	struct fl_err err;
	struct st h;

	for (n = 0; n < sizeof text - 1; n++) {
		char *copy = malloc(n + !n);
		memcpy(copy, text, n);
		h = (struct st){ 0 };
		refused_n += st_parse(&h, copy, n, &err) == FL_DATA && !h.tensors && !h.meta;
		free(copy);
	}
	CHECK(refused_n == sizeof text - 1, "every prefix is refused");
	CHECK(parse(&h, text, &err) == FL_OK && !strcmp(h.tensors[1].name, "b\"") &&
	      !strcmp(st_get_meta(&h, "k"), "v\xc3\xa9\xf0\x9f\x98\x80"), "the whole is read, escapes and pairs too");
	st_clear(&h);
}

static void limits(void)
{
	struct st h = { 0 };
	struct fl_err err;
	char name[400], text[600];

	memset(name, 'x', sizeof name);
	name[255] = 0;
	snprintf(text, sizeof text, "{\"%s\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", name);
	CHECK(parse(&h, text, &err) == FL_OK, "a name of 255 bytes");
	st_clear(&h);
	snprintf(text, sizeof text, "{\"%sx\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", name);
	CHECK(parse(&h, text, &err) == FL_DATA && strstr(err.msg, "255"), "no name of 256 bytes");
	CHECK(st_parse(&h, text, ST_HEADER_MAX + 1, &err) == FL_DATA && strstr(err.msg, "25000000"), "no header over the limit");
}

/* The layout of the reference: type by alignment, then name; offsets without a gap; header padded to 8. */
static void layout(void)
{
	static const char want[] = "{\"__metadata__\":{\"a\":\"\\\"\\\\\\n\\u0001\xc3\xa9\",\"k\":\"v\"},"
		"\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
		"\"a\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[16,28]},"
		"\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[28,32]},"
		"\"c\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[32,35]}}";
	static const uint64_t three = 3, two = 2, one_three[] = { 1, 3 };
	size_t n = (sizeof want - 1 + 7) / 8 * 8, i;
	struct buf b = { 0 };
	struct st h = { 0 }, back = { 0 };
	int spaces = 1;

	CHECK(st_add(&h, "c", DT_U8, 1, &three, NULL) == FL_OK && st_add(&h, "b", DT_F32, 0, NULL, NULL) == FL_OK &&
	      st_add(&h, "d", DT_F64, 1, &two, NULL) == FL_OK && st_add(&h, "a", DT_F32, 2, one_three, NULL) == FL_OK &&
	      st_add_meta(&h, "k", "v", NULL) == FL_OK && st_add_meta(&h, "a", "\"\\\n\001\xc3\xa9", NULL) == FL_OK, "tensors in any order");
	CHECK(st_layout(&h, NULL) == FL_OK && h.data_len == 35, "are laid out");
	CHECK(st_format(&h, &b, NULL) == FL_OK && b.len == 8 + n, "and written, padded to 8");
	CHECK((unsigned char)b.data[0] == (n & 255) && (unsigned char)b.data[1] == n >> 8 && !memcmp(b.data + 2, "\0\0\0\0\0\0", 6),
	      "after their length, little-endian");
	CHECK(!memcmp(b.data + 8, want, sizeof want - 1), "in the order of the reference");
	for (i = 8 + sizeof want - 1; i < b.len; i++)
		spaces &= b.data[i] == ' ';
	CHECK(spaces, "with spaces behind");
	CHECK(st_parse(&back, b.data + 8, n, NULL) == FL_OK && back.n == 4 && st_find(&back, "a")->begin == 16 &&
	      tensor_len(st_find(&back, "a")) == 3 && tensor_len(st_find(&back, "b")) == 1 && !st_find(&back, "x") &&
	      !st_get_meta(&back, "x"), "and read back");
	st_clear(&back);
	st_clear(&h);
	buf_clear(&b);
}

static void not_writable(void)
{
	static const uint64_t huge[] = { (uint64_t)1 << 62, 8 }, odd = 3, nine[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct st h = { 0 };

	CHECK(st_add(&h, "__metadata__", DT_U8, 0, NULL, NULL) == FL_DATA, "no tensor called __metadata__");
	CHECK(st_add(&h, "../x", DT_U8, 0, NULL, NULL) == FL_DATA, "no path as a name");
	CHECK(st_add(&h, "x", DT_F32, 2, huge, NULL) == FL_DATA, "no shape that overflows");
	CHECK(st_add(&h, "x", DT_F4, 1, &odd, NULL) == FL_DATA, "no half byte");
	CHECK(st_add(&h, "x", DT_U8, 9, nine, NULL) == FL_DATA, "no nine dimensions");
	CHECK(h.n == 0, "and nothing of them stays");
	CHECK(st_add(&h, "x", DT_U8, 0, NULL, NULL) == FL_OK && st_add(&h, "x", DT_F32, 0, NULL, NULL) == FL_OK &&
	      st_layout(&h, NULL) == FL_DATA, "no name twice");
	st_clear(&h);
	st_clear(&h);
	CHECK(!h.tensors, "cleared twice");
}

/* Memory that runs out at any place is an error and no leak (ASan watches). */
static void without_memory(void)
{
	static const char text[] = "{\"__metadata__\":{\"k\":\"v\"}," A16 "}";
	struct fl_err err;
	struct st h;
	long k;
	int rc = FL_IO;

	for (k = 1; k < 100 && rc == FL_IO; k++) {
		fl_alloc_fail_at(k);
		rc = parse(&h, text, &err);
		if (rc != FL_OK && (h.tensors || h.meta))
			break;
	}
	fl_alloc_fail_at(0);
	CHECK(rc == FL_OK && k > 4, "reading without memory, at each of %ld places", k - 2);
	st_clear(&h);
}

int main(void)
{
	accepted();
	refused();
	prefixes();
	limits();
	layout();
	not_writable();
	without_memory();
	return check_done();
}
