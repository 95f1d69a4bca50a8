// SPDX-License-Identifier: GPL-2.0-or-later
/* See net.h: what the net process does when it gets a signal. */
#include <event2/event.h>
#include <signal.h>

#include "net.h"
#include "listen.h"

/* For good-byes to all peers, whose answers are not waited for long. */
enum { CLOSE_SECONDS = 5 };

static void on_close_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct net *net = arg;

	(void)fd;
	(void)what;
	log_put(&net->log, LEVEL_INFO, "not all peers have answered");
	net_stop(net, false);
}

static void on_end(evutil_socket_t number, short what, void *arg)
{
	const struct timeval wait = { CLOSE_SECONDS, 0 };
	const struct msg_none none = { 0 };
	struct net *net = arg;
	struct err err;

	(void)what;
	/* The second time it is meant at once. */
	if (net->closing || !net->ike.ready) {
		net_stop(net, false);
		return;
	}
	log_put(&net->log, LEVEL_INFO, "%s: closing all SAs",
		number == SIGTERM ? "SIGTERM" : "SIGINT");
	notify("STOPPING=1");
	net->closing = true;
	if (chan_send(&net->ike.chan, MSG_CLOSE, &none, &err) ||
	    event_base_once(net->base, -1, EV_TIMEOUT, on_close_timeout, net,
			    &wait))
		net_stop(net, false);
}

static void on_hangup(evutil_socket_t number, short what, void *arg)
{
	struct net *net = arg;

	(void)number;
	(void)what;
	if (net->configured && !net->closing)
		net_reload(net, 0);
}

static void on_child(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	net_reap(arg);
}

static const struct {
	int number;
	event_callback_fn fn;
} signals[] = {
	{ SIGTERM, on_end },
	{ SIGINT, on_end },
	{ SIGHUP, on_hangup },
	{ SIGCHLD, on_child },
};

_Static_assert(ARRAY_SIZE(signals) == SIGNALS, "an event for each");

int signals_catch(struct net *net, struct err *err)
{
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		net->signals[i] = evsignal_new(net->base, signals[i].number,
					       signals[i].fn, net);
		if (!net->signals[i] || event_add(net->signals[i], NULL))
			return err_set(err, ERR_REFUSED, "out of memory");
	}
	return 0;
}

void signals_release(struct net *net)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (net->signals[i])
			event_free(net->signals[i]);
}
