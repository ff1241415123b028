#include "base/clock.h"

#include <time.h>

#include "check.h"

int main(void)
{
	struct timespec nap = { 0, 2000000 };
	double a = clock_s(), b;

	nanosleep(&nap, NULL);
	b = clock_s();
	CHECK(b - a >= 0.002, "two milliseconds are at least that long");
	return check_done();
}
