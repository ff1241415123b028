#include "codec/halves.h"

#include <math.h>

int halves_put(uint16_t (*narrow)(float x), uint16_t inf, const char *name, const float *x, uint64_t n, struct buf *out,
	       struct fl_err *err)
{
	unsigned char *b;
	uint64_t i;
	uint16_t h;
	int rc;

	TRY(buf_reserve(out, n * 2, err));
	b = (unsigned char *)out->data + out->len;
	for (i = 0; i < n; i++) {
		h = narrow(x[i]);
		if ((h & inf) == inf)
			return fl_fail(err, FL_DATA, "holds %g, which %s cannot", (double)x[i], name);
		b[2 * i] = (unsigned char)h;
		b[2 * i + 1] = (unsigned char)(h >> 8);
	}
	out->len += n * 2;
out:
	return rc;
}

int halves_get(float (*widen)(uint16_t h), const struct codec_bytes *in, uint64_t from, size_t n, float *x, struct fl_err *err)
{
	unsigned char b[4096];
	size_t i, k, m;
	int rc = FL_OK;

	for (i = 0; i < n; i += m) {
		m = n - i < sizeof b / 2 ? n - i : sizeof b / 2;
		TRY(codec_read(in, b, 2 * m, 2 * (from + i), err));
		for (k = 0; k < m; k++) {
			x[i + k] = widen((uint16_t)(b[2 * k] | b[2 * k + 1] << 8));
			if (!isfinite(x[i + k]))
				return fl_fail(err, FL_DATA, "has a value that is not finite");
		}
	}
out:
	return rc;
}
