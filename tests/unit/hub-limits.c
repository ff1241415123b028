#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "hub/limits.h"

static void test_rate(void)
{
	struct limits *l;
	unsigned i, ok = 0;

	if (!CHECK(limits_open(&l, 5, NULL) == FL_OK, "five a second"))
		return;
	for (i = 0; i < 20; i++)
		ok += limits_rate(l, "h1", 1000) == 0;
	CHECK(ok == 10, "twice as many at once");
	CHECK(limits_rate(l, "h1", 1000) == 1, "then wait a second");
	CHECK(limits_rate(l, "h2", 1000) == 0, "others need not");
	for (i = ok = 0; i < 20; i++)
		ok += limits_rate(l, "h1", 1001) == 0;
	CHECK(ok == 5, "five more a second later");
	for (i = ok = 0; i < 20; i++)
		ok += limits_rate(l, "h1", 2000) == 0;
	CHECK(ok == 10, "and no more than ten after a long time");
	limits_close(l);
	if (!CHECK(limits_open(&l, 0, NULL) == FL_OK, "no limit"))
		return;
	for (i = ok = 0; i < 100; i++)
		ok += limits_rate(l, "h1", 0) == 0;
	CHECK(ok == 100, "is none");
	limits_close(l);
}

/* 1: the peer of fd is gone. */
static int ended(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0;
}

static void test_deadlines(void)
{
	int a[2], b[2], owner;
	struct limits_conn *ca, *cb;
	struct limits *l;

	if (!CHECK(limits_open(&l, 0, NULL) == FL_OK && socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0 &&
		   socketpair(AF_UNIX, SOCK_STREAM, 0, b) == 0, "two connections"))
		return;
	ca = limits_add(l, a[0], 10, &owner);
	cb = limits_add(l, b[0], 20, NULL);
	CHECK(limits_count(l) == 2 && limits_owner(ca) == &owner && !limits_owner(cb), "are known");
	CHECK(limits_reap(l, 9.9) == 0 && !ended(a[1]), "neither is late");
	CHECK(limits_reap(l, 10) == 1 && ended(a[1]) && !ended(b[1]), "one is");
	limits_set(l, cb, 100);
	limits_remove(l, ca);
	CHECK(limits_reap(l, 50) == 0 && !ended(b[1]) && limits_count(l) == 1, "the other was given more time");
	limits_set(l, NULL, 1);
	limits_remove(l, NULL);
	limits_close(l);
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
}

int main(void)
{
	test_rate();
	test_deadlines();
	return check_done();
}
