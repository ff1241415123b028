#include <string.h>

#include "aggregate/strategy.h"

#define STRATEGY(name) extern const struct strategy strategy_##name;
#include "aggregate/strategies.def"
#undef STRATEGY

static const struct strategy *const table[] = {
#define STRATEGY(name) &strategy_##name,
#include "aggregate/strategies.def"
#undef STRATEGY
};

const char *strategy_name(size_t i)
{
	return i < sizeof table / sizeof *table ? table[i]->name : NULL;
}

const struct strategy *strategy_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(table[i]->name, name))
			return table[i];
	return NULL;
}

size_t strategy_vectors(const struct strategy *s)
{
	size_t n = 0;

	while (n < STRATEGY_STATE_MAX && s->state[n])
		n++;
	return n;
}
