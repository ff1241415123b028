/* fl-init - an untrained model for a schema.  Manual: man/fl-init.1 */
#include <string.h>

#include "base/cli.h"
#include "model/model.h"

static const char *schema_path, *model_text, *how = "auto";

static const char *how_names(size_t i)
{
	static const char *const names[] = { [INIT_AUTO] = "auto", [INIT_ZEROS] = "zeros", [INIT_TORCH] = "torch", NULL };

	return names[i];
}

static const struct opt opts[] = {
	OPT_FILE(0, "schema", &schema_path, "SCHEMA", "the columns, as written by fl-schema"),
	OPT_STR(0, "model", &model_text, "SPEC", "logistic, linear, softmax, poisson, cox or mlp:64,32 with ,act= ,dropout= ,ties= ..."),
	OPT_NAME(0, "init", &how, "HOW", "first parameters (auto: zeros for one layer, torch for more)", how_names),
	CLI_SEED,
	CLI_OUTPUT,
	OPT_END
};

static enum spec_init how_value(void)
{
	size_t i = 0;

	while (strcmp(how_names(i), how))
		i++;
	return (enum spec_init)i;
}

static int run(int argc, char **argv, struct fl_err *err)
{
	struct schema schema = { 0 };
	struct model m = { 0 };
	struct spec spec = { 0 };
	struct out o = { 0 };
	json_t *stages = NULL;
	struct rng rng;
	int rc;

	TRY(cli_no_operands(argc, argv, err));
	if (!schema_path || !model_text)
		return fl_fail(err, FL_USAGE, "--%s is missing", schema_path ? "model" : "schema");
	TRY(out_open(&o, cli_output, OUT_BINARY, err));
	TRY(schema_read(&schema, schema_path, err));
	TRY(spec_parse(&spec, model_text, &schema, err));
	TRY(model_new(&m, &spec, &schema, err));
	rng_seed(&rng, cli_seed_value(), 0);
	spec_init(&spec, how_value(), &rng, m.theta);
	stages = json_pack("[{s:s, s:s}]", "op", "init", "how", how);
	TRY(model_write(&m, m.theta, stages, &o, err));
	TRY(out_commit(&o, err));
	cli_say_more("%zu parameters, %zu inputs, seed %lld", m.n, spec.inputs, cli_seed);
out:
	out_abort(&o);
	json_decref(stages);
	model_clear(&m);
	schema_clear(&schema);
	return rc;
}

static const struct cmd cmd = { .name = "fl-init", .synopsis = "--schema SCHEMA --model SPEC [OPTION]... > MODEL",
	.summary = "Make an untrained model for a schema", .opts = opts, .run = run };

int main(int argc, char **argv)
{
	return cli_main(&cmd, argc, argv);
}
