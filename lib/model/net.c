#include "model/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/act.h"
#include "model/head.h"
#include "model/kernel.h"

#define ALIGN  ((size_t)64)
#define BLOCK  ((size_t)64) /* rows of a block of predictions */

/* Weights are kept transposed, (in, out), so that outputs lie along vectors; the bias is one more row, and the layer's input one
 * more column, of ones: forward, gradient and update treat it as any other weight. Rows and columns are padded with zeros to
 * KERNEL_PAD; they stay zero because their inputs and derivatives are. */
struct layer {
	size_t in, out;     /* true widths */
	size_t rows;        /* in, and one if there is a bias */
	size_t in_p, out_p; /* row lengths of x, and of w, z and d */
	size_t at;          /* of w in the padded vector of all weights */
	float *x;           /* (batch, in_p) input */
	float *z;           /* (batch, out_p) output before the activation; then, where slopes are kept, its derivative */
	float *d;           /* (batch, out_p) derivative of the loss by the output before the activation */
};

struct net {
	const struct spec *m;
	const struct table *t;
	const struct kernel *k;
	struct net_opts o;
	struct rng rng;
	size_t n_layers, len;
	int slopes;         /* z becomes the slope; otherwise relu, which needs no more than the sign of z */
	double mean_weight;
	struct layer layer[SPEC_HIDDEN_MAX + 1];
	float *w, *w0, *v;  /* (len) weights, those at the start if o.prox; (o.vectors, len) of which the first is the gradient */
	float *turned;      /* weights of one layer as (out_p, in_p) */
	double *eta, *d;    /* (batch, outputs) */
	float *y, *time, *event, *weight; /* (batch) of the rows at hand */
	uint32_t *order;
	double *work;
	void *memory;
};

static size_t pad(size_t n)
{
	return (n + KERNEL_PAD - 1) / KERNEL_PAD * KERNEL_PAD;
}

/* The next n * size bytes of base, aligned, NULL for none; with base NULL only *at moves. Sizes cannot overflow: widths are below 2^32, so are
 * batches, and a batch of the first layer's inputs is no larger than a table in memory. */
static void *take(char *base, size_t *at, size_t n, size_t size)
{
	void *p = base && n ? base + *at : NULL;

	*at += (n * size + ALIGN - 1) / ALIGN * ALIGN;
	return p;
}

/* Place everything in base; returns the bytes needed. */
static size_t lay_out(struct net *n, char *base)
{
	size_t l, at = 0, b = n->o.batch, k = n->m->outputs, widest = 0;
	int survival = n->m->head->label == HEAD_SURVIVAL;

	n->w = take(base, &at, n->len, sizeof *n->w);
	n->w0 = take(base, &at, n->o.prox > 0 ? n->len : 0, sizeof *n->w0);
	n->v = take(base, &at, n->o.vectors * n->len, sizeof *n->v);
	for (l = 0; l < n->n_layers; l++) {
		struct layer *y = &n->layer[l];

		y->x = take(base, &at, b * y->in_p, sizeof *y->x);
		y->z = take(base, &at, b * y->out_p, sizeof *y->z);
		y->d = take(base, &at, n->t ? b * y->out_p : 0, sizeof *y->d);
		if (l && y->in_p * y->out_p > widest)
			widest = y->in_p * y->out_p;
	}
	n->turned = take(base, &at, n->t ? widest : 0, sizeof *n->turned);
	n->eta = take(base, &at, b * k, sizeof *n->eta);
	n->d = take(base, &at, b * k, sizeof *n->d);
	n->y = take(base, &at, b, sizeof *n->y);
	n->time = take(base, &at, b, sizeof *n->time);
	n->event = take(base, &at, b, sizeof *n->event);
	n->weight = take(base, &at, b, sizeof *n->weight);
	n->order = take(base, &at, survival ? b : 0, sizeof *n->order);
	n->work = take(base, &at, survival ? 2 * b : 0, sizeof *n->work);
	return at;
}

static void measure(struct net *n)
{
	struct spec_layer s;
	size_t l;

	n->n_layers = n->m->n_hidden + 1;
	for (l = 0; l < n->n_layers; l++) {
		struct layer *y = &n->layer[l];

		spec_layer(n->m, l, &s);
		y->in = s.in;
		y->out = s.out;
		y->rows = s.in + (s.has_bias ? 1 : 0);
		y->in_p = pad(s.in + 1);
		y->out_p = pad(s.out);
		y->at = n->len;
		n->len += y->in_p * y->out_p;
	}
}

/* theta into the padded weights, and back. */
static void import_theta(struct net *n, const float *theta)
{
	struct spec_layer s;
	size_t l, i, o;

	for (l = 0; l < n->n_layers; l++) {
		const struct layer *y = &n->layer[l];
		float *w = n->w + y->at;

		spec_layer(n->m, l, &s);
		for (o = 0; o < y->out; o++) {
			for (i = 0; i < y->in; i++)
				w[i * y->out_p + o] = theta[s.weight + o * y->in + i];
			if (s.has_bias)
				w[y->in * y->out_p + o] = theta[s.bias + o];
		}
	}
}

void net_theta(const struct net *n, float *theta)
{
	struct spec_layer s;
	size_t l, i, o;

	for (l = 0; l < n->n_layers; l++) {
		const struct layer *y = &n->layer[l];
		const float *w = n->w + y->at;

		spec_layer(n->m, l, &s);
		for (o = 0; o < y->out; o++) {
			for (i = 0; i < y->in; i++)
				theta[s.weight + o * y->in + i] = w[i * y->out_p + o];
			if (s.has_bias)
				theta[s.bias + o] = w[y->in * y->out_p + o];
		}
	}
}

static double mean_weight(const struct table *t)
{
	double sum = 0;
	size_t i;

	if (!t->weight)
		return 1;
	for (i = 0; i < t->n; i++)
		sum += (double)t->weight[i];
	return sum / (double)t->n;
}

int net_open(struct net **net, const struct spec *m, const struct table *t, const float *theta, const struct net_opts *o,
	     struct fl_err *err)
{
	struct net *n = NULL;
	size_t l, i, bytes;
	char *base;
	int rc;

	TRY(fl_alloc(&n, 1, sizeof *n, err));
	n->m = m;
	n->t = t;
	n->o = *o;
	n->slopes = m->act != ACT_RELU || m->dropout > 0;
	TRY(kernel_pick(&n->k, err));
	measure(n);
	bytes = lay_out(n, NULL);
	TRY(fl_alloc(&n->memory, bytes + ALIGN, 1, err));
	base = n->memory;
	base += (ALIGN - (uintptr_t)base % ALIGN) % ALIGN;
	lay_out(n, base);
	import_theta(n, theta);
	if (o->prox > 0)
		memcpy(n->w0, n->w, n->len * sizeof *n->w0);
	for (l = 0; l < n->n_layers; l++)
		for (i = 0; i < o->batch; i++)
			n->layer[l].x[i * n->layer[l].in_p + n->layer[l].in] = 1;
	n->mean_weight = t ? mean_weight(t) : 1;
	rng_seed(&n->rng, o->seed, 2);
out:
	if (rc != FL_OK) {
		net_close(n);
		n = NULL;
	}
	*net = n;
	return rc;
}

void net_close(struct net *n)
{
	if (n)
		free(n->memory);
	free(n);
}

size_t net_len(const struct net *n)
{
	return n->len;
}

float *net_weights(struct net *n)
{
	return n->w;
}

float *net_vector(struct net *n, size_t i)
{
	return n->v + i * n->len;
}

const struct kernel *net_kernel(const struct net *n)
{
	return n->k;
}

/* h = act(z) for b rows, z becoming the slope. */
static void activate(const struct net *n, const struct layer *y, float *h, size_t h_row, size_t b)
{
	size_t i, j;

	for (i = 0; i < b; i++)
		for (j = 0; j < y->out; j++) {
			float *z = y->z + i * y->out_p + j;
			double slope;

			h[i * h_row + j] = (float)act_at(n->m->act, (double)*z, &slope);
			*z = (float)slope;
		}
}

/* Inverted dropout, as torch.nn.Dropout: what is kept is scaled so that its mean stays. */
static void drop(struct net *n, const struct layer *y, float *h, size_t h_row, size_t b)
{
	float scale = (float)(1 / (1 - n->m->dropout));
	size_t i, j;

	for (i = 0; i < b; i++)
		for (j = 0; j < y->out; j++) {
			float keep = rng_uniform(&n->rng) < n->m->dropout ? 0 : scale;

			h[i * h_row + j] *= keep;
			y->z[i * y->out_p + j] *= keep;
		}
}

/* The output of layer l becomes the input of the next one. */
static void pass_on(struct net *n, size_t l, size_t b, int training)
{
	const struct layer *y = &n->layer[l], *next = y + 1;
	size_t i;

	if (n->slopes)
		activate(n, y, next->x, next->in_p, b);
	else
		for (i = 0; i < b; i++) {
			n->k->relu(next->x + i * next->in_p, y->z + i * y->out_p, y->out_p);
			next->x[i * next->in_p + next->in] = 1; /* relu wrote the padding too */
		}
	if (training && n->m->dropout > 0)
		drop(n, y, next->x, next->in_p, b);
}

static void forward(struct net *n, size_t b, int training)
{
	size_t l;

	for (l = 0; l < n->n_layers; l++) {
		const struct layer *y = &n->layer[l];

		n->k->mul(&(struct kernel_mul){ .m = b, .n = y->out_p, .k = y->rows, .a = y->x, .a_row = y->in_p, .a_col = 1,
			.b = n->w + y->at, .b_row = y->out_p, .c = y->z, .c_row = y->out_p });
		if (l + 1 < n->n_layers)
			pass_on(n, l, b, training);
	}
}

/* d of the layer below from that of layer l, whose weights are still those of the forward pass. */
static void backward(struct net *n, size_t l, size_t b)
{
	const struct layer *y = &n->layer[l], *below = y - 1;
	size_t i;

	n->k->transpose(n->turned, y->in_p, n->w + y->at, y->out_p, y->in_p, y->out_p);
	for (i = 0; i < y->out; i++)
		n->turned[i * y->in_p + y->in] = 0; /* the bias: its input is no output of the layer below */
	n->k->mul(&(struct kernel_mul){ .m = b, .n = below->out_p, .k = y->out, .a = y->d, .a_row = y->out_p, .a_col = 1,
		.b = n->turned, .b_row = y->in_p, .c = below->d, .c_row = below->out_p });
	if (!n->slopes) {
		n->k->relu_back(below->d, below->z, b * below->out_p);
		return;
	}
	for (i = 0; i < b * below->out_p; i++)
		below->d[i] *= below->z[i];
}

/* The product input' d of layer l, for its rows first .. first + m - 1, whose result goes to c. */
static struct kernel_mul outer(const struct layer *y, size_t first, size_t m, size_t b, float *c)
{
	return (struct kernel_mul){ .m = m, .n = y->out_p, .k = b, .a = y->x + first, .a_row = 1, .a_col = y->in_p,
		.b = y->d, .b_row = y->out_p, .c = c + y->at + first * y->out_p, .c_row = y->out_p };
}

static void descend(struct net *n, size_t l, size_t b, double lr)
{
	const struct layer *y = &n->layer[l];
	struct kernel_step s = { .lr = (float)lr, .l2 = (float)n->o.l2, .prox = (float)n->o.prox };
	size_t together = n->o.l2 > 0 ? y->in : y->rows; /* the bias goes alone where its l2 differs */
	struct kernel_mul p = outer(y, 0, together, b, n->w);

	if (n->w0)
		s.c0 = n->w0 + y->at;
	n->k->descend(&p, &s);
	if (together == y->rows)
		return;
	p = outer(y, y->in, 1, b, n->w);
	s.l2 = 0;
	if (s.c0)
		s.c0 += y->in * y->out_p;
	n->k->descend(&p, &s);
}

static void materialise(struct net *n, size_t l, size_t b)
{
	const struct layer *y = &n->layer[l];
	struct kernel_mul p = outer(y, 0, y->rows, b, n->v);
	float l2 = (float)n->o.l2, prox = (float)n->o.prox, *g = n->v + y->at;
	const float *w = n->w + y->at;
	size_t i;

	n->k->mul(&p);
	for (i = 0; l2 > 0 && i < y->in * y->out_p; i++)
		g[i] += l2 * w[i];
	for (i = 0; prox > 0 && i < y->rows * y->out_p; i++)
		g[i] += prox * (w[i] - n->w0[y->at + i]);
}

void net_shrink(struct net *n, double step)
{
	float cut = (float)(step * n->o.l1);
	size_t l, i;

	for (l = 0; cut > 0 && l < n->n_layers; l++) {
		const struct layer *y = &n->layer[l];
		float *w = n->w + y->at;

		for (i = 0; i < y->in * y->out_p; i++)
			w[i] = w[i] > cut ? w[i] - cut : w[i] < -cut ? w[i] + cut : 0;
	}
}

static void gather(struct net *n, const uint32_t *rows, size_t b)
{
	const struct table *t = n->t;
	const struct layer *y = &n->layer[0];
	size_t i, j, k = n->m->outputs;

	for (i = 0; i < b; i++) {
		size_t r = rows[i];

		memcpy(y->x + i * y->in_p, t->x + r * t->p, t->p * sizeof *t->x);
		if (t->y)
			n->y[i] = t->y[r];
		if (t->weight)
			n->weight[i] = t->weight[r];
		if (t->time) {
			n->time[i] = t->time[r];
			n->event[i] = t->event[r];
		}
		for (j = 0; j < k; j++)
			n->eta[i * k + j] = t->offset ? (double)t->offset[r] : 0;
	}
}

/* Forward and head: d of the last layer is the derivative of the batch's mean loss, which is returned. */
static double run_head(struct net *n, const uint32_t *rows, size_t b)
{
	const struct layer *last = &n->layer[n->n_layers - 1];
	size_t i, j, k = n->m->outputs;
	double scale = 1 / ((double)b * n->mean_weight), loss;

	gather(n, rows, b);
	forward(n, b, 1);
	for (i = 0; i < b; i++)
		for (j = 0; j < k; j++)
			n->eta[i * k + j] += (double)last->z[i * last->out_p + j];
	loss = head_loss(n->m->head, &(struct head_rows){ .n = b, .k = k, .eta = n->eta, .y = n->y, .time = n->time,
		.event = n->event, .weight = n->t->weight ? n->weight : NULL, .efron = n->m->efron, .order = n->order,
		.work = n->work }, n->d);
	for (i = 0; i < b; i++)
		for (j = 0; j < k; j++)
			last->d[i * last->out_p + j] = (float)(scale * n->d[i * k + j]);
	return scale * loss;
}

double net_sgd(struct net *n, const uint32_t *rows, size_t b, double lr)
{
	double loss = run_head(n, rows, b);
	size_t l;

	for (l = n->n_layers; l-- > 0;) {
		if (l)
			backward(n, l, b);
		descend(n, l, b, lr);
	}
	net_shrink(n, lr);
	return loss;
}

double net_gradient(struct net *n, const uint32_t *rows, size_t b)
{
	double loss = run_head(n, rows, b);
	size_t l;

	for (l = n->n_layers; l-- > 0;) {
		if (l)
			backward(n, l, b);
		materialise(n, l, b);
	}
	return loss;
}

int net_eta(const struct spec *m, const float *theta, const float *x, size_t n, const float *offset, float *eta,
	    struct fl_err *err)
{
	struct net_opts o = { .batch = n < BLOCK ? n : BLOCK };
	struct net *net = NULL;
	const struct layer *first, *last;
	size_t i, j, k = m->outputs, done, b;
	int rc;

	TRY(net_open(&net, m, NULL, theta, &o, err));
	first = &net->layer[0];
	last = &net->layer[net->n_layers - 1];
	for (done = 0; done < n; done += b) {
		b = n - done < BLOCK ? n - done : BLOCK;
		for (i = 0; i < b; i++)
			memcpy(first->x + i * first->in_p, x + (done + i) * m->inputs, m->inputs * sizeof *x);
		forward(net, b, 0);
		for (i = 0; i < b; i++)
			for (j = 0; j < k; j++)
				eta[(done + i) * k + j] = last->z[i * last->out_p + j] + (offset ? offset[done + i] : 0);
	}
out:
	net_close(net);
	return rc;
}
