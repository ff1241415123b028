/*
 * Minus the log partial likelihood of the rows given. With R(t) the rows whose time is >= t, D(t) those with an event at t,
 * m = |D(t)| and r_j = w_j exp(eta_j), each time t with events adds
 *
 *   - sum_D w_j eta_j + sum_D w_j log sum_R r_j                                             Breslow 1974
 *   - sum_D w_j eta_j + (mean_D w_j) sum_{l<m} log(sum_R r_j - l/m sum_D r_j)               Efron 1977, eq. 3.2
 *
 * (weights as survival::coxph has them). Sums of r are kept as logarithms, added by log-sum-exp, so no eta overflows and no
 * risk set vanishes. The derivative by eta_j is -w_j [event] + r_j sum_{t <= time_j} (inverse denominators at t), where the
 * rows of D(t) count (1 - l/m) of Efron's l-th one.
 */
#include "model/head.h"

#include <math.h>

/* log(e^a + e^b) */
static double log_add(double a, double b)
{
	double top = fmax(a, b);

	return top == -INFINITY ? top : top + log1p(exp(-fabs(a - b)));
}

static double weight(const struct head_rows *r, size_t i)
{
	return r->weight ? (double)r->weight[i] : 1;
}

/* Latest first; equal times by index, so that the sums have one order. */
static int before(const struct head_rows *r, uint32_t a, uint32_t b)
{
	return r->time[a] > r->time[b] || (r->time[a] == r->time[b] && a < b);
}

static void sift(const struct head_rows *r, size_t i, size_t n)
{
	uint32_t *v = r->order, t = v[i];
	size_t c;

	for (; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && before(r, v[c], v[c + 1]))
			c++;
		if (!before(r, t, v[c]))
			break;
		v[i] = v[c];
	}
	v[i] = t;
}

/* Heap sort: in place, and no input is slow. */
static void sort(const struct head_rows *r)
{
	uint32_t t;
	size_t i;

	for (i = 0; i < r->n; i++)
		r->order[i] = (uint32_t)i;
	for (i = r->n / 2; i-- > 0;)
		sift(r, i, r->n);
	for (i = r->n; i-- > 1;) {
		t = r->order[0];
		r->order[0] = r->order[i];
		r->order[i] = t;
		sift(r, 0, i);
	}
}

/* Rows first .. end-1 of order share one time. */
static size_t group_end(const struct head_rows *r, size_t first)
{
	size_t end = first + 1;

	while (end < r->n && r->time[r->order[end]] == r->time[r->order[first]])
		end++;
	return end;
}

/* The denominators of one time: log_s, log_d the logarithms of the sums over R and D, w the sum of the m events' weights. Adds to
 * the loss; inv[0], inv[1]: log of the summed inverse denominators for rows of R and for those of D. */
static double denominators(int efron, double log_s, double log_d, double w, size_t m, double inv[2])
{
	double loss = 0;
	size_t l, terms = efron ? m : 1;

	inv[0] = inv[1] = -INFINITY;
	for (l = 0; l < terms; l++) {
		double cut = (double)l / (double)m, log_l = log_s;

		if (l)
			log_l += log1p(-cut * exp(log_d - log_s));
		loss += w / (double)terms * log_l;
		inv[0] = log_add(inv[0], log(w / (double)terms) - log_l);
		inv[1] = log_add(inv[1], log(w / (double)terms * (1 - cut)) - log_l);
	}
	return loss;
}

/* The derivatives, earliest time first: inv has two logarithms for each group, at its last row. */
static void derivative(const struct head_rows *r, const double *inv, double *d)
{
	double past = -INFINITY, all = past, dead = past, t = NAN;
	size_t i;

	for (i = r->n; i-- > 0;) {
		size_t j = r->order[i];

		if ((double)r->time[j] != t) {
			t = (double)r->time[j];
			past = all;
			all = log_add(past, inv[2 * i]);
			dead = log_add(past, inv[2 * i + 1]);
		}
		d[j] = 0; /* a row without weight is in no risk set, and its eta may be beyond them all */
		if (weight(r, j) > 0)
			d[j] = weight(r, j) * (exp(r->eta[j] + (r->event[j] != 0 ? dead : all)) - (r->event[j] != 0));
	}
}

static double loss(const struct head_rows *r, double *d)
{
	double sum = 0, log_s = -INFINITY;
	size_t first, end, i;

	sort(r);
	for (first = 0; first < r->n; first = end) {
		double log_d = -INFINITY, w = 0, *inv;
		size_t m = 0;

		end = group_end(r, first);
		for (i = first; i < end; i++) {
			size_t j = r->order[i];
			double wj = weight(r, j), log_r = log(wj) + r->eta[j];

			log_s = log_add(log_s, log_r);
			if (r->event[j] != 0 && wj > 0) {
				log_d = log_add(log_d, log_r);
				w += wj;
				m++;
				sum -= wj * r->eta[j];
			}
		}
		inv = r->work + 2 * (end - 1);
		inv[0] = inv[1] = -INFINITY;
		if (m)
			sum += denominators(r->efron, log_s, log_d, w, m, inv);
	}
	derivative(r, r->work, d);
	return sum;
}

static void mean(const float *eta, size_t n, size_t k, double *mu)
{
	size_t i;

	for (i = 0; i < n * k; i++)
		mu[i] = eta[i];
}

const struct head head_cox = { .name = "cox", .summary = "survival times, Cox partial likelihood",
	.source = "Cox 1972; ties: Breslow 1974, Efron 1977", .label = HEAD_SURVIVAL, .all = loss, .mean = mean };
