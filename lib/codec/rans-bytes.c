/* Plain bytes in one context. */
#include <string.h>

#include "codec/rans.h"

static void count_bytes(const uint8_t *x, size_t n, uint64_t *count)
{
	uint64_t odd[2][RANS_SYMBOLS] = { { 0 } };
	size_t i;

	memset(count, 0, RANS_SYMBOLS * sizeof *count);
	for (i = 0; i + 2 < n; i += 3) { /* runs of one byte do not wait for themselves */
		count[x[i]]++;
		odd[0][x[i + 1]]++;
		odd[1][x[i + 2]]++;
	}
	for (; i < n; i++)
		count[x[i]]++;
	for (i = 0; i < RANS_SYMBOLS; i++)
		count[i] += odd[0][i] + odd[1][i];
}

static int put_coded(const uint8_t *x, size_t n, const struct rans_model *m, double bits, struct buf *out, struct fl_err *err)
{
	struct rans_encoder e = { 0 };
	int rc;

	TRY(buf_add(out, "\1", 1, err));
	TRY(rans_put_model(m, out, err));
	TRY(rans_encoder_make(&e, m, err));
	TRY(rans_encode(&e, RANS_GIVEN, x, NULL, n, rans_lanes(bits), out, err));
out:
	rans_encoder_clear(&e);
	return rc;
}

int rans_put_bytes(const uint8_t *x, size_t n, struct buf *out, struct fl_err *err)
{
	struct rans_model m = { .contexts = 1, .symbols = RANS_SYMBOLS };
	uint64_t count[RANS_SYMBOLS];
	size_t start = out->len;
	double bits;
	int rc;

	count_bytes(x, n, count);
	bits = rans_fit(&m, count);
	if (n && bits < 8. * (double)n) {
		TRY(put_coded(x, n, &m, bits, out, err));
		if (out->len - start <= n)
			return FL_OK;
		out->len = start;
	}
	TRY(buf_add(out, "", 1, err));
	TRY(buf_add(out, (const char *)x, n, err));
out:
	return rc;
}

static int get_coded(const unsigned char *p, size_t len, uint8_t *x, size_t n, struct fl_err *err)
{
	struct rans_decoder d = { 0 };
	struct rans_model m;
	size_t used;
	int rc;

	TRY(rans_get_model(&m, p, len, &used, err));
	TRY(rans_decoder_make(&d, &m, err));
	TRY(rans_decode(&d, RANS_GIVEN, p + used, len - used, NULL, n, x, err));
out:
	rans_decoder_clear(&d);
	return rc;
}

int rans_get_bytes(const unsigned char *p, size_t len, uint8_t *x, size_t n, struct fl_err *err)
{
	if (!len || *p > 1)
		return fl_fail(err, FL_DATA, len ? "is coded in a way that is not known" : "is cut short");
	if (*p)
		return get_coded(p + 1, len - 1, x, n, err);
	if (len - 1 != n)
		return fl_fail(err, FL_DATA, "has %zu bytes, want %zu", len - 1, n);
	if (n)
		memcpy(x, p + 1, n);
	return FL_OK;
}
