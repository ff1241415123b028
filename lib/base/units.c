#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	double is;
};

static const struct unit seconds[] = { { "", 1 }, { "s", 1 }, { "ms", 1e-3 }, { "m", 60 }, { "min", 60 }, { "h", 3600 }, { NULL, 0 } };
static const struct unit rates[] = { { "bit/s", .125 }, { "bps", .125 }, { "B/s", 1 }, { NULL, 0 } };
static const struct unit sizes[] = { { "", 1 }, { "B", 1 }, { NULL, 0 } };
static const struct unit prefixes[] = { { "Ki", 0x1p10 }, { "Mi", 0x1p20 }, { "Gi", 0x1p30 }, { "k", 1e3 }, { "K", 1e3 }, { "M", 1e6 },
					{ "G", 1e9 }, { "", 1 }, { NULL, 0 } };

/* The value of unit s, with a prefix or not; 0: there is none. */
static double find(const struct unit *units, const char *s, int prefixed)
{
	size_t p, u, n;

	for (p = 0; prefixed && prefixes[p].name; p++) {
		n = strlen(prefixes[p].name);
		if (strncmp(s, prefixes[p].name, n))
			continue;
		for (u = 0; units[u].name; u++)
			if (!strcmp(s + n, units[u].name))
				return prefixes[p].is * units[u].is;
	}
	for (u = 0; units[u].name; u++)
		if (!strcmp(s, units[u].name))
			return units[u].is;
	return 0;
}

static int parse(double *v, const char *text, const struct unit *units, int prefixed, const char *like, struct fl_err *err)
{
	char number[32] = "", *end = number;
	size_t n = strspn(text, "0123456789.");
	double x = 0, is = find(units, text + n, prefixed);

	if (n && n < sizeof number && text[0] != '.') {
		memcpy(number, text, n);
		x = strtod(number, &end);
	}
	if (end == number || *end || !(x * is >= 0 && x * is < 1e18) || is == 0)
		return fl_fail(err, FL_USAGE, "\"%.40s\" is not %s", text, like);
	*v = x * is;
	return FL_OK;
}

int units_bytes(double *bytes, const char *text, struct fl_err *err)
{
	return parse(bytes, text, sizes, 1, "a size like 200KB or 3MiB", err);
}

int units_rate(double *bytes_per_s, const char *text, struct fl_err *err)
{
	return parse(bytes_per_s, text, rates, 1, "a rate like 2Mbit/s or 250KB/s", err);
}

int units_seconds(double *s, const char *text, struct fl_err *err)
{
	return parse(s, text, seconds, 0, "a time like 10s, 250ms or 5m", err);
}
