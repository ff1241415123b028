#include "codec/chunks.h"

#include <math.h>
#include <string.h>

void chunks_put32(unsigned char *p, uint32_t u)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		p[i] = (unsigned char)(u >> 8 * i);
}

uint32_t chunks_get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void chunks_put_float(unsigned char *p, float x)
{
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	chunks_put32(p, u);
}

int chunks_float(const unsigned char *p, float *x, struct fl_err *err)
{
	uint32_t u = chunks_get32(p);

	memcpy(x, &u, sizeof u);
	return isfinite(*x) ? FL_OK : fl_fail(err, FL_DATA, "has a value that is not finite");
}

/* Bytes of the directory. */
static uint64_t directory(uint64_t n)
{
	return n ? 4 * (codec_chunks(n) - 1) : 0;
}

int chunks_start(struct buf *out, uint64_t n, size_t *start, struct fl_err *err)
{
	size_t dir = (size_t)directory(n);
	int rc;

	*start = out->len;
	TRY(buf_reserve(out, dir, err));
	memset(out->data + out->len, 0, dir);
	out->len += dir;
out:
	return rc;
}

int chunks_end(struct buf *out, uint64_t n, size_t start, uint64_t i, struct fl_err *err)
{
	size_t first = start + (size_t)directory(n), end = out->len - first;

	if (i + 1 == codec_chunks(n)) {
		if (!end)
			out->len = start;
		return FL_OK;
	}
	if (end > UINT32_MAX)
		return fl_fail(err, FL_DATA, "is too large to be encoded as one tensor");
	chunks_put32((unsigned char *)out->data + start + 4 * i, (uint32_t)end);
	return FL_OK;
}

/* One end in the directory. */
static int read_end(const struct codec_bytes *in, uint64_t i, uint64_t *end, struct fl_err *err)
{
	unsigned char b[4];
	int rc;

	TRY(codec_read(in, b, sizeof b, 4 * i, err));
	*end = chunks_get32(b);
out:
	return rc;
}

int chunks_read(const struct codec_bytes *in, uint64_t n, uint64_t from, size_t max, unsigned char **p, size_t *len,
		struct fl_err *err)
{
	uint64_t dir = directory(n), i = from / CODEC_CHUNK, begin = 0, end;
	int rc;

	*p = NULL;
	*len = 0;
	if (!in->len)
		return FL_OK;
	if (in->len < dir)
		return fl_fail(err, FL_DATA, "is cut short");
	end = in->len - dir;
	if (i)
		TRY(read_end(in, i - 1, &begin, err));
	if (i + 1 < codec_chunks(n))
		TRY(read_end(in, i, &end, err));
	if (begin > end || end > in->len - dir || end - begin > max)
		return fl_fail(err, FL_DATA, "has a wrong directory of chunks");
	TRY(fl_alloc(p, (size_t)(end - begin) + 8, 1, err));
	*len = (size_t)(end - begin);
	TRY(codec_read(in, *p, *len, dir + begin, err));
out:
	return rc;
}

/* From the end: a place is never before its value, so nothing is written over that is still to be read. */
void chunks_spread(float *x, size_t n, const uint32_t *at, size_t k)
{
	size_t end = n, i;
	float v;

	for (i = k; i-- > 0; end = at[i]) {
		v = x[i];
		memset(x + at[i] + 1, 0, (end - at[i] - 1) * sizeof *x);
		x[at[i]] = v;
	}
	memset(x, 0, end * sizeof *x);
}
