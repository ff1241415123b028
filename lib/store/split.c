#include <stdlib.h>
#include <string.h>

#include "store/name.h"
#include "store/store.h"

/* Where the path of a URL begins; of a plain path, at once. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? host + 3 + strcspn(host + 3, "/") : url;
}

int store_split(char **url, char **name, const char *whole, struct fl_err *err)
{
	char place[NAME_MAX_LEN + 1] = "";
	const char *start = path_of(whole), *p;
	size_t n = strlen(whole);
	int rc, found = 0;

	*url = *name = NULL;
	for (p = start; p && !found; p = strchr(p, '/')) {
		p += *p == '/';
		if ((found = name_place(place, p)))
			n = (size_t)(p - whole);
	}
	while (n > 1 && whole + n > start && whole[n - 1] == '/') /* not the slashes of "://" */
		n--;
	TRY(n ? fl_strndup(url, whole, n, err) : fl_strdup(url, ".", err));
	TRY(fl_strdup(name, found ? place : "", err));
out:
	if (rc != FL_OK) {
		free(*url);
		free(*name);
		*url = *name = NULL;
	}
	return rc;
}
