#include "wire/view.h"

#include "base/json.h"

static json_t *signature_json(const struct signed_msg *s, size_t i, const struct signed_msg *fed)
{
	const unsigned char *id = s->outer->signatures[i]->key_id.data;
	const Fl__V1__Member *m;
	struct key_pub key;
	char text[KEY_ID_TEXT];
	json_t *j;

	key_id_text(id, text);
	j = json_pack("{s:s}", "key_id", text);
	if (fed && (m = roster_by_id(fed, id, &key))) {
		json_object_set_new(j, "member", json_string(m->name));
		json_object_set_new(j, "good", json_boolean(signed_by(s, &key)));
	}
	return j;
}

int signed_view(json_t **j, const struct signed_msg *s, const struct signed_msg *fed, struct fl_err *err)
{
	size_t i, unknown = msg_unknown(&s->outer->base) + msg_unknown(s->body);
	json_t *list = json_array(), *body = NULL;
	int rc;

	*j = NULL;
	TRY(msg_to_json(&body, s->body, err));
	for (i = 0; i < s->outer->n_signatures; i++)
		json_array_append_new(list, signature_json(s, i, fed));
	*j = json_pack("{s:s, s:s, s:O, s:O}", "type", s->type->name, "digest", s->digest, "signatures", list, "body", body);
	if (!*j)
		rc = fl_fail(err, FL_IO, "out of memory: %s as JSON", s->type->name);
	else if (unknown)
		json_object_set_new(*j, "unknown_fields", json_integer((json_int_t)unknown));
out:
	json_decref(list);
	json_decref(body);
	return rc;
}
