#include "round/policy.h"

#include <math.h>
#include <string.h>

#include "base/json.h"

static const char *const lists[] = { "models", "columns", "solvers", "coordinators" };

static int check_list(const json_t *j, const char *key, const json_t **v, struct fl_err *err)
{
	size_t i;

	*v = json_object_get(j, key);
	if (!*v)
		return FL_OK;
	if (!json_is_array(*v))
		return fl_fail(err, FL_CONFIG, "%s is not a list of names", key);
	for (i = 0; i < json_array_size(*v); i++)
		if (!json_is_string(json_array_get(*v, i)))
			return fl_fail(err, FL_CONFIG, "%s[%zu] is not a name", key, i);
	return FL_OK;
}

static int check_count(const json_t *j, const char *key, long long *v, struct fl_err *err)
{
	int rc = json_get_int(j, key, v, err);

	if (rc == FL_OK && json_object_get(j, key) && *v < 1)
		return fl_fail(err, FL_CONFIG, "%s is not above 0", key);
	return rc;
}

static int known(const char *key)
{
	static const char *const others[] = { "min_rows", "max_epochs", "max_time_s", "max_epsilon", "require_mask" };
	size_t i;

	for (i = 0; i < sizeof lists / sizeof *lists; i++)
		if (!strcmp(key, lists[i]))
			return 1;
	for (i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(key, others[i]))
			return 1;
	return 0;
}

/* What is wrong with a file of settings is a matter of configuration. */
static int as_config(struct fl_err *err)
{
	if (err)
		err->status = FL_CONFIG;
	return FL_CONFIG;
}

int policy_parse(struct policy *p, json_t *j, struct fl_err *err)
{
	const json_t **into[] = { &p->models, &p->columns, &p->solvers, &p->coordinators };
	const char *key;
	json_t *value;
	size_t i;
	int rc = FL_OK;

	p->json = json_incref(j);
	p->max_epsilon = -1;
	if (!json_is_object(j))
		return fl_fail(err, FL_CONFIG, "is not an object");
	json_object_foreach(j, key, value)
		if (!known(key))
			return fl_fail(err, FL_CONFIG, "no rule is called \"%.40s\"", key);
	for (i = 0; i < sizeof lists / sizeof *lists; i++)
		TRY(check_list(j, lists[i], into[i], err));
	TRY(check_count(j, "min_rows", &p->min_rows, err));
	TRY(check_count(j, "max_epochs", &p->max_epochs, err));
	TRY(check_count(j, "max_time_s", &p->max_time_s, err));
	TRY(json_get_real(j, "max_epsilon", &p->max_epsilon, err));
	if (json_object_get(j, "max_epsilon") && p->max_epsilon < 0)
		TRY(fl_fail(err, FL_CONFIG, "max_epsilon is below 0"));
	TRY(json_get_bool(j, "require_mask", &p->require_mask, err));
out:
	return rc == FL_DATA ? as_config(err) : rc;
}

int policy_read(struct policy *p, const char *path, struct fl_err *err)
{
	json_t *j = NULL;
	int rc;

	p->max_epsilon = -1;
	if (!path)
		return FL_OK;
	TRY(json_read(&j, path, err));
	if ((rc = policy_parse(p, j, err)) != FL_OK)
		fl_err_prefix(err, "%s", path);
out:
	json_decref(j);
	return rc == FL_DATA ? as_config(err) : rc;
}

void policy_clear(struct policy *p)
{
	json_decref(p->json);
	*p = (struct policy){ 0 };
}

/* list NULL: everything. */
static int listed(const json_t *list, const char *name)
{
	size_t i;

	for (i = 0; list && i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), name))
			return 1;
	return !list;
}

static int columns_allowed(const struct policy *p, const struct schema *s, struct fl_err *err)
{
	char shown[68];
	size_t i;

	for (i = 0; i < s->n_fields; i++)
		if (s->fields[i].role != ROLE_IGNORE && !listed(p->columns, s->fields[i].name))
			return fl_fail(err, FL_REFUSED, "policy: column \"%s\" is not among those allowed",
				       fl_err_quote(shown, 64, s->fields[i].name, strlen(s->fields[i].name)));
	return FL_OK;
}

int policy_allows(const struct policy *p, const char *coordinator, const struct model *m, const struct train *t,
		  struct fl_err *err)
{
	if (!listed(p->coordinators, coordinator))
		return fl_fail(err, FL_REFUSED, "policy: plans of coordinator '%s' are not allowed", coordinator);
	if (!listed(p->models, m->spec.family))
		return fl_fail(err, FL_REFUSED, "policy: model family '%s' is not allowed", m->spec.family);
	if (!listed(p->solvers, t->solver))
		return fl_fail(err, FL_REFUSED, "policy: solver '%s' is not allowed", t->solver);
	if (p->max_epochs && !t->in.steps && t->in.epochs > p->max_epochs)
		return fl_fail(err, FL_REFUSED, "policy: %lld epochs are asked, at most %lld allowed", t->in.epochs, p->max_epochs);
	if (p->max_epsilon >= 0)
		return fl_fail(err, FL_REFUSED, "policy: max_epsilon %g, but the plan asks for no noise and so bounds no epsilon",
			       p->max_epsilon);
	if (p->require_mask)
		return fl_fail(err, FL_REFUSED, "policy: require_mask, but the plan's updates are not masked");
	return columns_allowed(p, &m->schema, err);
}

int policy_rows(const struct policy *p, const struct train *t, size_t rows, struct fl_err *err)
{
	size_t batch = t->in.batch && t->in.batch < rows ? t->in.batch : rows;

	if (p->min_rows && rows < (size_t)p->min_rows)
		return fl_fail(err, FL_REFUSED, "policy: %zu rows, fewer than the %lld of min_rows", rows, p->min_rows);
	if (p->max_epochs && t->in.steps && (double)t->in.steps * (double)batch > (double)p->max_epochs * (double)rows)
		return fl_fail(err, FL_REFUSED, "policy: %lld steps are asked, more than the %lld epochs allowed", t->in.steps,
			       p->max_epochs);
	return FL_OK;
}
