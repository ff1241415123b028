#include "hub/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

static int start(int fd, const char *where, const struct sockaddr *a, socklen_t n, struct fl_err *err)
{
	int one = 1;

	if (a->sa_family != AF_UNIX)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, a, n) != 0 || listen(fd, BACKLOG) != 0) {
		fl_fail_errno(err, FL_NET, "cannot listen on %s", where);
		close(fd);
		return FL_NET;
	}
	return FL_OK;
}

/* A socket that was left by a hub that is gone is removed; one that answers is not ours to take. */
static int open_unix(int *fd, const char *where, struct fl_err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *path = where + 5;
	struct stat st;
	int probe;

	if (!*path || strlen(path) >= sizeof a.sun_path)
		return fl_fail(err, FL_USAGE, "--listen: a socket's path has 1 to %zu bytes", sizeof a.sun_path - 1);
	memcpy(a.sun_path, path, strlen(path) + 1);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe >= 0 && connect(probe, (struct sockaddr *)&a, sizeof a) != 0 && errno == ECONNREFUSED &&
	    lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	if (probe >= 0)
		close(probe);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return fl_fail_errno(err, FL_NET, "cannot listen on %s", where);
	return start(*fd, where, (struct sockaddr *)&a, sizeof a, err);
}

/* HOST:PORT or [HOST]:PORT into its two parts. */
static int split(const char *where, char host[128], char port[16])
{
	const char *colon = strrchr(where, ':');
	size_t n;

	if (!colon || colon == where || strlen(colon + 1) > 5 || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return 0;
	n = (size_t)(colon - where);
	if (*where == '[' && colon[-1] == ']') {
		where++;
		n -= 2;
	} else if (memchr(where, ':', n)) {
		return 0;
	}
	if (!n || n > 127)
		return 0;
	memcpy(host, where, n);
	host[n] = 0;
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return 1;
}

int listen_open(int *fd, const char *where, struct fl_err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *list = NULL;
	char host[128], port[16];
	int code, rc;

	*fd = -1;
	if (!strncmp(where, "unix:", 5))
		return open_unix(fd, where, err);
	if (!split(where, host, port))
		return fl_fail(err, FL_USAGE, "--listen: '%.80s' is not ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH", where);
	if ((code = getaddrinfo(host, port, &hints, &list)) != 0)
		return fl_fail(err, FL_NET, "cannot listen on %s: %s", where, gai_strerror(code));
	*fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		rc = fl_fail_errno(err, FL_NET, "cannot listen on %s", where);
	else
		rc = start(*fd, where, list->ai_addr, list->ai_addrlen, err);
	freeaddrinfo(list);
	if (rc != FL_OK)
		*fd = -1;
	return rc;
}

int listen_describe(int fd, char *text, size_t size, unsigned *port, int *local, struct fl_err *err)
{
	struct sockaddr_storage a;
	const struct sockaddr_in *v4 = (const void *)&a;
	const struct sockaddr_in6 *v6 = (const void *)&a;
	char host[INET6_ADDRSTRLEN] = "";
	socklen_t n = sizeof a;
	int on = 0;
	socklen_t on_size = sizeof on;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &on_size) != 0 || !on || getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return fl_fail(err, FL_CONFIG, "what was handed over is not a listening socket");
	*port = 0;
	*local = 1;
	if (a.ss_family == AF_UNIX) {
		snprintf(text, size, "unix:%.*s", (int)sizeof ((struct sockaddr_un *)0)->sun_path, ((struct sockaddr_un *)(void *)&a)->sun_path);
	} else if (a.ss_family == AF_INET) {
		*port = ntohs(v4->sin_port);
		*local = ntohl(v4->sin_addr.s_addr) >> 24 == 127;
		snprintf(text, size, "%s:%u", inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host), *port);
	} else if (a.ss_family == AF_INET6) {
		*port = ntohs(v6->sin6_port);
		*local = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
		snprintf(text, size, "[%s]:%u", inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host), *port);
	} else {
		return fl_fail(err, FL_CONFIG, "the socket that was handed over is of an unknown kind");
	}
	return FL_OK;
}
