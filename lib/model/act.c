#include "model/act.h"

#include <math.h>

double act_at(enum spec_act act, double z, double *slope)
{
	double h;

	switch (act) {
	case ACT_TANH:
		h = tanh(z);
		*slope = 1 - h * h;
		return h;
	case ACT_GELU:
		h = 0.5 * erfc(-z * M_SQRT1_2);
		*slope = h + z * exp(-0.5 * z * z) * M_2_SQRTPI * M_SQRT1_2 / 2;
		return z * h;
	case ACT_RELU:
		break;
	}
	*slope = z > 0;
	return z > 0 ? z : 0;
}
