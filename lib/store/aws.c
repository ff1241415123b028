#include "store/aws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define FILE_MAX ((size_t)1 << 20)

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v ? v : "";
}

static void set(char *field, size_t size, const char *v, size_t n)
{
	if (!*field && n < size) {
		memcpy(field, v, n);
		field[n] = 0;
	}
}

static void setting(struct aws *a, const char *key, size_t k, const char *v, size_t n)
{
	static const struct {
		const char *name;
		size_t at, size;
	} known[] = {
		{ "aws_access_key_id", offsetof(struct aws, key), AWS_TEXT },
		{ "aws_secret_access_key", offsetof(struct aws, secret), AWS_TEXT },
		{ "aws_session_token", offsetof(struct aws, session), AWS_TEXT * 4 },
		{ "region", offsetof(struct aws, region), AWS_TEXT },
		{ "endpoint_url", offsetof(struct aws, endpoint), AWS_TEXT },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == k && !memcmp(known[i].name, key, k))
			set((char *)a + known[i].at, known[i].size, v, n);
}

/* n without blanks at both ends of *s. */
static size_t trim(const char **s, size_t n)
{
	while (n && strchr(" \t\r", **s)) {
		(*s)++;
		n--;
	}
	while (n && strchr(" \t\r", (*s)[n - 1]))
		n--;
	return n;
}

/* "[NAME]" or "[profile NAME]". */
static int is_ours(const char *s, size_t n, const char *profile)
{
	size_t k;

	s++;
	n = trim(&s, n - 2);
	if (n > 8 && !memcmp(s, "profile ", 8)) {
		s += 8;
		n = trim(&s, n - 8);
	}
	k = strlen(profile);
	return n == k && !memcmp(s, profile, k);
}

int aws_parse(struct aws *a, const char *text, size_t n, const char *profile, struct fl_err *err)
{
	const char *end = text + n, *line, *nl, *eq, *value;
	size_t k, v, row;
	int ours = 0, nested;

	if (memchr(text, 0, n))
		return fl_fail(err, FL_DATA, "holds a zero byte");
	for (row = 1; text < end; text = nl + 1, row++) {
		nl = memchr(text, '\n', (size_t)(end - text));
		nl = nl ? nl : end;
		nested = *text == ' ' || *text == '\t'; /* settings of one service, under "s3 =" */
		line = text;
		k = trim(&line, (size_t)(nl - text));
		if (!k || *line == '#' || *line == ';' || nested)
			continue;
		if (*line == '[' && k > 2 && line[k - 1] == ']') {
			ours = is_ours(line, k, profile);
			continue;
		}
		eq = memchr(line, '=', k);
		if (!eq)
			return fl_fail(err, FL_DATA, "line %zu is neither [NAME] nor NAME = VALUE", row);
		value = eq + 1;
		v = trim(&value, (size_t)(line + k - value));
		if (ours)
			setting(a, line, trim(&line, (size_t)(eq - line)), value, v);
	}
	return FL_OK;
}

/* Read the file that the environment names, or $HOME/.aws/NAME where that is there. */
static int read_file(struct aws *a, const char *variable, const char *name, const char *profile, struct fl_err *err)
{
	struct buf path = { 0 }, text = { .max = FILE_MAX };
	int rc, given = *env(variable) != 0;

	if (!given && !*env("HOME"))
		return FL_OK;
	TRY(given ? buf_adds(&path, env(variable), err) : buf_addf(&path, err, "%s/.aws/%s", env("HOME"), name));
	if (!given && access(path.data, R_OK) != 0)
		goto out;
	TRY(in_slurp(&text, path.data, err));
	if ((rc = aws_parse(a, text.data ? text.data : "", text.len, profile, err)) != FL_OK)
		fl_err_prefix(err, "%s", path.data);
out:
	if (text.data)
		explicit_bzero(text.data, text.len);
	buf_clear(&text);
	buf_clear(&path);
	if (rc != FL_OK && err)
		rc = err->status = FL_CONFIG;
	return rc;
}

static int check(struct aws *a, struct fl_err *err)
{
	size_t n;

	if (!*a->region)
		snprintf(a->region, sizeof a->region, "us-east-1");
	if (strspn(a->region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen(a->region))
		return fl_fail(err, FL_CONFIG, "'%.40s' is not a region", a->region);
	if (!*a->endpoint)
		snprintf(a->endpoint, sizeof a->endpoint, "https://s3.%.100s.amazonaws.com", a->region);
	for (n = strlen(a->endpoint); n && a->endpoint[n - 1] == '/'; n--)
		a->endpoint[n - 1] = 0;
	if ((strncmp(a->endpoint, "http://", 7) && strncmp(a->endpoint, "https://", 8)) || strpbrk(a->endpoint, "@?# "))
		return fl_fail(err, FL_CONFIG, "the S3 endpoint '%.80s' is not http(s)://HOST[:PORT]", a->endpoint);
	if (!*a->key || !*a->secret)
		return fl_fail(err, FL_CONFIG,
			       "no S3 credentials: want aws_access_key_id and aws_secret_access_key in ~/.aws/credentials, "
			       "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
	return FL_OK;
}

static void from_env(char *field, size_t size, const char *name)
{
	set(field, size, env(name), strlen(env(name)));
}

/* Keys of one source do not go with the session of another. */
static void fill(struct aws *a, const struct aws *files)
{
	set(a->endpoint, sizeof a->endpoint, files->endpoint, strlen(files->endpoint));
	set(a->region, sizeof a->region, files->region, strlen(files->region));
	if (*a->key && *a->secret)
		return;
	memcpy(a->key, files->key, sizeof a->key);
	memcpy(a->secret, files->secret, sizeof a->secret);
	memcpy(a->session, files->session, sizeof a->session);
}

int aws_find(struct aws *a, struct fl_err *err)
{
	const char *profile = *env("AWS_PROFILE") ? env("AWS_PROFILE") : "default";
	struct aws files = { 0 };
	int rc;

	*a = (struct aws){ 0 };
	from_env(a->endpoint, sizeof a->endpoint, "AWS_ENDPOINT_URL_S3");
	from_env(a->endpoint, sizeof a->endpoint, "AWS_ENDPOINT_URL");
	from_env(a->region, sizeof a->region, "AWS_REGION");
	from_env(a->region, sizeof a->region, "AWS_DEFAULT_REGION");
	from_env(a->key, sizeof a->key, "AWS_ACCESS_KEY_ID");
	from_env(a->secret, sizeof a->secret, "AWS_SECRET_ACCESS_KEY");
	from_env(a->session, sizeof a->session, "AWS_SESSION_TOKEN");
	TRY(read_file(&files, "AWS_SHARED_CREDENTIALS_FILE", "credentials", profile, err));
	TRY(read_file(&files, "AWS_CONFIG_FILE", "config", profile, err));
	fill(a, &files);
	TRY(check(a, err));
out:
	aws_wipe(&files);
	if (rc != FL_OK)
		aws_wipe(a);
	return rc;
}

void aws_wipe(struct aws *a)
{
	explicit_bzero(a, sizeof *a);
}
