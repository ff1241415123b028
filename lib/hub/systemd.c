#include "hub/systemd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FD 3

int systemd_listener(int *fd, struct fl_err *err)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	char own[24];

	*fd = -1;
	snprintf(own, sizeof own, "%ld", (long)getpid());
	if (!pid || !n || strcmp(pid, own) || !strcmp(n, "0"))
		return FL_OK;
	if (strcmp(n, "1"))
		return fl_fail(err, FL_CONFIG, "LISTEN_FDS is %.8s; one socket is what the hub takes", n);
	if (fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0 || fcntl(FIRST_FD, F_SETFL, fcntl(FIRST_FD, F_GETFL) | O_NONBLOCK) != 0)
		return fl_fail_errno(err, FL_CONFIG, "the socket that LISTEN_FDS speaks of");
	*fd = FIRST_FD;
	return FL_OK;
}

void systemd_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char text[96];
	struct timespec t;
	ssize_t k;
	size_t n;
	int fd;

	if (!path || (*path != '/' && *path != '@') || (n = strlen(path)) >= sizeof a.sun_path)
		return;
	memcpy(a.sun_path, path, n);
	if (*path == '@')
		a.sun_path[0] = 0;
	clock_gettime(CLOCK_MONOTONIC, &t); /* Type=notify-reload wants to know when */
	snprintf(text, sizeof text, "%s\nMONOTONIC_USEC=%lld\n", state, (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	k = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	(void)k;
	close(fd);
}
