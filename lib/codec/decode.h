/*
 * decode.h - whole artefacts back from a codec.
 *
 * Memory is a chunk of one tensor, and the same tensor of the base model where the codec needs it.
 */
#ifndef FL_CODEC_DECODE_H
#define FL_CODEC_DECODE_H

#include "codec/encoded.h"

#define DECODE_RATIO 16384 /* zeros pack better still, but a few bytes must not fill a disk */

struct decode_opts {
	const char *base; /* path of the model that was subtracted, a regular file, or NULL */
	uint64_t max;     /* bytes of decoded tensors; 0: 64 MiB and DECODE_RATIO for each encoded byte, 16 GiB at most */
	void (*progress)(const char *what, double done, double total);
};

/* Write a, which can seek, as it was before its codec, into out: F32, its chain one "decompress" longer; or, after an exact
 * codec, the very bytes of the file that was encoded, which their digest proves before the last of them is out. FL_DATA,
 * FL_USAGE where base is missing or a is not encoded. */
int decode_file(const struct art *a, const struct decode_opts *o, struct out *out, struct fl_err *err);

/* The same into a scratch file, *fd at its start. */
int decode_scratch(const struct art *a, const struct decode_opts *o, int *fd, struct fl_err *err);

/* Let *a, of which only the header has been read, be the file it was before a codec that needs no base: decoded into a scratch
 * file. One that is not encoded stays as it is. After a failure too a is closed by the caller. */
int decode_in_place(struct art *a, struct fl_err *err);

#endif
