/* A folder as a store, by the functions that all stores have. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "store/name.h"
#include "store/store.h"

static int count(void *ctx, const char *name, uint64_t size)
{
	(void)name;
	*(uint64_t *)ctx += size;
	return FL_OK;
}

static int stop(void *ctx, const char *name, uint64_t size)
{
	(void)ctx;
	(void)name;
	(void)size;
	return FL_NO;
}

/* Everything once, as one that may fail anywhere. */
static int all(const char *url, struct fl_err *err)
{
	struct buf b = { .max = 100 };
	struct store_info info;
	struct store *s = NULL;
	char mark[STORE_MARK] = "", name[NAME_MAX_LEN + 1], digest[DIGEST_TEXT];
	uint64_t sum = 0;
	int fd = -1, rc;

	digest_of("hello", 5, digest);
	name_blob(name, digest);
	TRY(store_open(&s, url, NULL, err));
	TRY(store_write(s, "federation.pb", "abc", 3, err));
	TRY(store_write(s, name, "hello", 5, err));
	TRY(store_read(s, "federation.pb", 0, &b, err));
	if (b.len != 3 || memcmp(b.data, "abc", 3))
		TRY(fl_fail(err, FL_BUG, "read something else"));
	TRY(file_scratch(&fd, err));
	TRY(store_get(s, name, digest, fd, &info, err));
	if (info.size != 5 || strcmp(info.digest, digest))
		TRY(fl_fail(err, FL_BUG, "got something else"));
	TRY(store_list(s, "", count, &sum, err));
	if (sum != 8)
		TRY(fl_fail(err, FL_BUG, "listed something else"));
	TRY(store_await(s, "", mark, 0, err));
	if (!mark[0])
		TRY(fl_fail(err, FL_BUG, "no mark"));
out:
	if (fd >= 0)
		close(fd);
	buf_clear(&b);
	store_close(s);
	return rc;
}

static void check_torture(const char *dir)
{
	struct fl_err err = { 0 };
	char url[128];
	int k, rc = FL_IO;

	for (k = 1; k < 200 && rc != FL_OK; k++) {
		snprintf(url, sizeof url, "file://%s/torture", dir);
		fl_alloc_fail_at(k);
		rc = all(url, &err);
		fl_alloc_fail_at(0);
		if (rc != FL_OK && rc != FL_IO)
			break;
	}
	CHECK(rc == FL_OK && k > 5, "no allocation is taken for granted");
}

static void check_refused(const char *dir)
{
	struct buf small = { .max = 2 };
	struct store_info info;
	struct fl_err err;
	struct store *s;
	char url[128], *path, mark[STORE_MARK] = "";
	int fd;

	snprintf(url, sizeof url, "%s/torture/", dir);
	CHECK(store_open(&s, url, NULL, &err) == FL_OK && !strchr(store_url(s) + strlen(dir) + 1, '/'), "a slash at the end is nothing");
	CHECK(store_write(s, "federation.pb", "abd", 3, &err) == FL_NO && strstr(err.msg, "torture/federation.pb"), "other bytes: FL_NO, with the name");
	CHECK(store_write(s, "federation.pb", "abc", 3, &err) == FL_OK, "the same bytes: done");
	CHECK(store_write(s, "rounds/000001/plan.pb", "", 0, &err) == FL_DATA, "nothing is no object");
	CHECK(store_write(s, "", "x", 1, &err) == FL_DATA && store_write(s, "../x", "x", 1, &err) == FL_DATA, "a folder has names only");
	CHECK(store_read(s, "federation.pb", 0, &small, &err) == FL_DATA && small.len <= 2, "a cap holds");
	buf_clear(&small);
	CHECK(store_head(s, "rounds/000001/plan.pb", &info, &err) == FL_NOINPUT, "what is not there: FL_NOINPUT");
	CHECK(store_head(s, "federation.pb", &info, &err) == FL_OK && info.size == 3 && !info.digest[0], "a folder knows sizes, not digests");
	fd = open(dir, O_RDONLY);
	CHECK(store_put(s, "channels/a/000001.pb", fd, 3, NULL, &err) == FL_IO, "what cannot be read is not put");
	close(fd);
	CHECK(store_list(s, "", stop, NULL, &err) == FL_NO, "a list can be stopped");
	CHECK(store_list(s, "nowhere/", count, &(uint64_t){ 0 }, &err) == FL_DATA, "what is no prefix is refused");
	path = store_path(s, "federation.pb");
	CHECK(path && access(path, R_OK) == 0 && !store_path(s, "../x"), "objects have a path, others not");
	free(path);
	CHECK(store_await(s, "", mark, 1e6, &err) == FL_OK && mark[0], "a first mark needs no waiting");
	CHECK(store_await(s, "", mark, 0.1, &err) == FL_OK, "and without change waiting ends");
	store_close(s);
	store_close(NULL);
}

int main(void)
{
	char dir[] = "/tmp/store-dir.XXXXXX", clean[64];

	if (!mkdtemp(dir))
		return 1;
	check_torture(dir);
	check_refused(dir);
	snprintf(clean, sizeof clean, "rm -rf %s", dir);
	return system(clean) != 0 || check_done();
}
