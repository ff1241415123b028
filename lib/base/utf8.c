#include "base/utf8.h"

size_t utf8_len(const unsigned char *p, const unsigned char *end)
{
	size_t n = p == end ? 0 : *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xf0 && *p < 0xf5 ? 4 : 0;
	size_t i;

	if (n == 0 || (size_t)(end - p) < n)
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

int utf8_text(const void *s, size_t n)
{
	const unsigned char *p = s, *end = p + n;
	size_t k;

	for (; p < end; p += k)
		if (*p == 0 || !(k = utf8_len(p, end)))
			return 0;
	return 1;
}
