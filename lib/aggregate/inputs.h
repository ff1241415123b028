/*
 * inputs.h - the updates, models or partials that are added up: checked once, then read a block at a time.
 *
 * A file is opened, its header checked and its place remembered (about 100 bytes each, and 16 for each tensor that a codec has
 * packed); it is open again only while a block of it is read. What cannot be read twice, a pipe, is spooled to an unlinked file
 * first. Updates that are still in a codec are decoded as they are read, each on its own.
 */
#ifndef FL_AGGREGATE_INPUTS_H
#define FL_AGGREGATE_INPUTS_H

#include "tensor/artefact.h"

struct coded;  /* what of a file is in a codec */
struct layout; /* where the tensors of ref lie in a file; shared by files that agree */

struct source {
	char *path;
	int fd;          /* a spooled pipe, or -1 */
	int partial;     /* limbs, not floats */
	uint64_t weight; /* multiples of 2^-20; of a partial, its sum of weights */
	uint64_t data_at;
	const struct layout *layout;
	struct coded *coded; /* or NULL: floats or limbs as they are */
};

struct inputs {
	struct st ref;       /* the tensors that all share: names, shapes, F32; their order is that of the flat values */
	uint64_t values;     /* flat values in all */
	struct source *v;
	size_t n, cap;
	json_t *fl;          /* of the first file; its stages shortened to what all have in common */
	int coded;           /* is any in a codec */
	int partials, models; /* is any a partial; are they models (or sums of them) rather than updates */
	uint64_t bytes;      /* of data, as they are stored */
	uint64_t weights;    /* sum, in multiples of 2^-20 */
	long long count;     /* updates in all, those inside partials included */
	struct layout *layouts;
};

/* n bytes of an open source from data offset at on. FL_IO, FL_DATA. */
int source_read(const struct source *s, int fd, void *p, size_t n, uint64_t at, struct fl_err *err);

/* Open path as *a, a pipe by way of a spool that s holds. FL_NOINPUT, FL_IO, FL_CREATE, FL_DATA. The caller closes a and
 * source_clear()s s, also after failure; a->path is borrowed from s. */
int source_open(struct source *s, const char *path, struct art *a, struct fl_err *err);
void source_clear(struct source *s);

/* Check one more open file against those before it and take *s over; the first sets names, shapes and order. FL_DATA naming
 * the file. *in starts as {0}; inputs_clear() frees, also after failure. */
int inputs_add(struct inputs *in, struct source *s, const struct art *a, struct fl_err *err);

/* Let the flat values lie in the order of the tensors of to, a base model. FL_DATA unless names and shapes agree. */
int inputs_reorder(struct inputs *in, const struct st *to, struct fl_err *err);

/* Where a block that starts at flat value from ends, if it may hold most values (at least CODEC_CHUNK where any file is in a codec):
 * codecs are read by whole chunks. from is 0 or the end of a block. Returns the number of values. */
size_t inputs_block(const struct inputs *in, uint64_t from, size_t most);

/* Open source i for inputs_read. */
int inputs_open(const struct inputs *in, size_t i, int *fd, struct fl_err *err);
void inputs_close(const struct inputs *in, size_t i, int fd);

/* Flat values from .. from + n - 1 of source i into x, or, of a partial, into lo and hi. */
int inputs_read(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, float *x, struct fl_err *err);
int inputs_read_limbs(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, uint64_t *lo, int64_t *hi,
		      struct fl_err *err);

/* Can source i be read by inputs_read_sparse(): the *k values (at most n) that are stored, at these places from from on, in
 * rising order? Its other values are 0. */
int inputs_sparse(const struct inputs *in, size_t i);
int inputs_read_sparse(const struct inputs *in, size_t i, int fd, uint64_t from, size_t n, uint32_t *at, float *x, size_t *k,
		       struct fl_err *err);

/* Name of the tensor that holds flat value at. */
const char *inputs_tensor(const struct inputs *in, uint64_t at);

void inputs_clear(struct inputs *in);

#endif
