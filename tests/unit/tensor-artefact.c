/* tensor/artefact: files of ours from disk and from pipes, digests, and what a damaged one is called. */
#include "tensor/artefact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "check.h"
#include "tensor/meta.h"

#define FILE_NAME "artefact.st"

static const float values[4] = { 1, 2, 3, 4 };

/* An artefact of kind KIND with the tensor x = values. */
static int write_file(const char *path, const char *kind, char digest[DIGEST_TEXT])
{
	static const uint64_t shape = 4;
	json_t *fl = meta_new(kind);
	struct out o = { 0 };
	struct st h = { 0 };
	struct digest d;
	int rc;

	json_object_set_new(fl, "unknown", json_string("kept"));
	TRY(st_add(&h, "x", DT_F32, 1, &shape, NULL));
	TRY(st_add_meta(&h, "others", "theirs", NULL));
	TRY(st_layout(&h, NULL));
	TRY(out_open(&o, path, OUT_BINARY, NULL));
	TRY(art_write_header(&o, &h, fl, &d, NULL));
	digest_add(&d, values, sizeof values);
	TRY(out_write(&o, values, sizeof values, NULL));
	TRY(out_commit(&o, NULL));
	digest_end(&d, digest);
out:
	out_abort(&o);
	st_clear(&h);
	json_decref(fl);
	return rc;
}

static void slurp(struct buf *b)
{
	b->len = 0;
	if (in_slurp(b, FILE_NAME, NULL) != FL_OK)
		abort();
}

static void put(const void *p, size_t n)
{
	FILE *f = fopen(FILE_NAME, "wb");

	if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static void round_trip(void)
{
	char digest[DIGEST_TEXT], whole[DIGEST_TEXT];
	struct buf b = { 0 };
	struct art a = { 0 };
	const void *data = NULL;
	float x[4] = { 0 };

	CHECK(write_file(FILE_NAME, "model", digest) == FL_OK, "written");
	slurp(&b);
	digest_of(b.data, b.len, whole);
	CHECK(!strcmp(digest, whole), "the writer's digest is that of the file");
	CHECK(art_open(&a, FILE_NAME, NULL) == FL_OK && !strcmp(art_kind(&a), "model") && !strcmp(meta_str(a.fl, "unknown"), "kept") &&
	      !strcmp(st_get_meta(&a.st, "others"), "theirs"), "read, with what is not ours");
	CHECK(art_pread(&a, x, 8, 8, NULL) == FL_OK && x[0] == 3 && x[1] == 4, "at any place");
	CHECK(art_map(&a, &data, NULL) == FL_OK && !memcmp(data, values, sizeof values), "as a map");
	CHECK(art_read(&a, x, 4, NULL) == FL_OK && x[0] == 1 && art_end(&a, NULL) == FL_OK && !strcmp(a.digest, whole),
	      "in order, with the same digest");
	art_close(&a);
	art_close(&a);
	buf_clear(&b);
}

static void kinds(void)
{
	char digest[DIGEST_TEXT];
	struct fl_err err;
	struct art a = { 0 };

	write_file(FILE_NAME, "stats", digest);
	CHECK(art_open(&a, FILE_NAME, &err) == FL_OK && art_want(&a, "stats", &err) == FL_OK, "a kind that is wanted");
	CHECK(art_want(&a, "model", &err) == FL_DATA && strstr(err.msg, FILE_NAME) && strstr(err.msg, "stats") && strstr(err.msg, "model"),
	      "another one is named, with the file");
	art_close(&a);
	put("\2\0\0\0\0\0\0\0{}", 10);
	CHECK(art_open(&a, FILE_NAME, &err) == FL_OK && !a.fl && !*art_kind(&a), "a file of somebody else has no kind");
	CHECK(art_want(&a, "model", &err) == FL_DATA && strstr(err.msg, "not an artefact"), "and is none of ours");
	art_close(&a);
}

/* Every cut and one byte too many, of a regular file: known as soon as it is opened. */
static void damaged_file(void)
{
	char digest[DIGEST_TEXT];
	struct buf b = { 0 };
	struct fl_err err;
	size_t n, refused = 0;

	write_file(FILE_NAME, "model", digest);
	slurp(&b);
	for (n = 0; n < b.len; n++) {
		struct art a = { 0 };
		put(b.data, n);
		refused += art_open(&a, FILE_NAME, &err) == FL_DATA && !strncmp(err.msg, FILE_NAME ": ", strlen(FILE_NAME) + 2);
		art_close(&a);
	}
	CHECK(refused == b.len, "a file cut anywhere is refused, and named");
	buf_add(&b, "x", 1, NULL);
	put(b.data, b.len);
	{
		struct art a = { 0 };
		CHECK(art_open(&a, FILE_NAME, &err) == FL_DATA && strstr(err.msg, "after the last tensor"), "so is one with a byte more");
		art_close(&a);
	}
	buf_clear(&b);
}

/* n bytes through a pipe as standard input, read to the end. */
static int through_pipe(const char *p, size_t n, struct fl_err *err)
{
	struct art a = { 0 };
	int fd[2], rc;

	if (pipe(fd) != 0 || write(fd[1], p, n) != (ssize_t)n || dup2(fd[0], STDIN_FILENO) < 0)
		abort();
	close(fd[0]);
	close(fd[1]);
	TRY(art_open(&a, "-", err));
	TRY(art_end(&a, err));
out:
	art_close(&a);
	return rc;
}

static void pipes(void)
{
	char digest[DIGEST_TEXT];
	struct buf b = { 0 };
	struct fl_err err;
	size_t n, refused = 0;

	write_file(FILE_NAME, "model", digest);
	slurp(&b);
	CHECK(through_pipe(b.data, b.len, &err) == FL_OK, "a pipe is read without seeking");
	for (n = 0; n < b.len; n++)
		refused += through_pipe(b.data, n, &err) == FL_DATA && !strncmp(err.msg, "standard input: ", 16);
	CHECK(refused == b.len, "a pipe that ends early is refused, and named");
	buf_add(&b, "x", 1, NULL);
	CHECK(through_pipe(b.data, b.len, &err) == FL_DATA && strstr(err.msg, "after the last tensor"), "so is one that goes on");
	buf_clear(&b);
}

static void lengths(void)
{
	static const char huge[] = "\0\0\0\0\0\0\0\x80{}", over[] = "\x41\x78\x7d\1\0\0\0\0{}", short_of[] = "\3\0\0\0\0\0\0\0{}";
	struct fl_err err;

	CHECK(through_pipe("", 0, &err) == FL_DATA && strstr(err.msg, "is empty"), "nothing at all");
	CHECK(through_pipe(huge, 10, &err) == FL_DATA && strstr(err.msg, "9223372036854775808"), "a length of 2^63");
	CHECK(through_pipe(over, 10, &err) == FL_DATA && strstr(err.msg, "25000001"), "a length one over the limit");
	CHECK(through_pipe(short_of, 10, &err) == FL_DATA && strstr(err.msg, "ends within the header"), "a length that is not there");
}

static void no_input(void)
{
	struct fl_err err;
	struct art a = { 0 };

	CHECK(art_open(&a, "absent.st", &err) == FL_NOINPUT && strstr(err.msg, "absent.st"), "a file that is not there");
	art_close(&a);
	CHECK(art_open(&a, ".", &err) == FL_NOINPUT && strstr(err.msg, "directory"), "a directory");
	art_close(&a);
}

int main(void)
{
	char dir[] = "/tmp/fl-artefact.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	round_trip();
	kinds();
	damaged_file();
	pipes();
	lengths();
	no_input();
	unlink(FILE_NAME);
	rmdir(dir);
	return check_done();
}
