#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/backend.h"

#define WAIT_MAX 60 /* seconds that a hub waits at most (Prefer: wait=) */

/* The digest and size of a file from its start. */
static int sum_file(int fd, char digest[DIGEST_TEXT], uint64_t *size, struct fl_err *err)
{
	struct digest d;
	char b[65536];
	ssize_t k;

	digest_start(&d);
	for (*size = 0; (k = pread(fd, b, sizeof b, (off_t)*size)) != 0; ) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fl_fail_errno(err, FL_IO, "cannot read back");
		digest_add(&d, b, (size_t)k);
		*size += (uint64_t)k;
	}
	digest_end(&d, digest);
	return FL_OK;
}

/* What the object must be: as the caller knows, or its name says. FL_DATA where they differ. */
static int expect(char want[DIGEST_TEXT], const struct name *n, const char *digest, struct fl_err *err)
{
	want[0] = 0;
	if (digest && !digest_ok(digest))
		return fl_fail(err, FL_DATA, "'%.80s' is not a digest", digest);
	if (digest && n->digest[0] && strcmp(digest, n->digest))
		return fl_fail(err, FL_DATA, "has another digest in its name than %s", digest);
	if (digest || n->digest[0])
		memcpy(want, digest ? digest : n->digest, DIGEST_TEXT);
	return FL_OK;
}

static int wrong(const char *want, const char *got, struct fl_err *err)
{
	return fl_fail(err, FL_DATA, "what came has the digest %s, not %s", got, want);
}

/* Hold what came against what it must be; empty the file where it is something else. */
static int verify(int fd, const char *want, struct store_info *info, struct fl_err *err)
{
	char got[DIGEST_TEXT];
	int rc;

	TRY(sum_file(fd, got, &info->size, err));
	if (!*want && info->digest[0])
		want = info->digest;
	if (*want && strcmp(want, got))
		rc = wrong(want, got, err);
	if (rc == FL_OK)
		memcpy(info->digest, got, sizeof got);
	else if (ftruncate(fd, 0) != 0)
		rc = fl_fail_errno(err, FL_IO, "cannot truncate what must not be used");
out:
	return rc;
}

int store_get(struct store *s, const char *name, const char *digest, int fd, struct store_info *info, struct fl_err *err)
{
	struct sink k = { .fd = fd, .max = s->o.max_object, .progress = s->o.progress };
	struct store_info mine;
	struct name n;
	struct stat st;
	char want[DIGEST_TEXT];
	int rc, resumed;

	info = info ? info : &mine;
	TRY(store_check(s, name, &n, err));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		TRY(fl_fail(err, FL_BUG, "store_get: not a file"));
	store_begin(s, 0);
	if ((rc = expect(want, &n, digest, err)) != FL_OK)
		return store_end(s, name, rc, err);
	k.known = want[0] != 0;
	k.at = k.known ? (uint64_t)st.st_size : 0;
	do {
		resumed = k.at > 0;
		do {
			*info = (struct store_info){ 0 };
			rc = k.at ? FL_OK : sink_seek(&k, 0, err);
			if (rc == FL_OK)
				rc = s->b->get(s, name, &k, 0, info, err);
			store_kept(s, k.at);
		} while (store_retry(s, &rc, err));
		if (rc == FL_OK)
			rc = verify(fd, want, info, err);
		k.at = 0; /* once more from the start, where the part that was there is to blame */
	} while (rc == FL_DATA && resumed);
	return store_end(s, name, rc, err);
out:
	return rc;
}

static int check_read(const struct buf *b, size_t start, const struct name *n, const struct store_info *info, struct fl_err *err)
{
	const char *want = n->digest[0] ? n->digest : info->digest;
	char got[DIGEST_TEXT];

	digest_of(b->data + start, b->len - start, got);
	return *want && strcmp(want, got) ? wrong(want, got, err) : FL_OK;
}

int store_read(struct store *s, const char *name, double wait, struct buf *b, struct fl_err *err)
{
	struct sink k = { .fd = -1, .b = b, .start = b->len, .max = b->max ? b->max : BUF_MAX };
	struct store_info info;
	struct name n;
	double until = clock_s() + wait, left, pause = s->b->poll;
	int rc = store_check(s, name, &n, err);

	if (rc != FL_OK)
		return rc;
	store_begin(s, wait);
	for (;;) {
		left = until - clock_s();
		do {
			info = (struct store_info){ 0 };
			if ((rc = sink_seek(&k, 0, err)) == FL_OK)
				rc = s->b->get(s, name, &k, left < 0 ? 0 : left < WAIT_MAX ? left : WAIT_MAX, &info, err);
		} while (store_retry(s, &rc, err));
		left = until - clock_s();
		if (rc != FL_NOINPUT || left <= 0)
			break;
		store_sleep(pause < left ? pause : left);
		pause = store_pause(s, pause);
	}
	if (rc == FL_OK)
		rc = check_read(b, k.start, &n, &info, err);
	return store_end(s, name, rc, err);
}

/* Something has the name: the same bytes? A store's word for its digest is enough; they are its bytes. */
static int compare(struct store *s, const char *name, const struct body *b, struct fl_err *err)
{
	struct store_info there = { 0 };
	struct sink k = { .fd = -1, .max = b->size };
	int rc;

	TRY(s->b->head(s, name, &there, err));
	if (!there.digest[0] && (there.size == b->size || !there.size)) { /* 0: it does not say */
		TRY(file_scratch(&k.fd, err));
		TRY(s->b->get(s, name, &k, 0, &there, err));
		TRY(sum_file(k.fd, there.digest, &there.size, err));
	}
	if (strcmp(there.digest, b->digest))
		rc = fl_fail(err, FL_NO, "is there already, with other bytes");
out:
	if (k.fd >= 0)
		close(k.fd);
	return rc;
}

static int try_put(struct store *s, const char *name, const struct body *b, struct fl_err *err)
{
	enum put_outcome o = PUT_NEW;
	int rc;

	TRY(s->b->put(s, name, b, &o, err));
	if (o == PUT_TAKEN)
		TRY(compare(s, name, b, err));
out:
	return rc;
}

int store_put(struct store *s, const char *name, int fd, uint64_t size, const char *digest, struct fl_err *err)
{
	struct body b = { .fd = fd, .size = size };
	struct name n;
	char want[DIGEST_TEXT];
	uint64_t there;
	int rc = store_check(s, name, &n, err);

	if (rc != FL_OK)
		return rc;
	store_begin(s, 0);
	if (!size)
		rc = fl_fail(err, FL_DATA, "there is nothing to put");
	if (rc == FL_OK)
		rc = expect(want, &n, digest, err);
	if (rc == FL_OK)
		rc = sum_file(fd, b.digest, &there, err);
	if (rc == FL_OK && there != size)
		rc = fl_fail(err, FL_DATA, "has %" PRIu64 " bytes to put, not %" PRIu64, there, size);
	if (rc == FL_OK && *want && strcmp(want, b.digest))
		rc = fl_fail(err, FL_DATA, "what is put has the digest %s, not %s", b.digest, want);
	if (rc == FL_OK)
		do {
			rc = try_put(s, name, &b, err);
		} while (store_retry(s, &rc, err));
	return store_end(s, name, rc, err);
}

int store_write(struct store *s, const char *name, const void *p, size_t n, struct fl_err *err)
{
	int fd = -1, rc;

	TRY(file_scratch(&fd, err));
	if (n && pwrite(fd, p, n, 0) != (ssize_t)n)
		TRY(fl_fail_errno(err, FL_IO, "cannot write a temporary file"));
	TRY(store_put(s, name, fd, n, NULL, err));
out:
	if (fd >= 0)
		close(fd);
	return rc;
}
