// SPDX-License-Identifier: GPL-2.0-or-later
/* See module.h. */
#include "module.h"

#include <errno.h>
#include <event2/event.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* In one go, before others have their turn. */
	READS = 64,
};

/* ------------------------------------------------------------------- loading */

/* The file's own program: no shell, and no PATH of somebody else's. */
static bool load(void)
{
	char *const argv[] = { (char *)"modprobe", (char *)"-q", (char *)"adit",
			       NULL };
	char *const envp[] = { NULL };
	pid_t pid = fork();
	int status;

	if (!pid) {
		execve("/sbin/modprobe", argv, envp);
		execve("/usr/sbin/modprobe", argv, envp);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

int module_open(struct adit_nl *nl, struct log *log, struct err *err)
{
	*nl = (struct adit_nl){ 0 };
	if (!adit_nl_open(nl, err))
		return 0;
	if (err->kind != ERR_MISSING)
		return -1;
	log_put(log, LEVEL_DETAIL, "loading the module: modprobe adit");
	if (load() && !adit_nl_open(nl, err))
		return 0;
	if (err->kind != ERR_MISSING)
		return -1;
	return err_set(
		err, ERR_MISSING,
		"the kernel module 'adit' is not there and cannot be loaded; is it built for this kernel ('modinfo adit', 'dkms status'), and may modules be loaded here (containers cannot)?");
}

/* -------------------------------------------------------------------- events */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct module_events *events = arg;
	int rc = ADIT_NL_READ;
	struct err err;

	(void)fd;
	(void)what;
	for (int i = 0; rc == ADIT_NL_READ && i < READS; i++)
		rc = adit_nl_events_read(&events->nl, &events->events, &err);
	if (rc == ADIT_NL_LOST)
		log_put(events->log, LEVEL_ERROR,
			"the kernel had more to tell than there was room for: some events are lost");
	else if (rc < 0)
		log_text(events->log, LEVEL_ERROR, "", err.text);
}

int module_listen(struct module_events *events, struct event_base *base,
		  struct err *err)
{
	static const char *const groups[] = { "acquire", "expire", "config",
					      "unknown-spi" };

	if (adit_nl_open(&events->nl, err) ||
	    adit_nl_join(&events->nl, groups, ARRAY_SIZE(groups), err) ||
	    adit_nl_events_begin(&events->nl, &events->events, err))
		return -1;
	events->readable = event_new(base, nl_socket_get_fd(events->nl.sock),
				     EV_READ | EV_PERSIST, on_readable, events);
	if (!events->readable || event_add(events->readable, NULL))
		return err_set(err, ERR_REFUSED, "out of memory");
	return 0;
}

void module_unlisten(struct module_events *events)
{
	if (events->readable)
		event_free(events->readable);
	adit_nl_events_end(&events->events);
	if (events->nl.sock)
		adit_nl_close(&events->nl);
	*events = (struct module_events){ 0 };
}
