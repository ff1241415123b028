#include "tensor/meta.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"

static int check_digest(const json_t *fl, const char *key, struct fl_err *err)
{
	const char *s = NULL;
	int rc = json_get_str(fl, key, &s, err);

	if (rc == FL_OK && s && !digest_ok(s))
		return fl_fail(err, FL_DATA, "\"%s\" is not a digest (b2-256: and 64 hex digits)", key);
	return rc;
}

static int check_members(const json_t *fl, struct fl_err *err)
{
	const char *kind = NULL;
	long long v = 0, round = 0;
	double w = 0;
	int rc;

	if (!json_is_object(fl))
		return fl_fail(err, FL_DATA, "is not an object");
	TRY(json_get_int(fl, "v", &v, err));
	if (v < 1)
		return fl_fail(err, FL_DATA, "\"v\" is missing");
	if (v > META_VERSION)
		return fl_fail(err, FL_VERSION, "version %lld is newer than this build's %d; upgrade flkit", v, META_VERSION);
	TRY(json_need_str(fl, "kind", &kind, err));
	TRY(check_digest(fl, "schema", err));
	TRY(check_digest(fl, "base", err));
	TRY(check_digest(fl, "spec_digest", err));
	TRY(json_get_int(fl, "round", &round, err));
	if (round < 0)
		return fl_fail(err, FL_DATA, "\"round\" is negative");
	TRY(json_get_real(fl, "weight", &w, err));
	if (w < 0 || w >= 0x1p24 || w * 0x1p20 != floor(w * 0x1p20))
		return fl_fail(err, FL_DATA, "\"weight\" is not a multiple of 2^-20 within 0 and 2^24");
out:
	return rc;
}

int meta_check(const json_t *fl, struct fl_err *err)
{
	int rc = check_members(fl, err);

	if (rc == FL_OK && json_object_get(fl, "stages"))
		rc = stage_check(json_object_get(fl, "stages"), err);
	return rc == FL_OK ? rc : fl_err_prefix(err, "metadata \"fl\"");
}

json_t *meta_new(const char *kind)
{
	return json_pack("{s:i, s:s, s:[]}", "v", META_VERSION, "kind", kind, "stages");
}

int meta_derive(json_t **out, const json_t *fl, const char *kind, const char *const *drop, struct fl_err *err)
{
	*out = json_deep_copy(fl);
	if (!*out || json_object_set_new(*out, "kind", json_string(kind)) != 0)
		return fl_fail(err, FL_IO, "out of memory: metadata");
	for (; drop && *drop; drop++)
		json_object_del(*out, *drop);
	return FL_OK;
}

int meta_add_stage(json_t *fl, json_t *stage, struct fl_err *err)
{
	json_t *list = json_object_get(fl, "stages");

	if (!list) {
		list = json_array();
		if (json_object_set_new(fl, "stages", list) != 0)
			list = NULL;
	}
	if (json_array_append_new(list, stage) != 0)
		return fl_fail(err, FL_IO, "out of memory: metadata");
	return stage_check(list, err);
}

const char *meta_str(const json_t *fl, const char *key)
{
	const char *s = json_string_value(json_object_get(fl, key));

	return s ? s : "";
}

long long meta_round(const json_t *fl)
{
	return json_integer_value(json_object_get(fl, "round"));
}

/* The codec under a mask that is still on, or NULL: what is summed there are encoded values, and those of different grids do not
 * add up. Without a mask every file is decoded on its own. */
static const json_t *masked_codec(const json_t *fl)
{
	const json_t *list = json_object_get(fl, "stages"), *s;
	size_t i;
	int masked = 0;

	for (i = json_array_size(list); i-- > 0;) {
		s = json_array_get(list, i);
		if (!strcmp(meta_str(s, "op"), "unmask"))
			return NULL;
		masked |= !strcmp(meta_str(s, "op"), "mask");
		if (!strcmp(meta_str(s, "op"), "compress"))
			return masked ? s : NULL;
	}
	return NULL;
}

int meta_same_round(const json_t *a, const json_t *b, struct fl_err *err)
{
	static const char *const keys[] = { "base", "schema", "spec_digest" };
	const json_t *ca = masked_codec(a), *cb = masked_codec(b);
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(meta_str(a, keys[i]), meta_str(b, keys[i])))
			return fl_fail(err, FL_DATA, "has another %s than the files before it", keys[i]);
	if (!ca != !cb || (ca && !json_equal(ca, cb)))
		return fl_fail(err, FL_DATA, "has another codec under its mask than the files before it");
	return FL_OK;
}
