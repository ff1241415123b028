#include "round/watch.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "round/stand.h"
#include "round/picture.h"

#define LOOK_S 1.0      /* between two looks at the keyboard */
#define FORGET_S 20.0   /* clocks and rosters: draw anew at least this often */

int watch_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

unsigned watch_width(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

/* The terminal while we have it: a screen of its own, keys as they are pressed, signals taken note of. */
struct screen {
	int on, signals; /* signals: a descriptor that tells of them */
	struct termios was;
	sigset_t blocked;
};

static int screen_open(struct screen *s, FILE *out, struct fl_err *err)
{
	struct termios t;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	s->signals = -1;
	s->on = isatty(STDIN_FILENO) && watch_terminal() && tcgetattr(STDIN_FILENO, &s->was) == 0;
	if (!s->on)
		return FL_OK;
	if (pthread_sigmask(SIG_BLOCK, &set, &s->blocked) != 0 || (s->signals = signalfd(-1, &set, SFD_CLOEXEC)) < 0) {
		s->on = 0;
		return fl_fail_errno(err, FL_IO, "terminal");
	}
	t = s->was;
	t.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	fputs("\033[?1049h\033[?25l", out);
	return FL_OK;
}

static void screen_close(struct screen *s, FILE *out)
{
	if (!s->on)
		return;
	fputs("\033[?25h\033[?1049l", out);
	fflush(out);
	tcsetattr(STDIN_FILENO, TCSANOW, &s->was);
	close(s->signals);
	pthread_sigmask(SIG_SETMASK, &s->blocked, NULL);
	s->on = 0;
}

/* 'q', or a signal. */
static int told_to_leave(const struct screen *s)
{
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = s->signals, .events = POLLIN } };
	struct signalfd_siginfo sig;
	char c;

	if (!s->on || poll(p, 2, 0) <= 0)
		return 0;
	if (p[1].revents && read(s->signals, &sig, sizeof sig) == sizeof sig) /* taken: it does not come again */
		return 1;
	return p[0].revents && (read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == 'Q');
}

static unsigned last_round(const json_t *j)
{
	const json_t *list = json_object_get(j, "rounds");

	return (unsigned)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "round"));
}

/* Is the newest round shown the run's last, and closed? */
static int is_over(struct fed *f, const json_t *j, int *over, struct fl_err *err)
{
	unsigned n = last_round(j);
	struct stand s = { 0 };
	int rc;

	*over = 0;
	if (!n)
		return FL_OK;
	TRY(stand_read(f, n, &s, err));
	*over = s.phase == PLAN_CLOSED && stand_plan(&s)->rounds && n >= stand_plan(&s)->rounds;
out:
	stand_clear(&s);
	return rc;
}

/* On a screen over what was there; elsewhere only what is new. */
static int draw(const struct screen *screen, FILE *out, const struct buf *now, const char *before, struct fl_err *err)
{
	if (screen->on)
		fprintf(out, "\033[H\033[2J%s\nq: leave\n", now->data);
	else if (!before || strcmp(before, now->data))
		fprintf(out, "%s\n", now->data);
	return fflush(out) == 0 ? FL_OK : fl_fail_errno(err, FL_IO, "standard output");
}

/* Until something changes, we are told to leave, or it is time to draw anew anyway. */
static int pause_until(struct fed *f, const struct screen *screen, unsigned round, char mark[STORE_MARK], int *quit, struct fl_err *err)
{
	char prefix[NAME_MAX_LEN + 1], before[STORE_MARK];
	double until = clock_s() + FORGET_S;
	int rc = FL_OK;

	name_round(prefix, round ? round : 1, "");
	memcpy(before, mark, sizeof before);
	while (!*quit && clock_s() < until && !strcmp(before, mark)) {
		TRY(store_await(f->store, prefix, mark, LOOK_S, err));
		*quit = told_to_leave(screen);
	}
out:
	return rc;
}

/* One picture. *text, the last one, is replaced. */
static int show(struct fed *f, const struct screen *screen, unsigned rounds, FILE *out, char **text, json_t **j, struct fl_err *err)
{
	struct buf now = { 0 };
	int rc;

	json_decref(*j);
	*j = NULL;
	TRY(picture_read(j, f, rounds, err));
	TRY(picture_text(&now, *j, watch_width(), err));
	TRY(draw(screen, out, &now, *text, err));
	free(*text);
	*text = now.data;
	now = (struct buf){ 0 };
out:
	buf_clear(&now);
	return rc;
}

int watch_run(struct fed *f, unsigned rounds, FILE *out, struct fl_err *err)
{
	struct screen screen;
	char mark[STORE_MARK] = "", *text = NULL;
	int quit = 0, over = 0, rc;
	json_t *j = NULL;

	TRY(screen_open(&screen, out, err));
	for (;;) {
		TRY(show(f, &screen, rounds, out, &text, &j, err));
		TRY(is_over(f, j, &over, err));
		if (over && !screen.on)
			break;
		TRY(pause_until(f, &screen, last_round(j), mark, &quit, err));
		if (quit)
			break;
		TRY(fed_refresh(f, err));
	}
out:
	screen_close(&screen, out);
	free(text);
	json_decref(j);
	return rc;
}
