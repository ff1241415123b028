/* Rotation: what stays, what is new, and what happens when it cannot be done. */
#include "secure/key-rotate.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static struct fl_err err;

static int entries(void)
{
	DIR *d = opendir(".");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static int is_key(const char *path, const struct key_pub *want)
{
	struct key *k = NULL;
	int same = key_read(&k, path, NULL, &err) == FL_OK && key_pub_same(key_public(k), want);

	key_close(k);
	return same;
}

static void rotate(void)
{
	struct key_rotated r = { 0 };
	struct key_pub first, p;
	struct key *k = NULL;
	char path[128], *trusted = NULL;

	key_generate(&k, &err);
	first = *key_public(k);
	CHECK(key_write(k, "k", "k.pub", NULL, NULL, &err) == FL_OK, "a key");
	key_close(k);
	CHECK(key_rotate(&r, "k", NULL, NULL, &err) == FL_OK, "is rotated");
	CHECK(key_pub_same(&r.old, &first) && !key_pub_same(&r.now, &first), "there is another");
	CHECK(is_key("k", &r.now) && is_key(r.kept, &first), "in its place, and the first is kept");
	CHECK(key_pub_read(&p, "k.pub", &err) == FL_OK && key_pub_same(&p, &r.now), "the public half is the new one");
	snprintf(path, sizeof path, "%s.pub", r.kept);
	CHECK(key_pub_read(&p, path, &err) == FL_OK && key_pub_same(&p, &first), "the first one's is kept too");
	CHECK(key_verify_file(&first, "k.pub", r.statement, &trusted, &err) == FL_OK, "the first key signed the second");
	CHECK(entries() == 5, "nothing else is left");
	free(trusted);
	key_rotated_clear(&r);
}

/* Every allocation fails once: the key stays, and no half-made one is left. */
static void torture(void)
{
	struct key_rotated r = { 0 };
	struct key_pub before;
	struct key *k = NULL;
	int rc = FL_IO, i, n = entries();

	key_read(&k, "k", NULL, &err);
	before = *key_public(k);
	key_close(k);
	for (i = 1; rc != FL_OK && i < 100; i++) {
		fl_alloc_fail_at(i);
		rc = key_rotate(&r, "k", NULL, NULL, &err);
		fl_alloc_fail_at(0);
		CHECK(rc == FL_OK || (rc == FL_IO && is_key("k", &before) && entries() == n), "without memory, %d", i);
		key_rotated_clear(&r);
	}
	CHECK(rc == FL_OK && i > 5 && !is_key("k", &before), "until there is enough");
}

int main(void)
{
	char dir[] = "/tmp/secure-rotate.XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	rotate();
	torture();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0, "cleaned up");
	return check_done();
}
