#include "round/found.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "round/cache.h"
#include "round/channel.h"

/* ---- from the JSON file to a message: our short words become those of proto3 JSON ---- */

static int relative(char out[HOME_PATH], const char *json, const char *name, struct fl_err *err)
{
	const char *slash = strrchr(json, '/');
	int dir = slash && *name != '/' ? (int)(slash - json + 1) : 0;

	if (snprintf(out, HOME_PATH, "%.*s%s", dir, json, name) >= HOME_PATH)
		return fl_fail(err, FL_CONFIG, "\"%.40s...\": name too long", name);
	return FL_OK;
}

/* from.key, a key or a file of one, as to.publicKey. */
static int copy_key(json_t *to, const json_t *from, const char *json, struct fl_err *err)
{
	char path[HOME_PATH], text[KEY_TEXT];
	struct key_pub key;
	const char *s;
	int rc;

	TRY(json_need_str(from, "key", &s, err));
	if (key_pub_parse(&key, s, NULL) != FL_OK) {
		TRY(relative(path, json, s, err));
		TRY(key_pub_read(&key, path, err));
	}
	key_pub_text(&key, text);
	if (json_object_set_new(to, "publicKey", json_string(text)) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: keys");
out:
	return rc;
}

/* "admin" as ROLE_ADMIN. */
static int copy_roles(json_t *to, const json_t *roles, struct fl_err *err)
{
	json_t *list = json_array();
	char word[32];
	size_t i, k;

	json_object_set_new(to, "roles", list);
	for (i = 0; i < json_array_size(roles); i++) {
		const char *s = json_string_value(json_array_get(roles, i));

		if (!s || strlen(s) > 20)
			return fl_fail(err, FL_CONFIG, "roles are admin, coordinator, participant and hub");
		snprintf(word, sizeof word, "ROLE_%s", s);
		for (k = 0; word[k]; k++)
			word[k] = (char)toupper((unsigned char)word[k]);
		json_array_append_new(list, json_string(word));
	}
	return i ? FL_OK : fl_fail(err, FL_CONFIG, "roles are missing: [\"participant\"]");
}

/* Members of an object under their names in proto3 JSON; FL_CONFIG for one that is not listed. */
struct word {
	const char *ours, *theirs; /* theirs NULL: is copied by somebody else */
};

static int copy_words(json_t *to, const json_t *from, const struct word *words, struct fl_err *err)
{
	const char *key;
	json_t *value;
	size_t i;

	if (!json_is_object(from))
		return fl_fail(err, FL_CONFIG, "is not an object");
	json_object_foreach((json_t *)from, key, value) {
		for (i = 0; words[i].ours && strcmp(words[i].ours, key); i++)
			;
		if (!words[i].ours)
			return fl_fail(err, FL_CONFIG, "nothing is called \"%.40s\"", key);
		if (words[i].theirs && json_object_set(to, words[i].theirs, value) != 0)
			return fl_fail(err, FL_IO, "out of memory: federation");
	}
	return FL_OK;
}

static int copy_member(json_t *to, const json_t *from, const char *json, struct fl_err *err)
{
	static const struct word words[] = { { "name", "name" }, { "operator", "operator" }, { "valid_from", "validFrom" },
					     { "valid_until", "validUntil" }, { "key", NULL }, { "roles", NULL }, { NULL, NULL } };
	int rc;

	TRY(copy_words(to, from, words, err));
	TRY(copy_key(to, from, json, err));
	TRY(copy_roles(to, json_object_get(from, "roles"), err));
out:
	return rc;
}

static int copy_revoked(json_t *to, const json_t *from, const char *json, struct fl_err *err)
{
	static const struct word words[] = { { "at", "at" }, { "key", NULL }, { NULL, NULL } };
	int rc = copy_words(to, from, words, err);

	return rc == FL_OK ? copy_key(to, from, json, err) : rc;
}

static int copy_list(json_t *to, const json_t *from, const char *key, const char *json,
		     int (*copy)(json_t *to, const json_t *from, const char *json, struct fl_err *err), struct fl_err *err)
{
	const json_t *list = json_object_get(from, key);
	json_t *out = json_array(), *one;
	size_t i;
	int rc = FL_OK;

	json_object_set_new(to, key, out);
	for (i = 0; i < json_array_size(list) && rc == FL_OK; i++) {
		one = json_object();
		json_array_append_new(out, one);
		if ((rc = copy(one, json_array_get(list, i), json, err)) != FL_OK)
			fl_err_prefix(err, "%s[%zu]", key, i);
	}
	return rc;
}

/* The digest of the schema file that is named, which must be the model's; or that of the model. */
static int copy_schema(json_t *to, const json_t *from, const char *json, const struct model *m, struct fl_err *err)
{
	const char *name = NULL, *digest = m ? m->schema.digest : NULL;
	char path[HOME_PATH];
	struct schema s = { 0 };
	int rc;

	TRY(json_get_str(from, "schema", &name, err));
	if (name) {
		TRY(relative(path, json, name, err));
		TRY(schema_read(&s, path, err));
		if (digest && strcmp(digest, s.digest))
			TRY(fl_fail(err, FL_CONFIG, "schema: %s is not the schema of the model", path));
		digest = s.digest;
	}
	if (digest && json_object_set_new(to, "schema", json_string(digest)) != 0)
		rc = fl_fail(err, FL_IO, "out of memory: federation");
out:
	schema_clear(&s);
	return rc;
}

static int to_message(Fl__V1__Federation **fed, const json_t *from, const char *path, const struct model *m, struct fl_err *err)
{
	static const struct word words[] = { { "name", "name" }, { "threshold", "threshold" }, { "expires", "expires" },
					     { "members", NULL }, { "revoked", NULL }, { "schema", NULL }, { NULL, NULL } };
	json_t *to = json_object();
	int rc;

	TRY(copy_words(to, from, words, err));
	TRY(copy_list(to, from, "members", path, copy_member, err));
	TRY(copy_list(to, from, "revoked", path, copy_revoked, err));
	TRY(copy_schema(to, from, path, m, err));
	if (!json_object_get(to, "threshold"))
		json_object_set_new(to, "threshold", json_integer(1));
	TRY(msg_from_json((ProtobufCMessage **)fed, msg_find("Federation"), to, err));
	(*fed)->version = MESSAGE_VERSION;
	(*fed)->serial = 1; /* for the check: versions are counted later */
	TRY(msg_check(msg_find("Federation"), &(*fed)->base, err));
	(*fed)->serial = 0;
out:
	json_decref(to);
	return rc;
}

int found_read(Fl__V1__Federation **fed, const char *path, const struct model *m, struct fl_err *err)
{
	json_t *j = NULL;
	int rc;

	*fed = NULL;
	TRY(json_read(&j, path, err));
	if ((rc = to_message(fed, j, path, m, err)) != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	json_decref(j);
	if (rc == FL_DATA) { /* of a file of settings */
		rc = FL_CONFIG;
		if (err)
			err->status = rc;
	}
	return rc;
}

/* ---- versions of the roster ---- */

/* 1: a and b say the same, apart from when and in which version. */
static int same_roster(const Fl__V1__Federation *a, const Fl__V1__Federation *b, int *same, struct fl_err *err)
{
	Fl__V1__Federation x = *a, y = *b;
	struct buf p = { 0 }, q = { 0 };
	int rc;

	x.serial = y.serial = 0;
	x.previous = y.previous = (char *)"";
	x.created = y.created = NULL;
	TRY(msg_pack(&p, &x.base, err));
	TRY(msg_pack(&q, &y.base, err));
	*same = p.len == q.len && !memcmp(p.data, q.data, p.len);
out:
	buf_clear(&p);
	buf_clear(&q);
	return rc;
}

/* The draft with one more signature. FL_DATA: it says something else. */
static int sign_draft(struct buf *b, const char *draft, const Fl__V1__Federation *fed, const struct key *k, struct fl_err *err)
{
	struct signed_msg s = { 0 };
	const Fl__V1__Federation *d;
	int same = 0, rc;

	TRY(signed_read_file(&s, "Federation", draft, err));
	d = (const Fl__V1__Federation *)s.body;
	TRY(same_roster(d, fed, &same, err));
	if (!same || d->serial != fed->serial || strcmp(d->previous, fed->previous))
		TRY(fl_fail(err, FL_DATA, "%s: says something else than the JSON file", draft));
	TRY(signed_add(b, &s, k, err));
out:
	signed_clear(&s);
	return rc;
}

static int write_draft(const char *draft, const struct buf *b, struct fl_err *err)
{
	struct out o = { 0 };
	int rc;

	TRY(out_open(&o, draft, OUT_BINARY, err));
	TRY(out_write(&o, b->data, b->len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	return rc;
}

/* Put it if enough have signed, else let it wait. */
static int publish(struct fed *f, const struct buf *b, unsigned serial, const char *draft, struct fl_err *err)
{
	struct signed_msg s = { 0 };
	struct fl_err why = { 0 };
	char name[NAME_MAX_LEN + 1];
	int rc;

	TRY(signed_read(&s, "Federation", b->data, b->len, err));
	rc = f->n_rosters ? roster_follows(&f->roster, &s, &why) : roster_first(&s, NULL, &why);
	if (rc == FL_REFUSED && draft) {
		TRY(write_draft(draft, b, err));
		TRY(fl_fail(err, FL_LATER, "%s: %s; let the others run the same with their keys", draft, why.msg));
	}
	if (rc != FL_OK)
		TRY(fl_fail(err, (enum fl_status)rc, "the roster %s%s", why.msg, rc == FL_REFUSED ? "; see --draft" : ""));
	name_federation(name, serial);
	rc = store_write(f->store, name, b->data, b->len, err);
	if (rc == FL_NO)
		rc = fl_fail(err, rc, "%s: somebody else has just put another one", name);
out:
	signed_clear(&s);
	return rc;
}

static int make_roster(struct fed *f, Fl__V1__Federation *fed, const struct key *k, const char *draft, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	int rc;

	fed->serial = (uint32_t)f->n_rosters + 1;
	if (f->n_rosters)
		TRY(msg_set(&fed->previous, f->roster.digest, err));
	fed->created = msg_time(fed_now(f));
	if (draft && access(draft, F_OK) == 0)
		TRY(sign_draft(&b, draft, fed, k, err));
	else
		TRY(signed_make(&b, msg_find("Federation"), &fed->base, k, err));
	TRY(publish(f, &b, fed->serial, draft, err));
out:
	buf_clear(&b);
	return rc;
}

int found_roster(struct fed *f, Fl__V1__Federation *fed, const struct key *k, int update, const char *draft, int *put,
		 struct fl_err *err)
{
	int same = 0, rc;

	*put = 0;
	if (f->n_rosters) {
		if (!*fed->schema)
			TRY(msg_set(&fed->schema, fed_roster(f)->schema, err));
		TRY(same_roster(fed, fed_roster(f), &same, err));
		if (same)
			goto out;
		if (!update)
			TRY(fl_fail(err, FL_NO, "the federation is there, and says something else; --update makes its version %zu",
				    f->n_rosters + 1));
		if (strcmp(fed->name, fed_roster(f)->name))
			TRY(fl_fail(err, FL_CONFIG, "a federation keeps its name, '%s'", fed_roster(f)->name));
	}
	TRY(make_roster(f, fed, k, draft, err));
	*put = 1;
out:
	return rc;
}

/* ---- the first model ---- */

static int put_schema(struct fed *f, const struct model *m, struct fl_err *err)
{
	char name[NAME_MAX_LEN + 1], *text = NULL;
	int rc;

	TRY(json_canonical(&text, m->schema.json, err));
	name_blob(name, m->schema.digest);
	TRY(store_write(f->store, name, text, strlen(text), err));
out:
	free(text);
	return rc;
}

int found_model(struct fed *f, const struct model *m, const char *path, const char *channel, const struct key *k, int *put,
		struct fl_err *err)
{
	struct signed_msg e = { 0 };
	char digest[DIGEST_TEXT];
	int rc;

	*put = 0;
	TRY(put_schema(f, m, err));
	TRY(cache_put_blob(f, path, digest, err));
	TRY(channel_newest(f, channel, &e, err));
	if (e.body)
		goto out;
	TRY(channel_announce(f, channel, digest, 0, k, err));
	*put = 1;
out:
	signed_clear(&e);
	return rc;
}
