#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "hub/round.h"

static void put(int root, unsigned round, const char *file)
{
	char name[64];
	int fd;

	snprintf(name, sizeof name, "rounds/%06u", round);
	mkdirat(root, name, 0777);
	snprintf(name, sizeof name, "rounds/%06u/%s", round, file);
	fd = openat(root, name, O_WRONLY | O_CREAT, 0666);
	if (fd >= 0)
		close(fd);
}

static void drop(int root, unsigned round)
{
	static const char *const files[] = { "plan.pb", "seal.pb", "result.pb" };
	char name[64];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "rounds/%06u/%s", round, files[i]);
		unlinkat(root, name, 0);
	}
	snprintf(name, sizeof name, "rounds/%06u", round);
	unlinkat(root, name, AT_REMOVEDIR);
}

int main(void)
{
	char dir[] = "/tmp/hub-round.XXXXXX";
	struct round_state s;
	unsigned i, bad = 0;
	int root;

	if (!mkdtemp(dir) || (root = open(dir, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	round_look(root, 0, &s);
	CHECK(s.newest == 0, "no rounds");
	mkdirat(root, "rounds", 0777);
	for (i = 1; i <= 100; i++) {
		put(root, i, "plan.pb");
		round_look(root, 0, &s);
		bad += s.newest != i || s.sealed;
		round_look(root, i / 2, &s);
		bad += s.newest != i;
	}
	CHECK(!bad, "the newest of 1 to 100, from nothing known and from half");
	CHECK(!strcmp(round_state_name(&s), "open"), "it is open");
	put(root, 100, "seal.pb");
	round_look(root, 100, &s);
	CHECK(s.newest == 100 && s.sealed && !s.closed && !strcmp(round_state_name(&s), "sealed"), "sealed");
	put(root, 100, "result.pb");
	round_look(root, 0, &s);
	CHECK(s.closed && !strcmp(round_state_name(&s), "closed"), "closed");
	for (i = 1; i <= 100; i++)
		drop(root, i);
	unlinkat(root, "rounds", AT_REMOVEDIR);
	close(root);
	rmdir(dir);
	return check_done();
}
