// SPDX-License-Identifier: GPL-2.0-or-later
/* See dns.h: the net process' side of it. */
#include "dns.h"

#include <cap-ng.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../proc/loop.h"

enum { END_MS = 10000 };

struct dns {
	struct log *log;
	struct event *event;
	int fd;
	pid_t pid;
};

/* Each packet is a line for the log. */
static void on_line(evutil_socket_t fd, short what, void *arg)
{
	struct dns *dns = arg;
	char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	(void)what;
	if (n <= 0) {
		if (!n)
			event_del(dns->event);
		return;
	}
	text[n] = '\0';
	log_text(dns->log, text[0] == '!' ? LEVEL_ERROR : LEVEL_INFO, "",
		 text + 1);
}

/* Its signals are the end of its socket, when all has been said. */
static void start(int fd)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(EXIT_FAILURE);
	close_range(4, ~0U, 0);
	prctl(PR_SET_NAME, "aditd-dns");
	capng_clear(CAPNG_SELECT_BOTH);
	if (!geteuid())
		capng_apply(CAPNG_SELECT_BOUNDS);
	capng_apply(CAPNG_SELECT_CAPS);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	dns_run(3);
	_exit(EXIT_SUCCESS);
}

struct dns *dns_new(struct event_base *base, struct log *log, struct err *err)
{
	struct dns *dns = calloc(1, sizeof(*dns));
	int fds[2];

	if (!dns ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
		free(dns);
		err_set(err, ERR_REFUSED, "out of memory");
		return NULL;
	}
	dns->log = log;
	dns->fd = fds[0];
	dns->pid = fork();
	if (!dns->pid)
		start(fds[1]);
	close(fds[1]);
	dns->event =
		event_new(base, dns->fd, EV_READ | EV_PERSIST, on_line, dns);
	if (dns->pid > 0 && dns->event && !event_add(dns->event, NULL))
		return dns;
	err_set(err, ERR_REFUSED, "a process for name servers: %s",
		strerror(errno));
	dns_free(dns);
	return NULL;
}

void dns_set(struct dns *dns, const struct dns_request *request)
{
	if (!dns)
		return;
	if (send(dns->fd, request, sizeof(*request), MSG_DONTWAIT) < 0)
		log_put(dns->log, LEVEL_ERROR,
			"%s: its name servers are not changed: %s",
			request->interface, strerror(errno));
}

bool dns_ended(struct dns *dns, pid_t pid)
{
	if (!dns || dns->pid != pid)
		return false;
	dns->pid = 0;
	log_put(dns->log, LEVEL_ERROR,
		"the process for name servers has ended; they stay as they are");
	return true;
}

void dns_free(struct dns *dns)
{
	uint64_t end = loop_now() + END_MS;
	const struct timespec wait = { 0, 5000000 };

	if (!dns)
		return;
	shutdown(dns->fd, SHUT_WR);
	while (dns->pid > 0 && !waitpid(dns->pid, NULL, WNOHANG)) {
		if (loop_now() > end) {
			kill(dns->pid, SIGKILL);
			end = UINT64_MAX;
		}
		nanosleep(&wait, NULL);
	}
	if (dns->event)
		event_free(dns->event);
	close(dns->fd);
	free(dns);
}
