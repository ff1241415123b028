/* What lists come in, on any bytes: the first byte chooses between fl-serve's JSON lines, S3's and WebDAV's XML, and a file of
 * AWS settings. What is listed are names of ours, or single segments. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/aws.h"
#include "store/listing.h"
#include "store/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void check_names(const struct listing *l)
{
	struct name n;
	size_t i;

	for (i = 0; i < l->n; i++)
		must(name_parse(&n, l->v[i].name, NULL) == FL_OK);
}

static void check_segments(const struct listing *l)
{
	size_t i, n;

	for (i = 0; i < l->n; i++) {
		n = strlen(l->v[i].name);
		must(n && name_segment_ok(l->v[i].name, n - (l->v[i].name[n - 1] == '/')));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data + 1;
	struct listing l = { 0 };
	struct aws a = { 0 };
	struct fl_err err = { 0 };
	int rc;

	if (!size)
		return 0;
	switch (data[0]) {
	case 'j': rc = listing_json(&l, s, size - 1, &err); break;
	case 's': rc = listing_s3(&l, s, size - 1, "p/", &err); break;
	case 'd': rc = listing_dav(&l, s, size - 1, "/p/", &err); break;
	default: rc = aws_parse(&a, s, size - 1, "default", &err); break;
	}
	must(rc == FL_OK || ((rc == FL_DATA || rc == FL_IO) && err.msg[0]));
	if (data[0] == 'd')
		check_segments(&l);
	else
		check_names(&l);
	listing_sort(&l);
	listing_clear(&l);
	return 0;
}
