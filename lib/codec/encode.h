/*
 * encode.h - whole artefacts through a codec.
 *
 * Memory is one tensor and its encoded bytes (and the same tensor of the base model, where the codec needs it). A pipe goes to
 * a scratch file first: codecs look at all tensors before they settle on steps and thresholds.
 */
#ifndef FL_CODEC_ENCODE_H
#define FL_CODEC_ENCODE_H

#include "codec/encoded.h"
#include "codec/residual.h"

struct encode_opts {
	const char *base;     /* path of the model to subtract, or NULL */
	const char *residual; /* path of what error feedback carries on, or NULL */
	int measure;          /* decode again to say what was lost; --residual does so anyway */
	void (*progress)(const char *what, double done, double total);
};

struct encode_tensor {
	uint64_t at, len;     /* of its encoded bytes in the scratch file */
	double lost, had;     /* |x - x'|^2, |x|^2 */
};

struct encode {
	const struct encode_opts *o;
	struct art a, base;
	struct residual residual;
	struct codec_tensor *t;     /* (a.st.n) as the source gives them */
	struct codec_source source; /* values with what is carried on, for whoever chooses a codec */
	struct codec_plan plan;     /* after encode_make(), as what follows */
	struct encode_tensor *v;    /* (a.st.n), the same */
	uint64_t values, bytes_in, bytes_out;
	struct st st;               /* of the encoded file */
	json_t *fl;
	int scratch;                /* its data */
	float *x, *y;               /* (largest tensor), (CODEC_CHUNK) */
};

/* Open path ("-": standard input). *e must be {0}; encode_close() frees, also after failure. FL_NOINPUT, FL_DATA, FL_IO. */
int encode_open(struct encode *e, const char *path, const struct encode_opts *o, struct fl_err *err);

/* About how many bytes of an encoded file are not values. */
double encode_head(const struct encode *e);

/* Encode all with this codec and seed; e->bytes_out is then known. May be called again, with another choice. note, or NULL, goes
 * into the stage as what chose the codec. FL_USAGE where the codec does not fit, FL_REFUSED where the chain forbids it, FL_DATA. */
int encode_make(struct encode *e, const struct codec_choice *how, uint64_t seed, const char *note, struct fl_err *err);

/* Write it to out, which the caller commits afterwards; what error feedback carries on is committed here. */
int encode_write(struct encode *e, struct out *out, struct fl_err *err);

void encode_close(struct encode *e);

#endif
