/*
 * Forty-seven hospitals that follow patients at high risk of coming back. Every hospital is small and sees its own mix
 * of patients, but the same signs mean the same everywhere. Some forty weak signs matter, more than fifty patients can
 * teach: that is why learning together pays here. The sizes and SCALE were set by trial, so that over ten seeds a
 * logistic model is right about 72 times in 100 where a hospital learns alone, and 85 where all learn together.
 */
#include "data/synth.h"

enum {
	PATIENT, AGE, SEX, RESIDENCE, ALONE, SMOKER, INSURANCE, ADMISSION, WARD, BMI, SYSTOLIC, HEART_RATE, RESP_RATE,
	SPO2, TEMPERATURE, CREATININE, HAEMOGLOBIN, SODIUM, POTASSIUM, GLUCOSE, ALBUMIN, CRP, STAY, PRIOR, VISITS,
	CHARLSON, MEDICATIONS, INSULIN, ANTICOAGULANT, OPIOID, DIURETIC, STEROID, ANTIBIOTIC, SEDATIVE, DIABETES,
	HEART_FAILURE, COPD, CKD, CANCER, DEMENTIA, DEPRESSION, STROKE, ICU, DISCHARGE, FOLLOW_UP, READMITTED, N_COLS
};

static const struct synth_col cols[N_COLS] = {
	[PATIENT] = { .name = "patient", .title = "Number of the patient within the hospital", .type = TYPE_INTEGER,
		      .role = ROLE_ID, .enc = ENC_NONE },
	[AGE] = SYNTH_NUM("age", "Age at admission", 0, 18, 104, 68, 13.8, "a", "30525-0"),
	[SEX] = SYNTH_CAT("sex", "Sex", "f m"),
	[RESIDENCE] = SYNTH_CAT("residence", "Where the patient lives", "urban rural"),
	[ALONE] = SYNTH_FLAG("lives_alone", "Lives alone"),
	[SMOKER] = SYNTH_CAT("smoker", "Smoking", "never former current"),
	[INSURANCE] = SYNTH_CAT("insurance", "Insurance", "public private none"),
	[ADMISSION] = SYNTH_CAT("admission", "Type of admission", "elective urgent emergency transfer"),
	[WARD] = SYNTH_CAT("ward", "Ward", "medicine cardiology surgery orthopaedics oncology geriatrics pulmonology"),
	[BMI] = SYNTH_NUM("bmi", "Body mass index", 1, 12, 65, 27.5, 5.2, "kg/m2", "39156-5"),
	[SYSTOLIC] = SYNTH_NUM("systolic_bp", "Systolic blood pressure at discharge", 0, 60, 240, 132, 19, "mm[Hg]",
			       "8480-6"),
	[HEART_RATE] = SYNTH_NUM("heart_rate", "Heart rate at discharge", 0, 30, 200, 80, 14, "/min", "8867-4"),
	[RESP_RATE] = SYNTH_NUM("respiratory_rate", "Respiratory rate at discharge", 0, 6, 50, 17, 3.2, "/min",
				"9279-1"),
	[SPO2] = SYNTH_NUM("spo2", "Oxygen saturation at discharge", 0, 70, 100, 95, 2.4, "%", "59408-5"),
	[TEMPERATURE] = SYNTH_NUM("temperature", "Body temperature at discharge", 1, 34, 42, 36.9, 0.5, "Cel",
				 "8310-5"),
	[CREATININE] = SYNTH_LAB("creatinine", "Creatinine, last value", 2, 0.2, 15, 1.2, 0.5, "mg/dL", "2160-0"),
	[HAEMOGLOBIN] = SYNTH_LAB("haemoglobin", "Haemoglobin, last value", 1, 4, 20, 12, 1.9, "g/dL", "718-7"),
	[SODIUM] = SYNTH_LAB("sodium", "Sodium, last value", 0, 110, 165, 138, 4, "mmol/L", "2951-2"),
	[POTASSIUM] = SYNTH_LAB("potassium", "Potassium, last value", 1, 2, 7.5, 4.2, 0.5, "mmol/L", "2823-3"),
	[GLUCOSE] = SYNTH_LAB("glucose", "Glucose, last value", 0, 40, 600, 134, 43, "mg/dL", "2345-7"),
	[ALBUMIN] = SYNTH_LAB("albumin", "Albumin, last value", 1, 1, 5.8, 3.5, 0.6, "g/dL", "1751-7"),
	[CRP] = SYNTH_LAB("crp", "C-reactive protein, last value", 1, 0.1, 400, 32, 38, "mg/L", "1988-5"),
	[STAY] = SYNTH_NUM("length_of_stay", "Days in hospital", 0, 1, 90, 7.8, 5, "d", "78033-8"),
	[PRIOR] = SYNTH_NUM("prior_admissions", "Admissions in the year before", 0, 0, 20, 1.8, 1.6, NULL, NULL),
	[VISITS] = SYNTH_NUM("emergency_visits", "Emergency visits in the half year before", 0, 0, 20, 1.4, 1.3, NULL,
			     NULL),
	[CHARLSON] = SYNTH_NUM("charlson", "Charlson comorbidity index as coded", 0, 0, 15, 3.2, 2, NULL, NULL),
	[MEDICATIONS] = SYNTH_NUM("n_medications", "Medications at discharge", 0, 0, 30, 8, 3.5, NULL, NULL),
	[INSULIN] = SYNTH_FLAG("insulin", "Insulin at discharge"),
	[ANTICOAGULANT] = SYNTH_FLAG("anticoagulant", "Anticoagulant at discharge"),
	[OPIOID] = SYNTH_FLAG("opioid", "Opioid at discharge"),
	[DIURETIC] = SYNTH_FLAG("diuretic", "Loop diuretic at discharge"),
	[STEROID] = SYNTH_FLAG("steroid", "Systemic corticosteroid at discharge"),
	[ANTIBIOTIC] = SYNTH_FLAG("antibiotic", "Antibiotic at discharge"),
	[SEDATIVE] = SYNTH_FLAG("sedative", "Benzodiazepine or like drug at discharge"),
	[DIABETES] = SYNTH_FLAG("diabetes", "Diabetes mellitus"),
	[HEART_FAILURE] = SYNTH_FLAG("heart_failure", "Heart failure"),
	[COPD] = SYNTH_FLAG("copd", "Chronic obstructive pulmonary disease"),
	[CKD] = SYNTH_FLAG("ckd", "Chronic kidney disease"),
	[CANCER] = SYNTH_FLAG("cancer", "Active cancer"),
	[DEMENTIA] = SYNTH_FLAG("dementia", "Dementia"),
	[DEPRESSION] = SYNTH_FLAG("depression", "Depression"),
	[STROKE] = SYNTH_FLAG("stroke", "Stroke in the history"),
	[ICU] = SYNTH_FLAG("icu", "Intensive care during the stay"),
	[DISCHARGE] = SYNTH_CAT("discharge_to", "Discharged to", "home home_care rehabilitation nursing_home"),
	[FOLLOW_UP] = SYNTH_FLAG("follow_up", "Follow-up visit booked within 14 days"),
	[READMITTED] = SYNTH_LABEL("readmitted", "Unplanned readmission within 30 days", "0 1"),
};

/* What a column adds to the logit: per population standard deviation of a number, or when a flag is 1. */
static const double effect[N_COLS] = {
	[AGE] = 0.45, [ALONE] = 0.9, [BMI] = -0.3, [SYSTOLIC] = -0.55, [HEART_RATE] = 0.6, [RESP_RATE] = 0.55,
	[SPO2] = -0.6, [TEMPERATURE] = 0.4, [CREATININE] = 0.6, [HAEMOGLOBIN] = -0.7, [SODIUM] = -0.6,
	[POTASSIUM] = 0.45, [GLUCOSE] = 0.5, [ALBUMIN] = -0.7, [CRP] = 0.45, [STAY] = 0.5, [PRIOR] = 0.9,
	[VISITS] = 0.7, [CHARLSON] = 0.6, [MEDICATIONS] = 0.55, [INSULIN] = 0.5, [ANTICOAGULANT] = 0.4,
	[OPIOID] = 0.9, [DIURETIC] = 0.6, [STEROID] = 0.8, [ANTIBIOTIC] = -0.5, [SEDATIVE] = 0.6, [DIABETES] = 0.7,
	[HEART_FAILURE] = 1.1, [COPD] = 0.9, [CKD] = 0.8, [CANCER] = 1.0, [DEMENTIA] = 0.8, [DEPRESSION] = 0.8,
	[STROKE] = 0.6, [ICU] = 0.7, [FOLLOW_UP] = -1.2,
};
static const double ward_effect[] = { 0.2, 0.3, -0.5, -1.0, 0.7, 0.4, 0.5 };
static const double admission_effect[] = { -0.9, 0.0, 0.5, 0.6 };
static const double discharge_effect[] = { -0.2, 0.5, -0.6, 0.6 };
static const double smoker_effect[] = { -0.2, 0.1, 0.6 };
static const double insurance_effect[] = { 0.0, -0.4, 0.8 };

#define SCALE 1.3      /* of the whole logit: sets what the pooled data can reach */
#define INTERCEPT -2.3 /* so that about half of the cohort comes back */

enum { N_WARDS = 7 };

struct site {
	double urban;                    /* share of patients from town */
	double age, frailty, acuity;     /* shifts, in standard deviations */
	double coding, prescribing, lab; /* habits: shifts, in standard deviations */
	double booking, missing, intercept;
	double ward[N_WARDS];
	double patients;
};

static void site(void *state, const struct synth_opts *o, struct rng *r, struct synth_size *size)
{
	static const double mix[N_WARDS] = { 0.30, 0.15, 0.17, 0.10, 0.10, 0.10, 0.08 };
	struct site *s = state;
	double k = o->skew;
	int rural = synth_coin(r, 0.4), i;
	int special = (int)rng_below(r, N_WARDS + 5); /* five hospitals in twelve have no specialty */

	size->train = synth_rows(o, r, 0.55);
	size->test = o->test_rows;
	s->urban = synth_logistic(0.6 + k * (rural ? -2 : 0.8));
	s->age = k * (rural ? 0.3 : -0.2) + k * 0.25 * rng_normal(r);
	s->frailty = k * 0.3 * rng_normal(r);
	s->acuity = k * 0.3 * rng_normal(r);
	s->coding = k * 0.3 * rng_normal(r);
	s->prescribing = k * 0.25 * rng_normal(r);
	s->lab = k * 0.2 * rng_normal(r);
	s->booking = 0.2 + k * 0.7 * rng_normal(r);
	s->missing = -1.8 + k * 0.6 * rng_normal(r);
	s->intercept = k * 0.3 * rng_normal(r);
	for (i = 0; i < N_WARDS; i++)
		s->ward[i] = mix[i] * exp(k * (0.4 * rng_normal(r) + (i == special ? 1.5 : 0)));
	s->patients = 0;
}

/* A number whose standardised form is f + a, from what it shares with others, and own times its own chance. */
static double measure(struct rng *r, int col, double f, double a, double own)
{
	return synth_fit(&cols[col], cols[col].mean + cols[col].std * (f + a + own * rng_normal(r)));
}

/* A number skewed to the right: log-normal, exp(mu + sigma (shift + z)). */
static double skewed(struct rng *r, int col, double mu, double sigma, double shift)
{
	return synth_fit(&cols[col], exp(mu + sigma * (shift + rng_normal(r))));
}

static void fill_person(struct site *s, struct rng *r, double *v, double *f, double *a)
{
	static const double smoker[] = { 0.45, 0.35, 0.2 }, insurance[] = { 0.75, 0.19, 0.06 };
	double z = s->age + rng_normal(r), admission[] = { 0.25, 0.2, 0.45, 0.1 };

	*f = s->frailty + 0.35 * z + 0.93 * rng_normal(r);
	*a = s->acuity + rng_normal(r);
	v[PATIENT] = ++s->patients;
	v[AGE] = synth_fit(&cols[AGE], 68 + 13 * z);
	v[SEX] = synth_coin(r, 0.5);
	v[RESIDENCE] = !synth_coin(r, s->urban);
	v[ALONE] = synth_coin(r, synth_logistic(-0.9 + 0.4 * z));
	v[SMOKER] = (double)synth_pick(r, smoker, 3);
	v[INSURANCE] = (double)synth_pick(r, insurance, 3);
	v[WARD] = (double)synth_pick(r, s->ward, N_WARDS);
	if (v[WARD] == 3)
		admission[0] = 0.6;
	v[ADMISSION] = (double)synth_pick(r, admission, 4);
}

static void fill_measures(const struct site *s, struct rng *r, double *v, double f, double a)
{
	v[BMI] = measure(r, BMI, -0.05 * f, 0, 1);
	v[SYSTOLIC] = measure(r, SYSTOLIC, 0.05 * f, -0.1 * a, 0.97);
	v[HEART_RATE] = measure(r, HEART_RATE, 0, 0.15 * a, 0.95);
	v[RESP_RATE] = measure(r, RESP_RATE, 0, 0.15 * a + (v[WARD] == 6) * 0.5, 0.95);
	v[SPO2] = measure(r, SPO2, 0, -0.15 * a - (v[WARD] == 6) * 0.5, 0.95);
	v[TEMPERATURE] = measure(r, TEMPERATURE, 0, 0.1 * a, 0.98);
	v[CREATININE] = skewed(r, CREATININE, 0.1, 0.38, s->lab + 0.15 * f);
	v[HAEMOGLOBIN] = measure(r, HAEMOGLOBIN, s->lab - 0.15 * f, -(v[WARD] == 4) * 0.5, 0.95);
	v[SODIUM] = measure(r, SODIUM, -0.15 * f, -0.15 * a, 0.98);
	v[POTASSIUM] = measure(r, POTASSIUM, 0.05 * f, s->lab, 1);
	v[GLUCOSE] = skewed(r, GLUCOSE, 4.85, 0.3, 0.1 * a + s->lab);
	v[ALBUMIN] = measure(r, ALBUMIN, -0.15 * f, -0.1 * a, 0.93);
	v[CRP] = skewed(r, CRP, 3, 0.95, 0.15 * a);
}

static void fill_drugs(const struct site *s, struct rng *r, double *v)
{
	v[INSULIN] = synth_coin(r, synth_logistic(-1.6 + s->prescribing));
	v[ANTICOAGULANT] = synth_coin(r, synth_logistic(-0.9 + s->prescribing + (v[WARD] == 1) * 0.8));
	v[OPIOID] = synth_coin(r, synth_logistic(-1.1 + s->prescribing + (v[WARD] == 4) * 1.2));
	v[DIURETIC] = synth_coin(r, synth_logistic(-0.7 + s->prescribing + (v[WARD] == 1) * 0.8));
	v[STEROID] = synth_coin(r, synth_logistic(-1.6 + s->prescribing + (v[WARD] == 6) * 1.5));
	v[ANTIBIOTIC] = synth_coin(r, synth_logistic(-0.9 + s->prescribing));
	v[SEDATIVE] = synth_coin(r, synth_logistic(-1.2 + s->prescribing));
}

static void fill_history(const struct site *s, struct rng *r, double *v, double f, double a)
{
	v[STAY] = skewed(r, STAY, 1.88, 0.58, 0.1 * f + 0.1 * a);
	v[PRIOR] = skewed(r, PRIOR, 0.3, 0.75, 0.15 * f);
	v[VISITS] = skewed(r, VISITS, 0, 0.8, 0.1 * f);
	v[CHARLSON] = measure(r, CHARLSON, 0.2 * f, s->coding, 0.93);
	v[MEDICATIONS] = measure(r, MEDICATIONS, 0.15 * f, s->prescribing, 0.95);
	fill_drugs(s, r, v);
	v[DIABETES] = synth_coin(r, synth_logistic(-0.9 + 0.1 * f + s->coding));
	v[HEART_FAILURE] = synth_coin(r, synth_logistic(-1.1 + 0.15 * f + s->coding + (v[WARD] == 1) * 1.5));
	v[COPD] = synth_coin(r, synth_logistic(-1.4 + 0.1 * f + s->coding + (v[WARD] == 6) * 1.8));
	v[CKD] = synth_coin(r, synth_logistic(-1.2 + 0.15 * f + s->coding));
	v[CANCER] = synth_coin(r, synth_logistic(-1.9 + s->coding + (v[WARD] == 4) * 3.5));
	v[DEMENTIA] = synth_coin(r, synth_logistic(-2.2 + 0.5 * f + (v[WARD] == 5) * 1.2));
	v[DEPRESSION] = synth_coin(r, synth_logistic(-1.4 + s->coding));
	v[STROKE] = synth_coin(r, synth_logistic(-1.9 + 0.15 * f));
	v[ICU] = synth_coin(r, synth_logistic(-1.8 + 0.6 * a));
	v[FOLLOW_UP] = synth_coin(r, synth_logistic(s->booking));
}

static double risk(const struct site *s, const double *v)
{
	double sum = INTERCEPT + s->intercept;
	int i;

	for (i = 0; i < N_COLS; i++)
		if (effect[i] != 0)
			sum += effect[i] * (cols[i].enc == ENC_STANDARD ? (v[i] - cols[i].mean) / cols[i].std : v[i]);
	sum += ward_effect[(int)v[WARD]] + admission_effect[(int)v[ADMISSION]] + discharge_effect[(int)v[DISCHARGE]];
	sum += smoker_effect[(int)v[SMOKER]] + insurance_effect[(int)v[INSURANCE]];
	return SCALE * sum;
}

static void lose_labs(const struct site *s, struct rng *r, double *v)
{
	int i;

	for (i = 0; i < N_COLS; i++)
		if (cols[i].missing == MISSING_INDICATOR &&
		    synth_coin(r, synth_logistic(s->missing + (i == CRP || i == ALBUMIN ? 0.8 : i == SODIUM ? -1 : 0))))
			v[i] = NAN;
}

static void row(void *state, struct rng *r, double *v)
{
	double f, a, to[] = { 0.62, 0.15, 0.13, 0.1 };

	fill_person(state, r, v, &f, &a);
	fill_measures(state, r, v, f, a);
	fill_history(state, r, v, f, a);
	to[3] *= exp(0.7 * f);
	v[DISCHARGE] = (double)synth_pick(r, to, 4);
	v[READMITTED] = synth_coin(r, synth_logistic(risk(state, v)));
	lose_labs(state, r, v);
}

const struct scenario synth_hospitals = {
	.name = "hospitals",
	.summary = "Unplanned readmission in small, unequal hospitals",
	.source = "made for flkit: see fl-synth(1)",
	.silos = 47,
	.rows = 54,
	.test_rows = 200,
	.cols = cols,
	.n_cols = N_COLS,
	.state_size = sizeof(struct site),
	.site = site,
	.row = row,
};
