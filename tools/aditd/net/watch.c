// SPDX-License-Identifier: GPL-2.0-or-later
/* See watch.h. */
#include "watch.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* In one go, before others have their turn. */
	READS = 64,
	/* A change comes as several: all of them first. */
	SETTLE_MS = 100,
};

static void settle(const struct watch *watch)
{
	const struct timeval wait = { 0, SETTLE_MS * 1000L };

	if (!event_pending(watch->settled, EV_TIMEOUT, NULL))
		event_add(watch->settled, &wait);
}

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	(void)fd;
	(void)what;
	watch->changed(watch->arg);
}

static bool is_ours(const struct watch *watch, int ifindex)
{
	return ifindex > 0 &&
	       device_at((struct devices *)watch->devices, (uint32_t)ifindex);
}

/* Through our own interfaces go thousands of routes, of tunnels. */
static bool is_our_route(const struct watch *watch, const struct nlmsghdr *msg)
{
	const struct rtmsg *route = NLMSG_DATA(msg);
	const struct rtattr *attr = RTM_RTA(route);
	size_t len = RTM_PAYLOAD(msg);
	int ifindex;

	if (route->rtm_flags & RTM_F_CLONED)
		return true;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type != RTA_OIF ||
		    RTA_PAYLOAD(attr) != sizeof(ifindex))
			continue;
		memcpy(&ifindex, RTA_DATA(attr), sizeof(ifindex));
		return is_ours(watch, ifindex);
	}
	return false;
}

static bool matters(const struct watch *watch, const struct nlmsghdr *msg)
{
	size_t len = msg->nlmsg_len - NLMSG_HDRLEN;

	switch (msg->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return len >= sizeof(struct ifinfomsg) &&
		       !is_ours(watch,
				((const struct ifinfomsg *)NLMSG_DATA(msg))
					->ifi_index);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return len >= sizeof(struct ifaddrmsg) &&
		       !is_ours(watch,
				(int)((const struct ifaddrmsg *)NLMSG_DATA(msg))
					->ifa_index);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return len >= sizeof(struct rtmsg) && !is_our_route(watch, msg);
	default:
		return msg->nlmsg_type == RTM_NEWRULE ||
		       msg->nlmsg_type == RTM_DELRULE;
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	union {
		struct nlmsghdr align;
		char octets[16384];
	} buf;
	struct watch *watch = arg;
	bool changed = false;

	(void)what;
	for (int i = 0; i < READS; i++) {
		ssize_t n =
			recv(fd, buf.octets, sizeof(buf.octets), MSG_DONTWAIT);
		size_t len = n > 0 ? (size_t)n : 0;

		/* What was too much is lost: then something has changed. */
		if (n < 0 && errno == ENOBUFS)
			changed = true;
		else if (n <= 0)
			break;
		for (const struct nlmsghdr *msg = &buf.align;
		     NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len))
			changed |= matters(watch, msg);
	}
	if (changed)
		settle(watch);
}

int watch_open(struct watch *watch, struct event_base *base,
	       const struct devices *devices, void (*changed)(void *arg),
	       void *arg, struct err *err)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
			     RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
			     RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE,
	};

	*watch = (struct watch){ .devices = devices,
				 .changed = changed,
				 .arg = arg };
	watch->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   NETLINK_ROUTE);
	if (watch->fd < 0 ||
	    bind(watch->fd, (const struct sockaddr *)&to, sizeof(to)))
		return err_set(err, ERR_REFUSED,
			       "addresses can't be watched: %s",
			       strerror(errno));
	watch->readable = event_new(base, watch->fd, EV_READ | EV_PERSIST,
				    on_readable, watch);
	watch->settled = event_new(base, -1, EV_TIMEOUT, on_settled, watch);
	if (watch->readable && watch->settled &&
	    !event_add(watch->readable, NULL))
		return 0;
	return err_set(err, ERR_REFUSED, "out of memory");
}

void watch_close(struct watch *watch)
{
	if (watch->readable)
		event_free(watch->readable);
	if (watch->settled)
		event_free(watch->settled);
	if (watch->devices && watch->fd >= 0)
		close(watch->fd);
	*watch = (struct watch){ .fd = -1 };
}
