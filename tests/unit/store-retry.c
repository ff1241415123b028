/* When to try again, by a clock and a chance of our own. */
#include "store/retry.h"

#include "check.h"
#include "store/date.h"

static void check_jitter(void)
{
	struct retry r = { .until = 1e9 };
	double pause, most = RETRY_BASE, sum = 0;
	struct rng rng;
	int i, k, within = 1;

	rng_seed(&rng, 1, 0);
	for (i = 0; i < 12; i++) {
		within &= retry_next(&r, &rng, 0, -1, &pause) == RETRY_AGAIN && pause >= 0 && pause < most;
		most = most * 2 < RETRY_CAP ? most * 2 : RETRY_CAP;
	}
	CHECK(within && r.tries == 12, "the n-th pause is below the smaller of 60 and 0.5 * 2^n");
	for (k = 0; k < 2000; k++) {
		retry_next(&r, &rng, 0, -1, &pause);
		sum += pause;
	}
	CHECK_NEAR(sum / 2000, RETRY_CAP / 2, 1.5, "pauses are spread evenly: their mean is half of the most");
	for (i = 0, r.tries = 0; i < 1100; i++)
		within &= retry_next(&r, &rng, 0, -1, &pause) == RETRY_AGAIN && pause < RETRY_CAP;
	CHECK(within, "nothing overflows after many tries");
}

static void check_deadline(void)
{
	struct retry r = { .until = 10 };
	struct rng rng;
	double pause;
	int i, kept = 1;

	rng_seed(&rng, 2, 0);
	for (i = 0; i < 100; i++) {
		enum retry_answer a = retry_next(&r, &rng, 9.9, -1, &pause);
		kept &= a == RETRY_AGAIN ? 9.9 + pause < 10 : a == RETRY_GIVE_UP && 9.9 + pause >= 10;
	}
	CHECK(kept, "no pause ends after the deadline");
	CHECK(retry_next(&r, &rng, 10, -1, &pause) == RETRY_GIVE_UP, "at the deadline nothing is tried");
	CHECK(retry_next(&r, &rng, 0, 7, &pause) == RETRY_AGAIN && pause == 7, "Retry-After comes before chance");
	CHECK(retry_next(&r, &rng, 0, 0, &pause) == RETRY_AGAIN && pause == 0, "also where it is 0");
	CHECK(retry_next(&r, &rng, 0, 3600, &pause) == RETRY_LATER && pause == 3600, "one beyond the deadline is for another day");
}

static void check_statuses(void)
{
	static const long again[] = { 408, 425, 429, 500, 502, 503, 504, 520, 599 };
	static const long final[] = { 200, 204, 301, 304, 400, 401, 403, 404, 405, 409, 411, 412, 413, 416, 422, 501, 505, 507, 600, 0 };
	size_t i;

	for (i = 0; i < sizeof again / sizeof *again; i++)
		CHECK(retry_status(again[i]), "%ld may pass", again[i]);
	for (i = 0; i < sizeof final / sizeof *final; i++)
		CHECK(!retry_status(final[i]), "%ld does not", final[i]);
}

static void check_headers(void)
{
	static const char *const bad[] = { "", "x", "-1", "1.5", "1 ", "99999999999", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun, 06 Nex 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
		"Sun, 06 Nov 1x94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT " };
	time_t t = 0;
	size_t i;

	CHECK(date_parse(&t, "Sun, 06 Nov 1994 08:49:37 GMT") && t == 784111777, "the date of RFC 9110");
	CHECK(date_parse(&t, "Thu, 29 Feb 2024 23:59:60 GMT") && t == 1709251200, "a leap day and a leap second");
	CHECK(retry_after("120", 0) == 120 && retry_after("0", 0) == 0, "Retry-After in seconds");
	CHECK(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111700) == 77, "Retry-After as a date");
	CHECK(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111800) == 0, "one that is past is now");
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(retry_after(bad[i], 0) < 0, "no Retry-After: '%s'", bad[i]);
}

int main(void)
{
	check_jitter();
	check_deadline();
	check_statuses();
	check_headers();
	return check_done();
}
