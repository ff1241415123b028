/* Decimal numbers, bit for bit against strtod(). */
#include "data/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"

static int same_as_strtod(const char *s)
{
	double want = strtod(s, NULL), got = NAN;

	return number_parse(s, strlen(s), &got) && !memcmp(&got, &want, sizeof got);
}

/* A random text of up to 21 digits with a point and an exponent in random places. */
static void random_text(struct rng *r, char *out)
{
	size_t n = 1 + rng_below(r, 21), dot = rng_below(r, n + 1), i;

	if (rng_below(r, 2))
		*out++ = rng_below(r, 2) ? '-' : '+';
	for (i = 0; i < n; i++) {
		if (i == dot)
			*out++ = '.';
		*out++ = (char)('0' + rng_below(r, 10));
	}
	*out = 0;
	if (rng_below(r, 2))
		sprintf(out, "%c%d", rng_below(r, 2) ? 'e' : 'E', (int)rng_below(r, 61) - 30);
}

static void test_random(void)
{
	char text[64];
	struct rng r;
	int i, bad = 0;

	rng_seed(&r, 1, 0);
	for (i = 0; i < 100000; i++) {
		random_text(&r, text);
		bad += !same_as_strtod(text);
	}
	CHECK(bad == 0, "1e5 random decimals are what strtod gives (%d are not)", bad);
	for (i = bad = 0; i < 100000; i++) {
		uint64_t bits = rng_u64(&r);
		double x;

		memcpy(&x, &bits, sizeof x);
		if (!isfinite(x))
			continue;
		snprintf(text, sizeof text, "%.17g", x);
		bad += !same_as_strtod(text);
	}
	CHECK(bad == 0, "1e5 doubles of any size survive 17 digits (%d do not)", bad);
}

/* Decimals next to the middle of two doubles: where rounding twice goes wrong. */
static void test_halfway(void)
{
	char text[64];
	struct rng r;
	int i, k, bad = 0;

	rng_seed(&r, 2, 0);
	for (i = 0; i < 20000; i++) {
		uint64_t odd = (UINT64_C(1) << 53) + (rng_u64(&r) >> 12 | 1); /* 54 bits: half way */
		for (k = 0; k < 3; k++) {
			sprintf(text, "%llu%s", (unsigned long long)(odd << rng_below(&r, 9)),
				k == 0 ? "" : k == 1 ? ".0" : "e5");
			bad += !same_as_strtod(text);
		}
	}
	CHECK(bad == 0, "6e4 decimals half way between doubles round to even (%d do not)", bad);
}

static void test_forms(void)
{
	static const char *const good[] = { "0", "-0", "+7", "1.", ".5", "-.5e1", "1e22", "1e23", "123456789012345678",
					    "9007199254740993", "1e-400", "4.9e-324", "2.2250738585072011e-308",
					    "1.7976931348623157e308", "0e99999999999", "0000000000000000000000001.5" };
	static const char *const bad[] = { "", " ", "+", "-", ".", "e5", "1e", "1e+", "1.5x", "0x10", "nan", "NaN", "inf",
					   "-Infinity", "1,5", "1 5", "1_0", "--1", "1e400", "1e99999999999", "1.2.3", "\xc2\xa0" "1" };
	double x = 42;
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(same_as_strtod(good[i]), "'%s' is what strtod gives", good[i]);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!number_parse(bad[i], strlen(bad[i]), &x) && x == 42, "'%s' is no number", bad[i]);
	CHECK(number_parse(" \t-2.5 ", 7, &x) && x == -2.5, "blanks around a number mean nothing");
	CHECK(number_parse("12345", 2, &x) && x == 12, "only the bytes given are read");
}

static void test_long(void)
{
	char text[NUMBER_TEXT_MAX + 2];
	double x = 0;

	memset(text, '0', sizeof text);
	text[0] = '3';
	text[1] = '.';
	CHECK(number_parse(text, NUMBER_TEXT_MAX, &x) && x == 3, "%d bytes are a number", NUMBER_TEXT_MAX);
	CHECK(!number_parse(text, NUMBER_TEXT_MAX + 1, &x), "one more is not");
}

static void test_text(void)
{
	char out[NUMBER_SIZE];

	CHECK(!strcmp(number_text(out, 0.1), "0.1"), "0.1 is written with one digit");
	CHECK(!strcmp(number_text(out, -3), "-3"), "-3 is written without a point");
	CHECK(strtod(number_text(out, 0.1 + 0.2), NULL) == 0.1 + 0.2, "0.1 + 0.2 keeps its last bit");
}

int main(void)
{
	test_random();
	test_halfway();
	test_forms();
	test_long();
	test_text();
	return check_done();
}
