#include "store/retry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/date.h"

enum retry_answer retry_next(struct retry *r, struct rng *rng, double now, double after, double *pause)
{
	double most = ldexp(RETRY_BASE, (int)(r->tries < 16 ? r->tries : 16));

	r->tries++;
	*pause = after >= 0 ? after : rng_uniform(rng) * (most < RETRY_CAP ? most : RETRY_CAP);
	if (now + *pause < r->until)
		return RETRY_AGAIN;
	return after >= 0 ? RETRY_LATER : RETRY_GIVE_UP;
}

int retry_status(long status)
{
	if (status >= 500 && status <= 599)
		return status != 501 && status != 505 && status != 507;
	return status == 408 || status == 425 || status == 429;
}

double retry_after(const char *value, double now)
{
	size_t n = strspn(value, "0123456789");
	time_t t;

	if (n)
		return n < 10 && !value[n] ? strtod(value, NULL) : -1;
	if (!date_parse(&t, value))
		return -1;
	return (double)t > now ? (double)t - now : 0;
}
