// SPDX-License-Identifier: GPL-2.0-or-later
/* See helper.h. */
#include "helper.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	NOBODY = 65534,
	READ_SIZE = 16384,
	LATER_SECONDS = 1, /* it has to end by itself first */
};

struct helper {
	struct helper *next;
	struct helpers *helpers;
	struct helper_task task;
	/* While it runs. */
	pid_t pid;
	int fd;
	struct event *readable, *late;
	struct buf answer;
};

void helper_be_nobody(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		/* In a user namespace there may be no other. */
		if (errno != EINVAL && errno != EPERM)
			_exit(1);
}

static void run(const struct helper *helper, int fd)
{
	/* First, as others could be between it and the end. */
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(3, ~0U, 0) ||
	    fcntl(STDIN_FILENO, F_SETFL, 0))
		_exit(1);
	alarm(helper->helpers->seconds);
	helper->task.run(helper->task.arg, STDIN_FILENO);
	_exit(0);
}

static void free_helper(struct helper *helper)
{
	if (helper->pid > 0)
		kill(helper->pid, SIGKILL);
	if (helper->readable)
		event_free(helper->readable);
	if (helper->late)
		event_free(helper->late);
	if (helper->fd >= 0)
		close(helper->fd);
	buf_free(&helper->answer);
	free(helper);
}

static void start_next(struct helpers *helpers);

/* It answered, or will not any more. */
static void end(struct helper *helper)
{
	struct helpers *helpers = helper->helpers;
	struct helper **at = &helpers->running;

	while (*at != helper)
		at = &(*at)->next;
	*at = helper->next;
	helpers->n_running--;
	if (helper->answer.failed || helper->answer.len > helpers->answer_max)
		buf_cut(&helper->answer, 0);
	helper->task.done(helper->task.arg, buf_span(&helper->answer));
	free_helper(helper);
	start_next(helpers);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct helper *helper = arg;
	uint8_t octets[READ_SIZE];
	ssize_t n = read(fd, octets, sizeof(octets));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		buf_add(&helper->answer, octets, (size_t)n);
	if (n <= 0 || helper->answer.failed ||
	    helper->answer.len > helper->helpers->answer_max)
		end(helper);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct helper *helper = arg;

	(void)fd;
	(void)what;
	buf_cut(&helper->answer, 0);
	end(helper);
}

static int start(struct helper *helper)
{
	struct helpers *helpers = helper->helpers;
	const struct timeval limit = { helpers->seconds + LATER_SECONDS, 0 };
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -1;
	helper->pid = fork();
	if (!helper->pid)
		run(helper, fds[1]);
	close(fds[1]);
	helper->fd = fds[0];
	helper->readable = event_new(helpers->base, fds[0],
				     EV_READ | EV_PERSIST, on_readable, helper);
	helper->late = evtimer_new(helpers->base, on_late, helper);
	if (helper->pid < 0 || !helper->readable || !helper->late ||
	    event_add(helper->readable, NULL) ||
	    event_add(helper->late, &limit))
		return -1;
	helper->next = helpers->running;
	helpers->running = helper;
	helpers->n_running++;
	return 0;
}

static void start_next(struct helpers *helpers)
{
	while (helpers->waiting && helpers->n_running < helpers->at_once) {
		struct helper *helper = helpers->waiting;

		helpers->waiting = helper->next;
		helpers->n_waiting--;
		if (!start(helper))
			continue;
		helper->task.done(helper->task.arg, span_of(NULL, 0));
		free_helper(helper);
	}
}

int helpers_add(struct helpers *helpers, const struct helper_task *task)
{
	struct helper **at = &helpers->waiting;
	struct helper *helper;

	if (helpers->n_waiting >= helpers->waiting_max)
		return -1;
	helper = calloc(1, sizeof(*helper));
	if (!helper)
		return -1;
	helper->helpers = helpers;
	helper->task = *task;
	helper->fd = -1;
	while (*at)
		at = &(*at)->next;
	*at = helper;
	helpers->n_waiting++;
	start_next(helpers);
	return 0;
}

bool helpers_ended(struct helpers *helpers, pid_t pid)
{
	struct helper *helper = helpers->running;

	while (helper && helper->pid != pid)
		helper = helper->next;
	/* What it said is read until its end. */
	if (helper)
		helper->pid = 0;
	return helper;
}

static void drop_all(struct helper *helper)
{
	while (helper) {
		struct helper *next = helper->next;

		helper->task.drop(helper->task.arg);
		free_helper(helper);
		helper = next;
	}
}

void helpers_free(struct helpers *helpers)
{
	drop_all(helpers->running);
	drop_all(helpers->waiting);
	helpers->running = NULL;
	helpers->waiting = NULL;
}
