/*
 * file.h - inputs that are not directories, and outputs that appear whole or not at all.
 *
 * "-" is standard input or output. A named regular output is written under a temporary name in the same folder, and
 * out_commit() syncs and renames it; anything else that exists under the name (/dev/full, a FIFO) is written directly.
 */
#ifndef FL_BASE_FILE_H
#define FL_BASE_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Open path ("-": standard input, not closed by in_close) for reading. FL_NOINPUT, also for a directory. */
int in_open(int *fd, const char *path, struct fl_err *err);
void in_close(int fd);

/* Read exactly n bytes, or up to n at the end of the input: *got says how many. FL_IO. */
int in_read(int fd, void *p, size_t n, size_t *got, struct fl_err *err);

/* The whole of path ("-": standard input), at most b->max bytes (FL_DATA beyond), appended to *b. */
int in_slurp(struct buf *b, const char *path, struct fl_err *err);

/* What is left of an open file, the same way; no name is put in front of the sentence. */
int in_slurp_fd(struct buf *b, int fd, struct fl_err *err);

/* What to call path in a sentence: "standard input" for "-". */
const char *in_name(const char *path);

/* Names in one text with commas between, as --data takes them; empty ones are skipped. FL_USAGE where none is left. *l must
 * be {0}; names_clear() frees, also after failure. */
struct names {
	char *text;
	char **v; /* (n) inside text */
	size_t n, cap;
};
int names_split(struct names *l, const char *list, struct fl_err *err);
void names_clear(struct names *l);

struct out {
	FILE *f;
	const char *path; /* borrowed */
	char *tmp;        /* the temporary name, or NULL when written directly */
	int lax;          /* set it before out_commit(): a crash of the machine may lose the output, or tear it */
};

enum { OUT_TEXT = 0, OUT_BINARY = 1 };

/* FL_CREATE; FL_USAGE where OUT_BINARY would go to a terminal. *o must be {0}. */
int out_open(struct out *o, const char *path, int mode, struct fl_err *err);

/* Write n bytes. FL_IO names the output. */
int out_write(struct out *o, const void *p, size_t n, struct fl_err *err);

/* Write n bytes of an open file, from offset at on. FL_IO, also where it ends before. */
int out_copy(struct out *o, int fd, off_t at, uint64_t n, struct fl_err *err);

/* All of an open regular file into path, whole or not at all; lax as in struct out. FL_CREATE, FL_IO. */
int out_file(const char *path, int fd, int lax, struct fl_err *err);

/* Flush, sync, rename. FL_IO. After it *o is {0}. */
int out_commit(struct out *o, struct fl_err *err);

/* Drop an output that was not committed; nothing is left under its name. Safe on {0} and after a commit. */
void out_abort(struct out *o);

/* Remove every temporary name in use; async-signal-safe, for a signal handler. */
void out_abort_all(void);

/* Make the folder path and those above it where they are missing, for nobody else to look into. FL_CREATE. */
int file_make_folders(const char *path, struct fl_err *err);

/* Append where programs keep state, $XDG_STATE_HOME or ~/.local/state, and "/flkit". FL_CONFIG without a home. */
int file_state_home(struct buf *b, struct fl_err *err);

/* An unlinked temporary file ($TMPDIR or /tmp), open for reading and writing. FL_CREATE. */
int file_scratch(int *fd, struct fl_err *err);

/* All n bytes at p to an open descriptor. FL_IO. */
int file_write(int fd, const void *p, size_t n, struct fl_err *err);

/* The same at offset at, wherever the descriptor stands. */
int file_write_at(int fd, const void *p, size_t n, off_t at, struct fl_err *err);

/* What is left of an input into a scratch file, open at its start. FL_CREATE, FL_IO. */
int file_spool(int from, int *to, struct fl_err *err);

#endif
