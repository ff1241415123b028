#include "codec/link.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

#define SMALL 16384.0 /* bytes a request; less than this tells about the round trip, more about the rate */

int link_path(char **path, struct fl_err *err)
{
	struct buf b = { 0 };
	int rc;

	TRY(file_state_home(&b, err));
	TRY(buf_adds(&b, "/link.json", err));
	*path = b.data;
	b = (struct buf){ 0 };
out:
	buf_clear(&b);
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

/* The folder that path is in. */
static int make_folder(const char *path, struct fl_err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = NULL;
	int rc;

	if (!slash || slash == path)
		return FL_OK;
	TRY(fl_strndup(&folder, path, (size_t)(slash - path), err));
	TRY(file_make_folders(folder, err));
out:
	free(folder);
	return rc;
}

int link_write(const struct link *l, const char *path, struct fl_err *err)
{
	json_t *j = json_pack("{s:i, s:f, s:f, s:s}", "v", 1, "bytes_per_s", l->bytes_per_s, "rtt_s", l->rtt_s, "last", l->last);
	struct out o = { 0 };
	int rc;

	TRY(make_folder(path, err));
	TRY(out_open(&o, path, OUT_TEXT, err));
	TRY(json_write(j, o.f, err));
	o.lax = 1;
	TRY(out_commit(&o, err));
out:
	out_abort(&o);
	json_decref(j);
	return rc;
}

int link_choose(struct adapt_out *out, struct adapt_in *in, const char *path, const struct codec_source *s, struct fl_err *err)
{
	struct link l;
	int rc = link_read(&l, path, err);

	if (rc == FL_NOINPUT || (rc == FL_OK && l.bytes_per_s <= 0))
		return fl_fail(err, FL_LATER, "%s: nothing has been measured yet", path);
	if (rc != FL_OK)
		return rc;
	in->bytes_per_s = l.bytes_per_s;
	in->rtt_s = in->rtt_s > 0 ? in->rtt_s : l.rtt_s;
	in->last = l.last;
	TRY(adapt_choose(out, in, s, err));
	adapt_text(l.last, sizeof l.last, &out->how);
	TRY(link_write(&l, path, err));
out:
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
