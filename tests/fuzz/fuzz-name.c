/* The grammar of names on any text: what parses is written back the same, lies under prefixes that may be listed, and leaves
 * no way out of the folder. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/name.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void write_back(const struct name *n, char out[NAME_MAX_LEN + 1])
{
	switch (n->kind) {
	case NAME_FEDERATION: name_federation(out, n->number); break;
	case NAME_BLOB: name_blob(out, n->digest); break;
	case NAME_PLAN: name_round(out, n->number, "plan.pb"); break;
	case NAME_SEAL: name_round(out, n->number, "seal.pb"); break;
	case NAME_RESULT: name_round(out, n->number, "result.pb"); break;
	case NAME_PAYLOAD: name_payload(out, n->number, n->who, n->digest); break;
	case NAME_ENVELOPE: name_envelope(out, n->number, n->who); break;
	case NAME_DELTA: name_delta(out, n->to, n->from); break;
	case NAME_CHANNEL: name_channel(out, n->who, n->number); break;
	default: abort();
	}
}

static void check_name(const char *s)
{
	char out[NAME_MAX_LEN + 1], *slash;
	struct fl_err err;
	struct name n;

	if (name_parse(&n, s, &err) != FL_OK) {
		must(n.kind == NAME_NONE && err.msg[0]);
		return;
	}
	write_back(&n, out);
	must(!strcmp(out, s));
	must(s[0] != '/' && s[0] != '.' && !strstr(s, "..") && !strstr(s, "//") && !strstr(s, "/."));
	must(name_place(out, s) && !strcmp(out, s));
	while ((slash = strrchr(out, '/'))) {
		slash[1] = 0;
		must(name_prefix_ok(out));
		*slash = 0;
	}
}

static void check_place(const char *s)
{
	char out[NAME_MAX_LEN + 1], again[NAME_MAX_LEN + 1], prefix[NAME_MAX_LEN + 2] = "";
	struct name n;

	if (!name_place(out, s))
		return;
	must(name_place(again, out) && !strcmp(out, again));
	memcpy(prefix, out, strlen(out));
	prefix[strlen(out)] = '/';
	must(name_parse(&n, out, NULL) == FL_OK || name_prefix_ok(prefix));
}

static void check_split(const char *s)
{
	char *url, *name, again[NAME_MAX_LEN + 1];
	struct fl_err err;

	if (store_split(&url, &name, s, &err) != FL_OK)
		abort();
	must(strlen(url) <= strlen(s) + 1);
	must(!*name || (name_place(again, name) && !strcmp(again, name)));
	free(url);
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s;

	if (size > 4096 || !(s = malloc(size + 1)))
		return 0;
	memcpy(s, data, size);
	s[size] = 0;
	check_name(s);
	check_place(s);
	check_split(s);
	free(s);
	return 0;
}
