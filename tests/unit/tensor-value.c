/* tensor/value: elements of every readable type, at any address. */
#include "tensor/value.h"

#include <math.h>
#include <string.h>

#include "check.h"

/* Bit patterns by IEEE 754 and two's complement, little-endian. */
static void patterns(void)
{
	static const struct {
		enum dtype d;
		unsigned char bytes[8];
		double want;
	} rows[] = {
		{ DT_BOOL, { 1 }, 1 }, { DT_U8, { 255 }, 255 }, { DT_I8, { 255 }, -1 },
		{ DT_I16, { 0, 0x80 }, -32768 }, { DT_U16, { 0, 0x80 }, 32768 },
		{ DT_I32, { 0xfe, 0xff, 0xff, 0xff }, -2 }, { DT_U32, { 0xfe, 0xff, 0xff, 0xff }, 4294967294.0 },
		{ DT_I64, { 255, 255, 255, 255, 255, 255, 255, 255 }, -1 }, { DT_U64, { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 0x1p63 },
		{ DT_F32, { 0, 0, 0x20, 0xc0 }, -2.5 }, { DT_F64, { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f }, 1 },
		{ DT_BF16, { 0xc0, 0x3f }, 1.5 },
		{ DT_F16, { 0, 0x3c }, 1 }, { DT_F16, { 0xff, 0x7b }, 65504 }, { DT_F16, { 1, 0 }, 0x1p-24 },
		{ DT_F16, { 0, 0x84 }, -0x1p-14 }, { DT_F16, { 0, 0x7c }, INFINITY },
	};
	unsigned char odd[9];
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		memcpy(odd + 1, rows[i].bytes, 8);
		CHECK(value_readable(rows[i].d) && value_get(rows[i].d, odd + 1, 0) == rows[i].want, "%s: %g",
		      dtype_name(rows[i].d), rows[i].want);
	}
	CHECK(isnan(value_get(DT_F16, "\1\x7c", 0)), "F16: NaN");
}

static void readable(void)
{
	static const char *const not[] = { "F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ",
					   "F8_E5M2FNUZ", "C64" };
	size_t i, n = 0;
	int d;

	for (d = 0; d < DT_N; d++)
		for (i = 0; i < sizeof not / sizeof *not; i++)
			n += !value_readable((enum dtype)d) && !strcmp(not[i], dtype_name((enum dtype)d));
	CHECK(n == sizeof not / sizeof *not, "small floats and complex numbers are not read");
}

static void sums(void)
{
	static const float x[] = { 3, NAN, -1, INFINITY, 2 };
	struct value_sum s = { 0 };

	value_add(&s, DT_F32, x, 2);
	value_add(&s, DT_F32, x + 2, 3);
	CHECK(s.n == 3 && s.bad == 2, "what is not finite is counted apart");
	CHECK(s.min == -1 && s.max == 3 && s.sum == 4 && s.squares == 14, "and not in the sums");
}

int main(void)
{
	patterns();
	readable();
	sums();
	return check_done();
}
