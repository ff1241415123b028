#include "codec/link.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"

#define SMALL 16384.0 /* bytes a request; less than this tells about the round trip, more about the rate */

int link_path(char **path, struct fl_err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf b = { 0 };
	int rc;

	if ((!state || !*state) && (!home || !*home))
		return fl_fail(err, FL_CONFIG, "neither $XDG_STATE_HOME nor $HOME is set");
	if (state && *state)
		rc = buf_addf(&b, err, "%s/flkit/link.json", state);
	else
		rc = buf_addf(&b, err, "%s/.local/state/flkit/link.json", home);
	*path = b.data;
	return rc;
}

int link_read(struct link *l, const char *path, struct fl_err *err)
{
	const char *last = "";
	json_t *j = NULL;
	int rc;

	*l = (struct link){ 0 };
	TRY(json_read(&j, path, err));
	TRY(json_get_real(j, "bytes_per_s", &l->bytes_per_s, err));
	TRY(json_get_real(j, "rtt_s", &l->rtt_s, err));
	TRY(json_get_str(j, "last", &last, err));
	if (!(l->bytes_per_s >= 0 && l->rtt_s >= 0))
		rc = fl_fail(err, FL_DATA, "%s: holds negative numbers", path);
	snprintf(l->last, sizeof l->last, "%s", last);
out:
	if (rc != FL_OK)
		*l = (struct link){ 0 };
	json_decref(j);
	return rc;
}

/* Every folder on the way to path. */
static int make_folders(const char *path, struct fl_err *err)
{
	char *s = NULL, *p;
	int rc;

	TRY(fl_strdup(&s, path, err));
	for (p = strchr(s + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = 0;
		if (mkdir(s, 0700) != 0 && errno != EEXIST)
			TRY(fl_fail_errno(err, FL_CREATE, "%s", s));
		*p = '/';
	}
out:
	free(s);
	return rc;
}

int link_write(const struct link *l, const char *path, struct fl_err *err)
{
	json_t *j = json_pack("{s:i, s:f, s:f, s:s}", "v", 1, "bytes_per_s", l->bytes_per_s, "rtt_s", l->rtt_s, "last", l->last);
	struct out o = { 0 };
	char *text = NULL;
	int rc;

	TRY(make_folders(path, err));
	TRY(json_canonical(&text, j, err));
	TRY(out_open(&o, path, OUT_TEXT, err));
	o.lax = 1;
	TRY(out_write(&o, text, strlen(text), err));
	TRY(out_write(&o, "\n", 1, err));
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	free(text);
	json_decref(j);
	return rc;
}

static void blend(double *old, double new)
{
	*old = *old > 0 ? (1 - LINK_NEW) * *old + LINK_NEW * new : new;
}

void link_learn(struct link *l, double bytes, double requests, double seconds)
{
	double trips = requests * l->rtt_s;

	if (!(seconds > 0 && requests >= 1 && bytes >= 0))
		return;
	if (bytes < SMALL * requests)
		blend(&l->rtt_s, seconds / requests);
	else
		blend(&l->bytes_per_s, bytes / (seconds > 1.25 * trips ? seconds - trips : seconds / 5));
}
