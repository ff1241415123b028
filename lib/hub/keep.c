#include "hub/keep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"

/* How many entries dir has; -1 where it cannot be read. */
static int entries(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

void keep_refused(struct folder_put *p, const struct name *n)
{
	char name[NAME_SEG + 80];
	int dir, have;

	(void)mkdirat(p->root, ".refused", 0700);
	dir = openat(p->root, ".refused", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0) {
		have = entries(dir);
		snprintf(name, sizeof name, "%lld-%06u-%s-%08x.pb", (long long)time(NULL), n->number, *n->who ? n->who : "message",
			 (unsigned)rng_fresh_seed());
		if (have >= 0 && have < KEEP_MAX)
			(void)renameat(p->root, p->tmp, dir, name);
		close(dir);
	}
	folder_abort(p);
}
