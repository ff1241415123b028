/*
 * artefact.h - one safetensors file of ours, open for reading or being written: header, "fl" object, data in order.
 *
 * Works on pipes: the header comes first and says every offset, data follow in the order of struct st, and nothing seeks.
 * A regular file can also be mapped, or read at any place with art_pread(). While it reads in order, art_read() digests
 * the bytes, so that art_end() knows the BLAKE2b-256 of the whole file without a second pass.
 */
#ifndef FL_TENSOR_ARTEFACT_H
#define FL_TENSOR_ARTEFACT_H

#include <jansson.h>

#include "base/digest.h"
#include "base/file.h"
#include "tensor/st.h"

struct art {
	struct st st;
	json_t *fl;        /* the "fl" object, checked by meta_check(), or NULL: a safetensors file of somebody else */
	const char *path;  /* borrowed */
	int fd;
	unsigned char first[8]; /* of the file: the length of the header */
	size_t n_first;    /* 8, or less of a shorter file */
	uint64_t data_at;  /* file offset of the first data byte */
	uint64_t pos;      /* data bytes read so far */
	struct digest sum;
	char digest[DIGEST_TEXT]; /* after art_end() */
	void *map;         /* after art_map(): the whole file, map_len bytes */
	size_t map_len;
};

/* Open path ("-": standard input) and read its header. Of a regular file the length must be exact. FL_NOINPUT, FL_IO,
 * FL_DATA or FL_VERSION, with the name in front. *a must be {0}; art_close() frees, also after failure. */
int art_open(struct art *a, const char *path, struct fl_err *err);

/* The same for an open descriptor at the start of a file, which a takes over; path names it in sentences. */
int art_open_fd(struct art *a, int fd, const char *path, struct fl_err *err);

/* The same in two steps: after art_begin() a->first can be looked at, to see whether it is a safetensors file at all. */
int art_begin(struct art *a, int fd, const char *path, struct fl_err *err);
int art_go_on(struct art *a, struct fl_err *err);

/* The same, and art_pread() will work: a pipe goes to a scratch file first. */
int art_open_seekable(struct art *a, const char *path, struct fl_err *err);

/* The next n data bytes. FL_DATA where the file ends early. */
int art_read(struct art *a, void *p, size_t n, struct fl_err *err);

/* Read what is left, demand the end of the file there, fill a->digest. */
int art_end(struct art *a, struct fl_err *err);

/* n data bytes from data offset at; regular files only. */
int art_pread(const struct art *a, void *p, size_t n, uint64_t at, struct fl_err *err);

/* Map a regular file; *data points at its first data byte until art_close(). FL_IO for a pipe: use art_read(). */
int art_map(struct art *a, const void **data, struct fl_err *err);

void art_close(struct art *a);

/* Kind of artefact: fl.kind, or "" for a file that is not ours. */
const char *art_kind(const struct art *a);

/* FL_DATA unless art_kind() is kind: `m.st: is a stats, want a model; ...`. */
int art_want(const struct art *a, const char *kind, struct fl_err *err);

/* Add to h the metadata of a that are not ours. */
int art_copy_meta(struct st *h, const struct art *a, struct fl_err *err);

/* Put fl (canonical) into the metadata of h, which is laid out, and write the header; the data follow by out_write(), in
 * h's order. If sum is given it is started and fed with the header. */
int art_write_header(struct out *o, struct st *h, const json_t *fl, struct digest *sum, struct fl_err *err);

/* Begin the file at path, which must be a regular one or none, for tensors that lie as they were added to h: their data are
 * written by file_write_at() in any order, from offset *data_at of o's file on. FL_CREATE, FL_USAGE, FL_IO. */
int art_begin_places(struct out *o, const char *path, struct st *h, const json_t *fl, uint64_t *data_at, struct fl_err *err);

#endif
