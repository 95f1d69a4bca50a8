// SPDX-License-Identifier: GPL-2.0-or-later
/* See module.h. */
#include "module.h"

#include <errno.h>
#include <event2/event.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* A burst of expiries of thousands of SAs fits. */
	EVENT_BUFFER = 4 << 20,
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

static int on_event(struct nl_msg *msg, void *arg)
{
	struct module_events *events = arg;
	unsigned int cmd;
	void *obj = adit_nl_decode(nlmsg_hdr(msg), &cmd);

	if (!obj)
		return NL_SKIP;
	events->event(events->arg, cmd, obj);
	field_clear(model_set_of(cmd), obj);
	free(obj);
	return NL_OK;
}

/* Events have no sequence to check. */
static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct module_events *events = arg;
	int rc = 0;

	(void)fd;
	(void)what;
	for (int i = 0; rc >= 0 && i < READS; i++)
		rc = nl_recvmsgs(events->nl.sock, events->cb);
	/* libnl's name of ENOBUFS. */
	if (rc == -NLE_NOMEM)
		log_put(events->log, LEVEL_ERROR,
			"the kernel had more to tell than there was room for: some events are lost");
	else if (rc < 0 && rc != -NLE_AGAIN && rc != -NLE_INTR)
		log_put(events->log, LEVEL_ERROR, "reading events: %s",
			nl_geterror(rc));
}

int module_listen(struct module_events *events, struct event_base *base,
		  struct err *err)
{
	static const char *const groups[] = { "acquire", "expire", "config" };
	int size = EVENT_BUFFER;
	int fd;

	if (adit_nl_open(&events->nl, err) ||
	    adit_nl_join(&events->nl, groups, ARRAY_SIZE(groups), err))
		return -1;
	fd = nl_socket_get_fd(events->nl.sock);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	nl_socket_set_nonblocking(events->nl.sock);
	events->cb = nl_cb_alloc(NL_CB_DEFAULT);
	events->readable =
		event_new(base, fd, EV_READ | EV_PERSIST, on_readable, events);
	if (!events->cb || !events->readable ||
	    event_add(events->readable, NULL))
		return err_set(err, ERR_REFUSED, "out of memory");
	nl_cb_set(events->cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, events);
	nl_cb_set(events->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence,
		  NULL);
	return 0;
}

void module_unlisten(struct module_events *events)
{
	if (events->readable)
		event_free(events->readable);
	if (events->cb)
		nl_cb_put(events->cb);
	if (events->nl.sock)
		adit_nl_close(&events->nl);
	*events = (struct module_events){ 0 };
}
