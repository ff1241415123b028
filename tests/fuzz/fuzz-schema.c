/* The schema reader on any bytes: what it accepts survives its canonical text, and encodes any cell to finite numbers. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "data/encode.h"
#include "data/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void check_canonical(const struct schema *s)
{
	struct fl_err err;
	struct schema again = { 0 };
	char *text = NULL;
	json_t *j = NULL;

	must(json_canonical(&text, s->json, &err) == FL_OK);
	must(json_parse(&j, text, strlen(text), &err) == FL_OK);
	must(schema_from_json(&again, j, &err) == FL_OK);
	must(!strcmp(again.digest, s->digest) && schema_same_encoding(s, &again, &err) == FL_OK);
	schema_clear(&again);
	json_decref(j);
	free(text);
}

static void check_cell(const struct encoder *e, size_t i, const char *s)
{
	const struct field *f = e->f[i].field;
	size_t k, n = f->width ? f->width : 1;
	struct fl_err err;
	float *out = malloc(n * sizeof *out); /* exact, so that a sanitizer sees a write past the end */

	must(out != NULL);
	if (f->role == ROLE_FEATURE && !f->width) {
		free(out);
		return;
	}
	if (encode_cell(e, i, s, strlen(s), out, &err) == FL_OK)
		for (k = 0; k < n; k++)
			must(isfinite(out[k]) || (isnan(out[k]) && f->role != ROLE_FEATURE) || e->f[i].local);
	free(out);
}

static void check_cells(const struct schema *s)
{
	static const char *const texts[] = { "", "0", "1", "-9", "2.5", "true", "f", "NA", "1e300" };
	struct encoder e = { 0 };
	struct fl_err err;
	size_t i, k;
	int scale;

	for (scale = TABLE_SCALE_SCHEMA; scale <= TABLE_SCALE_NONE; scale++) {
		if (encoder_init(&e, s, (enum table_scale)scale, &err) != FL_OK)
			continue;
		for (i = 0; i < e.n && i < 16; i++) {
			for (k = 0; k < sizeof texts / sizeof *texts; k++)
				check_cell(&e, i, texts[k]);
			for (k = 0; k < e.f[i].field->n_levels && k < 16; k++)
				check_cell(&e, i, e.f[i].field->levels[k]);
		}
		encoder_clear(&e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fl_err err;
	struct schema s = { 0 };
	json_t *j = NULL;
	char name[64];
	size_t i;

	if (json_parse(&j, (const char *)data, size, &err) != FL_OK)
		return 0;
	if (schema_from_json(&s, j, &err) == FL_OK) {
		check_canonical(&s);
		check_cells(&s);
		for (i = 0; i < s.width && i < 64; i++)
			schema_column_name(&s, i, name, sizeof name);
	} else {
		must(!s.json && !s.fields && err.msg[0]);
	}
	schema_clear(&s);
	json_decref(j);
	return 0;
}
