/* units: what people write, and what they may not. */
#include "base/units.h"
#include "check.h"

static double bytes(const char *s)
{
	double v = -1;

	return units_bytes(&v, s, NULL) == FL_OK ? v : -1;
}

static double rate(const char *s)
{
	double v = -1;

	return units_rate(&v, s, NULL) == FL_OK ? v : -1;
}

static double secs(const char *s)
{
	double v = -1;

	return units_seconds(&v, s, NULL) == FL_OK ? v : -1;
}

int main(void)
{
	static const char *const bad[] = { "", "KB", "-1", "1 KB", "1TB2", "0x10q", "0x5", "1e3", "1.2.3KB", "1KBB", "nan", "1e99", ".5KB" };
	size_t i;

	CHECK(bytes("1500") == 1500, "plain bytes");
	CHECK(bytes("200KB") == 200e3 && bytes("200kB") == 200e3, "thousands");
	CHECK(bytes("3MiB") == 3 * 1048576.0 && bytes("2Gi") == 2147483648.0, "powers of 1024");
	CHECK(bytes("0.5M") == 5e5, "a decimal point");
	CHECK(rate("2Mbit/s") == 250e3 && rate("2Mbps") == 250e3, "bits a second");
	CHECK(rate("250KB/s") == 250e3 && rate("9600bit/s") == 1200, "bytes a second");
	CHECK(rate("250") == -1 && rate("2M") == -1, "a rate needs its unit");
	CHECK(secs("10") == 10 && secs("10s") == 10 && secs("250ms") == .25, "seconds");
	CHECK(secs("5m") == 300 && secs("1.5h") == 5400, "minutes and hours");
	CHECK(secs("1Ms") == -1, "no thousands of seconds");
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(bytes(bad[i]) == -1, "not a size: \"%s\"", bad[i]);
	return check_done();
}
