#include "wire/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void time_text(char out[TIME_TEXT], int64_t seconds, int32_t nanos)
{
	time_t t = (time_t)seconds;
	char fraction[16] = "";
	struct tm tm;

	gmtime_r(&t, &tm);
	if (nanos % 1000000 == 0 && nanos)
		snprintf(fraction, sizeof fraction, ".%03d", nanos / 1000000);
	else if (nanos % 1000 == 0 && nanos)
		snprintf(fraction, sizeof fraction, ".%06d", nanos / 1000);
	else if (nanos)
		snprintf(fraction, sizeof fraction, ".%09d", nanos);
	snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%.10sZ", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
}

/* Exactly n digits, then the byte `after` (0: none is asked for), between min and max. Returns what follows, or NULL. */
static const char *digits(int *v, const char *s, int n, char after, int min, int max)
{
	for (*v = 0; s && n > 0; n--, s++) {
		if (*s < '0' || *s > '9')
			return NULL;
		*v = *v * 10 + (*s - '0');
	}
	if (!s || *v < min || *v > max || (after && *s != after))
		return NULL;
	return after ? s + 1 : s;
}

static const char *fraction(int32_t *nanos, const char *s)
{
	int32_t unit = 100000000;
	int n;

	*nanos = 0;
	if (!s || *s != '.')
		return s;
	for (n = 0, s++; *s >= '0' && *s <= '9' && n < 9; n++, s++, unit /= 10)
		*nanos += unit * (*s - '0');
	return n ? s : NULL;
}

/* "Z" or "+01:00", in seconds ahead of UTC. */
static const char *offset(int *ahead, const char *s)
{
	int sign, h, m;

	*ahead = 0;
	if (!s || *s == 'Z')
		return s ? s + 1 : NULL;
	if (*s != '+' && *s != '-')
		return NULL;
	sign = *s == '-' ? -1 : 1;
	s = digits(&m, digits(&h, s + 1, 2, ':', 0, 23), 2, 0, 0, 59);
	*ahead = sign * (h * 3600 + m * 60);
	return s;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

int time_parse(int64_t *seconds, int32_t *nanos, const char *s, struct fl_err *err)
{
	struct tm tm = { 0 };
	const char *p = s;
	char shown[44];
	int year = 0, month = 0, ahead = 0;

	p = digits(&year, p, 4, '-', 1, 9999);
	p = digits(&month, p, 2, '-', 1, 12);
	p = digits(&tm.tm_mday, p, 2, 'T', 1, p ? days_in(year, month) : 0);
	p = digits(&tm.tm_hour, p, 2, ':', 0, 23);
	p = digits(&tm.tm_min, p, 2, ':', 0, 59);
	p = digits(&tm.tm_sec, p, 2, 0, 0, 59);
	p = offset(&ahead, fraction(nanos, p));
	if (!p || *p)
		return fl_fail(err, FL_DATA, "\"%s\" is not a time like 2026-11-24T10:32:55Z",
			       fl_err_quote(shown, 40, s, strlen(s)));
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	*seconds = (int64_t)timegm(&tm) - ahead;
	if (*seconds < TIME_FIRST || *seconds > TIME_LAST)
		return fl_fail(err, FL_DATA, "\"%s\" lies outside the years 1 to 9999", s);
	return FL_OK;
}

void base64_put(char *text, const void *p, size_t n)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = p;
	size_t i, k;
	uint32_t v;

	for (i = 0; i < n; i += 3, text += 4) {
		v = (uint32_t)in[i] << 16 | (i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0) | (i + 2 < n ? in[i + 2] : 0);
		for (k = 0; k < 4; k++)
			text[k] = i + k > n ? '=' : alphabet[v >> (18 - 6 * k) & 63];
	}
	*text = 0;
}

int base64_text(char **text, const void *p, size_t n, struct fl_err *err)
{
	int rc = fl_alloc(text, n / 3 + 2, 4, err);

	if (rc == FL_OK)
		base64_put(*text, p, n);
	return rc;
}

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

int base64_parse(unsigned char **p, size_t *n, const char *s, size_t len, struct fl_err *err)
{
	uint32_t bits = 0;
	size_t i, k = 0;
	int v, rc;

	*p = NULL;
	*n = 0;
	for (i = 0; i < 2 && len && len % 4 == (4 - i) % 4 && s[len - 1] == '='; i++)
		len--;
	TRY(fl_alloc(p, len / 4 * 3 + 3, 1, err));
	for (i = 0; i < len; i++) {
		if ((v = value(s[i])) < 0)
			break;
		bits = bits << 6 | (uint32_t)v;
		if (i % 4)
			(*p)[k++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	if (i < len || len % 4 == 1 || bits & (len % 4 == 2 ? 15 : len % 4 == 3 ? 3 : 0)) {
		rc = fl_fail(err, FL_DATA, "is not base64");
		free(*p);
		*p = NULL;
		goto out;
	}
	*n = k;
out:
	return rc;
}
