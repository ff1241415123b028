#include "secure/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "secure/private.h"

#define WHAT_MAX 200

/* Signals that end or stop a process wait while the terminal does not echo; sig_fd says that one does. */
struct quiet {
	int tty, sig_fd;
	sigset_t old_mask;
	struct termios old;
};

static int open_tty(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

int passphrase_terminal(void)
{
	int fd = open_tty();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void say(int fd, const char *s)
{
	(void)!write(fd, s, strlen(s)); /* the terminal is gone: reading says so */
}

static int quiet_begin(struct quiet *q, struct fl_err *err)
{
	static const int waits[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM };
	struct termios t;
	sigset_t mask;
	size_t i;

	if ((q->tty = open_tty()) < 0)
		return fl_fail(err, FL_CONFIG, "there is no terminal to ask for a passphrase on; name a file that holds it");
	sigemptyset(&mask);
	for (i = 0; i < sizeof waits / sizeof *waits; i++)
		sigaddset(&mask, waits[i]);
	pthread_sigmask(SIG_BLOCK, &mask, &q->old_mask);
	q->sig_fd = signalfd(-1, &mask, SFD_CLOEXEC);
	if (q->sig_fd < 0 || tcgetattr(q->tty, &q->old) != 0)
		return fl_fail_errno(err, FL_IO, "terminal");
	t = q->old;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	t.c_lflag |= ICANON | ISIG;
	if (tcsetattr(q->tty, TCSAFLUSH, &t) != 0)
		return fl_fail_errno(err, FL_IO, "terminal");
	return FL_OK;
}

/* The signal that was waited with, if any, is delivered inside. */
static void quiet_end(struct quiet *q)
{
	if (q->tty < 0)
		return;
	tcsetattr(q->tty, TCSAFLUSH, &q->old);
	say(q->tty, "\n");
	if (q->sig_fd >= 0)
		close(q->sig_fd);
	close(q->tty);
	pthread_sigmask(SIG_SETMASK, &q->old_mask, NULL);
}

/* One byte of the line into *c; FL_OK with '\n' at its end. */
static int next_byte(struct quiet *q, char *c, struct fl_err *err)
{
	struct pollfd p[2] = { { .fd = q->tty, .events = POLLIN }, { .fd = q->sig_fd, .events = POLLIN } };
	ssize_t k;

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return fl_fail_errno(err, FL_IO, "terminal");
		if (p[1].revents)
			return fl_fail(err, FL_REFUSED, "no passphrase was given");
		if (!p[0].revents)
			continue;
		k = read(q->tty, c, 1);
		if (k == 1)
			return FL_OK;
		if (k == 0 || errno != EINTR)
			return fl_fail(err, FL_REFUSED, "no passphrase was given");
	}
}

static int ask_once(const char *before, const char *what, char *s, size_t n, struct fl_err *err)
{
	struct quiet q = { .tty = -1, .sig_fd = -1 };
	char shown[WHAT_MAX + 4];
	size_t len = 0;
	char c = 0;
	int rc;

	TRY(quiet_begin(&q, err));
	say(q.tty, before);
	say(q.tty, fl_err_quote(shown, WHAT_MAX, what, strlen(what)));
	say(q.tty, ": ");
	while ((rc = next_byte(&q, &c, err)) == FL_OK && c != '\n')
		if (len < n)
			s[len++] = c;
	if (rc == FL_OK && len == n)
		rc = fl_fail(err, FL_USAGE, "the passphrase is longer than %zu bytes", n - 1);
	s[len < n ? len : n - 1] = 0;
out:
	quiet_end(&q);
	c = 0;
	return rc;
}

int passphrase_ask(void *ctx, char *s, size_t n, int confirm, struct fl_err *err)
{
	char *again;
	int rc = ask_once(confirm ? "New passphrase of " : "Passphrase of ", ctx, s, n, err);

	if (rc != FL_OK || !confirm)
		return rc;
	if (sodium_init() < 0 || !(again = sodium_malloc(n)))
		return fl_fail(err, FL_IO, "out of memory: %zu guarded bytes", n);
	rc = ask_once("Again, the passphrase of ", ctx, again, n, err);
	if (rc == FL_OK && strcmp(s, again) != 0)
		rc = fl_fail(err, FL_USAGE, "the two passphrases differ");
	sodium_free(again);
	return rc;
}

/* The first line of standard input, byte by byte: what follows belongs to someone else. */
static int from_stdin(char *s, size_t n, struct fl_err *err)
{
	size_t len = 0;
	ssize_t k = 1;
	char c = 0;

	while (len < n) {
		k = read(STDIN_FILENO, &c, 1);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0 || c == '\n')
			break;
		s[len++] = c;
	}
	s[len < n ? len : n - 1] = 0;
	if (k < 0)
		return fl_fail_errno(err, FL_IO, "standard input");
	if (k == 0 && len == 0)
		return fl_fail(err, FL_DATA, "standard input: there is no passphrase");
	if (len == n)
		return fl_fail(err, FL_DATA, "standard input: its first line is longer than %zu bytes", n - 1);
	return FL_OK;
}

int passphrase_file(void *ctx, char *s, size_t n, int confirm, struct fl_err *err)
{
	size_t len;
	int rc;

	(void)confirm;
	if (!strcmp(ctx, "-")) {
		rc = from_stdin(s, n, err);
	} else if ((rc = private_read(s, n - 1, &len, ctx, err)) == FL_OK) {
		s[len] = 0;
		if (memchr(s, 0, len))
			rc = fl_fail(err, FL_DATA, "%s: holds zero bytes; a passphrase is a line of text", (const char *)ctx);
	}
	if (rc == FL_OK)
		s[strcspn(s, "\r\n")] = 0;
	return rc;
}
