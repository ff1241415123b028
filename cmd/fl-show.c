/* fl-show - what an artefact or a message is, what has been done to it, what is in it.  Manual: man/fl-show.1 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "secure/passphrase.h"
#include "tensor/describe.h"
#include "tensor/meta.h"
#include "wire/view.h"

static int check, tensors, diff;
static const char *values, *roster_path, *encode_type, *key_path;
static struct signed_msg roster; /* of --roster */

static const char *type_name(size_t i)
{
	return msg_at(i) ? msg_at(i)->name : NULL;
}

static const struct opt opts[] = {
	OPT_FLAG(0, "check", &check, "read everything and say whether it is sound; exit 1 if one is not"),
	OPT_FLAG(0, "tensors", &tensors, "list the tensors with the range and norm of their values"),
	OPT_STR(0, "values", &values, "NAME", "print the values of this tensor"),
	OPT_FLAG(0, "diff", &diff, "compare two files: exit 1 if metadata or values differ"),
	OPT_FILE(0, "roster", &roster_path, "FILE", "the federation.pb that says who may sign messages; implies --check"),
	OPT_NAME(0, "encode", &encode_type, "TYPE", "make a message of this type from JSON", type_name),
	OPT_FILE(0, "key", &key_path, "FILE", "the secret key with which --encode signs"),
	OPT_FILE('o', "output", &cli_output, "FILE", "write what --encode makes to FILE, whole or not at all"),
	OPT_END
};

/* ---- one file as a table, for people ---- */

/* Texts of a file may hold anything; a terminal gets no control bytes of theirs, and not too much of them. */
#define SAFE_MAX 120

static const char *safe(const char *text)
{
	static char out[SAFE_MAX + 4];

	return fl_err_quote(out, SAFE_MAX, text, strlen(text));
}

static void print_line(const char *what, const char *text)
{
	if (text && *text)
		printf("  %-10s %s\n", what, safe(text));
}

static void print_stages(const json_t *stages)
{
	const char *key;
	json_t *s, *v;
	size_t i;
	char *text;

	json_array_foreach(stages, i, s) {
		printf("  %-10s %s", i ? "" : "stages", safe(meta_str(s, "op")));
		json_object_foreach(s, key, v) {
			if (!strcmp(key, "op"))
				continue;
			text = json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
			printf(" %s", safe(key));
			printf("=%s", safe(text ? text : json_string_value(v)));
			free(text);
		}
		putchar('\n');
	}
}

static void print_tensor(const json_t *t)
{
	char *shape = json_dumps(json_object_get(t, "shape"), JSON_COMPACT);

	printf("  %-28s %-5s %-14s", meta_str(t, "name"), meta_str(t, "dtype"), shape);
	if (json_object_get(t, "norm"))
		printf(" %11.4g .. %-11.4g norm %.4g", json_number_value(json_object_get(t, "min")),
		       json_number_value(json_object_get(t, "max")), json_number_value(json_object_get(t, "norm")));
	putchar('\n');
	free(shape);
}

static void print_table(const struct art *a, const json_t *j)
{
	const json_t *spec = json_object_get(a->fl, "spec"), *list = json_object_get(j, "tensors");
	char text[128];
	size_t i;

	printf("%s: %s\n", in_name(a->path), safe(meta_str(j, "kind")));
	snprintf(text, sizeof text, "%llu in %zu tensors, %lld bytes", (unsigned long long)json_integer_value(json_object_get(j, "n_values")),
		 a->st.n, (long long)json_integer_value(json_object_get(j, "bytes")));
	print_line("values", text);
	if (spec) {
		snprintf(text, sizeof text, "%s, %lld inputs, %lld outputs", meta_str(spec, "family"),
			 (long long)json_integer_value(json_object_get(spec, "inputs")),
			 (long long)json_integer_value(json_object_get(spec, "outputs")));
		print_line("model", text);
	}
	if (json_object_get(a->fl, "round")) {
		snprintf(text, sizeof text, "%lld", meta_round(a->fl));
		print_line("round", text);
	}
	if (json_object_get(a->fl, "weight")) {
		snprintf(text, sizeof text, "%g", json_number_value(json_object_get(a->fl, "weight")));
		print_line("weight", text);
	}
	print_line("base", meta_str(a->fl, "base"));
	print_line("schema", meta_str(a->fl, "schema"));
	print_stages(json_object_get(a->fl, "stages"));
	print_line("digest", meta_str(j, "digest"));
	for (i = 0; json_is_array(list) && i < json_array_size(list); i++)
		print_tensor(json_array_get(list, i));
	if (json_object_get(j, "ok"))
		print_line("check", "ok");
}

/* ---- one file ---- */

static int is_stream(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
}

static int show_artefact(struct art *a, json_t **j, struct fl_err *err)
{
	struct describe want = { .all = is_stream(a->fd), /* its writer is not cut off, and what follows the header is looked at */
		.digest = check || tensors, .tensors = tensors, .finite = check, .values = values };
	int rc;

	TRY(art_go_on(a, err));
	TRY(art_describe(j, a, &want, err));
out:
	return rc;
}

/* A Federation that is the roster, or follows it, is the roster of the files after it. */
static void take_over(struct signed_msg *s)
{
	signed_clear(&roster);
	roster = *s;
	*s = (struct signed_msg){ 0 };
}

/* a has only begun: the bytes it has read are the message's first. */
static int show_message(struct art *a, json_t **j, struct fl_err *err)
{
	struct buf b = { .max = MESSAGE_MAX };
	struct signed_msg s = { 0 };
	json_t *view = NULL;
	int rc;

	if (tensors || values) {
		rc = fl_fail(err, FL_DATA, "is a message, and has no tensors");
		goto out;
	}
	TRY(buf_add(&b, a->first, a->n_first, err));
	TRY(in_slurp_fd(&b, a->fd, err));
	TRY(signed_read(&s, NULL, b.data, b.len, err));
	if (roster.body)
		TRY(roster_rightful(&roster, &s, NULL, err));
	TRY(signed_view(&view, &s, roster.body ? &roster : NULL, err));
	*j = json_pack("{s:s, s:s, s:I}", "file", a->path, "kind", "message", "bytes", (json_int_t)b.len);
	json_object_update(*j, view);
	if (check)
		json_object_set_new(*j, "ok", json_true());
	if (roster.body && s.type->desc == &fl__v1__federation__descriptor)
		take_over(&s);
out:
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", in_name(a->path));
	json_decref(view);
	signed_clear(&s);
	buf_clear(&b);
	return rc;
}

static int not_sound(const char *path, int table, struct fl_err *err)
{
	json_t *j;
	int rc;

	if (table) {
		printf("%s: NOT SOUND: %s\n", in_name(path), err->msg);
		return FL_OK;
	}
	j = json_pack("{s:s, s:b, s:s}", "file", path, "ok", 0, "reason", err->msg);
	rc = json_write(j, stdout, err);
	json_decref(j);
	return rc;
}

/* With --check a bad file is an answer, not a failure: it is said on stdout and the others are still looked at. */
static int show_file(const char *path, int *sound, struct fl_err *err)
{
	struct art a = { 0 };
	json_t *j = NULL;
	int fd, rc, message = 0, table = isatty(STDOUT_FILENO) && !values;

	TRY(in_open(&fd, path, err));
	TRY(art_begin(&a, fd, path, err));
	message = signed_looks(a.first, a.n_first);
	rc = message ? show_message(&a, &j, err) : show_artefact(&a, &j, err);
	if (check && (rc == FL_DATA || rc == FL_VERSION || rc == FL_REFUSED)) {
		*sound = 0;
		rc = not_sound(path, table, err);
	} else if (rc == FL_OK && table && !message) {
		print_table(&a, j);
	} else if (rc == FL_OK) {
		rc = json_write(j, stdout, err);
	}
out:
	json_decref(j);
	art_close(&a);
	return rc;
}

/* ---- two files ---- */

static int open_artefact(struct art *a, const char *path, struct fl_err *err)
{
	int fd, rc;

	TRY(in_open(&fd, path, err));
	TRY(art_begin(a, fd, path, err));
	if (signed_looks(a->first, a->n_first))
		return fl_fail(err, FL_DATA, "%s: is a message; --diff compares artefacts", in_name(path));
	TRY(art_go_on(a, err));
out:
	return rc;
}

static int show_diff(const char *pa, const char *pb, struct fl_err *err)
{
	struct art a = { 0 }, b = { 0 };
	json_t *j = NULL;
	int rc, same = 0;

	TRY(open_artefact(&a, pa, err));
	TRY(open_artefact(&b, pb, err));
	TRY(art_diff(&j, &a, &b, &same, err));
	TRY(json_write(j, stdout, err));
	rc = same ? FL_OK : FL_NO;
out:
	json_decref(j);
	art_close(&a);
	art_close(&b);
	return rc;
}

/* ---- a message from JSON ---- */

static int read_key(struct key **k, struct fl_err *err)
{
	struct key_pass pass = { passphrase_ask, (void *)(uintptr_t)key_path };

	return key_path ? key_read(k, key_path, passphrase_terminal() ? &pass : NULL, err) : FL_OK;
}

static int encode(const char *path, struct fl_err *err)
{
	ProtobufCMessage *m = NULL;
	struct buf file = { .max = MESSAGE_MAX };
	struct key *k = NULL;
	struct out o = { 0 };
	json_t *j = NULL;
	int rc;

	TRY(json_read(&j, path, err));
	rc = msg_from_json(&m, msg_find(encode_type), j, err);
	if (rc != FL_OK)
		fl_err_prefix(err, "%s", in_name(path));
	TRY(rc);
	TRY(read_key(&k, err));
	TRY(signed_make(&file, msg_find(encode_type), m, k, err));
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(out_write(&o, file.data, file.len, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	key_close(k);
	buf_clear(&file);
	msg_free(m);
	json_decref(j);
	return rc;
}

static int check_options(int argc, struct fl_err *err)
{
	if (diff && argc != 3)
		return fl_fail(err, FL_USAGE, "--diff wants two files: fl-show --diff A B");
	if (encode_type && (argc > 2 || check || tensors || values || diff || roster_path))
		return fl_fail(err, FL_USAGE, "--encode wants one file of JSON, and --key and --output only");
	if (!encode_type && (key_path || strcmp(cli_output, "-")))
		return fl_fail(err, FL_USAGE, "--key and --output go with --encode");
	return FL_OK;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	int i, rc, sound = 1;

	TRY(check_options(argc, err));
	if (diff)
		return show_diff(argv[1], argv[2], err);
	if (encode_type)
		return encode(argc > 1 ? argv[1] : "-", err);
	if (roster_path)
		TRY(signed_read_file(&roster, "Federation", roster_path, err));
	check |= roster_path != NULL;
	if (argc == 1)
		rc = show_file("-", &sound, err);
	for (i = 1; i < argc && rc == FL_OK; i++)
		rc = show_file(argv[i], &sound, err);
	if (rc == FL_OK && !sound) {
		err->msg[0] = 0; /* it has been said, on stdout */
		rc = FL_NO;
	}
out:
	signed_clear(&roster);
	return rc;
}

static const struct cmd cmd = { .name = "fl-show", .synopsis = "[OPTION]... [FILE]...",
	.summary = "Show what an artefact or a message is, and what is in it", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
