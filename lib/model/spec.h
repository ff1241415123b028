/*
 * spec.h - what a model is, as a value: family, layers, head; its parameters as one flat F32 vector with named tensors.
 *
 * Every family is a stack of dense layers and a head: the GLMs are one layer and no hidden units. Parameters lie in tensor
 * order: for each layer its weight [out, in] row-major, then its bias [out] (absent without intercept; hidden layers
 * always have one). Names are those of PyTorch's state_dict: "weight", "bias" for one layer; for an MLP those of
 * Sequential(Linear, act[, Dropout if dropout > 0], ..., Linear): "0.weight", "0.bias", "2.weight" ...
 */
#ifndef FL_MODEL_SPEC_H
#define FL_MODEL_SPEC_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"
#include "base/random.h"
#include "data/schema.h"

#define SPEC_HIDDEN_MAX 16
#define SPEC_WIDTH_MAX 65536
#define SPEC_NAME_MAX 32

struct head; /* head.h: the loss and the meaning of the outputs */

enum spec_act { ACT_RELU, ACT_TANH, ACT_GELU };

struct spec {
	const char *family;      /* linear, logistic, softmax, poisson, cox, mlp (families.def) */
	const struct head *head; /* gaussian, bernoulli, categorical, poisson, cox (heads.def) */
	size_t inputs, outputs;  /* outputs: classes for categorical, else 1 */
	size_t n_hidden, hidden[SPEC_HIDDEN_MAX];
	enum spec_act act;
	double dropout;          /* [0, 1): of every hidden layer while training */
	int intercept;
	int efron;               /* cox: ties by Efron (1) or Breslow (0) */
};

struct spec_tensor {
	char name[SPEC_NAME_MAX];
	size_t ndim, shape[2];   /* [out, in] or [out] */
	size_t at, len;          /* in the flat vector */
};

/* FAMILY[:WIDTH,WIDTH...][,act=relu|tanh|gelu][,dropout=P][,intercept=no][,ties=efron|breslow][,head=NAME] for schema s: inputs
 * and outputs, and the head of an mlp, follow from it. A cox head has no intercept: the partial likelihood does not change with
 * one. FL_USAGE says what would help. */
int spec_parse(struct spec *m, const char *text, const struct schema *s, struct fl_err *err);

/* {"family":"mlp","head":"categorical","inputs":9,"outputs":3,"hidden":[64,32],"act":"relu","dropout":0.1,"intercept":true,
 * "ties":"efron"}; members that do not apply are left out. from_json checks everything: FL_DATA, or FL_VERSION for a family
 * or head this build lacks. */
json_t *spec_to_json(const struct spec *m);
int spec_from_json(struct spec *m, const json_t *j, struct fl_err *err);

/* Names and summaries in order of families.def, for lists: NULL after the last. */
const char *spec_family_name(size_t i);
const char *spec_family_summary(size_t i);
const char *spec_act_name(enum spec_act act);

/* Layer l of n_hidden + 1: widths, and where its weight [out, in] and bias [out] lie in the flat vector. */
struct spec_layer {
	size_t in, out, weight, bias;
	int has_bias;
};

void spec_layer(const struct spec *m, size_t l, struct spec_layer *layer);

size_t spec_params(const struct spec *m);   /* length of the flat vector; bounded by SPEC_PARAMS_MAX */
size_t spec_tensors(const struct spec *m);  /* number of tensors */
void spec_tensor(const struct spec *m, size_t i, struct spec_tensor *t);

#define SPEC_PARAMS_MAX ((size_t)1 << 31)

/* Initial parameters. zeros: all 0. torch: weights and biases U(-1/sqrt(in), 1/sqrt(in)), what torch.nn.Linear does by default.
 * auto: zeros for one layer (the losses are convex), torch otherwise. */
enum spec_init { INIT_AUTO, INIT_ZEROS, INIT_TORCH };
void spec_init(const struct spec *m, enum spec_init how, struct rng *r, float *theta);

#endif
