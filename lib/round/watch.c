#include "round/watch.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* Has 'q' been typed? Signals keep their meaning, so the terminal's state is only touched for the time of the look. */
static int quit_typed(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	return isatty(STDIN_FILENO) && poll(&p, 1, 0) > 0 && read(STDIN_FILENO, &c, 1) == 1 && (c == 'q' || c == 'Q');
}

/* Is the newest round shown the run's last, and closed? */
static int is_over(struct fed *f, const json_t *j, int *over, struct fl_err *err)
{
	const json_t *list = json_object_get(j, "rounds");
	unsigned n = (unsigned)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "round"));
	struct stand s = { 0 };
	int rc;

	*over = 0;
	if (!json_array_size(list))
		return FL_OK;
	TRY(stand_read(f, n, &s, err));
	*over = s.phase == PLAN_CLOSED && stand_plan(&s)->rounds && n >= stand_plan(&s)->rounds;
out:
	stand_clear(&s);
	return rc;
}

/* On a terminal over what was there; elsewhere only what is new. */
static int draw(FILE *out, const struct buf *now, const char *before, struct fl_err *err)
{
	if (watch_terminal())
		fprintf(out, "\033[H\033[2J%s\nq: leave\n", now->data);
	else if (!before || strcmp(before, now->data))
		fprintf(out, "%s\n", now->data);
	return fflush(out) == 0 ? FL_OK : fl_fail_errno(err, FL_IO, "standard output");
}

/* Until something changes, a key is pressed, or it is time to draw anew anyway. */
static int pause_until(struct fed *f, unsigned round, char mark[STORE_MARK], int *quit, struct fl_err *err)
{
	char prefix[NAME_MAX_LEN + 1], before[STORE_MARK];
	double until = clock_s() + FORGET_S;
	int rc = FL_OK;

	name_round(prefix, round ? round : 1, "");
	memcpy(before, mark, sizeof before);
	while (!*quit && clock_s() < until && !strcmp(before, mark)) {
		TRY(store_await(f->store, prefix, mark, LOOK_S, err));
		*quit = watch_terminal() && quit_typed();
	}
out:
	return rc;
}

int watch_run(struct fed *f, unsigned rounds, FILE *out, struct fl_err *err)
{
	struct buf now = { 0 };
	char mark[STORE_MARK] = "", *before = NULL;
	int quit = 0, over, rc;
	json_t *j = NULL, *list;

	for (;;) {
		json_decref(j);
		j = NULL;
		buf_clear(&now);
		TRY(picture_read(&j, f, rounds, err));
		TRY(picture_text(&now, j, watch_width(), err));
		TRY(draw(out, &now, before, err));
		free(before);
		before = NULL;
		TRY(fl_strdup(&before, now.data, err));
		TRY(is_over(f, j, &over, err));
		if (quit || (over && !watch_terminal()))
			break;
		list = json_object_get(j, "rounds");
		TRY(pause_until(f, (unsigned)json_integer_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "round")),
				mark, &quit, err));
		if (quit)
			break;
		TRY(fed_refresh(f, err));
	}
out:
	free(before);
	json_decref(j);
	buf_clear(&now);
	return rc;
}
