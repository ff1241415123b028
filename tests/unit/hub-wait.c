#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "hub/wait.h"

static int woken;

static void wake(void *ctx)
{
	(void)ctx;
	woken++;
}

static void come(struct waits *w, const char *federation, const char *name)
{
	struct name n;

	if (name_parse(&n, name, NULL) == FL_OK)
		waits_wake(w, federation, name, &n);
}

static struct waiter waiter(struct waits *w, int root, const char *name, int list, enum access_role role, const char *who)
{
	struct waiter r = { .root = root, .federation = "fed", .name = name, .list = list, .deadline = list ? 1000 : 100, .wake = wake,
			    .seq = waits_seq(w) };

	r.who.role = role;
	snprintf(r.who.name, sizeof r.who.name, "%s", who);
	if (list)
		waits_state(root, name, r.state, NULL);
	return r;
}

static void put(int root, const char *name)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT, 0666);

	if (fd >= 0 && write(fd, "x", 1) == 1)
		close(fd);
}

static void test_names(struct waits *w, int root)
{
	struct waiter r = waiter(w, root, "rounds/000001/plan.pb", 0, ACCESS_ANYBODY, "");

	waits_add(w, &r);
	CHECK(waits_count(w) == 1, "one waits");
	come(w, "other", "rounds/000001/plan.pb");
	come(w, "fed", "rounds/000002/plan.pb");
	CHECK(woken == 0, "not for another name or federation");
	come(w, "fed", "rounds/000001/plan.pb");
	CHECK(woken == 1 && waits_count(w) == 0, "but for this one");

	r = waiter(w, root, "federation.pb", 0, ACCESS_ANYBODY, "");
	waits_add(w, &r);
	waits_poll(w, 1);
	CHECK(woken == 1, "a look finds nothing yet");
	put(root, "federation.pb");
	waits_poll(w, 1);
	CHECK(woken == 2, "then what somebody else has put there");

	r = waiter(w, root, "rounds/000001/seal.pb", 0, ACCESS_ANYBODY, "");
	waits_add(w, &r);
	waits_poll(w, 99);
	CHECK(woken == 2, "before the deadline");
	waits_poll(w, 100);
	CHECK(woken == 3, "and at it");

	r = waiter(w, root, "rounds/000001/seal.pb", 0, ACCESS_ANYBODY, "");
	come(w, "fed", "rounds/000001/result.pb");
	waits_add(w, &r);
	waits_poll(w, 1);
	CHECK(woken == 4, "what came between the look and the wait makes for another look");
}

static void test_lists(struct waits *w, int root)
{
	struct waiter a = waiter(w, root, "rounds/", 1, ACCESS_PARTICIPANT, "h1"), b = waiter(w, root, "", 1, ACCESS_ANYBODY, "");

	woken = 0;
	waits_add(w, &a);
	waits_add(w, &b);
	come(w, "fed", "rounds/000001/updates/h2/envelope.pb");
	CHECK(woken == 1 && waits_count(w) == 1, "a list wakes those who may see what came");
	come(w, "fed", "channels/stable/000001.pb");
	CHECK(woken == 1, "and have it in their list");
	come(w, "fed", "rounds/000001/updates/h1/envelope.pb");
	CHECK(woken == 2, "their own, too");

	b = waiter(w, root, "", 1, ACCESS_ANYBODY, "");
	waits_add(w, &b);
	waits_poll(w, 500);
	CHECK(woken == 2, "an unchanged list");
	mkdirat(root, "rounds", 0777);
	mkdirat(root, "rounds/000001", 0777);
	put(root, "rounds/000001/plan.pb");
	waits_poll(w, 500.5);
	CHECK(woken == 2, "lists are looked at once a second");
	waits_poll(w, 501.5);
	CHECK(woken == 3, "and then a change by somebody else is seen");

	b = waiter(w, root, "", 1, ACCESS_ANYBODY, "");
	waits_add(w, &b);
	waits_wake_all(w);
	CHECK(woken == 4 && waits_count(w) == 0, "at the end all are woken");
}

int main(void)
{
	char dir[] = "/tmp/hub-wait.XXXXXX";
	struct waits *w;
	int root;

	if (!mkdtemp(dir) || (root = open(dir, O_RDONLY | O_DIRECTORY)) < 0 || waits_open(&w, NULL) != FL_OK)
		return 1;
	test_names(w, root);
	test_lists(w, root);
	waits_close(w);
	unlinkat(root, "rounds/000001/plan.pb", 0);
	unlinkat(root, "rounds/000001", AT_REMOVEDIR);
	unlinkat(root, "rounds", AT_REMOVEDIR);
	unlinkat(root, "federation.pb", 0);
	close(root);
	rmdir(dir);
	return check_done();
}
