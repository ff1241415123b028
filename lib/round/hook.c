#include "round/hook.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

#define OURS 3 /* variables */

/* The message as a file to read: a pipe could block, or end us by a signal, where the hook does not read it. */
static int message_file(const ProtobufCMessage *m, int *fd, struct fl_err *err)
{
	json_t *j = NULL;
	char *text = NULL;
	size_t n, at;
	ssize_t k;
	int rc;

	TRY(msg_to_json(&j, m, err));
	TRY(json_canonical(&text, j, err));
	TRY(file_scratch(fd, err));
	n = strlen(text);
	text[n] = '\n';
	for (at = 0; at <= n; at += (size_t)k) {
		if ((k = write(*fd, text + at, n + 1 - at)) < 0)
			TRY(fl_fail_errno(err, FL_IO, "cannot write to a temporary file"));
	}
	if (lseek(*fd, 0, SEEK_SET) != 0)
		rc = fl_fail_errno(err, FL_IO, "temporary file");
out:
	free(text);
	json_decref(j);
	return rc;
}

/* Is var one of those that ours says anew? A hook may run fl-round with hooks again. */
static int is_ours(const char *var, char ours[OURS][128])
{
	size_t i;

	for (i = 0; i < OURS; i++)
		if (!strncmp(var, ours[i], (size_t)(strchr(ours[i], '=') - ours[i]) + 1))
			return 1;
	return 0;
}

/* Our environment with the variables in ours. Freed by the caller; the texts are not. */
static int environment(char ***env, char ours[OURS][128], struct fl_err *err)
{
	size_t n = 0, i, k = 0;
	int rc;

	while (environ[n])
		n++;
	TRY(fl_alloc(env, n + OURS + 1, sizeof **env, err));
	for (i = 0; i < OURS; i++)
		(*env)[k++] = ours[i];
	for (i = 0; i < n; i++)
		if (!is_ours(environ[i], ours))
			(*env)[k++] = environ[i];
out:
	return rc;
}

static int spawn(const char *path, int in, char **env, pid_t *pid, struct fl_err *err)
{
	char *argv[] = { strrchr(path, '/') ? strrchr(path, '/') + 1 : NULL, NULL };
	posix_spawn_file_actions_t act;
	int bad;

	if (posix_spawn_file_actions_init(&act) != 0)
		return fl_fail(err, FL_IO, "out of memory: hook");
	bad = posix_spawn_file_actions_adddup2(&act, in, STDIN_FILENO);
	if (!bad)
		bad = posix_spawn_file_actions_adddup2(&act, STDERR_FILENO, STDOUT_FILENO);
	if (!bad)
		bad = posix_spawn(pid, path, &act, NULL, argv, env);
	posix_spawn_file_actions_destroy(&act);
	errno = bad;
	return bad ? fl_fail_errno(err, FL_CONFIG, "hook %s", path) : FL_OK;
}

static int answer(const char *path, int status, struct fl_err *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return FL_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FL_LATER)
		return fl_fail(err, FL_LATER, "hook %s says: not now", path);
	if (WIFEXITED(status))
		return fl_fail(err, FL_REFUSED, "hook %s refused with status %d", path, WEXITSTATUS(status));
	return fl_fail(err, FL_REFUSED, "hook %s was ended by signal %d", path, WTERMSIG(status));
}

int hook_run(const char *dir, const char *step, const ProtobufCMessage *m, const char *federation, unsigned round,
	     struct fl_err *err)
{
	char path[4096], ours[OURS][128], **env = NULL;
	int fd = -1, status, rc = FL_OK;
	pid_t pid;

	if (!dir)
		return FL_OK;
	if (snprintf(path, sizeof path, "%s/%s", dir, step) >= (int)sizeof path)
		return fl_fail(err, FL_CONFIG, "--hooks: name too long");
	if (access(path, F_OK) != 0)
		return FL_OK;
	snprintf(ours[0], sizeof ours[0], "FL_STEP=%s", step);
	snprintf(ours[1], sizeof ours[1], "FL_FEDERATION=%s", federation);
	snprintf(ours[2], sizeof ours[2], "FL_ROUND=%u", round);
	TRY(environment(&env, ours, err));
	TRY(message_file(m, &fd, err));
	TRY(spawn(path, fd, env, &pid, err));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			TRY(fl_fail_errno(err, FL_IO, "hook %s", path));
	rc = answer(path, status, err);
out:
	if (fd >= 0)
		close(fd);
	free(env);
	return rc;
}
