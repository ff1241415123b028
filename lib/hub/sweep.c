#include "hub/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hub/part.h"
#include "store/folder.h"
#include "store/name.h"

static void sweep_one(int root, const char *federation)
{
	int fd = openat(root, federation, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)folder_sweep(fd, SWEEP_TMP_S);
	part_sweep(fd, SWEEP_PART_S);
	close(fd);
}

void sweep_all(int root)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (name_segment_ok(e->d_name, strlen(e->d_name)))
			sweep_one(root, e->d_name);
	closedir(d);
}
