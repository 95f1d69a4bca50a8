// SPDX-License-Identifier: GPL-2.0-or-later
/* See proc.h. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int proc_pair(int fds[2], struct err *err)
{
	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			fds))
		return 0;
	return err_set(err, ERR_REFUSED, "socketpair: %s", strerror(errno));
}

/* Out of the way of where they go, then there. */
static int place(const struct proc_start *start)
{
	const int from[] = { start->net_fd, start->peer_fd, start->vici_fd };
	int high[ARRAY_SIZE(from)];
	int last = PROC_NET_FD + (int)ARRAY_SIZE(from);

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		high[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD, last);
		if (from[i] >= 0 && high[i] < 0)
			return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		int to = PROC_NET_FD + (int)i;

		if (high[i] < 0)
			close(to);
		else if (dup2(high[i], to) < 0)
			return -1;
	}
	return close_range((unsigned int)last, ~0U, 0);
}

/* What a library could be told by, and what a sanitizer is. */
static void keep_environment(void)
{
	static const char *const kept[] = {
		"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
		"TZ",		"OPENSSL_CONF",	 "OPENSSL_MODULES",
	};
	char *values[ARRAY_SIZE(kept)];

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		values[i] = getenv(kept[i]);
	clearenv();
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (values[i])
			setenv(kept[i], values[i], 1);
}

static void run(const struct proc_start *start)
{
	char title[32];
	char *const argv[] = {
		title,
		(char *)"--role",
		(char *)role_name(start->role),
		(char *)"--log",
		(char *)log_level_name(start->level),
		(char *)"--root",
		(char *)start->root,
		NULL,
	};
	sigset_t none;

	snprintf(title, sizeof(title), "aditd: %s", role_name(start->role));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	keep_environment();
	if (!place(start))
		execv("/proc/self/exe", argv);
	fprintf(stderr, "error %s: cannot start: %s\n", role_name(start->role),
		strerror(errno));
	_exit(127);
}

pid_t proc_start(const struct proc_start *start, struct err *err)
{
	pid_t pid = fork();

	if (!pid)
		run(start);
	if (pid < 0)
		err_set(err, ERR_REFUSED, "fork: %s", strerror(errno));
	return pid;
}

void proc_show_end(int status, char *buf, size_t size)
{
	if (WIFEXITED(status))
		snprintf(buf, size, "ended with status %d",
			 WEXITSTATUS(status));
	else if (WTERMSIG(status) == SIGSYS)
		snprintf(
			buf, size,
			"was ended by SIGSYS: it made a system call that it may not make; its number is in the kernel's log");
	else
		snprintf(buf, size, "was ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
}
