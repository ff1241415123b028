/*
 * schema.h - Frictionless Table Schema with one extra object "fl" per field: what a column means to a model.
 *
 * https://specs.frictionlessdata.io/table-schema/ for name, type, constraints, missingValues. Ours, in field.fl:
 *   role       feature, label, id, group, time, event, weight, offset, ignore
 *   encoding   standard, minmax, onehot, ordinal, none
 *   mean, std  for standard; min, max for minmax; levels (array of strings, their order is the encoding) for onehot,
 *              ordinal and class labels
 *   drop_first onehot without its first level (identifiable models; R's contrasts)
 *   unknown    "error" or "bucket" (onehot: one more column; ordinal: one more index): a level outside levels
 *   missing    "error", "mean" (numeric: the mean), "indicator" (numeric: the mean, and one more 0/1 column), "level"
 *              (onehot: one more column, as with unknown=bucket)
 *   unit, code free text (UCUM, LOINC ...), carried along
 * A field without fl is ignored. Without an encoding: none for numbers and booleans, onehot for strings, ordinal for a
 * label with levels. Missing is "error" unless said. Levels of a number are compared as numbers, those of a boolean as
 * truth; a boolean label without levels has "0" and "1". A class label is a label with levels. mean and std may be absent
 * (a schema before its statistics); reading a table then says what it needs. Encoded columns of a field, in this order:
 * its levels, then its unknown bucket, then its missing column. Unknown members of the JSON are kept and written back.
 */
#ifndef FL_DATA_SCHEMA_H
#define FL_DATA_SCHEMA_H

#include <jansson.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/err.h"

#define SCHEMA_FIELDS_MAX 65536
#define SCHEMA_LEVELS_MAX 65536
#define SCHEMA_WIDTH_MAX ((size_t)1 << 20) /* encoded feature columns */

enum field_role { ROLE_FEATURE, ROLE_LABEL, ROLE_ID, ROLE_GROUP, ROLE_TIME, ROLE_EVENT, ROLE_WEIGHT, ROLE_OFFSET, ROLE_IGNORE };
enum field_encoding { ENC_STANDARD, ENC_MINMAX, ENC_ONEHOT, ENC_ORDINAL, ENC_NONE };
enum field_unknown { UNKNOWN_ERROR, UNKNOWN_BUCKET };
enum field_missing { MISSING_ERROR, MISSING_MEAN, MISSING_INDICATOR, MISSING_LEVEL };
enum field_type { TYPE_NUMBER, TYPE_INTEGER, TYPE_STRING, TYPE_BOOLEAN };

struct field {
	const char *name; /* borrowed from the schema's json */
	enum field_type type;
	enum field_role role;
	enum field_encoding enc;
	enum field_unknown unknown;
	enum field_missing missing;
	int drop_first;
	int required;                     /* constraints.required: missing is an error whatever fl.missing says */
	double mean, std, min, max;       /* std > 0; min < max where given, else NAN */
	double lo, hi;                    /* constraints.minimum and maximum; -INFINITY and INFINITY where absent */
	const char **levels; size_t n_levels;
	size_t at, width;                 /* features: first encoded column and how many */
};

struct schema {
	json_t *json; /* the document, unknown members included */
	struct field *fields; size_t n_fields;
	const char **missing_values; size_t n_missing; /* default "" alone; blanks around one in a cell do not count */
	size_t width;      /* encoded feature columns */
	int label, time, event, weight, offset, id; /* index of the field with the role, or -1 */
	char digest[DIGEST_TEXT]; /* of the canonical JSON */
};

/* Take a schema from JSON (a new reference is held). FL_DATA: `field "age": ...`. *s must be {0}, and is after failure. */
int schema_from_json(struct schema *s, json_t *j, struct fl_err *err);
int schema_read(struct schema *s, const char *path, struct fl_err *err);
void schema_clear(struct schema *s);

/* Name of encoded column i, "age", "sex=f", "sex?unknown", "age?missing", into out. */
void schema_column_name(const struct schema *s, size_t i, char *out, size_t size);

/* FL_OK if b gives the same encoded columns and label as a (names, order, widths, levels; scale numbers may differ). */
int schema_same_encoding(const struct schema *a, const struct schema *b, struct fl_err *err);

/* Number of label classes: n_levels of the label; 0 for a numeric label or survival. */
size_t schema_classes(const struct schema *s);

/* The words of the JSON, for those who write or show one. */
const char *schema_role_name(enum field_role r);
const char *schema_encoding_name(enum field_encoding e);
const char *schema_type_name(enum field_type t);

#endif
