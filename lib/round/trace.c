#include "round/trace.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

#define TRACE_ID_AT 3 /* 00-<32 digits>-<16 digits>-01 */
#define TRACE_ID_LEN 32

void trace_span(char out[TRACE_TEXT], const char *parent)
{
	struct rng r;
	uint64_t a, b, span;

	rng_seed(&r, rng_fresh_seed(), 0);
	a = rng_u64(&r) | 1; /* ids of zeros only are no ids */
	b = rng_u64(&r);
	span = rng_u64(&r) | 1;
	snprintf(out, TRACE_TEXT, "00-%016llx%016llx-%016llx-01", (unsigned long long)a, (unsigned long long)b,
		 (unsigned long long)span);
	if (parent && strlen(parent) > TRACE_ID_AT + TRACE_ID_LEN)
		memcpy(out + TRACE_ID_AT, parent + TRACE_ID_AT, TRACE_ID_LEN);
}
