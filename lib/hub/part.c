#include "hub/part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hub/object.h"
#include "hub/offload.h"
#include "hub/put.h"

#define PARTS_MAX 16 /* of one owner at a time */
#define META_MAX 256 /* "TOTAL DIGEST\n" */
#define OWNER_LEN 16 /* hex digits of the owner's digest in a file's name */

/* A part as it lies in the folder. */
struct part {
	char file[64], meta[72], id[REQUEST_UPLOAD];
	uint64_t total, offset;
	char digest[DIGEST_TEXT];
};

static void owner_prefix(const struct exchange *x, char out[32])
{
	char sum[DIGEST_TEXT];

	digest_of(x->who.name, strlen(x->who.name), sum);
	snprintf(out, 32, ".part-%.*s-", OWNER_LEN, sum + 7);
}

/* The names that follow from x's owner, its name and the digest. */
static void name_part(const struct exchange *x, const char *digest, struct part *p)
{
	char text[NAME_SEG + NAME_MAX_LEN + DIGEST_TEXT + 4], sum[DIGEST_TEXT], prefix[32];
	int n = snprintf(text, sizeof text, "%s\n%s\n%s", x->who.name, x->req.name, digest);

	digest_of(text, (size_t)n, sum);
	memcpy(p->id, sum + 7, sizeof p->id);
	owner_prefix(x, prefix);
	snprintf(p->file, sizeof p->file, "%s%.32s", prefix, p->id);
	snprintf(p->meta, sizeof p->meta, "%s.meta", p->file);
}

/* What has come so far, and what it is to become: 1 if there is such a part. */
static int read_meta(const struct exchange *x, struct part *p)
{
	char text[META_MAX + 1];
	struct stat st;
	ssize_t n;
	int fd = openat(x->fed, p->meta, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return 0;
	n = read(fd, text, META_MAX);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	if (sscanf(text, "%" SCNu64 " %71s", &p->total, p->digest) != 2 || !digest_ok(p->digest))
		return 0;
	p->offset = fstatat(x->fed, p->file, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return p->offset <= p->total;
}

static int write_meta(const struct exchange *x, const struct part *p)
{
	char text[META_MAX];
	int n = snprintf(text, sizeof text, "%" PRIu64 " %s\n", p->total, p->digest);
	int fd = openat(x->fed, p->meta, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600), ok;

	if (fd < 0)
		return 0;
	ok = write(fd, text, (size_t)n) == n;
	return close(fd) == 0 && ok;
}

static void remove_part(const struct exchange *x, const struct part *p)
{
	(void)unlinkat(x->fed, p->file, 0);
	(void)unlinkat(x->fed, p->meta, 0);
}

/* The part that x's id names, if it is x's own and for its name. */
static int find(struct exchange *x, struct part *p)
{
	char prefix[32], digest[DIGEST_TEXT];

	if (!access_may_write(&x->who, &x->req.parsed))
		return request_refuse(&x->no, 403, "%s %s may not write %s", access_role_name(x->who.role), x->who.name, x->req.name);
	if (exchange_open(x))
		return x->no.status;
	owner_prefix(x, prefix);
	snprintf(p->file, sizeof p->file, "%s%.32s", prefix, x->req.upload);
	snprintf(p->meta, sizeof p->meta, "%s.meta", p->file);
	if (!read_meta(x, p))
		return request_refuse(&x->no, 404, "no such upload");
	memcpy(digest, p->digest, sizeof digest);
	name_part(x, digest, p);
	return strcmp(p->id, x->req.upload) ? request_refuse(&x->no, 404, "no such upload") : 0;
}

void part_used(const struct exchange *x, uint64_t *bytes, unsigned *n)
{
	int fd = openat(x->fed, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char prefix[32];
	struct part own = { 0 };
	struct dirent *e;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	owner_prefix(x, prefix);
	name_part(x, x->req.digest, &own);
	while ((e = readdir(d))) {
		if (strncmp(e->d_name, prefix, strlen(prefix)) || !strncmp(e->d_name, own.file, strlen(own.file)))
			continue;
		if (fstatat(x->fed, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			*bytes += (uint64_t)st.st_size;
		*n += strlen(e->d_name) > 5 && !strcmp(e->d_name + strlen(e->d_name) - 5, ".meta");
	}
	closedir(d);
}

static int answer_offset(struct exchange *x, int status, const struct part *p)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char s[2 * NAME_MAX_LEN + 128];

	x->offset = (long long)p->offset;
	if (r) {
		snprintf(s, sizeof s, "%" PRIu64, p->total);
		(void)MHD_add_response_header(r, "Upload-Length", s);
		(void)MHD_add_response_header(r, "Cache-Control", "no-store");
		snprintf(s, sizeof s, "/v1/%s/%s?upload=%s", x->req.federation, x->req.name, p->id);
		if (status == 201)
			(void)MHD_add_response_header(r, "Location", s);
	}
	return answer_response(x, status, r);
}

int part_create(struct exchange *x)
{
	struct part p = { .total = x->req.total };
	uint64_t bytes = 0;
	unsigned n = 0;

	if (put_allowed(x, x->req.total))
		return x->no.status;
	if (x->hub->conf.offload && offload_covers(&x->req.parsed))
		return request_refuse(&x->no, 501, "goes in one piece: PUT says where to");
	name_part(x, x->req.digest, &p);
	if (read_meta(x, &p) && p.total == x->req.total)
		return answer_offset(x, 201, &p);
	part_used(x, &bytes, &n);
	if (n >= PARTS_MAX && x->who.role != ACCESS_ANYBODY) {
		x->no.retry = 60;
		return request_refuse(&x->no, 429, "%u uploads are begun and not finished; finish one, or wait for a day", n);
	}
	remove_part(x, &p); /* what another length has left */
	p.total = x->req.total;
	p.offset = 0;
	memcpy(p.digest, x->req.digest, sizeof p.digest);
	if (!write_meta(x, &p))
		return errno == ENOSPC || errno == EDQUOT ? request_refuse(&x->no, 507, "the hub's disk is full")
			: request_refuse(&x->no, 500, "%s cannot be stored", x->req.name);
	return answer_offset(x, 201, &p);
}

int part_head(struct exchange *x)
{
	struct part p = { .total = 0 };

	return find(x, &p) ? x->no.status : answer_offset(x, 200, &p);
}

/* Open the part for one writer. Somebody else may be writing still: a connection that broke without our knowing. */
static int open_part(struct exchange *x, const struct part *p)
{
	x->put = (struct folder_put){ .root = x->fed };
	x->put.fd = openat(x->fed, p->file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (x->put.fd < 0)
		return errno == ENOSPC || errno == EDQUOT ? request_refuse(&x->no, 507, "the hub's disk is full")
			: request_refuse(&x->no, 500, "%s cannot be stored", x->req.name);
	x->part = 1;
	if (flock(x->put.fd, LOCK_EX | LOCK_NB) != 0) {
		x->no.retry = 1;
		return request_refuse(&x->no, 503, "this upload is being written");
	}
	snprintf(x->put.tmp, sizeof x->put.tmp, "%s", p->file);
	return 0;
}

/* With the lock held: the client and we agree on how far it is. */
static int check_offset(struct exchange *x, const struct part *p)
{
	off_t end = lseek(x->put.fd, 0, SEEK_END);

	if (end < 0)
		return request_refuse(&x->no, 500, "%s cannot be stored", x->req.name);
	x->put.size = (uint64_t)end;
	x->offset = end;
	if (x->put.size != x->req.offset)
		return request_refuse(&x->no, 409, "this upload is at %lld", (long long)end);
	if (x->req.length > p->total - x->put.size)
		return request_refuse(&x->no, 413, "more than the %" PRIu64 " bytes announced", p->total);
	digest_start(&x->put.sum); /* of what comes now: the whole, if this is the first piece */
	return 0;
}

int part_begin(struct exchange *x)
{
	struct part p = { .total = 0 };

	if (find(x, &p))
		return x->no.status;
	memcpy(x->req.digest, p.digest, sizeof p.digest);
	x->req.total = p.total;
	if (put_allowed(x, p.total)) {
		if (x->no.status == 200)
			remove_part(x, &p);
		return x->no.status;
	}
	if (open_part(x, &p) || check_offset(x, &p)) {
		part_drop(x);
		return x->no.status;
	}
	x->stage = STAGE_BODY;
	return 0;
}

/* The digest of everything, where it came in more than one piece. */
static int sum_up(struct exchange *x)
{
	char piece[16384];
	off_t at = 0;
	ssize_t k;

	if (x->put.size == x->in)
		return 0;
	digest_start(&x->put.sum);
	while ((k = pread(x->put.fd, piece, sizeof piece, at)) > 0 || (k < 0 && errno == EINTR)) {
		if (k > 0) {
			digest_add(&x->put.sum, piece, (size_t)k);
			at += k;
		}
	}
	return k < 0 ? request_refuse(&x->no, 500, "%s cannot be read", x->req.name) : 0;
}

int part_end(struct exchange *x)
{
	struct part p = { .total = x->req.total, .offset = x->put.size };

	name_part(x, x->req.digest, &p);
	if (x->put.size < p.total)
		return answer_offset(x, 204, &p);
	x->offset = (long long)p.total;
	if (sum_up(x) || put_commit(x)) {
		if (x->no.status < 500) /* it will never be good */
			remove_part(x, &p);
		return x->no.status;
	}
	remove_part(x, &p);
	return 0;
}

void part_drop(struct exchange *x)
{
	if (x->put.fd >= 0)
		close(x->put.fd);
	x->put = (struct folder_put){ .fd = -1, .full = x->put.full };
}

void part_sweep(int root, double age)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (!strncmp(e->d_name, ".part-", 6) && fstatat(root, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    difftime(time(NULL), st.st_mtime) >= age)
			(void)unlinkat(root, e->d_name, 0);
	closedir(d);
}
