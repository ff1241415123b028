#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "hub/listen.h"

static void test_forms(void)
{
	static const char *const bad[] = { "", "x", ":80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:100000", "::1:80", "[]:80", "unix:" };
	struct fl_err err;
	size_t i;
	int fd;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(listen_open(&fd, bad[i], &err) == FL_USAGE && fd < 0, "'%s' is no address", bad[i]);
	CHECK(listen_open(&fd, "192.0.2.1:0", &err) == FL_NET, "an address that is not ours"); /* TEST-NET-1 */
}

static void test_loopback(void)
{
	char text[64], again[64];
	struct fl_err err;
	unsigned port;
	int fd, other, local = 0;

	if (!CHECK(listen_open(&fd, "127.0.0.1:0", &err) == FL_OK, "a free port"))
		return;
	CHECK(listen_describe(fd, text, sizeof text, &port, &local, &err) == FL_OK && port && local, "is of this machine only");
	snprintf(again, sizeof again, "127.0.0.1:%u", port);
	CHECK(!strcmp(text, again), "and says where it is");
	CHECK(listen_open(&other, again, &err) == FL_NET && strstr(err.msg, again), "nobody else gets it");
	close(fd);
	if (CHECK(listen_open(&fd, "0.0.0.0:0", &err) == FL_OK, "every address")) {
		CHECK(listen_describe(fd, text, sizeof text, &port, &local, &err) == FL_OK && !local, "is not");
		close(fd);
	}
}

static void test_unix(void)
{
	char dir[] = "/tmp/hub-listen.XXXXXX", where[64], text[128];
	struct fl_err err;
	unsigned port = 1;
	int fd, other, local = 0;

	if (!mkdtemp(dir))
		return;
	snprintf(where, sizeof where, "unix:%s/s", dir);
	CHECK(listen_open(&fd, where, &err) == FL_OK && listen_describe(fd, text, sizeof text, &port, &local, &err) == FL_OK &&
	      !port && local && !strcmp(text, where), "a path");
	CHECK(listen_open(&other, where, &err) == FL_NET, "somebody listens there");
	close(fd);
	CHECK(listen_open(&fd, where, &err) == FL_OK, "nobody does any more");
	close(fd);
	unlink(where + 5);
	rmdir(dir);
	CHECK(listen_describe(STDIN_FILENO, text, sizeof text, &port, &local, &err) == FL_CONFIG, "not a socket");
}

int main(void)
{
	test_forms();
	test_loopback();
	test_unix();
	return check_done();
}
