#include "store/date.h"

#include <string.h>

static int digits(const char *s, int n, int *v)
{
	for (*v = 0; n > 0; n--, s++) {
		if (*s < '0' || *s > '9')
			return 0;
		*v = *v * 10 + (*s - '0');
	}
	return 1;
}

int date_parse(time_t *t, const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };
	char month[4] = "";
	const char *m;

	if (strlen(s) != 29 || s[3] != ',' || s[4] != ' ' || s[7] != ' ' || s[11] != ' ' || s[16] != ' ' || s[19] != ':' ||
	    s[22] != ':' || strcmp(s + 25, " GMT"))
		return 0;
	memcpy(month, s + 8, 3);
	m = strstr(months, month);
	if (!m || (m - months) % 3)
		return 0;
	tm.tm_mon = (int)(m - months) / 3;
	if (!digits(s + 5, 2, &tm.tm_mday) || !digits(s + 12, 4, &tm.tm_year) || !digits(s + 17, 2, &tm.tm_hour) ||
	    !digits(s + 20, 2, &tm.tm_min) || !digits(s + 23, 2, &tm.tm_sec))
		return 0;
	if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_year < 1970 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return 0;
	tm.tm_year -= 1900;
	*t = timegm(&tm);
	return 1;
}
