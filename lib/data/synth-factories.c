/*
 * Factories that mill the same part. Roughness of the surface follows speed, feed, wear and vibration; every factory
 * has its own machines and climate, and sensors that drift between two calibrations, 100 parts apart.
 */
#include "data/synth.h"

enum {
	PART, MACHINE, SHIFT, MATERIAL, SPEED, FEED, DEPTH, WEAR, VIBRATION, COOLANT, TEMPERATURE, HUMIDITY, HARDNESS,
	POWER, SINCE, ROUGHNESS, N_COLS
};

static const struct synth_col cols[N_COLS] = {
	[PART] = { .name = "part", .title = "Number of the part within the factory", .type = TYPE_INTEGER,
		   .role = ROLE_ID, .enc = ENC_NONE },
	[MACHINE] = SYNTH_CAT("machine", "Type of machine", "three_axis four_axis five_axis retrofit"),
	[SHIFT] = SYNTH_CAT("shift", "Shift", "early late night"),
	[MATERIAL] = SYNTH_CAT("material", "Material", "steel stainless aluminium"),
	[SPEED] = SYNTH_NUM("spindle_speed", "Spindle speed", 0, 200, 30000, 6000, 900, "/min", NULL),
	[FEED] = SYNTH_NUM("feed", "Feed for each tooth", 4, 0.001, 1, 0.08, 0.015, "mm", NULL),
	[DEPTH] = SYNTH_NUM("depth", "Depth of cut", 2, 0.05, 10, 1.5, 0.4, "mm", NULL),
	[WEAR] = SYNTH_NUM("tool_wear", "Flank wear of the tool", 3, 0, 2, 0.15, 0.08, "mm", NULL),
	[VIBRATION] = SYNTH_NUM("vibration", "Vibration at the spindle, RMS", 2, 0, 50, 2.2, 0.7, "mm/s", NULL),
	[COOLANT] = SYNTH_NUM("coolant_flow", "Flow of coolant", 1, 0, 100, 18, 3, "L/min", NULL),
	[TEMPERATURE] = SYNTH_NUM("temperature", "Temperature at the spindle", 1, 0, 150, 44, 5.3, "Cel", NULL),
	[HUMIDITY] = SYNTH_NUM("humidity", "Humidity of the hall", 0, 5, 100, 45, 10, "%", NULL),
	[HARDNESS] = SYNTH_NUM("hardness", "Hardness of the batch", 0, 20, 600, 172, 40, "[HB]", NULL),
	[POWER] = SYNTH_NUM("power", "Power of the spindle", 2, 0, 100, 5, 0.9, "kW", NULL),
	[SINCE] = SYNTH_NUM("since_calibration", "Parts since the last calibration", 0, 0, 100, 50, 29, NULL, NULL),
	[ROUGHNESS] = { .name = "roughness", .title = "Mean roughness Ra of the surface", .type = TYPE_NUMBER,
			.role = ROLE_LABEL, .enc = ENC_NONE, .decimals = 3, .unit = "um" },
};

static const double machine_effect[] = { 0, -0.05, -0.15, 0.25 };
static const double material_effect[] = { 0, 0.15, -0.2 };

struct factory {
	double machine[4], material[3];
	double speed, climate, damping, care, drift, offset, hard;
	double parts;
};

static void site(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	static const double machines[] = { 0.35, 0.25, 0.25, 0.15 }, materials[] = { 0.5, 0.2, 0.3 };
	struct factory *f = state;
	double k = o->skew;
	int i;

	size->train = synth_rows(o, r, 0.5);
	size->test = o->test_rows;
	for (i = 0; i < 4; i++)
		f->machine[i] = machines[i] * exp(k * 0.8 * rng_normal(r));
	for (i = 0; i < 3; i++)
		f->material[i] = materials[i] * exp(k * 0.8 * rng_normal(r));
	f->speed = k * 0.5 * rng_normal(r);
	f->climate = k * 0.6 * rng_normal(r);
	f->damping = k * 0.4 * rng_normal(r);
	f->care = k * 0.4 * rng_normal(r);
	f->drift = k * 0.4 * rng_normal(r);
	f->offset = k * 0.06 * rng_normal(r);
	f->hard = k * 0.4 * rng_normal(r);
	f->parts = 0;
}

static double measure(struct rng *r, int col, double shift, double own)
{
	return synth_fit(&cols[col], cols[col].mean + cols[col].std * (shift + own * rng_normal(r)));
}

/* In population standard deviations. */
static double z(const double *v, int col)
{
	return (v[col] - cols[col].mean) / cols[col].std;
}

/* Logarithm of the roughness, but for the factory's own part; drift is what the vibration sensor reads too much. */
static double finish(const double *v, double drift)
{
	return machine_effect[(int)v[MACHINE]] + material_effect[(int)v[MATERIAL]] + 0.22 * z(v, FEED) -
	       0.1 * z(v, SPEED) + 0.15 * z(v, WEAR) + 0.05 * z(v, DEPTH) - 0.04 * z(v, COOLANT) +
	       0.12 * (z(v, VIBRATION) - drift);
}

static void row(void *state, struct rng *r, double *v)
{
	static const double shifts[] = { 0.4, 0.4, 0.2 };
	struct factory *f = state;
	double drift;

	v[PART] = ++f->parts;
	v[SINCE] = fmod(f->parts, 100);
	drift = f->drift * z(v, SINCE) / 1.7; /* -1 to 1 times the factory's own between two calibrations */
	v[MACHINE] = (double)synth_pick(r, f->machine, 4);
	v[MATERIAL] = (double)synth_pick(r, f->material, 3);
	v[SHIFT] = (double)synth_pick(r, shifts, 3);
	v[SPEED] = measure(r, SPEED, f->speed, 0.85);
	v[FEED] = measure(r, FEED, 0, 1);
	v[DEPTH] = measure(r, DEPTH, 0, 1);
	v[WEAR] = measure(r, WEAR, -f->care, 0.9);
	v[HARDNESS] = measure(r, HARDNESS, 0.2 + f->hard - (v[MATERIAL] == 2) * 0.6, 0.9);
	v[VIBRATION] = measure(r, VIBRATION, 0.4 * z(v, WEAR) + 0.2 * z(v, SPEED) - f->damping + drift, 0.75);
	v[COOLANT] = measure(r, COOLANT, -0.5 * drift, 0.95);
	v[HUMIDITY] = measure(r, HUMIDITY, f->climate, 0.8);
	v[TEMPERATURE] = measure(r, TEMPERATURE, f->climate + 0.3 * z(v, SPEED) - 0.2 * z(v, COOLANT) + drift, 0.7);
	v[POWER] = measure(r, POWER, 0.4 * z(v, DEPTH) + 0.3 * z(v, HARDNESS) + 0.2 * z(v, WEAR), 0.8);
	v[ROUGHNESS] = synth_fit(&cols[ROUGHNESS], 0.9 * exp(f->offset + finish(v, drift) + 0.1 * rng_normal(r)));
}

const struct scenario synth_factories = {
	.name = "factories",
	.summary = "Surface roughness of milled parts: regression, with machines and sensors that differ and drift",
	.source = "made for flkit: see fl-synth(1)",
	.silos = 10,
	.rows = 120,
	.test_rows = 200,
	.cols = cols,
	.n_cols = N_COLS,
	.state_size = sizeof(struct factory),
	.site = site,
	.row = row,
};
