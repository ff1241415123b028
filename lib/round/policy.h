/*
 * policy.h - a participant's own rules: what it lets a plan ask of it. Pure.
 *
 *   {"models": ["logistic", "mlp"], "columns": ["age", "stay"], "solvers": ["sgd"], "coordinators": ["north"],
 *    "min_rows": 100, "max_epochs": 10, "max_time_s": 600, "max_epsilon": 2.0, "require_mask": true}
 *
 * What is absent is not restricted. An unknown member is an error: a rule misspelt must not be a rule dropped.
 */
#ifndef FL_ROUND_POLICY_H
#define FL_ROUND_POLICY_H

#include <jansson.h>

#include "data/schema.h"
#include "solve/train.h"
#include "wire/message.h"

struct policy {
	json_t *json;     /* the lists live here */
	const json_t *models, *columns, *solvers, *coordinators; /* NULL: any */
	long long min_rows, max_epochs, max_time_s; /* 0: no limit */
	double max_epsilon; /* below 0: no limit */
	int require_mask;
};

/* path NULL: no rules. FL_NOINPUT, FL_CONFIG. *p must be {0}; policy_clear() frees, also after failure. */
int policy_read(struct policy *p, const char *path, struct fl_err *err);
int policy_parse(struct policy *p, json_t *j, struct fl_err *err); /* takes a reference of its own */
void policy_clear(struct policy *p);

/* A plan that this coordinator signed, the model it starts from, and its settings. FL_REFUSED names the rule. */
int policy_allows(const struct policy *p, const char *coordinator, const struct model *m, const struct train *t,
		  struct fl_err *err);

/* The rows it would be trained on. */
int policy_rows(const struct policy *p, const struct train *t, size_t rows, struct fl_err *err);

#endif
