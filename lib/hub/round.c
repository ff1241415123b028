#include "hub/round.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/name.h"

static int there(int root, unsigned round, const char *file)
{
	char name[NAME_MAX_LEN + 1];

	name_round(name, round, file);
	return faccessat(root, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Leap forward while there are plans, then halve the leap: 10,000 rounds cost some 30 looks. */
void round_look(int root, unsigned hint, struct round_state *s)
{
	unsigned at = hint, leap = 1;

	*s = (struct round_state){ 0 };
	while (at + leap <= NAME_ROUND_MAX && there(root, at + leap, "plan.pb")) {
		at += leap;
		leap *= 2;
	}
	for (; leap; leap /= 2)
		if (at + leap <= NAME_ROUND_MAX && there(root, at + leap, "plan.pb"))
			at += leap;
	s->newest = at;
	if (!at)
		return;
	s->sealed = there(root, at, "seal.pb");
	s->closed = there(root, at, "result.pb");
}

const char *round_state_name(const struct round_state *s)
{
	return s->closed ? "closed" : s->sealed ? "sealed" : "open";
}
